import { CloseButton } from "@mantine/core";
import { Link } from "react-router";
import type { BacktestMessage } from "@/api";
import { COMPARED } from "@/charts";
import { runWords } from "../run_text";
import classes from "./Compare.module.css";

interface RunKeysProps {
  readonly runs: readonly BacktestMessage[];
  /** Undefined: all of them stay. */
  readonly onDrop?: (id: string) => void;
}

/** Which number and colour is which run. */
export function RunKeys({ runs, onDrop }: RunKeysProps) {
  return (
    <ol className={classes["keys"]}>
      {runs.map((run, at) => {
        const { title, about } = runWords(run.spec, run.result);
        return (
          <li key={run.id}>
            <i style={{ background: `var(--compared-${(at % COMPARED.length) + 1})` }} aria-hidden />
            <b>{at + 1}</b>
            <Link to={`/backtests/${run.id}`}>{title}</Link>
            <span>{about}</span>
            {onDrop !== undefined && (
              <CloseButton
                size="xs"
                aria-label={`Leave run ${at + 1} out`}
                disabled={runs.length <= 2}
                onClick={() => onDrop(run.id)}
              />
            )}
          </li>
        );
      })}
    </ol>
  );
}
