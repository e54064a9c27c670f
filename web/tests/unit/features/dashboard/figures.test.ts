import { expect, test } from "vitest";
import { exchangeState } from "@/features/dashboard/exchange_state";
import { heldOf } from "@/features/dashboard/held";
import { secondsLeft, symbolsText, whyOf } from "@/features/dashboard/jobs";
import { position } from "../../trade/samples";
import { exchange, ingestion, NOW, run, shard } from "./samples";

test("the exchange is as slow and as far behind as its worst shard, and says what is not up", () => {
  const down = { name: "worker", state: "down" as const, start: null, lag_ms: null };
  const slow = shard({ shard: 1, journal_lag_ms: 40, parts: [down], well: false, worker: null });
  expect(exchangeState(exchange(shard(), slow))).toEqual({
    off: ["shard 1: worker down"],
    p99Us: 1900,
    lagMs: 40,
    shards: 2,
  });
  expect(exchangeState(exchange({ ...slow, shard: 0 })).off).toEqual(["worker down"]);
});

test("a worker that does not report any more has no latency", () => {
  const { worker } = shard();
  const gone = shard({ worker: worker === null ? null : { ...worker, fresh: false }, journal_lag_ms: null });
  expect(exchangeState(exchange(gone))).toMatchObject({ p99Us: undefined, lagMs: undefined });
});

test("what is held is exact, at the last prices, without what was sold", () => {
  const marks = new Map([["BTC-USD", { last: "60100.50", open: null }]]);
  const sold = position({ symbol: "ETH-USD", quantity: "0.00" });
  const unpriced = position({ symbol: "AAPL", quantity: "3", cost: "100" });
  expect(heldOf([sold, position({ quantity: "0.3", cost: "18000.01" }), unpriced], marks)).toEqual([
    { symbol: "AAPL", quantity: "3", average: "33.3333", last: undefined, unrealised: undefined },
    { symbol: "BTC-USD", quantity: "0.3", average: "60000.0333", last: "60100.50", unrealised: "30.14" },
  ]);
});

test("jobs say why they failed and how long they take", () => {
  expect(whyOf(run({ error: { code: "x", detail: "No bar.", retryable: false } }))).toBe("No bar.");
  expect(whyOf(ingestion({ status: "succeeded", outcomes: [] }))).toBeUndefined();
  expect(secondsLeft("2026-11-27T12:01:00Z", NOW)).toBe(60);
  expect(secondsLeft("2026-11-27T11:59:00Z", NOW)).toBe(0);
  expect(secondsLeft(null, NOW)).toBeUndefined();
  expect(symbolsText(["A", "B", "C", "D", "E"])).toBe("A, B, C and 2 more");
});
