import { Button, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import { useGetStrategyQuery, type StrategyDetail } from "@/api";
import { Page, Section, Stat, Stats } from "@/app/Page";
import { Source } from "@/app/source/Source";
import { Loaded, TextSkeleton } from "@/app/states";
import { Figure } from "@/format";
import { plain, symbolsText } from "../strategy_text";
import { Description } from "./Description";
import { Parameters } from "./Parameters";
import { StrategyRuns } from "./StrategyRuns";

/** A strategy: what it does, what can be set, how it did, what it is made of. */
export function Component() {
  const { name = "" } = useParams();
  const query = useGetStrategyQuery({ name });
  const run = (
    <Button component={Link} to={`/backtests/new?${new URLSearchParams({ strategy: name }).toString()}`}>
      Run backtest
    </Button>
  );
  return (
    <Page title={name} about={plain(query.data?.summary ?? "\u00a0")} actions={run}>
      <Loaded query={query} skeleton={<TextSkeleton lines={12} />}>
        {(strategy) => <Shown strategy={strategy} />}
      </Loaded>
    </Page>
  );
}

function Shown({ strategy }: { readonly strategy: StrategyDetail }) {
  const { name, class_name, form, warm_up_bars, parameters, description, source, source_sha256 } = strategy;
  return (
    <>
      <Stats>
        <Stat label="Class">{class_name}</Stat>
        <Stat label="Symbols">{symbolsText(strategy)}</Stat>
        <Stat label="Warm-up" under="bars, with the defaults">
          <Figure value={warm_up_bars} digits={0} why="It does not say." />
        </Stat>
        <Stat
          label="Form"
          under={form === "signals" ? "turns all bars into decisions at once" : "is called bar by bar"}
        >
          {form}
        </Stat>
      </Stats>
      <Section title="Parameters">
        <Parameters parameters={parameters} />
      </Section>
      <Section title="Runs">
        <StrategyRuns strategy={name} />
      </Section>
      <Section title="What its author says">
        <Description text={description} />
      </Section>
      <Section title="Source">
        {source === null ? (
          <Text c="var(--faint)">There is no file of it to read.</Text>
        ) : (
          <Source text={source} sha256={source_sha256} name={name} />
        )}
      </Section>
    </>
  );
}
