import { Button, Menu, Tooltip } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { sentenceOf, type BacktestMessage } from "@/api";
import { useRunAgainMutation } from "./reproduction";
import { exportRun, EXPORTS, type Export } from "./export_run";

/** What can be done with a finished run. */
export function RunActions({ run }: { readonly run: BacktestMessage }) {
  const navigate = useNavigate();
  const [again, { isLoading, error }] = useRunAgainMutation();
  const [failed, setFailed] = useState<unknown>();
  const save = (what: Export) => {
    setFailed(undefined);
    exportRun(run.id, what).catch(setFailed);
  };
  const problem = error ?? failed;
  return (
    <>
      {problem !== undefined && <span role="alert">{sentenceOf(problem)}</span>}
      <Button variant="default" loading={isLoading} onClick={() => void again(run.id)}>
        Re-run
      </Button>
      <Button variant="default" onClick={() => void navigate(`/backtests/new?like=${run.id}`)}>
        Change
      </Button>
      <Button variant="default" onClick={() => void navigate(`/backtests?compare=${run.id}`)}>
        Compare
      </Button>
      <Tooltip label="Strategies go live here when live sessions are released">
        <Button variant="default" data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
          Go live
        </Button>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(EXPORTS) as Export[]).map((each) => (
            <Menu.Item key={each} onClick={() => save(each)}>
              {EXPORTS[each].label}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => window.print()}>Print, or save as PDF</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
