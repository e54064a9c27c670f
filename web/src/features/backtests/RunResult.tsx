import { useMemo } from "react";
import type { BacktestMessage } from "@/api";
import { Page, Section } from "@/app/Page";
import { ChartSkeleton, Loaded } from "@/app/states";
import { EquityCurve } from "./EquityCurve";
import { PerformanceMetrics } from "./PerformanceMetrics";
import { runWords } from "./run_text";
import { useEquity } from "./use_equity";

/** A finished run. */
export function RunResult({ run }: { readonly run: BacktestMessage }) {
  const { title, about } = useMemo(() => runWords(run.spec), [run.spec]);
  const query = useEquity(run.id);
  return (
    <Page title={title} about={about}>
      <PerformanceMetrics metrics={run.metrics} />
      <Section title="Equity">
        <Loaded query={query} skeleton={<ChartSkeleton height={456} />}>
          {({ equity, benchmark }) => <EquityCurve equity={equity} benchmark={benchmark} />}
        </Loaded>
      </Section>
    </Page>
  );
}
