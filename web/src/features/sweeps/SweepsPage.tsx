import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Page } from "@/app/Page";
import { Empty } from "@/app/states";

/** Laid out now, filled by sweeps. */
export function Component() {
  const run = (
    <Button component={Link} to="/backtests/new">
      Run backtest
    </Button>
  );
  return (
    <Page title="Sweeps">
      <Empty title="Sweeps are yet to come" action={run}>
        A strategy is run with many values of its parameters. Shown here are the leaderboard of its runs, a heatmap of
        two parameters, all of them as parallel coordinates, the windows of a walk-forward, and results in sample
        against those out of sample. Until then runs are started one by one.
      </Empty>
    </Page>
  );
}
