/** Entries and exits as marks of a chart; where they are many only those that are seen, then the most profitable. */
import type { Marker, TimeRange } from "@/charts";
import type { Trade } from "./trades";

const MOST = 600;

export function markersOf(
  trades: readonly Trade[],
  symbol: string | undefined,
  range: TimeRange | undefined,
): Marker[] {
  const own = trades.filter((each) => symbol === undefined || each.symbol === symbol);
  const seen = range === undefined ? own : own.filter((each) => touches(each, range));
  const kept =
    seen.length * 2 <= MOST
      ? seen
      : [...seen].sort((one, other) => Math.abs(Number(other.pnl)) - Math.abs(Number(one.pnl))).slice(0, MOST / 2);
  const text = kept.length <= 40;
  return kept
    .flatMap((each): Marker[] => {
      const isLong = each.side === "long";
      const entry: Marker = { time: seconds(each.entryTime), side: isLong ? "buy" : "sell" };
      const exit: Marker = { time: seconds(each.exitTime), side: isLong ? "sell" : "buy" };
      const named =
        each.exitReason === "signal" || !text ? exit : { ...exit, text: each.exitReason.replaceAll("_", " ") };
      return each.isOpen ? [entry] : [entry, named];
    })
    .sort((one, other) => one.time - other.time);
}

function touches(trade: Trade, { from, to }: TimeRange): boolean {
  return seconds(trade.exitTime) >= from && seconds(trade.entryTime) <= to;
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}
