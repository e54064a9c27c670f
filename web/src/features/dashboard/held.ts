/** What an account holds now, at the prices of last trades. */
import type { PositionMessage } from "@arbitrax/client";
import { digitsOf, isZero, withDigits } from "@/format/exact";
import { averageCost, unrealised, type Marks } from "@/live/worth";

export interface Held {
  readonly symbol: string;
  readonly quantity: string;
  readonly average: string | undefined;
  readonly last: string | undefined;
  readonly unrealised: string | undefined;
}

/** An average has two digits more than prices. */
const MORE_DIGITS = 2;
const DIGITS = 4;

export function heldOf(positions: Iterable<PositionMessage>, marks: Marks): readonly Held[] {
  return [...positions]
    .filter((each) => !isZero(each.quantity))
    .map((position) => {
      const mark = marks.get(position.symbol);
      const last = mark?.last ?? undefined;
      const average = averageCost(position, last === undefined ? DIGITS : digitsOf(last) + MORE_DIGITS);
      return {
        symbol: position.symbol,
        quantity: position.quantity,
        average: average === undefined ? undefined : withDigits(average, digitsOf(last ?? "")),
        last,
        unrealised: unrealised(position, mark),
      };
    })
    .toSorted((one, other) => one.symbol.localeCompare(other.symbol));
}
