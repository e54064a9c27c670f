/** What the Trade page shows, kept in its address. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { ChartInterval } from "./use_price_source";

export const TABS = ["positions", "orders", "fills", "history", "drift"] as const;
export type Tab = (typeof TABS)[number];

interface Shown {
  readonly symbol: string | undefined;
  readonly account: string | undefined;
  readonly tab: Tab;
  readonly interval: ChartInterval;
}

export interface DeskAddress extends Shown {
  readonly set: (news: { readonly [name in keyof Shown]?: string }) => void;
}

const INTERVALS: readonly ChartInterval[] = ["1s", "1m", "1d"];

export function useDeskAddress(): DeskAddress {
  const [search, setSearch] = useSearchParams();
  return useMemo(
    () => ({
      symbol: search.get("symbol") ?? undefined,
      account: search.get("account") ?? undefined,
      tab: TABS.find((each) => each === search.get("tab")) ?? "orders",
      interval: INTERVALS.find((each) => each === search.get("interval")) ?? "1s",
      set: (news) =>
        setSearch(
          (before) => {
            const after = new URLSearchParams(before);
            for (const [name, value] of Object.entries(news)) after.set(name, value);
            return after;
          },
          { replace: true },
        ),
    }),
    [search, setSearch],
  );
}
