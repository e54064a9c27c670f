import { Progress } from "@mantine/core";
import { Link } from "react-router";
import type { BacktestMessage, IngestionMessage } from "@/api";
import { Loaded, TableSkeleton } from "@/app/states";
import { formatRemaining, formatPercent, strategyTitle, useNow } from "@/format";
import { run as runChannel, useChannel } from "@/live";
import { isActive, secondsLeft, symbolsText } from "./jobs";
import classes from "./Lists.module.css";
import { useActiveRuns, useIngestions } from "./use_jobs";

const SKELETON = <TableSkeleton rows={2} />;

/** Backtests and ingestions that go on or wait. */
export function Running() {
  const { running, queued } = useActiveRuns();
  const ingestions = useIngestions();
  return (
    <div className={classes["place"]}>
      <Loaded query={running} isLive skeleton={SKELETON}>
        {({ data: runs }) => (
          <Loaded query={queued} skeleton={SKELETON}>
            {({ data: waiting }) => (
              <Loaded query={ingestions} skeleton={SKELETON}>
                {({ data }) => <Jobs runs={[...runs, ...waiting]} ingestions={data.filter(isActive)} />}
              </Loaded>
            )}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
}

interface JobsProps {
  readonly runs: readonly BacktestMessage[];
  readonly ingestions: readonly IngestionMessage[];
}

function Jobs({ runs, ingestions }: JobsProps) {
  if (runs.length + ingestions.length === 0) {
    return (
      <p className={classes["none"]}>
        Nothing. <Link to="/backtests/new">Run a backtest</Link> or <Link to="/data/ingest">ingest prices</Link>, and
        how far it is shows here.
      </p>
    );
  }
  return (
    <ul className={classes["list"]}>
      {runs.map((each) => (
        <RunningRun key={each.id} run={each} />
      ))}
      {ingestions.map((each) => (
        <RunningIngestion key={each.id} ingestion={each} />
      ))}
    </ul>
  );
}

function RunningRun({ run }: { readonly run: BacktestMessage }) {
  const live = useChannel(runChannel(run.id)).data;
  const { strategy, symbols } = run.spec;
  return (
    <JobRow
      to={`/backtests/${run.id}`}
      kind={strategyTitle(strategy.name)}
      of={symbolsText(symbols)}
      status={run.cancel_asked ? "ending" : (live?.status ?? run.status)}
      progress={Math.max(live?.progress ?? 0, run.progress)}
      eta={live?.eta ?? run.eta}
    />
  );
}

function RunningIngestion({ ingestion }: { readonly ingestion: IngestionMessage }) {
  const live = useChannel(ingestion.job === null ? undefined : runChannel(ingestion.id)).data;
  const { symbols, interval } = ingestion.spec;
  return (
    <JobRow
      to="/data/ingest"
      kind="Ingestion"
      of={`${symbolsText(symbols)} ${interval}`}
      status={ingestion.cancel_asked ? "ending" : (live?.status ?? ingestion.status)}
      progress={Math.max(live?.progress ?? 0, ingestion.progress)}
      eta={live?.eta ?? ingestion.eta}
    />
  );
}

interface JobRowProps {
  readonly to: string;
  readonly kind: string;
  readonly of: string;
  readonly status: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly eta: string | null;
}

function JobRow({ to, kind, of, status, progress, eta }: JobRowProps) {
  const left = secondsLeft(eta, useNow());
  return (
    <li>
      <Link to={to} className={classes["job"] ?? ""}>
        <span className={classes["what"]}>
          {kind} <b>{of}</b>
        </span>
        {status === "running" ? (
          <>
            <Progress value={progress * 100} size={4} aria-label={`Progress of ${kind} ${of}`} />
            <span className={classes["number"]}>{formatPercent(progress, 0)}</span>
            <span className={classes["left"]}>{left === undefined ? "" : `${formatRemaining(left)} left`}</span>
          </>
        ) : (
          <span className={classes["waiting"]}>{status === "queued" ? "waits for a worker" : status}</span>
        )}
      </Link>
    </li>
  );
}
