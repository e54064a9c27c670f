import { useMemo } from "react";
import { TimeChart, type Pane, type Points, type Series, type TimeRange } from "@/charts";
import { formatNumber, formatPercent } from "@/format";
import { pricePanes, type PricePane } from "./price_panes";

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

const money = (value: number) => formatNumber(value, { digits: 0 });
const wholePercent = (value: number) => formatPercent(value, 0);
const percent = (value: number) => formatPercent(value);
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
    if (hasPrices) made.push(...pricePanes(prices, scale));
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
