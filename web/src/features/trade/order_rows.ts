/** Rows of the open orders: those that are open by the account's events, and before them those just sent. */
import type { OrderMessage } from "@arbitrax/client";
import type { Terms } from "./order_words";
import { byClientId, withoutEvent, type SentOrder } from "./sent_orders";
import type { UnderWay } from "./use_order_changes";

export interface OrderRow {
  readonly id: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly type: string;
  readonly timeInForce: string;
  readonly price: string | null;
  readonly stop: string | null;
  readonly terms: Terms;
  readonly quantity: string;
  readonly filled: string;
  readonly state: string;
  readonly at: string;
  /** Undefined: it was sent, and no event told of it yet. */
  readonly order: OrderMessage | undefined;
  readonly isUnderWay: boolean;
}

export function orderRows(
  orders: ReadonlyMap<string, OrderMessage>,
  sent: readonly SentOrder[],
  underWay: ReadonlyMap<string, UnderWay>,
): readonly OrderRow[] {
  const open = [...orders.values()]
    .filter((each) => each.status === "open")
    .map((each) => ofOrder(each, underWay.get(each.id)));
  return [...withoutEvent(sent, byClientId(orders.values())).map(ofSent), ...open.reverse()];
}

function ofOrder(order: OrderMessage, way: UnderWay | undefined): OrderRow {
  return {
    id: order.id,
    symbol: order.symbol,
    side: order.side,
    type: order.type ?? "",
    timeInForce: order.time_in_force ?? "",
    price: way?.change?.price ?? order.price,
    stop: way?.change?.stop ?? order.stop,
    terms: order,
    quantity: way?.change?.quantity ?? order.quantity,
    filled: order.filled_quantity,
    state: way?.what ?? "open",
    at: order.created_at,
    order,
    isUnderWay: way !== undefined,
  };
}

function ofSent({ clientId, order, state, at }: SentOrder): OrderRow {
  return {
    id: clientId,
    symbol: order.symbol,
    side: order.side,
    type: order.type ?? "limit",
    timeInForce: order.time_in_force ?? "",
    price: order.price ?? null,
    stop: order.stop ?? null,
    terms: order,
    quantity: order.quantity ?? "",
    filled: "0",
    state: state === "unknown" ? "not known" : "sending",
    at: new Date(at).toISOString(),
    order: undefined,
    isUnderWay: true,
  };
}
