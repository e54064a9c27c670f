import type { NewOrder, OrderMessage, PositionMessage } from "@arbitrax/client";
import type { FillMessage } from "@/api";

export function order(news: Partial<OrderMessage> = {}): OrderMessage {
  return {
    id: "ord_0001000000000001",
    account: "acc_1",
    client_order_id: "t_1",
    symbol: "BTC-USD",
    side: "buy",
    type: "limit",
    time_in_force: "gtc",
    price: "60000.00",
    stop: null,
    distance: null,
    display: null,
    offset: null,
    expires_at: null,
    reduce_only: false,
    triggered_at: null,
    quantity: "1.00",
    filled_quantity: "0.00",
    open_quantity: "1.00",
    average_price: null,
    fee: "0",
    status: "open",
    reason: null,
    created_at: "2026-11-27T10:00:00Z",
    ended_at: null,
    ...news,
  };
}

export function position(news: Partial<PositionMessage> = {}): PositionMessage {
  return { account: "acc_1", symbol: "BTC-USD", quantity: "1", cost: "60000", realised: "0", fees: "0", ...news };
}

export function fill(news: Partial<FillMessage> = {}): FillMessage {
  return {
    id: "f1",
    order: "ord_0001000000000001",
    account: "acc_1",
    symbol: "BTC-USD",
    side: "buy",
    quantity: "1",
    price: "60000",
    fee: "0",
    maker: false,
    phase: "continuous",
    at: "2026-11-27T10:00:00Z",
    ...news,
  };
}

export const NEW_ORDER: NewOrder = {
  account: "acc_1",
  symbol: "BTC-USD",
  side: "buy",
  type: "limit",
  time_in_force: "gtc",
  quantity: "1",
  price: "60000.00",
};
