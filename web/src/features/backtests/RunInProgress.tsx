import { Button, Progress, Text } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { useCancelBacktestMutation, type BacktestJob } from "@/api";
import { Page, Section } from "@/app/Page";
import { ErrorState } from "@/app/states";
import { formatPercent } from "@/format";
import { run, useChannel } from "@/live";
import { EquityCurve } from "./EquityCurve";
import { runWords } from "./run_text";

interface RunInProgressProps {
  readonly job: BacktestJob;
  readonly onDone: () => void;
}

const OVER = ["failed", "cancelled", "dead"];

/** A run that waits or executes, filling as it goes; or why there is no result. */
export function RunInProgress({ job, onDone }: RunInProgressProps) {
  const isOver = OVER.includes(job.status);
  const live = useChannel(isOver ? undefined : run(job.id)).data;
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
  const { title, about } = runWords(job.spec);
  const progress = live?.progress ?? job.progress;
  const button = (
    <Button variant="default" loading={isLoading} onClick={() => void cancel({ backtest: job.id })}>
      Cancel run
    </Button>
  );
  return (
    <Page title={title} about={about} actions={isOver ? undefined : button}>
      {isOver ? (
        <ErrorState
          title={job.status === "cancelled" ? "This run was cancelled" : "This run failed"}
          error={new Error(job.error?.detail ?? "It has no result.")}
        />
      ) : (
        <Section>
          <Text mb={4}>
            {live?.status ?? job.status}, {formatPercent(progress, 0)}
          </Text>
          <Progress value={progress * 100} aria-label="Progress" />
        </Section>
      )}
      {points.times.length > 0 && (
        <Section title="Equity so far">
          <EquityCurve equity={points} />
        </Section>
      )}
    </Page>
  );
}
