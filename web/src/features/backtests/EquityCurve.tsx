import { useMemo } from "react";
import { TimeChart, type Pane } from "@/charts";
import { formatNumber, formatPercent } from "@/format";
import type { Curves } from "./curves";

interface EquityCurveProps extends Curves {
  readonly scale?: "linear" | "log";
}

const money = (value: number) => formatNumber(value, { digits: 0 });
const wholePercent = (value: number) => formatPercent(value, 0);
const percent = (value: number) => formatPercent(value);

/** Equity over its benchmark, and below how far it was under water. */
export function EquityCurve({ equity, benchmark, drawdown, scale = "linear" }: EquityCurveProps) {
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
    const under = { id: "underwater", name: "Drawdown", kind: "area", colour: "loss", data: drawdown } as const;
    return [curves, { id: "underwater", height: 110, format: percent, axis: wholePercent, series: [under] }];
  }, [equity, benchmark, drawdown, scale]);
  return <TimeChart panes={panes} label="Equity and drawdown" />;
}
