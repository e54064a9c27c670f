import { Link } from "react-router";
import type { AccountMessage } from "@/api";
import { Figure } from "@/format";
import classes from "./Account.module.css";
import type { Held } from "./held";

const NO_PRICE = "The symbol has not traded yet.";

interface HeldTableProps {
  readonly account: AccountMessage;
  readonly rows: readonly Held[];
}

/** Positions at a glance; Trade has the table that sorts and exports. */
export function HeldTable({ account, rows }: HeldTableProps) {
  if (rows.length === 0) {
    return <p className={classes["none"]}>Nothing is held. A position shows here as soon as an order fills.</p>;
  }
  return (
    <table aria-label={`Positions of ${account.name}`}>
      <thead>
        <tr>
          <th scope="col">Symbol</th>
          <th scope="col">Quantity</th>
          <th scope="col" className={classes["wide"]}>
            Average price
          </th>
          <th scope="col">Last</th>
          <th scope="col">Unrealised</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.symbol}>
            <th scope="row">
              <Link to={`/trade?account=${account.id}&symbol=${encodeURIComponent(row.symbol)}`}>{row.symbol}</Link>
            </th>
            <td>
              <Figure value={row.quantity} />
            </td>
            <td className={classes["wide"]}>
              <Figure value={row.average} />
            </td>
            <td>
              <Figure value={row.last} live why={NO_PRICE} />
            </td>
            <td>
              <Figure value={row.unrealised} digits={2} signed why={NO_PRICE} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
