import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useListBacktestsQuery } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import { Age, Figure } from "@/format";
import classes from "./LastRuns.module.css";

const MOST = 8;

export function LastRuns() {
  const query = useListBacktestsQuery({ limit: MOST });
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={MOST} />}>
      {({ data }) => {
        if (data.length === 0) {
          return (
            <Empty
              title="No backtest has run yet"
              command="arbitrax demo"
              action={
                <Button component={Link} to="/welcome">
                  Run a first backtest
                </Button>
              }
            >
              The newest results are shown here. Prices to begin with are bundled.
            </Empty>
          );
        }
        return (
          <ul className={classes["runs"]}>
            {data.map(({ id, spec, status, result, created_at: createdAt }) => (
              <li key={id}>
                <Link to={`/backtests/${id}`}>
                  <span className={classes["what"]}>
                    {spec.strategy.name} <b>{spec.symbols.join(", ")}</b>
                  </span>
                  <span className={classes["number"]}>
                    <Figure
                      value={result?.metrics["total_return"]?.value}
                      as="percent"
                      signed
                      why={`It is ${status}.`}
                    />
                  </span>
                  <span className={classes["number"]}>
                    <span className={classes["unit"]}>Sharpe</span>{" "}
                    <Figure value={result?.metrics["sharpe"]?.value} why={`It is ${status}.`} />
                  </span>
                  <span className={classes["when"]}>
                    <Age at={createdAt} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}
