import { lazy, Suspense } from "react";
import { useParams } from "react-router";
import { useGetBacktestQuery } from "@/api";
import { Page } from "@/app/Page";
import { CardSkeleton, ChartSkeleton, Loaded } from "@/app/states";
import { RunInProgress } from "./RunInProgress";

// It loads while the gateway is asked for the run, which mostly has ended.
const loading = import("./result/RunResult").then((made) => ({ default: made.RunResultPage }));
loading.catch(() => undefined);
const RunResultPage = lazy(() => loading);

export function Component() {
  const { backtest = "" } = useParams();
  const query = useGetBacktestQuery({ backtest });
  return (
    <Loaded query={query} skeleton={WAITING}>
      {(run) =>
        run.result === null ? (
          <RunInProgress key={run.id} run={run} onDone={() => void query.refetch()} />
        ) : (
          <Suspense fallback={WAITING}>
            <RunResultPage key={run.id} run={run} result={run.result} />
          </Suspense>
        )
      }
    </Loaded>
  );
}

const WAITING = (
  <Page title="Backtest" about={"\u00a0"}>
    <CardSkeleton />
    <ChartSkeleton height={640} />
  </Page>
);
