/**
 * Prices of the paper exchange: bars of its trades, out of its records and as they go, and the middle of the best prices
 * once a second, of which nobody keeps a record: what a page saw of it is kept when it is left.
 */
import type { QuoteData } from "@arbitrax/client";
import type { PriceBar, PricePoint } from "@/charts";

export type TapeInterval = "1s" | "1m";

/** A bar, and how much of its interval is in it. */
export interface TapeBar extends PriceBar {
  readonly volume: number;
}

interface Kept {
  /** Of the exchange's journal: of another one, what was seen may never have happened. */
  epoch?: number;
  bars: readonly TapeBar[];
  middle: readonly PricePoint[];
}

const MOST = 10_000;
const MOST_MIDDLE = 3_000;
const KEY = "arbitrax.middle";
const kept = new Map<string, Kept>(read().map(([key, middle]) => [key, { bars: [], middle }]));

export function remembered(symbol: string, interval: TapeInterval): Kept {
  return kept.get(`${interval} ${symbol}`) ?? { bars: [], middle: [] };
}

/** Add bars, the oldest first, to what is remembered; `epoch` of those that come as they go. */
export function rememberBars(symbol: string, interval: TapeInterval, found: readonly TapeBar[], epoch?: number): void {
  const before = remembered(symbol, interval);
  const isOther = epoch !== undefined && before.epoch !== undefined && epoch !== before.epoch;
  const bars = merged(isOther ? [] : before.bars, found);
  if (bars === before.bars && (epoch === undefined || epoch === before.epoch)) return;
  kept.set(`${interval} ${symbol}`, { ...before, bars, ...(epoch === undefined ? {} : { epoch }) });
}

/** Add the middle of the best prices, or the only one, as of a time, ms; one point an interval. */
export function rememberMiddle(symbol: string, interval: TapeInterval, { bid, ask }: QuoteData, now: number): void {
  const best = [bid, ask].flatMap((each) => (each === null ? [] : [Number(each[0])]));
  if (best.length === 0) return;
  const before = remembered(symbol, interval);
  const length = interval === "1s" ? 1 : 60;
  const time = Math.floor(now / 1000 / length) * length;
  const value = best.reduce((sum, each) => sum + each, 0) / best.length;
  const last = before.middle.at(-1);
  if (last !== undefined && (last.time > time || (last.time === time && last.value === value))) return;
  const middle = [
    ...(last?.time === time ? before.middle.slice(0, -1) : before.middle.slice(1 - MOST_MIDDLE)),
    { time, value },
  ];
  kept.set(`${interval} ${symbol}`, { ...before, middle });
}

/**
 * Bars of both, in order. Each has some of the trades of its interval from the first one on, so of two of one interval
 * the one with more volume has all that the other one has. The same as before, when nothing is new.
 */
export function merged(before: readonly TapeBar[], found: readonly TapeBar[]): readonly TapeBar[] {
  const [first] = found;
  if (first === undefined) return before;
  let at = before.length;
  while (at > 0 && (before[at - 1]?.time ?? 0) >= first.time) at -= 1;
  const made = before.slice(0, at);
  let isNew = false;
  for (const each of found) {
    for (let next = before[at]; next !== undefined && next.time < each.time; next = before[(at += 1)]) made.push(next);
    const same = before[at]?.time === each.time ? before[at] : undefined;
    if (same !== undefined) at += 1;
    isNew ||= same === undefined || each.volume > same.volume;
    made.push(same !== undefined && same.volume >= each.volume ? same : each);
  }
  return isNew ? [...made, ...before.slice(at)].slice(-MOST) : before;
}

/** Keep it until the tab is closed. */
export function keepMemory(): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...kept].map(([key, { middle }]) => [key, middle])));
  } catch {
    // There is no room, or storage is off: then a reload begins anew.
  }
}

function read(): [string, readonly PricePoint[]][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [string, readonly PricePoint[]][];
  } catch {
    return [];
  }
}
