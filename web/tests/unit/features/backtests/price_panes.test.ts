import { expect, test } from "vitest";
import { INDICATORS } from "@/charts";
import { pricePanes, PRICES_HEIGHT, type IndicatorLine } from "@/features/backtests/price_panes";

const times = [1, 2, 3];
const candles = { times, open: [10, 11, 12], high: [11, 12, 13], low: [9, 10, 11], close: [10, 11, 12] };
const line = (name: string, values: readonly number[], pane?: string): IndicatorLine => ({
  name,
  pane,
  points: { times, values },
});
const panesOf = (...lines: IndicatorLine[]) => pricePanes({ symbol: "A", candles, markers: [], lines }, "log");

test("what is in units of its own has a pane beneath the candles, on a linear scale", () => {
  const [prices, beneath, ...more] = panesOf(
    line("SMA 2", [NaN, 10, 11]),
    line("RSI 14", [NaN, 70, 30], "RSI"),
    line("enter", [30, 30, 30], "RSI"),
  );
  expect(more).toEqual([]);
  expect(prices?.series.map((each) => each.name)).toEqual(["A", "SMA 2"]);
  expect(beneath?.series.map((each) => each.name)).toEqual(["RSI 14", "enter"]);
  expect([prices?.scale, beneath?.scale]).toEqual(["log", undefined]);
  expect([beneath?.format(33.3333), beneath?.axis?.(50)]).toEqual(["33.33", "50"]);
});

test("one pane beneath prices takes no more room than prices alone", () => {
  const sum = (panes: ReturnType<typeof panesOf>) => panes.reduce((all, each) => all + each.height + 1, 0);
  expect(sum(pricePanes(undefined, "linear"))).toBe(PRICES_HEIGHT + 1);
  expect(sum(panesOf(line("RSI 14", [1, 2, 3], "RSI")))).toBe(PRICES_HEIGHT + 1);
  const two = panesOf(line("RSI 14", [1, 2, 3], "RSI"), line("MACD", [0.1, -0.2, 0], "MACD"));
  expect(two.map((each) => each.height)).toEqual([180, 92, 92]);
});

test("indicators have colours of their own, dashed when all are taken; levels are grey", () => {
  const lines = [1, 2, 3, 4].map((each) => line(`SMA ${each}`, [each, 2, 3]));
  const [, ...drawn] = panesOf(line("level", [5, 5, 5]), ...lines)[0]?.series ?? [];
  expect(drawn.map((each) => "colour" in each && [each.colour, "isDashed" in each && each.isDashed])).toEqual([
    ["faint", true],
    ...INDICATORS.map((each) => [each, false]),
    [INDICATORS[0], true],
  ]);
});
