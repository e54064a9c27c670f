/** What is selected of a run, kept in the address: a range of time, a group of trades, bars, the tab, the scale. */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { TimeRange } from "@/charts";
import { readSpan, type Span } from "./bins";
import { GROUPS, type Grouping } from "./trades";

export const TABS = {
  trades: "Trades",
  symbols: "Symbols",
  monthly: "Monthly",
  drawdowns: "Drawdowns",
  distribution: "Distribution",
  excursions: "MAE/MFE",
  rolling: "Rolling",
  exposure: "Exposure",
  orders: "Orders",
  events: "Events",
  metrics: "All metrics",
  assumptions: "Assumptions",
  card: "Run card",
  log: "Log",
} as const;
export type Tab = keyof typeof TABS;

export interface Group {
  readonly by: Grouping;
  readonly key: string;
}

export interface Selection {
  readonly range: TimeRange | undefined;
  readonly group: Group | undefined;
  /** A bar of the returns of trades: those with such a return. */
  readonly tradeReturn: Span | undefined;
  /** A bar of the run's returns: trades that were held then. */
  readonly runReturn: Span | undefined;
  readonly tab: Tab;
  readonly scale: "linear" | "log";
  readonly symbol: string | undefined;
}

export function readSelection(params: URLSearchParams): Selection {
  const [from, to] = [params.get("from"), params.get("to")].map((each) =>
    each === null ? NaN : Date.parse(each) / 1000,
  ) as [number, number];
  const [by, ...key] = (params.get("group") ?? "").split(":");
  const tab = params.get("tab") ?? "";
  return {
    range: from < to ? { from, to } : undefined,
    group: by !== undefined && by in GROUPS ? { by: by as Grouping, key: key.join(":") } : undefined,
    tradeReturn: readSpan(params.get("trade-return")),
    runReturn: readSpan(params.get("run-return")),
    tab: tab in TABS ? (tab as Tab) : "trades",
    scale: params.get("scale") === "log" ? "log" : "linear",
    symbol: params.get("symbol") ?? undefined,
  };
}

export function useSelection() {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const selection = useMemo(() => readSelection(new URLSearchParams(text)), [text]);
  const select = useCallback(
    (change: Readonly<Record<string, string | null>>) =>
      setParams(
        (before) => {
          for (const [name, value] of Object.entries(change)) {
            if (value === null) before.delete(name);
            else before.set(name, value);
          }
          return before;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return { selection, select };
}

/** The address of a range: days where it is of many, else moments. */
export function rangeParams(range: TimeRange | undefined): { from: string | null; to: string | null } {
  if (range === undefined) return { from: null, to: null };
  const cut = range.to - range.from > 5 * 86_400 ? 10 : 16;
  const text = (seconds: number) => {
    const found = new Date(seconds * 1000).toISOString().slice(0, cut);
    return cut === 10 ? found : `${found}Z`;
  };
  return { from: text(range.from), to: text(range.to) };
}
