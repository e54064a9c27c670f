/** Channels of an account, by its id. */
import type {
  CashData,
  FillOfOrder,
  FillsData,
  OrderMessage,
  OrdersData,
  PositionMessage,
  PositionsData,
  Update,
} from "@arbitrax/client";
import type { Channel } from "./channels";

/** Orders by id, open ones and those that ended since the page follows them. */
export function orders(account: string): Channel<Update<OrdersData>, ReadonlyMap<string, OrderMessage>> {
  return {
    key: `orders ${account}`,
    open: (stream, listener) => stream.orders(account, listener),
    fold: (before, { type, data }) => {
      const found = new Map(type === "snapshot" ? [] : before);
      for (const each of data.orders) found.set(each.id, each);
      return found;
    },
  };
}

/** Fills since the page follows them, the newest first; `useListFillsQuery` has what came before. */
export function fills(account: string): Channel<Update<FillsData>, readonly FillOfOrder[]> {
  return {
    key: `fills ${account}`,
    open: (stream, listener) => stream.fills(account, listener),
    fold: (before = [], { type, data }) => (type === "snapshot" ? [] : [...data.fills.toReversed(), ...before]),
  };
}

/** Positions by symbol. */
export function positions(account: string): Channel<Update<PositionsData>, ReadonlyMap<string, PositionMessage>> {
  return {
    key: `positions ${account}`,
    open: (stream, listener) => stream.positions(account, listener),
    fold: (before, { type, data }) => {
      const found = new Map(type === "snapshot" ? [] : before);
      for (const each of data.positions) found.set(each.symbol, each);
      return found;
    },
  };
}

export function cash(account: string): Channel<Update<CashData>, CashData> {
  return {
    key: `account ${account}`,
    open: (stream, listener) => stream.account(account, listener),
    fold: (_, { data }) => data,
  };
}
