import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import type { OrderChange, OrderMessage } from "@arbitrax/client";
import { sentenceOf, useCancelOrdersMutation } from "@/api";
import { Empty } from "@/app/states";
import { Figure, usePreferences } from "@/format";
import { DataTable, type Column } from "@/tables";
import { ChangeOrder } from "./ChangeOrder";
import type { OrderRow } from "./order_rows";
import { termsOf, timeText, typeText } from "./order_words";
import { SideWord } from "./Side";
import type { Market } from "./ticket";
import { dimmed, NEXT, useNextFocus } from "./use_next_focus";

interface OpenOrdersProps {
  readonly account: string;
  readonly rows: readonly OrderRow[];
  readonly marketOf: (symbol: string) => Market | undefined;
  readonly onCancel: (order: OrderMessage) => void;
  readonly onChange: (order: OrderMessage, change: OrderChange) => void;
}

/** What waits in the books: sent ones at once, dimmed until the exchange has told of them. */
export function OpenOrders({ account, rows, marketOf, onCancel, onChange }: OpenOrdersProps) {
  const [cancelAll, cancelling] = useCancelOrdersMutation();
  const { clock } = usePreferences();
  const focus = useNextFocus(rows);
  const columns = useMemo(
    (): Column<OrderRow>[] => [
      { id: "at", header: "Sent", value: (row) => row.at, kind: "time", precision: "minute" },
      { id: "symbol", header: "Symbol", narrow: "title", value: (row) => row.symbol },
      {
        id: "side",
        header: "Side",
        narrow: "title",
        value: (row) => row.side,
        cell: (row) => <SideWord side={row.side} />,
      },
      { id: "type", header: "Type", narrow: "title", value: (row) => typeText(row.type) },
      { id: "time", header: "TIF", value: (row) => timeText(row.timeInForce), why: "It is not told." },
      { id: "quantity", header: "Size", value: (row) => row.quantity, kind: "decimal" },
      { id: "filled", header: "Filled", value: (row) => row.filled, kind: "decimal" },
      {
        id: "price",
        header: "Price",
        value: (row) => row.price,
        kind: "decimal",
        cell: (row) => <PriceCell row={row} />,
      },
      { id: "stop", header: "Trigger", value: (row) => row.stop, kind: "decimal", why: whyNoTrigger },
      { id: "state", header: "State", value: (row) => row.state },
      {
        id: "terms",
        header: "Terms",
        narrow: "whole",
        value: ({ terms }) => termsOf(terms, clock).join(", ") || null,
        why: "It has no others.",
      },
      {
        id: "actions",
        header: "",
        value: () => null,
        cell: ({ order, isUnderWay }) => {
          if (order === undefined) return null;
          const market = marketOf(order.symbol);
          return (
            <Group gap={4} wrap="nowrap" justify="flex-end">
              {market !== undefined && (
                <ChangeOrder order={order} market={market} isUnderWay={isUnderWay} onChange={onChange} />
              )}
              <Button
                size="compact-xs"
                variant="default"
                data-danger=""
                {...NEXT}
                {...dimmed(isUnderWay)}
                onClick={() => !isUnderWay && onCancel(order)}
                aria-label={`Cancel order ${order.side} ${order.open_quantity} ${order.symbol}`}
              >
                Cancel
              </Button>
            </Group>
          );
        },
      },
    ],
    [clock, marketOf, onCancel, onChange],
  );
  const onCancelAll = async () => {
    const { error } = await cancelAll({ account });
    if (error !== undefined) {
      notifications.show({ color: "yellow", title: "The orders were not cancelled", message: sentenceOf(error) });
    }
  };
  return (
    <div {...focus} tabIndex={-1} role="group" aria-label="Open orders">
      <DataTable
        name="open orders"
        columns={columns}
        rows={rows}
        keyOf={(row) => row.id}
        most={10}
        actions={
          <Button
            size="xs"
            variant="default"
            data-danger=""
            {...dimmed(cancelling.isLoading)}
            onClick={() => !cancelling.isLoading && void onCancelAll()}
          >
            Cancel all
          </Button>
        }
        empty={
          <Empty title="No order is open">
            Orders that wait in a book are shown here, and can be changed and cancelled.
          </Empty>
        }
      />
    </div>
  );
}

/** A peg's price is how far it goes, not where it is. */
function PriceCell({ row }: { readonly row: OrderRow }) {
  const price = <Figure value={row.price} why="It takes the best there is." />;
  if (row.type !== "peg") return price;
  return (
    <span title="It follows the best price of its side, so far at most">
      {row.side === "buy" ? "≤" : "≥"} {price}
    </span>
  );
}

function whyNoTrigger({ type }: OrderRow): string {
  return type === "trailing_stop"
    ? "It follows the price; the exchange does not tell where it is."
    : "It waits for none.";
}
