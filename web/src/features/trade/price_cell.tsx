import { Figure } from "@/format";
import { digitsOf } from "@/format/exact";
import type { Market } from "./ticket";

/** How a price of a symbol is written in a table: with the digits of its tick, or as it is where it has more. */
export function priceCell<Row extends { readonly symbol: string }>(
  marketOf: (symbol: string) => Market | undefined,
  value: (row: Row) => string | null,
  why: string,
) {
  return function PriceCell(row: Row) {
    const [price, tick] = [value(row), marketOf(row.symbol)?.tick];
    const digits = price === null || tick === undefined ? 0 : Math.max(digitsOf(tick), digitsOf(price));
    return <Figure value={price} digits={digits} why={why} />;
  };
}
