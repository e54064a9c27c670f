/** Curves of a run as charts take them. */
import type { EquityCurve } from "@/api";
import type { Points } from "@/charts";

export interface Curves {
  readonly equity: Points;
  /** Undefined: the run has none. */
  readonly benchmark: Points | undefined;
  /** The deepest of each point, of the highest equity before: 0 down to -1. */
  readonly drawdown: Points;
}

export function curvesOf({ data }: EquityCurve): Curves {
  const times = data.map((each) => Date.parse(each.timestamp) / 1000);
  const hasBenchmark = data.some((each) => each.benchmark !== null);
  return {
    equity: { times, values: data.map((each) => Number(each.close)) },
    benchmark: hasBenchmark ? { times, values: data.map((each) => Number(each.benchmark ?? NaN)) } : undefined,
    drawdown: { times, values: data.map((each) => each.drawdown) },
  };
}

/** Of an equity curve that still grows. */
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
