/** The list of runs: which are asked for and which are chosen, kept in the address. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useListBacktestsQuery, type BacktestMessage } from "@/api";
import { STATUS } from "../run_text";

export const MOST_COMPARED = 8;
export const MOST_ROWS = 500;

type Status = BacktestMessage["status"];
export const FILTERS = ["status", "strategy", "symbol"] as const;
export type Filter = (typeof FILTERS)[number];

export function useRunList() {
  const [params, setParams] = useSearchParams();
  const chosenText = params.get("compare") ?? "";
  const chosen = useMemo(() => chosenText.split(",").filter((each) => each !== ""), [chosenText]);
  const filters: Readonly<Record<Filter, string | null>> = {
    status: params.get("status"),
    strategy: params.get("strategy"),
    symbol: params.get("symbol"),
  };
  const set = (name: string, value: string | null) =>
    setParams(
      (before) => {
        if (value === null || value === "") before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const clear = () =>
    setParams(
      (before) => {
        for (const each of FILTERS) before.delete(each);
        return before;
      },
      { replace: true },
    );
  const query = useListBacktestsQuery({
    limit: MOST_ROWS,
    status: filters.status !== null && filters.status in STATUS ? (filters.status as Status) : null,
    strategy: filters.strategy,
    symbol: filters.symbol,
  });
  const toggle = (id: string) =>
    set("compare", (chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]).join(","));
  return { query, filters, set, clear, chosen, toggle, isFull: chosen.length >= MOST_COMPARED };
}
