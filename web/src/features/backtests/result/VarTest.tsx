import { useGetBacktestTableQuery } from "@/api";
import { Section } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { formatCount, formatPercent, usePrinting } from "@/format";
import { DataTable, type Column } from "@/tables";
import classes from "./Result.module.css";

/** A method at a level; without a p-value where there were too few forecasts. */
export interface VarRow {
  readonly method: string;
  readonly level: number;
  readonly forecasts: number;
  readonly expected: number;
  readonly exceptions: number;
  readonly likelihood_ratio: number | null;
  readonly p_value: number | null;
}

const METHODS: Readonly<Record<string, string>> = {
  historical: "Historical",
  normal: "Normal",
  cornish_fisher: "Cornish-Fisher",
};
const REJECTED = 0.05;
const TOO_FEW = "There were too few forecasts for one exception.";

/** Whether the value at risk, forecast from past returns alone, was exceeded as often as it says. */
export function VarTest({ backtest }: { readonly backtest: string }) {
  const query = useGetBacktestTableQuery({ backtest, table: "var_backtest" });
  // Paper is not waited for.
  if (usePrinting() && query.data === undefined) return null;
  return (
    <Section title="Value at risk, tested">
      <Loaded query={query} skeleton={<TableSkeleton rows={6} />}>
        {({ data }) => <Table rows={data as unknown as readonly VarRow[]} />}
      </Loaded>
    </Section>
  );
}

function Table({ rows }: { readonly rows: readonly VarRow[] }) {
  const forecasts = rows.reduce((most, each) => Math.max(most, each.forecasts), 0);
  if (forecasts === 0) return <Empty title="The run is too short">Forecasts need 250 returns before them.</Empty>;
  return (
    <>
      <DataTable
        name="value at risk, tested"
        columns={COLUMNS}
        rows={rows}
        keyOf={(each) => `${each.method} ${each.level}`}
        withSearch={false}
        empty={null}
      />
      <div className={classes["summary"]}>
        Each of {formatCount(forecasts)} returns against a forecast from those before it; Kupiec’s test of how many fell
        below.
      </div>
    </>
  );
}

/** What Kupiec's test says at 5%. */
export function verdictOf({ p_value: p }: VarRow): string | null {
  return p === null ? null : p < REJECTED ? "rejected" : "holds";
}

const COLUMNS: readonly Column<VarRow>[] = [
  { id: "method", header: "Method", narrow: "title", value: (each) => METHODS[each.method] ?? each.method },
  { id: "level", header: "Level", narrow: "title", value: (each) => formatPercent(each.level, 0) },
  { id: "forecasts", header: "Forecasts", value: (each) => each.forecasts, kind: "decimal", digits: 0 },
  { id: "expected", header: "Exceptions expected", value: (each) => each.expected, kind: "decimal", digits: 1 },
  { id: "exceptions", header: "Found", value: (each) => each.exceptions, kind: "decimal", digits: 0 },
  { id: "ratio", header: "Likelihood ratio", value: (each) => each.likelihood_ratio, why: TOO_FEW, kind: "decimal" },
  { id: "p", header: "p-value", value: (each) => each.p_value, why: TOO_FEW, kind: "percent" },
  { id: "verdict", header: "At 5%", value: verdictOf, why: TOO_FEW },
];
