import { Button, Progress } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { Link } from "react-router";
import { sentenceOf, useCancelBacktestMutation, type BacktestMessage } from "@/api";
import { Page, Section, Stat, Stats } from "@/app/Page";
import { ChartSkeleton, ComesByItself, ErrorState } from "@/app/states";
import { Age, Figure, formatPercent, useNow } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import { EQUITY_HEIGHT, EquityCurve, UNDERWATER_HEIGHT } from "./EquityCurve";
import { etaText, isOver, runWords, STATUS } from "./run_text";
import { secondsOfInterval } from "./form/intervals";
import { ascending } from "./live_equity";
import { SaidByStrategy } from "./result/LogTab";
import { RunLog } from "./RunLog";

/** Lines of a log that grows; all are there when it has ended. */
const MOST_SHOWN = 200;

interface RunInProgressProps {
  readonly run: BacktestMessage;
  readonly onDone: () => void;
}

/** A run that waits or executes, filling as it goes; or why there is no result. */
export function RunInProgress({ run, onDone }: RunInProgressProps) {
  const over = isOver(run.status);
  const live = useChannel(over ? undefined : runChannel(run.id)).data;
  const [cancel, { isLoading, error }] = useCancelBacktestMutation();
  const isDone = live?.isDone === true;
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  const now = useNow();
  const [times, equity] = [live?.times, live?.equity];
  const points = useMemo(() => ascending(times ?? [], equity ?? []), [times, equity]);
  const { title, about } = runWords(run.spec);
  if (over) return <NoResult run={run} title={title} about={about} />;
  const progress = Math.max(live?.progress ?? 0, run.progress);
  const status = isStatus(live?.status) ? live.status : run.status;
  const isEnding = run.cancel_asked;
  const last = points.values.at(-1);
  return (
    <Page
      title={title}
      about={about}
      actions={
        <>
          {error !== undefined && <span role="alert">{sentenceOf(error)}</span>}
          <Button
            variant="default"
            data-danger=""
            loading={isLoading}
            disabled={isEnding}
            onClick={() => void cancel({ backtest: run.id })}
          >
            {isEnding ? "Ending" : "Cancel run"}
          </Button>
        </>
      }
    >
      <ComesByItself />
      <div>
        <Stats>
          <Stat
            label="Status"
            under={status === "queued" ? "as soon as a worker is free" : whenText(live?.eta ?? run.eta, progress, now)}
          >
            {isEnding ? "ending" : STATUS[status]}
          </Stat>
          <Stat label="Progress">{formatPercent(progress, 0)}</Stat>
          <Stat label="Equity so far">
            <Figure value={last} digits={0} why="No bar is done yet." />
          </Stat>
          <Stat label="Return so far">
            <Figure
              value={last === undefined ? undefined : last / Number(run.spec.cash) - 1}
              as="percent"
              signed
              why="No bar is done yet."
            />
          </Stat>
          <Stat label="Asked for">
            <Age at={run.created_at} />
          </Stat>
        </Stats>
        <Progress value={progress * 100} size={4} radius={0} aria-label="Progress" />
      </div>
      <Section title="Equity so far">
        {points.times.length > 0 ? (
          <EquityCurve equity={points} />
        ) : (
          <ChartSkeleton height={EQUITY_HEIGHT + UNDERWATER_HEIGHT + 48} />
        )}
      </Section>
      {live !== undefined && live.log.length > 0 && (
        <Section title="Log">
          <RunLog
            isGrowing
            hasTimes={secondsOfInterval(run.spec.interval) < 86_400}
            lines={live.log.slice(-MOST_SHOWN)}
            cut={live.cut + Math.max(0, live.log.length - MOST_SHOWN)}
          />
        </Section>
      )}
    </Page>
  );
}

function NoResult({ run, title, about }: { run: BacktestMessage; title: string; about: string }) {
  const change = (
    <Button component={Link} to={`/backtests/new?like=${run.id}`}>
      Change and run again
    </Button>
  );
  return (
    <Page title={title} about={about} actions={change}>
      <ErrorState
        title={run.status === "cancelled" ? "This run was cancelled" : "This run failed"}
        error={new Error(run.error?.detail ?? "It has no result.")}
      />
      {run.job !== null && <SaidByStrategy run={run} />}
    </Page>
  );
}

function whenText(eta: string | null, progress: number, now: number): string {
  return progress >= 1 ? "storing the result" : etaText(eta, now) || "\u00a0";
}

function isStatus(text: string | undefined): text is BacktestMessage["status"] {
  return text !== undefined && text in STATUS;
}
