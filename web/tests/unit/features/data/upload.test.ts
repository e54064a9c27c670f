import { describe, expect, it } from "vitest";
import { headOf, symbolOf } from "@/features/data/upload/upload_requests";
import { taken } from "@/features/data/upload/use_upload";

describe("a file of bars", () => {
  it("has a symbol in its name", () => {
    expect(symbolOf("aapl.csv")).toBe("AAPL");
    expect(symbolOf("BTC-USD_1h 2024.csv")).toBe("BTC-USD");
    expect(symbolOf("BRK.B.CSV")).toBe("BRK.B");
    expect(symbolOf("_prices.csv")).toBe("");
  });

  it("is looked at by its whole first rows", async () => {
    const row = "2024-01-02,1,2,0.5,1.5,100\n";
    const small = new File([row], "small.csv");
    expect((await headOf(small)).size).toBe(row.length);
    const large = new File([row.repeat(20_000)], "large.csv");
    const head = await headOf(large);
    expect(head.type).toBe("text/csv");
    expect(head.size).toBeGreaterThan(200_000);
    expect(head.size % row.length).toBe(0);
  });

  it("has columns that are one thing each", () => {
    const first = taken({}, "Settle", "close");
    expect(first).toEqual({ close: "Settle" });
    expect(taken(first, "Settle", "adj_close")).toEqual({ adj_close: "Settle" });
    expect(taken(first, "Last", "close")).toEqual({ close: "Last" });
  });
});
