import { useMemo } from "react";
import { Empty } from "@/app/states";
import { DataTable, type Column } from "@/tables";
import { priceDigits } from "./price_digits";
import { words, type Trade } from "./trades";

interface TradeLogProps {
  readonly trades: readonly Trade[];
  /** Whether times of a day matter. */
  readonly hasTimes: boolean;
  readonly hasSymbols: boolean;
  readonly chosen?: string | undefined;
  /** Show one on the chart. */
  readonly onChoose: (trade: Trade) => void;
}

/** Every trade; a hundred thousand of them are drawn as far as they are seen. */
export function TradeLog({ trades, hasTimes, hasSymbols, chosen, onChoose }: TradeLogProps) {
  const columns = useMemo(() => tradeColumns(trades, hasTimes, hasSymbols), [trades, hasTimes, hasSymbols]);
  return (
    <DataTable
      name="trades"
      columns={columns}
      rows={trades}
      keyOf={keyOf}
      onChoose={onChoose}
      chosen={chosen}
      empty={<Empty title="No trade lies here">Show the whole run, or take the group away.</Empty>}
    />
  );
}

export function keyOf(trade: Trade): string {
  return String(trade.number);
}

function tradeColumns(trades: readonly Trade[], hasTimes: boolean, hasSymbols: boolean): readonly Column<Trade>[] {
  const precision = hasTimes ? "minute" : "day";
  const price = priceDigits(trades.flatMap((each) => [each.entryPrice, each.exitPrice]));
  const size = trades.every((each) => !each.quantity.includes(".")) ? 0 : 4;
  const symbol: Column<Trade> = { id: "symbol", header: "Symbol", narrow: "title", value: (each) => each.symbol };
  return [
    { id: "number", header: "#", narrow: "title", value: (each) => each.number, kind: "decimal", digits: 0 },
    ...(hasSymbols ? [symbol] : []),
    { id: "side", header: "Side", narrow: "title", value: (each) => each.side },
    { id: "entry", header: "Entry", value: (each) => each.entryTime, kind: "time", precision },
    { id: "entry_price", header: "Price in", value: (each) => each.entryPrice, kind: "decimal", digits: price },
    { id: "exit", header: "Exit", value: (each) => each.exitTime, kind: "time", precision },
    { id: "exit_price", header: "Price out", value: (each) => each.exitPrice, kind: "decimal", digits: price },
    { id: "quantity", header: "Quantity", value: (each) => each.quantity, kind: "decimal", digits: size },
    { id: "pnl", header: "P&L", value: (each) => each.pnl, kind: "decimal", digits: 2, signed: true },
    { id: "return", header: "Return", value: (each) => each.change, kind: "percent", signed: true },
    { id: "mae", header: "MAE", value: known((each) => each.mae), kind: "percent", why: UNKNOWN },
    { id: "mfe", header: "MFE", value: known((each) => each.mfe), kind: "percent", why: UNKNOWN },
    { id: "days", header: "Held", unit: hasTimes ? "h" : "d", value: held(hasTimes), kind: "decimal", digits: 1 },
    { id: "fees", header: "Fees", value: (each) => each.fees, kind: "decimal", digits: 2 },
    {
      id: "slippage",
      header: "Slippage",
      narrow: "hidden",
      value: (each) => each.slippage,
      kind: "decimal",
      digits: 2,
    },
    { id: "entry_reason", header: "In by", narrow: "hidden", value: (each) => words(each.entryReason) },
    {
      id: "exit_reason",
      header: "Out by",
      value: (each) => (each.isOpen ? "still open" : words(each.exitReason)),
    },
    { id: "tag", header: "Tag", narrow: "hidden", value: (each) => each.entryTag, why: "The order has no tag." },
  ];
}

const UNKNOWN = "Its excursions are not known.";

function known(of: (trade: Trade) => number): (trade: Trade) => number | null {
  return (trade) => (Number.isNaN(of(trade)) ? null : of(trade));
}

function held(hasTimes: boolean): (trade: Trade) => number {
  return (trade) => trade.seconds / (hasTimes ? 3600 : 86_400);
}
