import { useMemo } from "react";
import { useGetBacktestFiguresQuery, type BacktestMessage, type RunResult } from "@/api";
import { Page } from "@/app/Page";
import { runWords } from "../run_text";
import { HonestyPanel } from "./HonestyPanel";
import { firstFigures, PerformanceMetrics } from "./PerformanceMetrics";
import { Notices } from "./Notices";
import { Reproduced } from "./Reproduced";
import { ResultCharts } from "./ResultCharts";
import { ResultTabs } from "./ResultTabs";
import { RunActions } from "./RunActions";
import { useTradesQuery, wholly } from "./tables";
import { useChosen } from "./use_chosen";
import { useSelection } from "./use_selection";
import { useEquityTile } from "./use_tiles";

interface RunResultPageProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
}

/** A finished run: what to doubt first, then figures, charts, and everything else. */
export function RunResultPage({ run, result }: RunResultPageProps) {
  const { title, about } = useMemo(() => runWords(run.spec, result), [run.spec, result]);
  const figures = useGetBacktestFiguresQuery({ backtest: run.id });
  const curve = useEquityTile(run.id, undefined);
  const query = useTradesQuery(run.id, curve.data !== undefined || curve.error !== undefined);
  const trades = wholly(query).data?.rows;
  const drawn = useChosen(run.id, trades, useSelection().selection).trades;
  return (
    <Page
      title={title}
      about={
        <>
          <div>{about}</div>
          <Reproduced backtest={run.id} />
        </>
      }
      actions={<RunActions run={run} />}
    >
      <HonestyPanel backtest={run.id} assets={result.assets} />
      <Notices notices={result.notices} />
      <PerformanceMetrics
        figures={figures.data?.figures ?? firstFigures(result)}
        benchmark={figures.data?.benchmark ?? "Benchmark"}
      />
      <ResultCharts run={run} result={result} trades={drawn} benchmark={figures.data?.benchmark ?? "Benchmark"} />
      <ResultTabs run={run} result={result} figures={figures.data} trades={query} />
    </Page>
  );
}
