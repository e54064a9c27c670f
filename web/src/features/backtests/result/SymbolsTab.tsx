import { useGetBacktestTableQuery } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable, type CellValue, type Column } from "@/tables";

interface SymbolsTabProps {
  readonly backtest: string;
  /** Show its prices. */
  readonly onShow: (symbol: string) => void;
}

type Row = Readonly<Record<string, unknown>>;
const valueOf = (name: string) => (row: Row) => row[name] as CellValue;

/** What each symbol added; interest on cash is no symbol's. */
export function SymbolsTab({ backtest, onShow }: SymbolsTabProps) {
  const query = useGetBacktestTableQuery({ backtest, table: "contributions" });
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={12} />}>
      {({ data }) => (
        <DataTable
          name="symbols"
          columns={COLUMNS}
          rows={data}
          keyOf={(row) => String(row["symbol"])}
          onChoose={(row) => onShow(String(row["symbol"]))}
          empty={<Empty title="The run has no symbols" />}
        />
      )}
    </Loaded>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "symbol", header: "Symbol", value: valueOf("symbol") },
  { id: "pnl", header: "P&L", value: valueOf("pnl"), kind: "decimal", digits: 2, signed: true },
  { id: "share", header: "Of starting cash", value: valueOf("contribution"), kind: "percent", signed: true },
  { id: "trades", header: "Closed trades", value: valueOf("trades"), kind: "decimal", digits: 0 },
  { id: "won", header: "Won", value: valueOf("hit_rate"), kind: "percent", digits: 0, why: "No trade was closed." },
  { id: "fees", header: "Fees", value: valueOf("fees"), kind: "decimal", digits: 2 },
  { id: "slippage", header: "Slippage", value: valueOf("slippage"), kind: "decimal", digits: 2 },
  { id: "income", header: "Dividends and borrowing", value: valueOf("income"), kind: "decimal", digits: 2 },
];
