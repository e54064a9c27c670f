import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useListBacktestsQuery, type BacktestMessage } from "@/api";
import { Page } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable, type Column } from "@/tables";
import { parameterText } from "./run_text";

const metric = (run: BacktestMessage, name: string) => run.result?.metrics[name]?.value;
const whyNot = (name: string) => (run: BacktestMessage) =>
  run.result === null ? "It has no result." : (run.result.metrics[name]?.undefined_because ?? "It was not computed.");

const COLUMNS: readonly Column<BacktestMessage>[] = [
  {
    id: "strategy",
    header: "Strategy",
    value: (run) => run.spec.strategy.name,
    cell: (run) => <Link to={run.id}>{run.spec.strategy.name}</Link>,
  },
  { id: "symbols", header: "Symbols", value: (run) => run.spec.symbols.join(", ") },
  { id: "parameters", header: "Parameters", value: (run) => parameterText(run.spec), why: "The strategy has none." },
  { id: "status", header: "Status", value: (run) => run.status },
  {
    id: "start",
    header: "From",
    value: (run) => run.result?.first_bar ?? run.spec.start,
    kind: "time",
    precision: "day",
    why: "From the first bar there is.",
  },
  {
    id: "end",
    header: "To",
    value: (run) => run.result?.last_bar ?? run.spec.end,
    kind: "time",
    precision: "day",
    why: "To the last bar there is.",
  },
  {
    id: "return",
    header: "Return",
    value: (run) => metric(run, "total_return"),
    kind: "percent",
    signed: true,
    why: whyNot("total_return"),
  },
  {
    id: "sharpe",
    header: "Sharpe",
    value: (run) => metric(run, "sharpe"),
    kind: "decimal",
    digits: 2,
    why: whyNot("sharpe"),
  },
  {
    id: "drawdown",
    header: "Max drawdown",
    value: (run) => metric(run, "max_drawdown"),
    kind: "percent",
    why: whyNot("max_drawdown"),
  },
  {
    id: "trades",
    header: "Trades",
    value: (run) => metric(run, "trades"),
    kind: "decimal",
    digits: 0,
    why: whyNot("trades"),
  },
  { id: "created", header: "Asked for", value: (run) => run.created_at, kind: "time", precision: "minute" },
];

export function Component() {
  const query = useListBacktestsQuery({ limit: 500 });
  const navigate = useNavigate();
  const run = (
    <Button component={Link} to="/backtests/new">
      Run backtest
    </Button>
  );
  return (
    <Page title="Backtests" actions={run}>
      <Loaded query={query} skeleton={<TableSkeleton rows={16} />}>
        {({ data }) => (
          <DataTable
            name="backtests"
            columns={COLUMNS}
            rows={data}
            keyOf={(each) => each.id}
            onChoose={(each) => void navigate(each.id)}
            empty={
              <Empty title="No backtest has run yet" command="arbitrax demo" action={run}>
                Each run is listed here with its result, and can be opened, compared and run again.
              </Empty>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}
