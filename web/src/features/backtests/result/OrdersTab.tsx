import type { OrderGroupMessage } from "@/api";
import { Section } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { DataTable, type Column } from "@/tables";
import classes from "./Result.module.css";
import { useOrdersQuery, type OrderRow } from "./tables";
import { priceDigits } from "./price_digits";
import { words } from "./trades";

interface OrdersTabProps {
  readonly backtest: string;
  readonly groups: readonly OrderGroupMessage[];
  readonly range: TimeRange | undefined;
  readonly hasTimes: boolean;
}

const GROUPS: readonly Column<OrderGroupMessage>[] = [
  { id: "status", header: "Status", value: (each) => words(each.status) },
  {
    id: "reason",
    header: "Because",
    value: (each) => (each.reason === "none" ? null : words(each.reason)),
    why: "It went as asked.",
  },
  { id: "orders", header: "Orders", value: (each) => each.orders, kind: "decimal", digits: 0 },
  { id: "buys", header: "Buys", value: (each) => each.buys, kind: "decimal", digits: 0 },
  { id: "sells", header: "Sells", value: (each) => each.sells, kind: "decimal", digits: 0 },
  { id: "value", header: "Value", value: (each) => each.value, kind: "decimal", digits: 2 },
  { id: "fees", header: "Fees", value: (each) => each.fees, kind: "decimal", digits: 2 },
  { id: "slippage", header: "Slippage", value: (each) => each.slippage, kind: "decimal", digits: 2 },
];

/** How orders ended, and each of them. */
export function OrdersTab({ backtest, groups, range, hasTimes }: OrdersTabProps) {
  const query = useOrdersQuery(backtest);
  return (
    <div className={classes["parts"]}>
      <Section title="How they ended">
        <DataTable
          name="outcomes of orders"
          columns={GROUPS}
          rows={groups}
          keyOf={(each) => `${each.status} ${each.reason}`}
          withSearch={false}
          empty={<Empty title="The strategy made no order" />}
        />
      </Section>
      <Section title="All orders">
        <Loaded query={query} skeleton={<TableSkeleton rows={16} />}>
          {({ rows }) => (
            <DataTable
              name="orders"
              columns={columns(hasTimes, priceDigits(rows.flatMap(({ price, limit, stop }) => [price, limit, stop])))}
              rows={within(rows, range)}
              keyOf={(each) => String(each.order)}
              empty={<Empty title="No order lies here" />}
            />
          )}
        </Loaded>
      </Section>
    </div>
  );
}

function columns(hasTimes: boolean, digits: number): readonly Column<OrderRow>[] {
  const precision = hasTimes ? "minute" : "day";
  return [
    { id: "order", header: "#", narrow: "title", value: (each) => each.order, kind: "decimal", digits: 0 },
    { id: "symbol", header: "Symbol", narrow: "title", value: (each) => each.symbol },
    { id: "side", header: "Side", narrow: "title", value: (each) => each.side },
    { id: "kind", header: "Kind", value: (each) => words(each.kind) },
    { id: "size", header: "Size", value: (each) => each.size, kind: "decimal" },
    { id: "unit", header: "of", narrow: "hidden", value: (each) => words(each.unit) },
    { id: "created", header: "Made", value: (each) => each.created, kind: "time", precision },
    { id: "ended", header: "Ended", value: (each) => each.ended, kind: "time", precision, why: "It is still open." },
    { id: "status", header: "Status", value: (each) => words(each.status) },
    {
      id: "reason",
      header: "Because",
      value: (each) => (each.reason === "none" ? null : words(each.reason)),
      why: "—",
    },
    { id: "quantity", header: "Filled", value: (each) => each.quantity, kind: "decimal", digits: 4 },
    {
      id: "price",
      header: "Price",
      value: (each) => each.price,
      kind: "decimal",
      digits,
      why: "Nothing was filled.",
    },
    {
      id: "limit",
      header: "Limit",
      narrow: "hidden",
      value: (each) => each.limit,
      kind: "decimal",
      digits,
      why: "It has no limit.",
    },
    {
      id: "stop",
      header: "Stop",
      narrow: "hidden",
      value: (each) => each.stop,
      kind: "decimal",
      digits,
      why: "It has no stop.",
    },
    { id: "fee", header: "Fee", value: (each) => each.fee, kind: "decimal", digits: 2 },
    { id: "tag", header: "Tag", narrow: "hidden", value: (each) => each.tag, why: "It has no tag." },
  ];
}

function within(rows: readonly OrderRow[], range: TimeRange | undefined): readonly OrderRow[] {
  if (range === undefined) return rows;
  return rows.filter((each) => {
    const made = Date.parse(each.created) / 1000;
    return made >= range.from && made <= range.to;
  });
}
