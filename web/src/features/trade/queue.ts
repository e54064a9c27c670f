/**
 * How much may be ahead of own orders in the queues of their prices. The public book has no orders, so this is what
 * certainly holds: never more than the least that the level held besides our own since our order came, for who comes
 * later stands behind it.
 */
import type { OrderMessage } from "@arbitrax/client";
import { compare, minus, plain } from "@/format/exact";
import { openQuantity, restingByPrice, sizeAt, type LadderSides, type Own, type OwnLevel } from "./ladder_rows";

/** Books and orders come apart: after so long both have heard of a change. */
export const SETTLE_MS = 500;

interface Bound {
  /** Own orders at the price; other ones, or other quantities, begin anew. */
  readonly terms: string;
  readonly since: number;
  readonly most: string | undefined;
}

export class Queues {
  #bounds = new Map<string, Bound>();

  /** Own levels as of a book. Call it with every book that is drawn, in order; `now` is in ms. */
  update(orders: Iterable<OrderMessage>, symbol: string, sides: LadderSides, now: number): Own {
    const bounds = new Map<string, Bound>();
    const own = new Map<string, OwnLevel>();
    for (const [price, there] of restingByPrice(orders, symbol)) {
      const [first] = there;
      if (first === undefined) continue;
      const quantity = openQuantity(there);
      const terms = there.map((each) => `${each.id} ${plain(each.quantity)}`).join();
      const before = this.#bounds.get(price);
      const { since, most } = before?.terms === terms ? before : { since: now, most: undefined };
      const level = now - since < SETTLE_MS ? undefined : sizeAt(sides, first.side, price);
      // Of an iceberg the level has only a part, nobody tells how much: all of it may be of others.
      const isAllShown = there.every((each) => each.type !== "iceberg");
      const others = level === undefined ? undefined : isAllShown ? positive(minus(level, quantity)) : level;
      const least = others === undefined || (most !== undefined && compare(most, others) <= 0) ? most : others;
      bounds.set(price, { terms, since, most: least });
      own.set(price, { quantity, ahead: least });
    }
    this.#bounds = bounds;
    return own;
  }

  /** Whether something is to be said that is not known yet: look again after SETTLE_MS. */
  get isSettling(): boolean {
    return [...this.#bounds.values()].some((each) => each.most === undefined);
  }
}

function positive(value: string): string {
  return value.startsWith("-") ? "0" : value;
}
