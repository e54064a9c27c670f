import { Button, Progress, Text } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { useCancelBacktestMutation, type BacktestMessage } from "@/api";
import { Page, Section } from "@/app/Page";
import { ErrorState } from "@/app/states";
import { formatPercent } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import { drawdownOf } from "./curves";
import { EquityCurve } from "./EquityCurve";
import { runAbout, runTitle } from "./run_text";

interface RunInProgressProps {
  readonly run: BacktestMessage;
  readonly onDone: () => void;
}

const OVER = ["failed", "cancelled", "dead"];

/** A run that waits or executes, filling as it goes; or why there is no result. */
export function RunInProgress({ run, onDone }: RunInProgressProps) {
  const isOver = OVER.includes(run.status);
  const live = useChannel(isOver ? undefined : runChannel(run.id)).data;
  const [cancel, { isLoading }] = useCancelBacktestMutation();
  const isDone = live?.isDone === true;
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  const [times, equity] = [live?.times, live?.equity];
  const points = useMemo(
    () => ({ times: (times ?? []).map((each) => Date.parse(each) / 1000), values: equity ?? [] }),
    [times, equity],
  );
  const drawdown = useMemo(() => drawdownOf(points), [points]);
  const progress = live?.progress ?? run.progress;
  const button = (
    <Button variant="default" loading={isLoading} onClick={() => void cancel({ backtest: run.id })}>
      Cancel run
    </Button>
  );
  return (
    <Page title={runTitle(run.spec)} about={runAbout(run)} actions={isOver ? undefined : button}>
      {isOver ? (
        <ErrorState
          title={run.status === "cancelled" ? "This run was cancelled" : "This run failed"}
          error={new Error(run.error?.detail ?? "It has no result.")}
        />
      ) : (
        <Section>
          <Text mb={4}>
            {live?.status ?? run.status}, {formatPercent(progress, 0)}
          </Text>
          <Progress value={progress * 100} aria-label="Progress" />
        </Section>
      )}
      {points.times.length > 0 && (
        <Section title="Equity so far">
          <EquityCurve equity={points} benchmark={undefined} drawdown={drawdown} />
        </Section>
      )}
    </Page>
  );
}
