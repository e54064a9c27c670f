import { useParams } from "react-router";
import { useGetBacktestQuery } from "@/api";
import { Page } from "@/app/Page";
import { ChartSkeleton, Loaded } from "@/app/states";
import { RunInProgress } from "./RunInProgress";
import { RunResult } from "./RunResult";

export function Component() {
  const { backtest = "" } = useParams();
  const query = useGetBacktestQuery({ backtest });
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title="Backtest">
          <ChartSkeleton height={420} />
        </Page>
      }
    >
      {(run) =>
        run.result === null ? (
          <RunInProgress run={run} onDone={() => void query.refetch()} />
        ) : (
          <RunResult run={run} result={run.result} />
        )
      }
    </Loaded>
  );
}
