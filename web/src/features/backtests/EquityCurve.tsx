import { useMemo } from "react";
import { TimeChart, type Candles, type Marker, type Pane, type Points, type Series, type TimeRange } from "@/charts";
import { formatNumber, formatPercent } from "@/format";

export interface PricePane {
  readonly symbol: string;
  readonly candles: Candles;
  /** What the strategy shows over prices. */
  readonly lines: readonly { readonly name: string; readonly points: Points }[];
  readonly markers: readonly Marker[];
}

interface EquityCurveProps {
  readonly equity: Points;
  readonly benchmark?: Points | undefined;
  /** Name of it. */
  readonly against?: string;
  /** Left out: told from the equity, from where it begins. */
  readonly drawdown?: Points | undefined;
  readonly prices?: PricePane | undefined;
  /** Room for prices that are yet to come. */
  readonly hasPrices?: boolean;
  readonly scale?: "linear" | "log";
  readonly range?: TimeRange | undefined;
  readonly onRange?: (range: TimeRange) => void;
  readonly hasTimes?: boolean;
}

export const EQUITY_HEIGHT = 260;
export const UNDERWATER_HEIGHT = 96;
export const PRICES_HEIGHT = 280;
const LINES = ["warn", "accent", "faint"] as const;

const money = (value: number) => formatNumber(value, { digits: 0 });
const wholePercent = (value: number) => formatPercent(value, 0);
const percent = (value: number) => formatPercent(value);
/** One function each, for charts take another one for another look. */
const PRICES = new Map([2, 4, 8].map((digits) => [digits, (value: number) => formatNumber(value, { digits })]));
const priceWith = (digits: number) => PRICES.get(digits) ?? money;

/** Equity over its benchmark, how far it was under water, and prices with trades: on one axis, with one crosshair. */
export function EquityCurve(props: EquityCurveProps) {
  const {
    equity,
    benchmark,
    against = "Benchmark",
    prices,
    hasPrices = prices !== undefined,
    scale = "linear",
  } = props;
  const { range, onRange, hasTimes = false } = props;
  const under = useMemo(() => props.drawdown ?? drawdownOf(equity), [props.drawdown, equity]);
  const panes = useMemo((): Pane[] => {
    const curves: Series[] = [{ id: "equity", name: "Strategy", kind: "line", colour: "accent", data: equity }];
    if (benchmark !== undefined)
      curves.push({ id: "benchmark", name: against, kind: "line", colour: "benchmark", data: benchmark });
    const made: Pane[] = [
      { id: "equity", height: EQUITY_HEIGHT, scale, format: money, series: curves },
      {
        id: "underwater",
        height: UNDERWATER_HEIGHT,
        format: percent,
        axis: wholePercent,
        series: [{ id: "underwater", name: "Drawdown", kind: "area", colour: "loss", data: under }],
      },
    ];
    if (hasPrices)
      made.push({
        id: "prices",
        height: PRICES_HEIGHT,
        scale,
        format: priceWith(digitsOf(prices)),
        axis: priceWith(axisDigits(prices)),
        series: priceSeries(prices),
      });
    return made;
  }, [equity, benchmark, against, under, prices, hasPrices, scale]);
  return (
    <TimeChart
      panes={panes}
      label="Equity, drawdown and prices"
      range={range}
      hasTimes={hasTimes}
      {...(onRange === undefined ? {} : { onRange })}
    />
  );
}

const NOTHING: Candles = { times: [], open: [], high: [], low: [], close: [] };

function priceSeries(prices: PricePane | undefined): Series[] {
  if (prices === undefined) return [{ id: "candles", name: "", kind: "candles", data: NOTHING }];
  return [
    { id: "candles", name: prices.symbol, kind: "candles", data: prices.candles, markers: prices.markers },
    ...prices.lines.map(({ name, points }, at): Series => {
      const colour = LINES[at % LINES.length] ?? "faint";
      return { id: `line ${name}`, name, kind: "line", colour, data: points, isThin: true };
    }),
  ];
}

/** Digits behind the point that tell the lowest price apart from one beside it. */
function digitsOf(prices: PricePane | undefined): number {
  const least = prices?.candles.low.reduce((low, each) => Math.min(low, each), Infinity) ?? Infinity;
  return least >= 1 ? 2 : least >= 0.01 ? 4 : 8;
}

/** Its axis tells only of the whole. */
function axisDigits(prices: PricePane | undefined): number {
  const most = prices?.candles.high.reduce((high, each) => Math.max(high, each), 0) ?? 0;
  return most >= 10 ? 2 : digitsOf(prices);
}

/** How far below its highest so far, as a share of it. */
export function drawdownOf({ times, values }: Points): Points {
  let highest = -Infinity;
  return {
    times,
    values: values.map((value) => {
      highest = Math.max(highest, value);
      return highest > 0 ? value / highest - 1 : 0;
    }),
  };
}
