import { useMemo } from "react";
import { useListFillsQuery, type FillMessage } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { times } from "@/format/exact";
import { fills, useChannelValue, useFrameValue } from "@/live";
import { useRecorded } from "@/live/use_recorded";
import { DataTable, type Column } from "@/tables";
import { priceCell } from "./price_cell";
import { SideWord } from "./Side";
import type { Market } from "./ticket";

const MOST = 500;
type MarketOf = (symbol: string) => Market | undefined;

const columnsOf = (marketOf: MarketOf): readonly Column<FillMessage>[] => [
  { id: "at", header: "Time", value: (fill) => fill.at, kind: "time", precision: "ms" },
  { id: "symbol", header: "Symbol", narrow: "title", value: (fill) => fill.symbol },
  {
    id: "side",
    header: "Side",
    narrow: "title",
    value: (fill) => fill.side,
    cell: ({ side }) => <SideWord side={side} />,
  },
  { id: "quantity", header: "Size", value: (fill) => fill.quantity, kind: "decimal" },
  {
    id: "price",
    header: "Price",
    value: (fill) => fill.price,
    kind: "decimal",
    cell: priceCell(marketOf, (fill) => fill.price, ""),
  },
  { id: "value", header: "Value", value: (fill) => times(fill.quantity, fill.price), kind: "decimal", digits: 2 },
  { id: "fee", header: "Fee", value: (fill) => fill.fee, kind: "decimal", digits: 4 },
  { id: "maker", header: "Liquidity", value: (fill) => (fill.maker ? "made" : "taken") },
  { id: "order", header: "Order", narrow: "hidden", value: (fill) => fill.order },
];

/** The account's fills, the newest first. */
export function Fills({ account, marketOf }: { readonly account: string; readonly marketOf: MarketOf }) {
  const columns = useMemo(() => columnsOf(marketOf), [marketOf]);
  const query = useListFillsQuery({ account, limit: MOST });
  const live = useChannelValue(useMemo(() => fills(account), [account]));
  const newest = useFrameValue(live, ({ data }) => data?.[0]?.id);
  // Who has heard of none may have come a moment after one that is not recorded yet.
  const isThere = newest === undefined ? undefined : query.data?.data.some(({ id }) => id === newest) === true;
  useRecorded(query.refetch, newest, isThere);
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={6} />}>
      {({ data, has_more }) => (
        <DataTable
          name={has_more ? "newest fills" : "fills"}
          columns={columns}
          rows={data}
          keyOf={(fill) => `${fill.id} ${fill.order}`}
          most={10}
          empty={<Empty title="Nothing has filled yet">Each trade of the account's orders is shown here.</Empty>}
        />
      )}
    </Loaded>
  );
}
