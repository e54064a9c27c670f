import { lazy, Suspense } from "react";
import { useParams } from "react-router";
import { useGetBacktestQuery } from "@/api";
import { Page } from "@/app/Page";
import { CardSkeleton, ChartSkeleton, Loaded } from "@/app/states";
import { RunInProgress } from "./RunInProgress";

const RunResultPage = lazy(() => import("./result/RunResult").then((made) => ({ default: made.RunResultPage })));

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
