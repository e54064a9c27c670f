import { describe, expect, test } from "vitest";
import { keptUntil } from "@/charts/price_chart_view";
import { merged, rememberBars, remembered, type TapeBar } from "@/features/trade/market_memory";

const bar = (time: number, volume: number, close = volume): TapeBar => ({
  time,
  open: 1,
  high: 9,
  low: 1,
  close,
  volume,
});
const times = (bars: readonly TapeBar[]) => bars.map(({ time, volume }) => [time, volume]);

describe("bars of the past and those that come", () => {
  const past = [bar(0, 5), bar(60, 7), bar(120, 2)];

  test("make each interval once, the one that has more of its trades", () => {
    expect(times(merged(past, [bar(120, 3), bar(180, 1)]))).toEqual([
      [0, 5],
      [60, 7],
      [120, 3],
      [180, 1],
    ]);
    expect(times(merged([bar(120, 3), bar(180, 1)], past))).toEqual([
      [0, 5],
      [60, 7],
      [120, 3],
      [180, 1],
    ]);
  });

  test("fill each other's gaps", () => {
    const found = merged([bar(0, 1), bar(240, 4)], [bar(60, 2), bar(180, 3), bar(240, 1)]);
    expect(times(found)).toEqual([
      [0, 1],
      [60, 2],
      [180, 3],
      [240, 4],
    ]);
  });

  test("are what they were when nothing is new", () => {
    expect(merged(past, [bar(60, 7), bar(120, 1)])).toBe(past);
    expect(merged(past, [])).toBe(past);
  });

  test("begin anew in another epoch of the journal: what was lost never happened", () => {
    rememberBars("COIN", "1m", [bar(0, 5)]);
    rememberBars("COIN", "1m", [bar(60, 1)], 1);
    expect(times(remembered("COIN", "1m").bars)).toEqual([
      [0, 5],
      [60, 1],
    ]);
    rememberBars("COIN", "1m", [bar(60, 1)], 2);
    expect(times(remembered("COIN", "1m").bars)).toEqual([[60, 1]]);
    expect(remembered("COIN", "1s").bars).toEqual([]);
  });
});

test("a chart is told again of what changed at its end, and drawn anew when something before did", () => {
  const isSame = (one: TapeBar, other: TapeBar) => one.volume === other.volume;
  const before = [bar(0, 1), bar(60, 2)];
  expect(keptUntil(before, [bar(0, 1), bar(60, 3), bar(120, 1)], isSame)).toBe(1);
  expect(keptUntil(before, [bar(0, 2), bar(60, 2)], isSame)).toBeUndefined();
  expect(keptUntil(before, [bar(0, 1), bar(30, 1), bar(60, 2)], isSame)).toBeUndefined();
  expect(keptUntil([], before, isSame)).toBeUndefined();
});
