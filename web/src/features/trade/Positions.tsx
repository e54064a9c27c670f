import { useMemo } from "react";
import type { PositionMessage } from "@arbitrax/client";
import { Empty, ErrorState, TableSkeleton } from "@/app/states";
import { digitsOf, isZero, times } from "@/format/exact";
import { positions, useChannel, useFrameValue } from "@/live";
import type { MarkValue } from "@/live/marks";
import { averageCost, unrealised, type Mark } from "@/live/worth";
import { DataTable, type Column } from "@/tables";
import type { Market } from "./ticket";

interface PositionsProps {
  readonly account: string;
  readonly marks: MarkValue;
  readonly marketOf: (symbol: string) => Market | undefined;
  readonly onChoose: (symbol: string) => void;
}

interface PositionRow {
  readonly position: PositionMessage;
  readonly mark: Mark | undefined;
  readonly average: string | undefined;
}

const NO_PRICE = "The symbol has not traded yet.";
const COLUMNS: readonly Column<PositionRow>[] = [
  { id: "symbol", header: "Symbol", value: ({ position }) => position.symbol },
  { id: "quantity", header: "Size", value: ({ position }) => position.quantity, kind: "decimal" },
  { id: "average", header: "Average price", value: (row) => row.average, kind: "decimal", why: "Nothing is held." },
  { id: "last", header: "Last", value: ({ mark }) => mark?.last, kind: "decimal", why: NO_PRICE },
  {
    id: "value",
    header: "Value",
    value: ({ position, mark }) => (mark?.last == null ? undefined : times(position.quantity, mark.last)),
    kind: "decimal",
    digits: 2,
    why: NO_PRICE,
  },
  {
    id: "unrealised",
    header: "Unrealised",
    value: ({ position, mark }) => unrealised(position, mark),
    kind: "decimal",
    digits: 2,
    signed: true,
    why: NO_PRICE,
  },
  {
    id: "realised",
    header: "Realised",
    value: ({ position }) => position.realised,
    kind: "decimal",
    digits: 2,
    signed: true,
  },
  { id: "fees", header: "Fees", value: ({ position }) => position.fees, kind: "decimal", digits: 2 },
];

/** What the account holds or held, at the prices of last trades. */
export function Positions({ account, marks, marketOf, onChoose }: PositionsProps) {
  const { data, error } = useChannel(useMemo(() => positions(account), [account]));
  const prices = useFrameValue(marks);
  const rows = useMemo(
    () =>
      [...(data?.values() ?? [])]
        .filter((each) => !isZero(each.quantity) || !isZero(each.realised))
        .map((position): PositionRow => {
          const digits = digitsOf(marketOf(position.symbol)?.tick ?? "0.01") + 2;
          return { position, mark: prices.get(position.symbol), average: averageCost(position, digits) };
        }),
    [data, prices, marketOf],
  );
  if (error !== undefined) return <ErrorState error={error} title="Positions cannot be followed" />;
  if (data === undefined) return <TableSkeleton rows={3} />;
  return (
    <DataTable
      name="positions"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ position }) => position.symbol}
      most={10}
      onChoose={({ position }) => onChoose(position.symbol)}
      empty={<Empty title="Nothing is held">A position is shown here as soon as an order fills.</Empty>}
    />
  );
}
