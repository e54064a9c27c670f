import { useEffect } from "react";
import { useDispatch } from "react-redux";
import { api, useGetBacktestQuery } from "@/api";
import { Loaded } from "@/app/states";
import { RunResultPage } from "@/features/backtests/result/RunResult";
import { useOrdersQuery } from "@/features/backtests/result/tables";
import type { AppDispatch } from "./store";

/** Small ones; what has no canvas is not mounted before somebody looks at it. */
const TABLES = ["monthly", "drawdowns", "contributions", "var_backtest"] as const;

/** A finished run as its page shows it. */
export function RunOfReport({ id }: { readonly id: string }) {
  const query = useGetBacktestQuery({ backtest: id });
  useForPaper(id);
  return (
    <Loaded query={query} skeleton={null}>
      {(run) => (run.result === null ? null : <RunResultPage run={run} result={run.result} />)}
    </Loaded>
  );
}

/** Paper is not waited for: all tables are read before somebody prints. */
function useForPaper(backtest: string): void {
  const dispatch = useDispatch<AppDispatch>();
  useOrdersQuery(backtest);
  useEffect(() => {
    for (const table of TABLES) void dispatch(api.endpoints.getBacktestTable.initiate({ backtest, table }));
  }, [dispatch, backtest]);
}
