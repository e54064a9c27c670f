/** Candles with what a strategy shows over them, and beneath them what is in units of its own. */
import { INDICATORS, type Candles, type Marker, type Pane, type Points, type Series } from "@/charts";
import { formatNumber } from "@/format";

export interface IndicatorLine {
  readonly name: string;
  /** Beneath prices; undefined: over them. */
  readonly pane: string | undefined;
  readonly points: Points;
}

export interface PricePane {
  readonly symbol: string;
  readonly candles: Candles;
  readonly lines: readonly IndicatorLine[];
  readonly markers: readonly Marker[];
}

/** Of all of it, while there is one pane beneath prices at most: nothing moves when they come. */
export const PRICES_HEIGHT = 280;
const OSCILLATOR_HEIGHT = 92;
const LEAST_HEIGHT = 180;
const NO_MARKERS: readonly Marker[] = [];
const NOTHING: Candles = { times: [], open: [], high: [], low: [], close: [] };

/** One function each, for charts take another one for another look. */
const NUMBERS = new Map([0, 2, 4, 8].map((digits) => [digits, (value: number) => formatNumber(value, { digits })]));
const numberWith = (digits: number) => NUMBERS.get(digits) ?? String;

export function pricePanes(prices: PricePane | undefined, scale: "linear" | "log"): readonly Pane[] {
  const names = new Set(prices?.lines.map((each) => each.pane).filter((each) => each !== undefined));
  const height = Math.max(LEAST_HEIGHT, PRICES_HEIGHT - names.size * (OSCILLATOR_HEIGHT + 1));
  const beneath = [...names].map((name): Pane => {
    const lines = prices?.lines.filter((each) => each.pane === name) ?? [];
    const most = Math.max(...lines.map(({ points }) => farthest(points.values, 0)));
    return {
      id: `pane ${name}`,
      height: OSCILLATOR_HEIGHT,
      format: numberWith(digitsOf(most)),
      axis: numberWith(most >= 10 ? 0 : digitsOf(most)),
      series: lineSeries(lines),
    };
  });
  const least = prices?.candles.low.reduce((low, each) => Math.min(low, each), Infinity) ?? Infinity;
  const most = farthest(prices?.candles.high ?? [], 0);
  const candles: Pane = {
    id: "prices",
    height,
    scale,
    format: numberWith(digitsOf(least)),
    axis: numberWith(most >= 10 ? 2 : digitsOf(least)), // tells only of the whole
    series: [
      {
        id: "candles",
        name: prices?.symbol ?? "",
        kind: "candles",
        data: prices?.candles ?? NOTHING,
        markers: prices?.markers ?? NO_MARKERS,
      },
      ...lineSeries(prices?.lines.filter((each) => each.pane === undefined) ?? []),
    ],
  };
  return [candles, ...beneath];
}

/** Each in a colour of its own, dashed when all were used; levels, which never change, in grey. */
function lineSeries(lines: readonly IndicatorLine[]): readonly Series[] {
  let used = 0;
  return lines.map(({ name, pane = "", points }): Series => {
    const named = { id: `line ${pane} ${name}`, name, kind: "line", data: points, isThin: true } as const;
    if (isLevel(points)) return { ...named, colour: "faint", isDashed: true };
    const colour = INDICATORS[used % INDICATORS.length] ?? "indicatorOne";
    used += 1;
    return { ...named, colour, isDashed: used > INDICATORS.length };
  });
}

function isLevel({ values }: Points): boolean {
  return values.length > 1 && values.every((each) => each === values[0]);
}

function farthest(values: readonly number[], start: number): number {
  return values.reduce((most, each) => (Math.abs(each) > most ? Math.abs(each) : most), start);
}

/** Digits behind the point that tell a number apart from one beside it. */
function digitsOf(value: number): number {
  return value >= 1 ? 2 : value >= 0.01 ? 4 : 8;
}
