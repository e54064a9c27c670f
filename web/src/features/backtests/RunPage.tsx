import { useParams } from "react-router";
import { useGetBacktestQuery } from "@/api";
import { ChartSkeleton, Loaded } from "@/app/states";
import { Page } from "@/app/Page";
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
        "metrics" in run ? <RunResult run={run} /> : <RunInProgress job={run} onDone={() => void query.refetch()} />
      }
    </Loaded>
  );
}
