import { Link, useNavigate } from "react-router";
import { useListBacktestsQuery, type BacktestMessage } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable, type Column } from "@/tables";

const MOST = 100;

const figure = (name: string) => (run: BacktestMessage) => run.result?.metrics[name]?.value;
const whyNot = (name: string) => (run: BacktestMessage) =>
  run.result === null
    ? (run.error?.detail ?? `The run is ${run.status}.`)
    : (run.result.metrics[name]?.undefined_because ?? "It was not computed.");

const COLUMNS: readonly Column<BacktestMessage>[] = [
  {
    id: "symbols",
    header: "Symbols",
    value: ({ spec }) => spec.symbols.join(", "),
    cell: (run) => <Link to={`/backtests/${run.id}`}>{run.spec.symbols.join(", ")}</Link>,
  },
  {
    id: "parameters",
    header: "Parameters",
    narrow: "whole",
    value: ({ spec }) =>
      Object.entries(spec.strategy.parameters)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", "),
    why: "Nothing can be set.",
  },
  { id: "status", header: "Status", value: (run) => (run.status === "succeeded" ? "done" : run.status) },
  {
    id: "return",
    header: "Return",
    value: figure("total_return"),
    kind: "percent",
    signed: true,
    why: whyNot("total_return"),
  },
  { id: "sharpe", header: "Sharpe", value: figure("sharpe"), kind: "decimal", digits: 2, why: whyNot("sharpe") },
  {
    id: "drawdown",
    header: "Max drawdown",
    value: figure("max_drawdown"),
    kind: "percent",
    why: whyNot("max_drawdown"),
  },
  { id: "created", header: "Run at", value: (run) => run.created_at, kind: "time", precision: "minute" },
];

/** The newest runs of a strategy. */
export function StrategyRuns({ strategy }: { readonly strategy: string }) {
  const query = useListBacktestsQuery({ strategy, limit: MOST });
  const navigate = useNavigate();
  return (
    <Loaded query={query} isLive skeleton={<TableSkeleton rows={4} />}>
      {({ data }) => (
        <DataTable
          name="runs"
          columns={COLUMNS}
          rows={data}
          keyOf={(run) => run.id}
          most={10}
          withSearch={data.length > 10}
          onChoose={(run) => void navigate(`/backtests/${run.id}`)}
          empty={
            <Empty title="It has not run yet" command={`arbitrax backtest run ${strategy} --symbol AAPL`}>
              Its runs are listed here with what they earned.
            </Empty>
          }
        />
      )}
    </Loaded>
  );
}
