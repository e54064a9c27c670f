/** Intervals that bars of some symbols can be had in. */
import type { InstrumentMessage } from "@/api";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, mo: 2_629_800 };
const USUAL = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1mo"];

export function secondsOfInterval(interval: string): number {
  const found = /^(\d+)(s|m|h|d|w|mo)$/.exec(interval);
  return found === null ? 86_400 : Number(found[1]) * (SECONDS[found[2] ?? "d"] ?? 86_400);
}

/** Those stored of all symbols, and usual ones that they make. */
export function intervalChoices(
  instruments: readonly InstrumentMessage[],
  symbols: readonly string[],
): { value: string; label: string }[] {
  const stored = symbols
    .map((symbol) => instruments.find((each) => each.symbol === symbol)?.coverage.map((each) => each.interval) ?? [])
    .filter((each) => each.length > 0);
  if (stored.length === 0) return ["1d"].map((value) => ({ value, label: value }));
  const finest = Math.max(...stored.map((each) => Math.min(...each.map(secondsOfInterval))));
  const own = [...new Set(stored.flat())].filter((each) => stored.every((one) => one.includes(each)));
  const made = USUAL.filter((each) => secondsOfInterval(each) > finest && !own.includes(each));
  return [
    ...own.map((value) => ({ value, label: value })),
    ...made.map((value) => ({ value, label: `${value}, made of finer bars` })),
  ].sort((one, other) => secondsOfInterval(one.value) - secondsOfInterval(other.value));
}
