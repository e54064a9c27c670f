import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { useListBacktestsQuery } from "@/api";
import { Section } from "@/app/Page";
import { FirstSteps } from "@/app/first_steps/FirstSteps";
import { Loaded, TableSkeleton } from "@/app/states";
import { Accounts } from "./Accounts";
import { ExchangeLine } from "./ExchangeLine";
import { LastRuns } from "./LastRuns";
import classes from "./LiveDashboard.module.css";
import { NeedsAPerson } from "./NeedsAPerson";
import { Running } from "./Running";

const RUNS = { limit: 8 };

/** What is running, what it earned, what needs a person; before the first run the steps to it come first. */
export function LiveDashboard() {
  const runs = useListBacktestsQuery(RUNS);
  const isFirstVisit = runs.data?.data.length === 0;
  // What comes first depends on whether there is a run; nothing is moved when that is known.
  if (runs.isLoading) return <TableSkeleton rows={24} />;
  return (
    <>
      <ExchangeLine />
      {isFirstVisit && (
        <Section title="Three steps to a first result">
          <FirstSteps />
        </Section>
      )}
      <div className={classes["pair"]}>
        <Section title="Needs a person">
          <NeedsAPerson />
        </Section>
        <Section title="Running">
          <Running />
        </Section>
      </div>
      <Section title="Accounts">
        <Accounts />
      </Section>
      {!isFirstVisit && (
        <Section
          title="Last runs"
          actions={
            <Anchor component={Link} to="/backtests" size="sm">
              All backtests
            </Anchor>
          }
        >
          <Loaded query={runs} isLive skeleton={<TableSkeleton rows={RUNS.limit - 1} />}>
            {({ data }) => <LastRuns runs={data} />}
          </Loaded>
        </Section>
      )}
      <Section title="Live sessions">
        <p className={classes["soon"]}>
          They arrive with live trading: each strategy that trades, what it holds and earned, and how far it drifts from
          its backtest.
        </p>
      </Section>
    </>
  );
}
