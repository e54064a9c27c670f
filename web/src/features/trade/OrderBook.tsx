import type { Level } from "@arbitrax/client";
import { useMemo } from "react";
import { Empty, ErrorState, Stale, TableSkeleton } from "@/app/states";
import { formatDecimal } from "@/format";
import { book, useChannel, useConnection } from "@/live";
import classes from "./OrderBook.module.css";

const LEVELS = 15;

/** The ladder: asks above bids, the best in the middle. */
export function OrderBook({ symbol }: { readonly symbol: string }) {
  const { data, error } = useChannel(useMemo(() => book(symbol), [symbol]));
  const { state, heardAt } = useConnection();
  if (error !== undefined) return <ErrorState error={error} title="The book cannot be followed" />;
  if (data === undefined) return <TableSkeleton rows={2 * LEVELS} />;
  const [bids, asks] = [data.bids.slice(0, LEVELS), data.asks.slice(0, LEVELS)];
  if (bids.length + asks.length === 0) return <Empty title="The book is empty">Orders that rest are shown here.</Empty>;
  const most = Math.max(...[...bids, ...asks].map(([, quantity]) => Number(quantity)));
  const row =
    (side: "bid" | "ask") =>
    ([price, quantity]: Level) => (
      <tr key={price} data-side={side}>
        <td>{side === "bid" && <Size quantity={quantity} most={most} />}</td>
        <td className={classes["price"]}>{formatDecimal(price)}</td>
        <td>{side === "ask" && <Size quantity={quantity} most={most} />}</td>
      </tr>
    );
  return (
    <>
      {state === "offline" && <Stale at={heardAt} />}
      <table className={classes["ladder"]} aria-label={`Order book of ${symbol}`}>
        <thead>
          <tr>
            <th scope="col">Bid size</th>
            <th scope="col">Price</th>
            <th scope="col">Ask size</th>
          </tr>
        </thead>
        <tbody>
          {asks.toReversed().map(row("ask"))}
          {bids.map(row("bid"))}
        </tbody>
      </table>
    </>
  );
}

function Size({ quantity, most }: { readonly quantity: string; readonly most: number }) {
  return (
    <span className={classes["size"]}>
      <i style={{ width: `${(Number(quantity) / most) * 100}%` }} />
      <span>{formatDecimal(quantity)}</span>
    </span>
  );
}
