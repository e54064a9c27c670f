import { describe, expect, it } from "vitest";
import { drawdown } from "@/features/backtests/EquityCurve";
import { readEquity } from "@/features/backtests/use_equity";

const CSV = [
  '"time","equity","benchmark","drawdown"',
  '"2000-03-01T00:00:00Z",100000,100000,0',
  '"2000-03-02T00:00:00Z",99000.5,,-0.01',
  "",
].join("\n");

describe("an equity curve", () => {
  it("is read with its benchmark", () => {
    const { equity, benchmark } = readEquity(CSV);
    expect(equity).toEqual({ times: [951868800, 951955200], values: [100000, 99000.5] });
    expect(benchmark?.values).toEqual([100000, NaN]);
  });

  it("may have none", () => {
    expect(readEquity('"time","equity"\n"2000-03-01T00:00:00Z",1\n').benchmark).toBeUndefined();
    expect(readEquity('"time","equity","benchmark"\n"2000-03-01T00:00:00Z",1,\n').benchmark).toBeUndefined();
  });

  it("is under water since its highest", () => {
    expect(
      drawdown({ times: [1, 2, 3, 4], values: [100, 80, 120, 90] }).values.map((each) => Number(each.toFixed(4))),
    ).toEqual([0, -0.2, 0, -0.25]);
  });
});
