import { describe, expect, it } from "vitest";
import { changeBy, orderLines } from "@/features/trade/chart_lines";
import { order } from "./samples";

const ID = "ord_0001000000000001";
const STOP_LIMIT = order({ type: "stop_limit", side: "sell", price: "58990.00", stop: "59000.00" });
const linesOf = (...orders: Parameters<typeof order>) =>
  orderLines(new Map([[ID, order(...orders)]]), new Map(), "BTC-USD").map(({ moves, price, title, isTrigger }) => [
    moves,
    price,
    title,
    isTrigger,
  ]);

describe("lines of own orders", () => {
  it("stand where an order rests", () => {
    expect(linesOf()).toEqual([["price", 60_000, "buy 1.00", false]]);
    expect(linesOf({ type: "peg" })).toEqual([["price", 60_000, "peg buy 1.00", false]]);
    for (const none of [{ status: "filled" }, { symbol: "AAPL" }] as const) expect(linesOf(none)).toEqual([]);
  });

  it("stand where a stop is triggered, and where it will rest then", () => {
    expect(linesOf({ type: "stop", price: null, stop: "61000.00" })).toEqual([["stop", 61_000, "stop buy 1.00", true]]);
    expect(linesOf(STOP_LIMIT)).toEqual([
      ["stop", 59_000, "stop sell 1.00", true],
      ["price", 58_990, "limit sell 1.00", false],
    ]);
    expect(linesOf({ ...STOP_LIMIT, triggered_at: "2026-11-27T10:05:00Z" })).toEqual([
      ["price", 58_990, "sell 1.00", false],
    ]);
    // Nobody tells where the trigger of a trailing stop is.
    expect(linesOf({ type: "trailing_stop", price: null, distance: "250.00" })).toEqual([]);
  });

  it("are where they were dragged to before it is so, and fixed", () => {
    const change = { quantity: "1.00", stop: "59010.00", price: "58990.00" };
    const way = new Map([[ID, { what: "changing" as const, change }]]);
    const [trigger, limit] = orderLines(new Map([[ID, STOP_LIMIT]]), way, "BTC-USD");
    expect([trigger?.price, trigger?.isFixed, limit?.price]).toEqual([59_010, true, 58_990]);
  });

  it("change only what they stand for", () => {
    expect(changeBy(STOP_LIMIT, { stop: "59010.00" })).toEqual({
      quantity: "1.00",
      price: "58990.00",
      stop: "59010.00",
    });
    expect(changeBy(order(), { price: "60010.00" })).toEqual({ quantity: "1.00", price: "60010.00" });
    const stop = order({ type: "stop", price: null, stop: "61000.00" });
    expect(changeBy(stop, { stop: "61010.00" })).toEqual({ quantity: "1.00", stop: "61010.00" });
    // A trigger that was reached is none any more.
    const triggered = { ...STOP_LIMIT, triggered_at: "2026-11-27T10:05:00Z" };
    expect(changeBy(triggered, { price: "58980.00" })).toEqual({ quantity: "1.00", price: "58980.00" });
  });
});
