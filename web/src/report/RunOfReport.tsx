import { useGetBacktestQuery, useGetBacktestTableQuery } from "@/api";
import { Loaded } from "@/app/states";
import { RunResultPage } from "@/features/backtests/result/RunResult";

/** A finished run as its page shows it. */
export function RunOfReport({ id }: { readonly id: string }) {
  const query = useGetBacktestQuery({ backtest: id });
  // Paper is not waited for.
  useGetBacktestTableQuery({ backtest: id, table: "monthly" });
  return (
    <Loaded query={query} skeleton={null}>
      {(run) => (run.result === null ? null : <RunResultPage run={run} result={run.result} />)}
    </Loaded>
  );
}
