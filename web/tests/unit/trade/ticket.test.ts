import { describe, expect, it } from "vitest";
import type { Clock } from "@/format";
import {
  movedPrice,
  NEW_TICKET,
  orderOf,
  problemsOf,
  sizeOfShare,
  typed,
  withChoice,
  withType,
  type Ticket,
  type TicketType,
} from "@/features/trade/ticket";

const MARKET = { symbol: "BTC-USD", tick: "2.50", lot: "0.01" };
const TICKET: Ticket = { ...NEW_TICKET, size: "0.5", price: "60000" };

describe("the ticket", () => {
  it("makes an order with the digits of the tick", () => {
    expect(orderOf(TICKET, MARKET, "acc_1", "utc")).toEqual({
      account: "acc_1",
      symbol: "BTC-USD",
      side: "buy",
      type: "limit",
      time_in_force: "gtc",
      quantity: "0.5",
      price: "60000.00",
    });
  });

  it("makes none while something is missing or wrong", () => {
    expect(orderOf({ ...TICKET, price: "" }, MARKET, "acc_1", "utc")).toBeUndefined();
    expect(orderOf({ ...TICKET, price: "60001" }, MARKET, "acc_1", "utc")).toBeUndefined();
    expect(orderOf({ ...TICKET, size: "abc" }, MARKET, "acc_1", "utc")).toBeUndefined();
    expect(orderOf(withType({ ...TICKET, price: "" }, "market"), MARKET, "acc_1", "utc")).toMatchObject({
      type: "market",
      time_in_force: "ioc",
    });
  });

  it("says what is wrong with which field", () => {
    expect(problemsOf({ ...TICKET, size: "0.005", price: "60001" }, MARKET)).toEqual({
      size: "It goes in lots of 0.01.",
      price: "It goes in ticks of 2.5.",
    });
    expect(problemsOf({ ...TICKET, size: "0" }, MARKET).size).toBe("It must be above 0.");
    expect(problemsOf({ ...TICKET, size: "" }, MARKET).size).toBeUndefined();
  });

  it("keeps a time in force that the type may have, and takes another one else", () => {
    expect(withType({ ...TICKET, timeInForce: "day" }, "stop").timeInForce).toBe("day");
    expect(withType({ ...TICKET, timeInForce: "ioc" }, "stop").timeInForce).toBe("gtc");
  });

  it("is post-only where the order may rest at its price, whatever was chosen before", () => {
    const chosen = { ...TICKET, isPostOnly: true };
    expect(orderOf(chosen, MARKET, "acc_1", "utc")).toHaveProperty("post_only", true);
    expect(orderOf({ ...chosen, timeInForce: "ioc" }, MARKET, "acc_1", "utc")).not.toHaveProperty("post_only");
    expect(orderOf(withType(chosen, "market"), MARKET, "acc_1", "utc")).not.toHaveProperty("post_only");
  });

  it("ends at the time that the clock of the page shows, and is none without one", () => {
    const until = (text: string, clock: Clock = "utc") =>
      orderOf({ ...TICKET, timeInForce: "gtd", until: text }, MARKET, "acc_1", clock);
    expect(until("2026-12-01T09:30")).toMatchObject({ time_in_force: "gtd", expires_at: "2026-12-01T09:30:00.000Z" });
    expect(until("2026-12-01T09:30", "exchange")).toHaveProperty("expires_at", "2026-12-01T14:30:00.000Z");
    for (const text of ["", "0002-12-01T09:30", "soon"]) expect(until(text, "exchange")).toBeUndefined();
    const others = { ...TICKET, until: "2026-12-01T09:30" };
    expect(orderOf(others, MARKET, "acc_1", "utc")).not.toHaveProperty("expires_at");
    expect(withType({ ...others, timeInForce: "gtd" }, "iceberg").timeInForce).toBe("gtd");
    expect(withType({ ...others, timeInForce: "gtd" }, "market").timeInForce).toBe("ioc");
    expect(orderOf({ ...others, timeInForce: "gtd", isPostOnly: true }, MARKET, "acc_1", "utc")).toMatchObject({
      post_only: true,
    });
  });

  it("says that it only reduces, of any type", () => {
    const chosen = { ...TICKET, isReduceOnly: true };
    expect(orderOf(chosen, MARKET, "acc_1", "utc")).toHaveProperty("reduce_only", true);
    expect(orderOf(withType(chosen, "market"), MARKET, "acc_1", "utc")).toHaveProperty("reduce_only", true);
  });

  it("sends what a type needs and nothing else", () => {
    const written = { ...TICKET, stop: "59000", distance: "250", display: "0.1", offset: "" };
    const sent = (type: TicketType) => orderOf(withType(written, type), MARKET, "acc_1", "utc");
    const common = { account: "acc_1", symbol: "BTC-USD", side: "buy", time_in_force: "gtc", quantity: "0.5" };
    expect(sent("trailing_stop")).toEqual({ ...common, type: "trailing_stop", distance: "250.00" });
    expect(sent("iceberg")).toEqual({ ...common, type: "iceberg", price: "60000.00", display: "0.1" });
    expect(sent("peg")).toEqual({ ...common, type: "peg", price: "60000.00", offset: "0.00" });
    expect(sent("stop_limit")).toEqual({ ...common, type: "stop_limit", price: "60000.00", stop: "59000.00" });
    expect(orderOf(withType({ ...written, display: "" }, "iceberg"), MARKET, "acc_1", "utc")).toBeUndefined();
    expect(orderOf(withType({ ...written, distance: "" }, "trailing_stop"), MARKET, "acc_1", "utc")).toBeUndefined();
  });

  it("says what is wrong with what only some types have", () => {
    const wrong = { ...TICKET, display: "0.6", distance: "0", offset: "-2.5" };
    expect(problemsOf(withType(wrong, "iceberg"), MARKET)).toEqual({ display: "It is more than the size." });
    expect(problemsOf(withType(wrong, "trailing_stop"), MARKET)).toEqual({ distance: "It must be above 0." });
    expect(problemsOf(withType(wrong, "peg"), MARKET)).toEqual({ offset: "It is 0 or more." });
    expect(problemsOf(withType({ ...wrong, offset: "0" }, "peg"), MARKET)).toEqual({});
    expect(problemsOf(wrong, MARKET)).toEqual({});
  });

  it("a click on the ladder makes a limit order of what has no price there", () => {
    const choice = { price: "59997.50", side: "buy" } as const;
    expect(withChoice(withType(TICKET, "iceberg"), choice).type).toBe("iceberg");
    expect(withChoice(withType(TICKET, "peg"), choice).type).toBe("limit");
    expect(withChoice(withType(TICKET, "trailing_stop"), choice).type).toBe("limit");
  });

  it("takes price and side of the ladder", () => {
    expect(withChoice(withType(TICKET, "market"), { price: "59997.50", side: "sell" })).toMatchObject({
      type: "limit",
      side: "sell",
      price: "59997.50",
      size: "0.5",
    });
    expect(withChoice(TICKET, { price: "59997.50", side: undefined }).side).toBe("buy");
  });

  it("moves prices by ticks, never to 0, and begins at the best one", () => {
    expect(movedPrice("60000.00", "2.50", -1, undefined)).toBe("59997.50");
    expect(movedPrice("2.50", "2.50", -1, undefined)).toBe("2.50");
    expect(movedPrice("", "2.50", 1, "60002.50")).toBe("60002.50");
  });

  it("sizes by shares of the buying power, whole lots, never more than it pays for", () => {
    expect(sizeOfShare(100, "100000", "60000", "0.01", "1")).toBe("1.66");
    expect(sizeOfShare(50, "100000", "60000", "0.01", "1.001")).toBe("0.83");
    expect(sizeOfShare(100, "-5", "60000", "0.01", "1")).toBe("0");
    expect(sizeOfShare(25, "0.50", "1", "0.01", "1")).toBe("0.12");
  });

  it("reads numbers as people write them", () => {
    expect(typed(" 60 000.50 ")).toBe("60000.50");
    expect(typed("60,000")).toBe("60000");
  });
});
