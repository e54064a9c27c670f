import { expect, test } from "vitest";
import {
  countChanges,
  isReturnWithin,
  isWithin,
  readSpan,
  returnBins,
  spanOfBar,
  spanParam,
  spanText,
} from "@/features/backtests/result/bins";
import { readReturns } from "@/features/backtests/result/tables";
import { tradesDuring } from "@/features/backtests/result/trades";
import { periodsOf } from "@/features/backtests/result/use_chosen";
import { readSelection } from "@/features/backtests/result/use_selection";
import { tradeOf } from "./trade_of";

test("a bar that is chosen leaves as many trades as it counts, through the address too", () => {
  const changes = Array.from({ length: 301 }, (_, at) => (at - 150) / 1000);
  const bins = countChanges(changes);
  expect(bins.reduce((sum, each) => sum + each.count, 0)).toBe(changes.length);
  for (const { from, to, count } of bins) {
    const span = readSpan(spanParam({ low: from, high: to }));
    expect(changes.filter((each) => span !== undefined && isWithin(span, each))).toHaveLength(count);
  }
});

test("the outer bars of a run's returns hold all beyond them, and zeros are in none", () => {
  const edges = [-0.02, 0, 0.02];
  const histogram = { edges, counts: [2, 1], period: "bar", returns: 4, zeros: 1, tails: 1 } as const;
  const rows = [-0.5, -0.01, 0, 0.01].map((change, at) => ({ since: at, until: at + 1, change }));
  const bins = returnBins({ ...histogram, edges: [...edges], counts: [...histogram.counts] }, rows);
  expect(bins.map((each) => each.count)).toEqual([2, 1]);
  expect(spanOfBar(edges, 0)).toEqual({ low: -Infinity, high: 0 });
  expect(isReturnWithin(spanOfBar(edges, 1), 0)).toBe(false);
  expect(readSpan(spanParam(spanOfBar(edges, 0)))).toEqual({ low: -Infinity, high: 0 });
  expect(spanText(spanOfBar(edges, 1))).toBe("0.00% and more");
});

test("what an address says of bars is read, and what is no span is none", () => {
  const found = readSelection(new URLSearchParams("trade-return=-0.01:0.02&run-return=:-0.03"));
  expect(found.tradeReturn).toEqual({ low: -0.01, high: 0.02 });
  expect(found.runReturn).toEqual({ low: -Infinity, high: -0.03 });
  for (const text of ["", ":", "a:b", "2:1", "1", "1:2:3"]) expect(readSpan(text)).toBeUndefined();
});

test("trades that were held when the run had such a return are left, those that ended before it are not", async () => {
  const rows = await readReturns(
    '"time","since","return","benchmark"\n' +
      "2024-01-03T00:00:00Z,2024-01-02T00:00:00Z,-0.03,0.0\n" +
      "2024-01-04T00:00:00Z,2024-01-03T00:00:00Z,0.01,0.0\n",
  );
  const periods = periodsOf(rows, { low: -Infinity, high: -0.02 });
  expect(periods).toHaveLength(1);
  const held = (entryTime: string, exitTime: string) =>
    tradesDuring([tradeOf({ entryTime, exitTime })], periods).length === 1;
  expect(held("2024-01-01T00:00:00Z", "2024-01-03T00:00:00Z")).toBe(true);
  expect(held("2024-01-03T00:00:00Z", "2024-01-09T00:00:00Z")).toBe(true);
  expect(held("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")).toBe(false);
  expect(held("2024-01-04T00:00:00Z", "2024-01-09T00:00:00Z")).toBe(false);
});
