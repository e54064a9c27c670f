import { describe, expect, it } from "vitest";
import { hintOf } from "@/features/trade/ladder_hint";
import { averagePrice, ladderRows, restingByPrice, spreadText } from "@/features/trade/ladder_rows";
import { LadderView } from "@/features/trade/ladder_view";
import { Queues, SETTLE_MS } from "@/features/trade/queue";
import { order } from "./samples";

const BOOK = {
  bids: [
    ["60000.00", "2.00"],
    ["59997.50", "4.00"],
  ] as const,
  asks: [["60002.50", "1.00"]] as const,
};
const NOTHING = new Map();

describe("rows of the ladder", () => {
  it("go from the highest price to the lowest, the best of both sides in the middle", () => {
    const rows = ladderRows(BOOK, NOTHING, 2);
    expect(rows.map((each) => each?.price)).toEqual([undefined, "60002.50", "60000.00", "59997.50"]);
    expect(rows.map((each) => each?.share)).toEqual([undefined, 0.25, 0.5, 1]);
    expect(spreadText(BOOK)).toBe("2.50");
    expect(spreadText({ bids: [], asks: BOOK.asks })).toBeUndefined();
  });

  it("find own orders however their price is written", () => {
    const own = new Queues().update([order({ price: "60000" })], "BTC-USD", BOOK, 0);
    expect(ladderRows(BOOK, own, 1)[1]?.own).toBe("1.00");
  });

  it("leave out orders that do not rest", () => {
    const found = restingByPrice(
      [order({ status: "filled" }), order({ stop: "59000" }), order({ price: null }), order({ symbol: "AAPL" })],
      "BTC-USD",
    );
    expect(found.size).toBe(0);
    const triggered = order({ type: "stop_limit", stop: "59000", triggered_at: "2026-11-27T10:05:00Z" });
    expect(restingByPrice([triggered], "BTC-USD").get("60000")).toEqual([triggered]);
  });

  it("say what a quantity would pay on the average", () => {
    expect(averagePrice(BOOK.bids, 3)).toBeCloseTo((2 * 60_000 + 59_997.5) / 3);
    expect(averagePrice(BOOK.bids, 7)).toBeUndefined();
  });
});

describe("queues", () => {
  const at = (quantity: string) => ({ bids: [["60000.00", quantity]] as const, asks: [] });
  const ahead = (queues: Queues, quantity: string, now: number, orders = [order()]) =>
    queues.update(orders, "BTC-USD", at(quantity), now).get("60000")?.ahead;

  it("say nothing before book and orders have both heard of the order", () => {
    const queues = new Queues();
    expect(ahead(queues, "5", 0)).toBeUndefined();
    expect(queues.isSettling).toBe(true);
    expect(ahead(queues, "6", SETTLE_MS)).toBe("5");
    expect(queues.isSettling).toBe(false);
  });

  it("never grow by who comes later", () => {
    const queues = new Queues();
    ahead(queues, "6", 0);
    expect(ahead(queues, "6", 600)).toBe("5");
    expect(ahead(queues, "3", 700)).toBe("2");
    expect(ahead(queues, "9", 800)).toBe("2");
    expect(ahead(queues, "1", 900)).toBe("0");
  });

  it("begin anew when the order goes to the back", () => {
    const queues = new Queues();
    ahead(queues, "1", 0);
    expect(ahead(queues, "1", 600)).toBe("0");
    expect(ahead(queues, "9", 700, [order({ quantity: "2.00", open_quantity: "2.00" })])).toBeUndefined();
  });
});

describe("the ladder's elements", () => {
  const halves = () => [document.createElement("div"), document.createElement("div")] as const;

  it("are kept, and only texts that differ are written", () => {
    const [asks, bids] = halves();
    const view = new LadderView([asks, bids], 2, (name) => name);
    view.show(ladderRows(BOOK, NOTHING, 2), "60000.00");
    const row = bids.children[0];
    const price = row?.querySelector("[data-place=price]");
    const text = price?.querySelector("span")?.firstChild;
    expect(price?.textContent).toBe("60\u202f000.00");
    expect(row?.hasAttribute("data-last")).toBe(true);
    view.show(ladderRows({ ...BOOK, bids: [["60001.00", "1.00"]] }, NOTHING, 2), "60000.00");
    expect(bids.children[0]).toBe(row);
    expect(price?.querySelector("span")?.firstChild).toBe(text);
    expect(price?.textContent).toBe("60\u202f001.00");
    expect(row?.hasAttribute("data-last")).toBe(false);
    expect(bids.children[1]?.textContent).toBe("");
  });

  it("tell the price of where somebody points", () => {
    const [asks, bids] = halves();
    const view = new LadderView([asks, bids], 2, (name) => name);
    view.show(ladderRows(BOOK, NOTHING, 2), undefined);
    expect(view.rowAt(bids.querySelectorAll("[data-place=bid] span")[1] ?? null)?.price).toBe("59997.50");
    expect(view.rowAt(asks.children[0] ?? null)).toBeUndefined();
    expect(view.elements.length).toBe(3);
  });
});

describe("the hint of the ladder", () => {
  const row = { price: "60000.00", bid: "0.5", ask: "", share: 1, own: "", ahead: undefined };

  it("says what a click does where somebody points", () => {
    expect(hintOf(row, "bid")).toBe("Click: buy limit at 60\u202f000.00.");
    expect(hintOf({ ...row, own: "0.1" }, "ask")).toBe("Click: sell limit at 60\u202f000.00. Alt-click: cancel.");
    expect(hintOf(row, "price")).toBe("Click: ticket at 60\u202f000.00.");
  });

  it("tells of both ways when nobody points", () => {
    expect(hintOf(undefined, undefined)).toMatch(/^Click: .* Alt-click: /);
  });
});

describe("orders of which the book shows no place or not all", () => {
  it("a peg stands where the book has it, not at the price that bounds it", () => {
    expect(restingByPrice([order({ type: "peg" })], "BTC-USD").size).toBe(0);
  });

  it("all of a level may be ahead of an iceberg", () => {
    const queues = new Queues();
    const iceberg = [order({ type: "iceberg", quantity: "3" })];
    const sides = { bids: [["60000.00", "5"]] as const, asks: [] };
    queues.update(iceberg, "BTC-USD", sides, 0);
    expect(queues.update(iceberg, "BTC-USD", sides, SETTLE_MS).get("60000")?.ahead).toBe("5");
  });
});
