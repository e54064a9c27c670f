import { expect, test } from "vitest";
import { groupTrades, tradesWithin } from "@/features/backtests/result/trades";
import { markersOf } from "@/features/backtests/result/markers";
import { countChanges } from "@/features/backtests/result/bins";
import { tradeOf } from "./trade_of";

test("a group has what its trades won, lost and took", () => {
  const trades = [tradeOf({ pnl: "3", seconds: 10 }), tradeOf({ pnl: "-1", change: -0.3, seconds: 30 })];
  const [group] = groupTrades(trades, "symbol");
  expect(group).toMatchObject({ key: "AAPL", trades: 2, won: 1, pnl: 2, seconds: 20, profitFactor: 3 });
  expect(group?.change).toBeCloseTo(-0.1);
});

test("a group that lost nothing has no profit factor", () => {
  expect(groupTrades([tradeOf({})], "side")[0]?.profitFactor).toBeNull();
});

test("weekdays stand in the order of the week, open trades by themselves", () => {
  const friday = tradeOf({ entryTime: "2024-01-05T10:00:00Z" });
  const monday = tradeOf({ entryTime: "2024-01-01T23:00:00Z", isOpen: true });
  expect(groupTrades([friday, monday], "weekday").map((each) => each.key)).toEqual(["Monday", "Friday"]);
  expect(groupTrades([friday, monday], "exit").map((each) => each.key)).toEqual(["signal", "still open"]);
  expect(groupTrades([friday, monday], "hour").map((each) => each.key)).toEqual(["10:00", "23:00"]);
});

test("a trade lies within a range when it was open in it", () => {
  const trade = tradeOf({});
  const at = (text: string) => Date.parse(text) / 1000;
  expect(tradesWithin([trade], { from: at("2024-01-03"), to: at("2024-01-04") })).toEqual([trade]);
  expect(tradesWithin([trade], { from: at("2024-01-06"), to: at("2024-01-07") })).toEqual([]);
  expect(tradesWithin([trade], { from: at("2023-01-06"), to: at("2024-01-01") })).toEqual([]);
  expect(tradesWithin([trade], undefined)).toEqual([trade]);
});

test("those of a range are the same whether they follow each other or overlap", () => {
  const made = (entered: number, left: number) => ({ ...tradeOf({}), entered, left });
  const following = [made(0, 2), made(2, 4), made(4, 4), made(6, 9)];
  const overlapping = [...following, made(1, 9)];
  for (let from = -1; from < 10; from += 1)
    for (let to = from; to < 11; to += 1)
      for (const all of [following, overlapping])
        expect(tradesWithin(all, { from, to })).toEqual(all.filter((each) => each.left >= from && each.entered <= to));
});

test("marks are in the order of time, an open trade has only its entry", () => {
  const found = markersOf(
    [tradeOf({ side: "short" }), tradeOf({ number: 2, entryTime: "2024-01-03T00:00:00Z", isOpen: true })],
    "AAPL",
    undefined,
  );
  expect(found.map((each) => each.side)).toEqual(["sell", "buy", "buy"]);
  expect(found.map((each) => each.time)).toEqual([...found.map((each) => each.time)].sort((a, b) => a - b));
  expect(markersOf([tradeOf({})], "MSFT", undefined)).toEqual([]);
});

test("of very many trades the most profitable are marked", () => {
  const trades = Array.from({ length: 5_000 }, (_, at) => tradeOf({ number: at, pnl: String(at) }));
  expect(markersOf(trades, undefined, undefined)).toHaveLength(600);
});

test("bins hold every return, with an edge at zero", () => {
  const bins = countChanges([-0.31, -0.02, 0.01, 0.02, 0.4]);
  expect(bins.reduce((sum, each) => sum + each.count, 0)).toBe(5);
  expect(bins.some((each) => Math.abs(each.from) < 1e-12)).toBe(true);
  expect(countChanges([0.1])).toEqual([]);
  expect(countChanges([0.1, 0.1])).toEqual([]);
});
