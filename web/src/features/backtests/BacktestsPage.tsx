import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useListBacktestsQuery, type BacktestSummary } from "@/api";
import { Page } from "@/app/Page";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { DataTable, type Column } from "@/tables";

const COLUMNS: readonly Column<BacktestSummary>[] = [
  {
    id: "strategy",
    header: "Strategy",
    value: (run) => run.strategy,
    cell: (run) => <Link to={run.id}>{run.strategy}</Link>,
  },
  { id: "symbol", header: "Symbol", value: (run) => run.symbol },
  {
    id: "parameters",
    header: "Parameters",
    value: ({ parameters }) =>
      Object.entries(parameters)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", "),
    why: "The strategy has none.",
  },
  { id: "start", header: "From", value: (run) => run.start, kind: "time", precision: "day" },
  { id: "end", header: "To", value: (run) => run.end, kind: "time", precision: "day" },
  { id: "return", header: "Return", value: (run) => run.total_return, kind: "percent", signed: true },
  {
    id: "sharpe",
    header: "Sharpe",
    value: (run) => run.sharpe,
    kind: "decimal",
    digits: 2,
    why: "Its returns do not vary.",
  },
  { id: "drawdown", header: "Max drawdown", value: (run) => run.max_drawdown, kind: "percent" },
  { id: "trades", header: "Trades", value: (run) => run.trades, kind: "decimal", digits: 0 },
  { id: "created", header: "Run at", value: (run) => run.created_at, kind: "time", precision: "minute" },
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
            rows={data.filter((each) => "strategy" in each)}
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
