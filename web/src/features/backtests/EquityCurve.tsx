import { useMemo } from "react";
import { TimeChart, type Pane, type Points } from "@/charts";
import { formatNumber, formatPercent } from "@/format";

interface EquityCurveProps {
  readonly equity: Points;
  readonly benchmark?: Points | undefined;
  readonly scale?: "linear" | "log";
}

const money = (value: number) => formatNumber(value, { digits: 0 });
const wholePercent = (value: number) => formatPercent(value, 0);
const percent = (value: number) => formatPercent(value);

/** Equity over its benchmark, and below how far it was under water. */
export function EquityCurve({ equity, benchmark, scale = "linear" }: EquityCurveProps) {
  const panes = useMemo((): Pane[] => {
    const curves: Pane = {
      id: "equity",
      height: 300,
      scale,
      format: money,
      series: [
        ...(benchmark === undefined
          ? []
          : [{ id: "benchmark", name: "Benchmark", kind: "line", colour: "benchmark", data: benchmark } as const]),
        { id: "equity", name: "Strategy", kind: "line", colour: "accent", data: equity },
      ],
    };
    const under = { id: "underwater", name: "Drawdown", kind: "area", colour: "loss", data: drawdown(equity) } as const;
    return [curves, { id: "underwater", height: 110, format: percent, axis: wholePercent, series: [under] }];
  }, [equity, benchmark, scale]);
  return <TimeChart panes={panes} label="Equity and drawdown" />;
}

/** How far below its highest so far, as a share of it. */
export function drawdown({ times, values }: Points): Points {
  let highest = -Infinity;
  return {
    times,
    values: values.map((value) => {
      highest = Math.max(highest, value);
      return highest > 0 ? value / highest - 1 : 0;
    }),
  };
}
