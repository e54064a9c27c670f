import { useMemo } from "react";
import { useListOrdersQuery, type OrderMessage } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { usePreferences, type Clock } from "@/format";
import { plain } from "@/format/exact";
import { orders, useChannelValue, useFrameValue } from "@/live";
import { useRecorded } from "@/live/use_recorded";
import { DataTable, type Column } from "@/tables";
import { because } from "./SentOrders";
import { termsOf, typeText } from "./order_words";
import { priceCell } from "./price_cell";
import { SideWord } from "./Side";
import type { Market } from "./ticket";

const MOST = 500;
type MarketOf = (symbol: string) => Market | undefined;

const columnsOf = (marketOf: MarketOf, clock: Clock): readonly Column<OrderMessage>[] => [
  { id: "at", header: "Sent", value: (order) => order.created_at, kind: "time" },
  { id: "symbol", header: "Symbol", narrow: "title", value: (order) => order.symbol },
  {
    id: "side",
    header: "Side",
    narrow: "title",
    value: (order) => order.side,
    cell: ({ side }) => <SideWord side={side} />,
  },
  {
    id: "type",
    header: "Type",
    narrow: "title",
    value: (order) => typeText(order.type),
    why: "It is not recorded.",
  },
  { id: "quantity", header: "Size", value: (order) => order.quantity, kind: "decimal" },
  { id: "filled", header: "Filled", value: (order) => order.filled_quantity, kind: "decimal" },
  {
    id: "price",
    header: "Price",
    value: (order) => order.price,
    kind: "decimal",
    cell: priceCell(marketOf, (order) => order.price, "It took the best there was."),
  },
  {
    id: "average",
    header: "Average fill",
    value: (order) => order.average_price,
    kind: "decimal",
    cell: priceCell(
      marketOf,
      (order) => (order.average_price === null ? null : plain(order.average_price)),
      "Nothing filled.",
    ),
  },
  {
    id: "terms",
    header: "Terms",
    narrow: "whole",
    isMinor: true,
    value: (order) => termsOf(order, clock).join(", ") || null,
    why: "It has no others.",
  },
  { id: "fee", header: "Fee", value: (order) => order.fee, kind: "decimal", digits: 4 },
  { id: "status", header: "Status", value: (order) => order.status },
  {
    id: "reason",
    header: "Why",
    narrow: "whole",
    value: (order) => because(order.reason),
    why: "It ended as it was meant to, or is open.",
  },
  { id: "ended", header: "Ended", value: (order) => order.ended_at, kind: "time", why: "It is open." },
  { id: "id", header: "Order", narrow: "hidden", value: (order) => order.id },
];

/** Every order of the account, the newest first; what happened since is laid over what is recorded. */
export function History({ account, marketOf }: { readonly account: string; readonly marketOf: MarketOf }) {
  const { clock } = usePreferences();
  const columns = useMemo(() => columnsOf(marketOf, clock), [marketOf, clock]);
  const query = useListOrdersQuery({ account, status: "all", limit: MOST });
  const live = useFrameValue(useChannelValue(useMemo(() => orders(account), [account])), ({ data }) => data);
  useRecorded(query.refetch, live);
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={6} />}>
      {({ data, has_more }) => (
        <DataTable
          name={has_more ? "newest orders" : "orders"}
          columns={columns}
          rows={withNews(data, live)}
          keyOf={(order) => order.id}
          most={10}
          empty={<Empty title="No order was sent yet">Every order and what became of it is shown here.</Empty>}
        />
      )}
    </Loaded>
  );
}

export function withNews(
  recorded: readonly OrderMessage[],
  live: ReadonlyMap<string, OrderMessage> | undefined,
): readonly OrderMessage[] {
  if (live === undefined) return recorded;
  const known = new Set(recorded.map((each) => each.id));
  const newer = [...live.values()].filter((each) => !known.has(each.id)).reverse();
  return [...newer, ...recorded.map((each) => live.get(each.id) ?? each)];
}
