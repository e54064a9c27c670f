import type { NewOrder } from "@arbitrax/client";
import { describe, expect, it } from "vitest";
import { orderRows } from "@/features/trade/order_rows";
import { isAsSeen } from "@/features/trade/order_requests";
import { byClientId, sentReducer, withoutEvent, type SentOrder } from "@/features/trade/sent_orders";
import { termsOf } from "@/features/trade/order_words";
import { told, wordsOf } from "@/features/trade/SentOrders";
import { withNews } from "@/features/trade/History";
import { NEW_ORDER, order } from "./samples";

const sentOnce = (): readonly SentOrder[] =>
  sentReducer([], { type: "sent", clientId: "t_1", order: NEW_ORDER, at: 1_000 });
const first = (orders: readonly SentOrder[]): SentOrder => {
  const [found] = orders;
  if (found === undefined) throw new Error("None was sent.");
  return found;
};

describe("orders that were sent", () => {
  it("are rows at once, until an event tells of them", () => {
    const sent = sentOnce();
    expect(orderRows(new Map(), sent, new Map())).toMatchObject([{ id: "t_1", state: "sending", isUnderWay: true }]);
    const orders = new Map([["ord_0001000000000001", order()]]);
    expect(orderRows(orders, sent, new Map())).toMatchObject([{ id: "ord_0001000000000001", state: "open" }]);
  });

  it("are rows no more when the answer says that they ended", () => {
    const outcome = { status: "filled", id: "ord_1", account: "acc_1", client_order_id: "t_1" } as const;
    const sent = sentReducer(sentOnce(), { type: "known", clientId: "t_1", outcome });
    expect(withoutEvent(sent, new Map())).toEqual([]);
  });

  it("stay while nobody knows what became of them, and may be sent again under the same id", () => {
    const sent = sentReducer(sentOnce(), { type: "unknown", clientId: "t_1", isGivenUp: true });
    expect(told(first(sent), undefined)).toMatchObject({ state: "unknown" });
    const again = sentReducer(sent, { type: "sent", clientId: "t_1", order: NEW_ORDER, at: 2_000 });
    expect(again).toHaveLength(1);
    expect(again).toMatchObject([{ state: "sending", isGivenUp: false }]);
  });

  it("are told of by events before answers", () => {
    const sent = first(sentOnce());
    expect(wordsOf(sent, "utc")).toBe("Buy 1 BTC-USD at 60\u202f000.00");
    expect(told(sent, undefined).text).toBe("Sending…");
    expect(
      told(sent, order({ filled_quantity: "0.40", open_quantity: "0.60", average_price: "60000.000000" })).text,
    ).toBe("0.40 filled at 60\u202f000, 0.60 open");
    expect(told(sent, order({ status: "cancelled", reason: "ended.by_owner" })).text).toBe("cancelled (by owner)");
  });

  it("say all that they ask for", () => {
    const said = (news: Partial<NewOrder>) =>
      wordsOf({ ...first(sentOnce()), order: { ...NEW_ORDER, ...news } }, "utc").replace("Buy 1 BTC-USD", "");
    expect(said({ type: "iceberg", display: "0.1" })).toBe(" at 60\u202f000.00, 0.1 shown");
    expect(said({ type: "peg", offset: "2.5" })).toBe(" pegged, at most 60\u202f000.00, 2.5 behind the best");
    expect(said({ price: null, type: "trailing_stop", distance: "250", reduce_only: true })).toBe(
      ", trailing by 250, reduce only",
    );
    expect(said({ time_in_force: "gtd", expires_at: "2026-12-01T09:30:00Z" })).toBe(
      " at 60\u202f000.00, until 2026-12-01 09:30",
    );
  });

  it("are refused in words", () => {
    const error = {
      code: "risk.killed",
      detail: "The kill switch is on: no new orders.",
      status: 403,
      retryable: false,
      fields: [],
      requestId: null,
    };
    const sent = sentReducer(sentOnce(), { type: "refused", clientId: "t_1", error });
    expect(told(first(sent), undefined).text).toBe("Refused: The kill switch is on: no new orders.");
    expect(withoutEvent(sent, byClientId([]))).toEqual([]);
  });
});

it("tells of a resting order what it was sent with, in the clock of the page", () => {
  expect(termsOf(order(), "utc")).toEqual([]);
  const told = order({ type: "iceberg", display: "2.00", expires_at: "2026-12-01T09:30:05Z", reduce_only: true });
  expect(termsOf(told, "exchange")).toEqual(["2.00 shown", "until 2026-12-01 04:30:05", "reduce only"]);
  expect(termsOf(order({ distance: "1.50" }), "utc")).toEqual(["trailing by 1.50"]);
  expect(termsOf(order({ offset: "0.00" }), "utc")).toEqual(["0.00 behind the best"]);
  const [row] = orderRows(new Map([[told.id, told]]), [], new Map());
  expect(row?.terms).toBe(told);
});

describe("changes of orders", () => {
  it("are shown before they are so", () => {
    const orders = new Map([["ord_0001000000000001", order()]]);
    const change = { quantity: "1", price: "59990.00" };
    const rows = orderRows(orders, [], new Map([["ord_0001000000000001", { what: "changing" as const, change }]]));
    expect(rows).toMatchObject([{ price: "59990.00", state: "changing", isUnderWay: true }]);
  });

  it("are of the order as it was seen", () => {
    expect(isAsSeen(order(), order())).toBe(true);
    expect(isAsSeen(order({ filled_quantity: "0.10" }), order())).toBe(false);
    expect(isAsSeen(order({ price: "1" }), order())).toBe(false);
  });
});

it("lays what happened over the recorded history", () => {
  const newer = order({ id: "ord_2" });
  const live = new Map([
    ["ord_2", newer],
    ["ord_1", order({ id: "ord_1", status: "filled" })],
  ]);
  expect(withNews([order({ id: "ord_1" })], live)).toMatchObject([{ id: "ord_2" }, { id: "ord_1", status: "filled" }]);
});
