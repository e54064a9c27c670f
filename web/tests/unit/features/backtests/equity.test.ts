import { describe, expect, it } from "vitest";
import { curvesOf, drawdownOf } from "@/features/backtests/curves";

const point = (timestamp: string, close: string, benchmark: string | null, drawdown: number) => ({
  timestamp,
  open: close,
  high: close,
  low: close,
  close,
  benchmark,
  drawdown,
});

describe("an equity curve", () => {
  it("has a benchmark where the run has one", () => {
    const data = [
      point("2000-03-01T00:00:00Z", "100000", "100000", 0),
      point("2000-03-02T00:00:00Z", "99000.5", null, -0.01),
    ];
    const { equity, benchmark, drawdown } = curvesOf({ backtest: "bt_1", bars: 2, data });
    expect(equity).toEqual({ times: [951868800, 951955200], values: [100000, 99000.5] });
    expect(benchmark?.values).toEqual([100000, NaN]);
    expect(drawdown.values).toEqual([0, -0.01]);
  });

  it("may have none", () => {
    const data = [point("2000-03-01T00:00:00Z", "1", null, 0)];
    expect(curvesOf({ backtest: "bt_1", bars: 1, data }).benchmark).toBeUndefined();
  });

  it("is under water since its highest", () => {
    const { values } = drawdownOf({ times: [1, 2, 3, 4], values: [100, 80, 120, 90] });
    expect(values.map((each) => Number(each.toFixed(4)))).toEqual([0, -0.2, 0, -0.25]);
  });
});
