import { describe, expect, it } from "vitest";
import { averageCost, equityAtStart, equityOf, fillsSince, unrealised } from "@/live/worth";
import { fill, position } from "../trade/samples";

const MARKS = new Map([["BTC-USD", { last: "60100", open: "60000" }]]);

describe("what an account is worth", () => {
  it("is cash and positions at the last prices", () => {
    expect(equityOf("40000", [position()], MARKS)).toBe("100100");
    expect(equityOf("40000", [position({ quantity: "-1" })], MARKS)).toBe("-20100");
    expect(equityOf("40000", [position({ symbol: "AAPL" })], MARKS)).toBeUndefined();
    expect(equityOf("40000", [position({ symbol: "AAPL", quantity: "0" })], MARKS)).toBe("40000");
  });

  it("was, when the day began, what its fills did not change", () => {
    // 100,000 in cash then; bought 1 at 60,050 with a fee of 5.
    const start = equityAtStart("39945", [position()], [fill({ price: "60050", fee: "5" })], MARKS);
    expect(start).toBe("100000");
  });

  it("counts what was held over night at the day's first price", () => {
    // 2 were held; 1 was sold for 60,200.
    const start = equityAtStart("60200", [position()], [fill({ side: "sell", price: "60200" })], MARKS);
    expect(start).toBe("120000");
  });

  it("is not known when the list may not have all fills of the day", () => {
    const midnight = Date.parse("2026-11-27T00:00:00Z");
    const before = fill({ at: "2026-11-26T23:59:59Z" });
    expect(fillsSince([fill(), before], midnight, true)).toHaveLength(1);
    expect(fillsSince([fill()], midnight, true)).toBeUndefined();
    expect(fillsSince([fill()], midnight, false)).toHaveLength(1);
  });

  it("has an average price and an unrealised profit", () => {
    expect(averageCost(position({ quantity: "3", cost: "100" }), 4)).toBe("33.3333");
    expect(averageCost(position({ quantity: "0" }), 4)).toBeUndefined();
    expect(unrealised(position({ quantity: "-1", cost: "-60000" }), MARKS.get("BTC-USD"))).toBe("-100");
    expect(unrealised(position(), undefined)).toBeUndefined();
  });
});
