import { useGetBacktestTableQuery } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { DataTable, type CellValue, type Column } from "@/tables";

interface DrawdownsTabProps {
  readonly backtest: string;
  readonly hasTimes: boolean;
  readonly onRange: (range: TimeRange) => void;
}

type Row = Readonly<Record<string, unknown>>;
const DAY = 86_400;
const valueOf = (name: string) => (row: Row) => row[name] as CellValue;
const daysOf = (name: string) => (row: Row) => {
  const seconds = row[name];
  return typeof seconds === "number" ? seconds / DAY : null;
};
const NOT_YET = "Its peak was not reached again.";

/** The ten deepest falls from a peak; one that is chosen is shown on the charts. */
export function DrawdownsTab({ backtest, hasTimes, onRange }: DrawdownsTabProps) {
  const query = useGetBacktestTableQuery({ backtest, table: "drawdowns" });
  const show = (row: Row) => {
    const [from, length] = [Date.parse(String(row["peak"])) / 1000, Number(row["length_seconds"])];
    onRange({ from: from - length / 10, to: from + length * 1.1 });
  };
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={10} />}>
      {({ data }) => (
        <DataTable
          name="drawdowns"
          columns={columns(hasTimes)}
          rows={data}
          keyOf={(row) => String(row["peak"])}
          withSearch={false}
          onChoose={show}
          empty={<Empty title="Equity never fell below an earlier peak" />}
        />
      )}
    </Loaded>
  );
}

function columns(hasTimes: boolean): readonly Column<Row>[] {
  const time = { kind: "time", precision: hasTimes ? "minute" : "day" } as const;
  const days = { kind: "decimal", unit: "d", digits: hasTimes ? 1 : 0 } as const;
  return [
    { id: "depth", header: "Depth", value: valueOf("depth"), kind: "percent" },
    { id: "peak", header: "Peak", value: valueOf("peak"), ...time },
    { id: "trough", header: "Trough", value: valueOf("trough"), ...time },
    { id: "recovery", header: "Recovered", value: valueOf("recovery"), why: NOT_YET, ...time },
    { id: "down", header: "To the trough", value: daysOf("to_trough_seconds"), ...days },
    { id: "back", header: "Back", value: daysOf("to_recovery_seconds"), why: NOT_YET, ...days },
    { id: "length", header: "Under water", value: daysOf("length_seconds"), ...days },
  ];
}
