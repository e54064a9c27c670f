import { useMemo } from "react";
import { useGetBacktestEquityQuery, type BacktestMessage } from "@/api";
import { Page, Section } from "@/app/Page";
import { ChartSkeleton, Loaded } from "@/app/states";
import { curvesOf } from "./curves";
import { EquityCurve } from "./EquityCurve";
import { PerformanceMetrics } from "./PerformanceMetrics";
import { runAbout, runTitle } from "./run_text";

interface RunResultProps {
  readonly run: BacktestMessage;
  readonly result: NonNullable<BacktestMessage["result"]>;
}

const POINTS = 2_000;

/** A finished run. */
export function RunResult({ run, result }: RunResultProps) {
  const query = useGetBacktestEquityQuery({ backtest: run.id, points: POINTS });
  const curves = useMemo(() => query.data && curvesOf(query.data), [query.data]);
  return (
    <Page title={runTitle(run.spec)} about={runAbout(run)}>
      <PerformanceMetrics metrics={result.metrics} />
      <Section title="Equity">
        <Loaded query={{ ...query, data: curves }} skeleton={<ChartSkeleton height={456} />}>
          {(found) => <EquityCurve {...found} />}
        </Loaded>
      </Section>
    </Page>
  );
}
