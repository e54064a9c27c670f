import { expect, test } from "vitest";
import { curveOf, pricesOf, shownTile, TILE_POINTS, tileOf } from "@/features/backtests/result/tiles";
import { rangeParams, readSelection } from "@/features/backtests/result/use_selection";
import { sumUp } from "@/features/backtests/result/RangeSummary";
import { ascending } from "@/features/backtests/live_equity";

const [first, last] = [Date.parse("2020-01-01") / 1000, Date.parse("2024-01-01") / 1000];

test("a short run is one tile, whatever is seen", () => {
  expect(tileOf({ from: first, to: first + 86_400 }, first, last, TILE_POINTS)).toBeUndefined();
});

test("a tile holds what is seen, and the same tile is asked for while panning a little", () => {
  const bars = 1_000_000;
  const range = { from: first + 40_000_000, to: first + 41_000_000 };
  const tile = tileOf(range, first, last, bars);
  expect(Date.parse(tile?.start ?? "") / 1000).toBeLessThanOrEqual(range.from);
  expect(Date.parse(tile?.end ?? "") / 1000).toBeGreaterThanOrEqual(range.to);
  const shifted = tileOf({ from: range.from + 5_000, to: range.to + 5_000 }, first, last, bars);
  expect(shifted).toEqual(tile);
});

test("while a hand moves the tile stays that has what is seen, until it is far too coarse", () => {
  const bars = 1_000_000;
  const at = (from: number, width: number) => ({ from: first + from, to: first + from + width });
  const shown = (range: { from: number; to: number }) =>
    shownTile(tileOf(rested, first, last, bars), tileOf(range, first, last, bars), range);
  const rested = at(40_000_000, 1_000_000);
  const tile = tileOf(rested, first, last, bars);
  expect(shown(at(40_300_000, 1_000_000))).toEqual(tile); // panned
  expect(shown(at(40_400_000, 500_000))).toEqual(tile); // zoomed in
  expect(shown(at(40_400_000, 50_000))).toEqual(tileOf(at(40_400_000, 50_000), first, last, bars));
  expect(shown(at(50_000_000, 1_000_000))).toEqual(tileOf(at(50_000_000, 1_000_000), first, last, bars));
});

test("every range that is zoomed to lies in its tile, with bars that are finer the nearer one looks", () => {
  for (let width = last - first; width > 3600; width /= 1.7) {
    for (const share of [0, 0.31, 0.77, 1]) {
      const from = first + share * (last - first - width);
      const tile = tileOf({ from, to: from + width }, first, last, 1_000_000);
      if (tile === undefined) continue;
      const [start, end] = [Date.parse(tile.start) / 1000, Date.parse(tile.end) / 1000];
      expect(start).toBeLessThanOrEqual(from + 1);
      expect(end).toBeGreaterThanOrEqual(from + width - 1);
      expect(end - start).toBeLessThan(10 * width);
    }
  }
});

test("a curve without a benchmark has none; points tell of how many bars they are", () => {
  const point = { open: "1", high: "3", low: "1", close: "2", benchmark: null, drawdown: -0.5 };
  const found = curveOf({ backtest: "bt", bars: 5, data: [{ ...point, timestamp: "2020-01-01T00:00:00Z" }] });
  expect(found).toMatchObject({ benchmark: undefined, each: 5, drawdown: { values: [-0.5] } });
});

test("a bar without prices has no candle, a line without a value is a gap", () => {
  const point = { open: "1", high: "3", low: "1", close: "2", volume: "1" };
  const found = pricesOf({
    backtest: "bt",
    symbol: "A",
    interval: "1d",
    bars: 2,
    lines: ["SMA 2"],
    panes: [null],
    data: [
      { ...point, timestamp: "2020-01-01T00:00:00Z", lines: [null] },
      { ...point, close: "", timestamp: "2020-01-02T00:00:00Z", lines: [1] },
    ],
  });
  expect(found.candles.times).toHaveLength(1);
  expect(found.lines[0]?.points.values).toEqual([NaN]);
});

test("a selection survives its address", () => {
  const range = { from: Date.parse("2020-02-01") / 1000, to: Date.parse("2020-03-01") / 1000 };
  const { from, to } = rangeParams(range);
  const params = new URLSearchParams({
    from: from ?? "",
    to: to ?? "",
    group: "tag:a:b",
    tab: "rolling",
    scale: "log",
  });
  expect(readSelection(params)).toEqual({
    range,
    group: { by: "tag", key: "a:b" },
    tab: "rolling",
    scale: "log",
    symbol: undefined,
  });
});

test("an address that says nothing sensible selects nothing", () => {
  const params = new URLSearchParams("from=2020-03-01&to=2020-02-01&group=moon:x&tab=none&scale=7");
  expect(readSelection(params)).toEqual({
    range: undefined,
    group: undefined,
    tab: "trades",
    scale: "linear",
    symbol: undefined,
  });
});

test("a range is told by itself: its change and its own deepest drawdown", () => {
  const equity = { times: [1, 2, 3, 4], values: [100, 200, 150, 300] };
  expect(sumUp({ equity, benchmark: undefined }, { from: 2, to: 3.5 })).toEqual({
    change: -0.25,
    against: undefined,
    deepest: -0.25,
  });
});

test("what comes twice after a reconnection is drawn once", () => {
  const times = ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-03T00:00:00Z"];
  expect(ascending(times, [1, 2, 1, 3]).values).toEqual([1, 2, 3]);
});
