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
        const runs = data.filter((each) => "strategy" in each);
        if (runs.length === 0) {
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
            {runs.map((each) => (
              <li key={each.id}>
                <Link to={`/backtests/${each.id}`}>
                  <span className={classes["what"]}>
                    {each.strategy} <b>{each.symbol}</b>
                  </span>
                  <span className={classes["number"]}>
                    <Figure value={each.total_return} as="percent" signed />
                  </span>
                  <span className={classes["number"]}>
                    <span className={classes["unit"]}>Sharpe</span> <Figure value={each.sharpe} />
                  </span>
                  <span className={classes["when"]}>
                    <Age at={each.created_at} />
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
