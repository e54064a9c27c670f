import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import type { OrderChange, OrderMessage } from "@arbitrax/client";
import { sentenceOf, useCancelOrdersMutation } from "@/api";
import { Empty } from "@/app/states";
import { DataTable, type Column } from "@/tables";
import { ChangeOrder } from "./ChangeOrder";
import type { OrderRow } from "./order_rows";
import { SideWord } from "./Side";
import type { Market } from "./ticket";

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
  const columns = useMemo(
    (): Column<OrderRow>[] => [
      { id: "at", header: "Sent", value: (row) => row.at, kind: "time" },
      { id: "symbol", header: "Symbol", value: (row) => row.symbol },
      { id: "side", header: "Side", value: (row) => row.side, cell: (row) => <SideWord side={row.side} /> },
      { id: "type", header: "Type", value: (row) => row.type.replace("_", " ") },
      { id: "time", header: "Time in force", value: (row) => row.timeInForce, why: "It is not told." },
      { id: "quantity", header: "Size", value: (row) => row.quantity, kind: "decimal" },
      { id: "filled", header: "Filled", value: (row) => row.filled, kind: "decimal" },
      { id: "price", header: "Price", value: (row) => row.price, kind: "decimal", why: "It takes the best there is." },
      { id: "stop", header: "Trigger", value: (row) => row.stop, kind: "decimal", why: "It waits for none." },
      { id: "state", header: "State", value: (row) => row.state },
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
                disabled={isUnderWay}
                onClick={() => onCancel(order)}
                aria-label={`Cancel order ${order.side} ${order.open_quantity} ${order.symbol}`}
              >
                Cancel
              </Button>
            </Group>
          );
        },
      },
    ],
    [marketOf, onCancel, onChange],
  );
  const onCancelAll = async () => {
    const { error } = await cancelAll({ account });
    if (error !== undefined) {
      notifications.show({ color: "yellow", title: "The orders were not cancelled", message: sentenceOf(error) });
    }
  };
  return (
    <DataTable
      name="open orders"
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      most={10}
      actions={
        <Button size="xs" variant="default" loading={cancelling.isLoading} onClick={() => void onCancelAll()}>
          Cancel all
        </Button>
      }
      empty={
        <Empty title="No order is open">
          Orders that wait in a book are shown here, and can be changed and cancelled.
        </Empty>
      }
    />
  );
}
