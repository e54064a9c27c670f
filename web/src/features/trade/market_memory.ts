/**
 * Prices of the paper exchange that this browser tab has seen: bars of its trades, and the middle of the best prices
 * once a second. The exchange keeps none for longer than a minute, so what a page saw is kept when it is left.
 */
import type { BarData, QuoteData } from "@arbitrax/client";
import type { PriceBar, PricePoint } from "@/charts";

export type TapeInterval = "1s" | "1m";

interface Kept {
  bars: readonly PriceBar[];
  middle: readonly PricePoint[];
}

const MOST = 3_000;
const KEY = "arbitrax.tape";
const kept = new Map<string, Kept>(read());

export function remembered(symbol: string, interval: TapeInterval): Kept {
  return kept.get(`${interval} ${symbol}`) ?? { bars: [], middle: [] };
}

/** Add bars of a channel, the oldest first, to what is remembered. */
export function rememberBars(symbol: string, interval: TapeInterval, live: readonly BarData[]): void {
  const before = remembered(symbol, interval);
  const bars = joined(before.bars, live.map(barOf));
  if (bars !== before.bars) kept.set(`${interval} ${symbol}`, { ...before, bars });
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
    ...(last?.time === time ? before.middle.slice(0, -1) : before.middle.slice(1 - MOST)),
    { time, value },
  ];
  kept.set(`${interval} ${symbol}`, { ...before, middle });
}

/** Bars that go on where others end; a bar that both have is the newer one. */
export function joined(before: readonly PriceBar[], live: readonly PriceBar[]): readonly PriceBar[] {
  const [first] = live;
  if (first === undefined) return before;
  const last = before.at(-1);
  const newest = live.at(-1);
  if (last !== undefined && newest !== undefined && same(last, newest)) return before;
  let end = before.length;
  while (end > 0 && (before[end - 1]?.time ?? 0) >= first.time) end -= 1;
  return [...before.slice(Math.max(0, end + live.length - MOST), end), ...live];
}

/** Keep it until the tab is closed. */
export function keepMemory(): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...kept]));
  } catch {
    // There is no room, or storage is off: then a reload begins anew.
  }
}

function read(): [string, Kept][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [string, Kept][];
  } catch {
    return [];
  }
}

function barOf({ start, open, high, low, close }: BarData): PriceBar {
  const time = Date.parse(start) / 1000;
  return { time, open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
}

function same(one: PriceBar, other: PriceBar): boolean {
  return (
    one.time === other.time &&
    one.open === other.open &&
    one.high === other.high &&
    one.low === other.low &&
    one.close === other.close
  );
}
