/** What an account is worth at prices, and how that changed since the day (UTC) began. Exact; decimal strings. */
import type { FillMessage, PositionMessage } from "@arbitrax/client";
import { isZero, minus, over, plus, times } from "@/format/exact";

/** Prices of a symbol: of its last trade, and of the day's first one. */
export interface Mark {
  readonly last: string | null;
  readonly open: string | null;
}

export type Marks = ReadonlyMap<string, Mark>;

/** Cash and positions at their last prices; undefined: a position has no price. */
export function equityOf(cash: string, positions: Iterable<PositionMessage>, marks: Marks): string | undefined {
  let sum = cash;
  for (const { symbol, quantity } of positions) {
    if (isZero(quantity)) continue;
    const last = marks.get(symbol)?.last;
    if (last === null || last === undefined) return undefined;
    sum = plus(sum, times(quantity, last));
  }
  return sum;
}

/**
 * Equity when the day began, from what is there now and the day's fills: what was held then at the day's first price.
 * What was deposited today counts as if it had been there. Undefined: something that was held has no price.
 */
export function equityAtStart(
  cash: string,
  positions: Iterable<PositionMessage>,
  fills: readonly FillMessage[],
  marks: Marks,
): string | undefined {
  const held = new Map<string, string>();
  for (const { symbol, quantity } of positions) held.set(symbol, quantity);
  let sum = cash;
  for (const { symbol, side, quantity, price, fee } of fills) {
    const value = times(quantity, price);
    const before = held.get(symbol) ?? "0";
    sum = plus(side === "buy" ? plus(sum, value) : minus(sum, value), fee);
    held.set(symbol, side === "buy" ? minus(before, quantity) : plus(before, quantity));
  }
  for (const [symbol, quantity] of held) {
    if (isZero(quantity)) continue;
    const mark = marks.get(symbol);
    const price = mark?.open ?? mark?.last;
    if (price === null || price === undefined) return undefined;
    sum = plus(sum, times(quantity, price));
  }
  return sum;
}

/** Fills of a day that began at a time, ms; undefined: the list may not have all of them. */
export function fillsSince(
  fills: readonly FillMessage[],
  start: number,
  hasMore: boolean,
): readonly FillMessage[] | undefined {
  const found = fills.filter((each) => Date.parse(each.at) >= start);
  return hasMore && found.length === fills.length ? undefined : found;
}

/** Paid for one of what is held; undefined: nothing is held. */
export function averageCost({ cost, quantity }: PositionMessage, digits: number): string | undefined {
  return isZero(quantity) ? undefined : over(cost, quantity, digits);
}

export function unrealised({ cost, quantity }: PositionMessage, mark: Mark | undefined): string | undefined {
  return mark?.last == null ? undefined : minus(times(quantity, mark.last), cost);
}
