/** Equity and prices of a part of a run: which part, and how its points are read; runs in a worker too. */
import type { EquityCurve, RunPrices } from "@/api";
import type { Candles, Points, TimeRange } from "@/charts";
import type { IndicatorLine } from "../price_panes";

/** Points of a tile; a run of no more bars is one tile. */
export const TILE_POINTS = 2500;
/** A tile is at least so many times as wide as what is seen, which lies in the middle of it. */
const WIDER = 2;

export interface Tile {
  readonly start: string;
  readonly end: string;
}

/**
 * The tile of a range, one of few, so that panning asks seldom and what was had is had again; undefined: the whole.
 * Its width is a power of two times the span of the run; what is seen takes at most half of it.
 */
export function tileOf(range: TimeRange | undefined, first: number, last: number, bars: number): Tile | undefined {
  if (range === undefined || bars <= TILE_POINTS) return undefined;
  const span = last - first;
  const level = Math.floor(Math.log2(span / (Math.max(range.to - range.from, 1) * WIDER)));
  if (level < 1) return undefined;
  const width = span / 2 ** level;
  const middle = (range.from + range.to) / 2;
  const step = width / 4;
  const start = first + Math.floor((middle - width / 2 - first) / step) * step;
  return { start: iso(start), end: iso(start + width + step) };
}

/** How many times as wide as it could be a tile may be while a hand moves. */
const COARSEST = 4;

/**
 * The tile to show: while a hand moves the one of where it rested, as long as that has what is seen and is not far too
 * coarse, for each other one that comes holds the hand up.
 */
export function shownTile(rested: Tile | undefined, now: Tile | undefined, range: TimeRange | undefined) {
  if (rested === undefined || now === undefined || range === undefined) return now;
  const [start, end] = [Date.parse(rested.start) / 1000, Date.parse(rested.end) / 1000];
  const width = (Date.parse(now.end) - Date.parse(now.start)) / 1000;
  return start <= range.from && range.to <= end && end - start <= COARSEST * width ? rested : now;
}

export interface CurveTile {
  readonly equity: Points;
  readonly benchmark: Points | undefined;
  readonly drawdown: Points;
  /** Bars that a point is joined of. */
  readonly each: number;
}

export interface PriceTile {
  readonly candles: Candles;
  readonly lines: readonly IndicatorLine[];
}

export function curveOf({ data, bars }: EquityCurve): CurveTile {
  const times = data.map((each) => Date.parse(each.timestamp) / 1000);
  const has = data.some((each) => each.benchmark !== null);
  return {
    equity: { times, values: data.map((each) => Number(each.close)) },
    benchmark: has ? { times, values: data.map((each) => toNumber(each.benchmark)) } : undefined,
    drawdown: { times, values: data.map((each) => each.drawdown) },
    each: Math.max(1, Math.ceil(bars / Math.max(data.length, 1))),
  };
}

export function pricesOf({ data, lines, panes }: RunPrices): PriceTile {
  // A bar without prices (a symbol that did not trade) has no candle.
  const there = data.filter((each) => each.close !== "");
  const times = there.map((each) => Date.parse(each.timestamp) / 1000);
  return {
    candles: {
      times,
      open: there.map((each) => Number(each.open)),
      high: there.map((each) => Number(each.high)),
      low: there.map((each) => Number(each.low)),
      close: there.map((each) => Number(each.close)),
    },
    lines: lines.map((name, at) => ({
      name,
      pane: panes[at] ?? undefined,
      points: { times, values: there.map((each) => each.lines[at] ?? NaN) },
    })),
  };
}

function toNumber(text: string | null): number {
  return text === null ? NaN : Number(text);
}

function iso(seconds: number): string {
  return new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");
}
