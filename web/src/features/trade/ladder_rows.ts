/** What the ladder shows of a book: so many levels a side, own orders among them. */
import type { Level, OrderMessage } from "@arbitrax/client";
import { formatDecimal } from "@/format";
import { digitsOf, minus, plain, plus, withDigits } from "@/format/exact";
import { isWaiting } from "./order_words";

export interface LadderRow {
  readonly price: string;
  readonly bid: string;
  readonly ask: string;
  /** Of the largest size that is shown, from 0 to 1. */
  readonly share: number;
  /** Own open quantity at this price; empty: none. */
  readonly own: string;
  /** At most so much is ahead of the first own order; undefined: not known. */
  readonly ahead: string | undefined;
}

export interface OwnLevel {
  readonly quantity: string;
  readonly ahead: string | undefined;
}

export interface LadderSides {
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Own open orders that rest in a book of a symbol, by price. */
export type Own = ReadonlyMap<string, OwnLevel>;

/** From the highest price to the lowest: asks, then bids. A side that is not deep enough has undefined beyond its end. */
export function ladderRows({ bids, asks }: LadderSides, own: Own, levels: number): (LadderRow | undefined)[] {
  const shownBids = bids.slice(0, levels);
  const shownAsks = asks.slice(0, levels);
  let most = 0;
  for (const [, quantity] of [...shownBids, ...shownAsks]) most = Math.max(most, Number(quantity));
  const row = ([price, quantity]: Level, isBid: boolean): LadderRow => {
    const mine = own.get(plain(price));
    return {
      price,
      bid: isBid ? quantity : "",
      ask: isBid ? "" : quantity,
      share: most === 0 ? 0 : Number(quantity) / most,
      own: mine?.quantity ?? "",
      ahead: mine?.ahead,
    };
  };
  const found: (LadderRow | undefined)[] = [];
  for (let at = levels - 1; at >= 0; at -= 1) {
    const level = shownAsks[at];
    found.push(level === undefined ? undefined : row(level, false));
  }
  for (let at = 0; at < levels; at += 1) {
    const level = shownBids[at];
    found.push(level === undefined ? undefined : row(level, true));
  }
  return found;
}

/** The distance between the best prices with their digits; undefined: a side is empty. */
export function spreadText({ bids, asks }: LadderSides): string | undefined {
  const [bid, ask] = [bids[0], asks[0]];
  if (bid === undefined || ask === undefined) return undefined;
  return formatDecimal(minus(ask[0], bid[0]), { digits: digitsOf(ask[0]) });
}

/** What an order that takes a quantity pays on the average, of the levels that are known; undefined: not enough. */
export function averagePrice(levels: readonly Level[], quantity: number): number | undefined {
  let left = quantity;
  let paid = 0;
  for (const [price, size] of levels) {
    const taken = Math.min(left, Number(size));
    paid += taken * Number(price);
    left -= taken;
    if (left <= 1e-12) return quantity === 0 ? undefined : paid / quantity;
  }
  return undefined;
}

/** Keys are plain decimals, for a book and an order may write the same price differently. */
export function restingByPrice(orders: Iterable<OrderMessage>, symbol: string): Map<string, OrderMessage[]> {
  const found = new Map<string, OrderMessage[]>();
  for (const each of orders) {
    // The price of a peg is how far it goes, not where it stands.
    const stands = each.price !== null && !isWaiting(each) && each.type !== "peg";
    const rests = each.status === "open" && each.symbol === symbol && stands;
    if (!rests) continue;
    const price = plain(each.price);
    found.set(price, [...(found.get(price) ?? []), each]);
  }
  return found;
}

export function openQuantity(orders: readonly OrderMessage[]): string {
  const sum = orders.reduce((before, each) => plus(before, each.open_quantity), "0");
  return withDigits(sum, digitsOf(orders[0]?.open_quantity ?? ""));
}

/** The size of a level; undefined: the book as far as it is followed has none at that price. */
export function sizeAt({ bids, asks }: LadderSides, side: "buy" | "sell", price: string): string | undefined {
  const levels = side === "buy" ? bids : asks;
  return levels.find((each) => plain(each[0]) === price)?.[1];
}
