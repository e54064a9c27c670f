import { useMemo } from "react";
import type { BacktestMessage, RunFigures, RunResult } from "@/api";
import { ChartSkeleton, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { secondsOfInterval } from "../form/intervals";
import { AllMetrics } from "./AllMetrics";
import { AssumptionsTab } from "./AssumptionsTab";
import { spanParam, type Span } from "./bins";
import { ChosenBar } from "./ChosenBar";
import { CutShort } from "./CutShort";
import { DistributionTab } from "./DistributionTab";
import { DrawdownsTab } from "./DrawdownsTab";
import { EventsTab } from "./EventsTab";
import { ExcursionsTab } from "./ExcursionsTab";
import { ExposureTab } from "./ExposureTab";
import { LogTab } from "./LogTab";
import { MonthlyTab } from "./MonthlyTab";
import { OrdersTab } from "./OrdersTab";
import { RollingTab } from "./RollingTab";
import { RunCard } from "./RunCard";
import { SymbolsTab } from "./SymbolsTab";
import { wholly, type TableQuery, type TableRows } from "./tables";
import { TradesTab } from "./TradesTab";
import { tradesWithin, type Trade } from "./trades";
import { useChosen } from "./use_chosen";
import { rangeParams, useSelection, type Tab } from "./use_selection";

export interface TabContentProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
  readonly figures: RunFigures | undefined;
  readonly trades: TableQuery<TableRows<Trade>>;
}

const DAY = 86_400;
const NONE: readonly Trade[] = [];
const OF_TRADES: ReadonlySet<Tab> = new Set(["trades", "distribution", "excursions"]);

/** What a tab has, or its part of what is printed. */
export function TabContent({ tab, ...rest }: TabContentProps & { readonly tab: Tab }) {
  return (
    <>
      {OF_TRADES.has(tab) && <CutShort table="trades" />}
      {tab === "orders" && <CutShort table="orders" />}
      <Content tab={tab} {...rest} />
    </>
  );
}

function Content({ tab, run, result, figures, trades }: TabContentProps & { readonly tab: Tab }) {
  const { selection, select } = useSelection();
  const { range, group, tradeReturn, runReturn } = selection;
  const [seconds, hasSymbols] = [secondsOfInterval(run.spec.interval), run.spec.symbols.length > 1];
  const hasTimes = seconds < DAY;
  const all = trades.data?.rows;
  const [from, to] = [range?.from, range?.to];
  const within = useMemo(
    () => tradesWithin(all ?? [], from === undefined || to === undefined ? undefined : { from, to }),
    [all, from, to],
  );
  const chosen = useChosen(run.id, within, selection);
  // Those of a bar of the run's returns are known when its returns are.
  const query = chosen.trades === undefined ? { ...trades, data: undefined } : trades;
  const choose = (which: "trade-return" | "run-return") => (span: Span | undefined) =>
    select({ [which]: span === undefined ? null : spanParam(span) });
  const setRange = (found: TimeRange | undefined) => select(rangeParams(found));
  const show = (trade: Trade) => {
    const [from, to] = [Date.parse(trade.entryTime) / 1000, Date.parse(trade.exitTime) / 1000];
    const around = Math.max(to - from, 20 * seconds) * 0.5;
    select({ ...rangeParams({ from: from - around, to: to + around }), symbol: trade.symbol });
  };
  switch (tab) {
    case "trades":
      return (
        <Loaded query={query} skeleton={<TableSkeleton rows={16} />}>
          {({ isWhole }) => (
            <TradesTab
              trades={chosen.inAllGroups ?? NONE}
              isWhole={isWhole}
              group={group}
              tradeReturn={tradeReturn}
              runReturn={runReturn}
              onAllReturns={(which) => select({ [which]: null })}
              hasTimes={hasTimes}
              hasSymbols={hasSymbols}
              onGroup={(found) => select({ group: found === undefined ? null : `${found.by}:${found.key}` })}
              onShow={show}
            />
          )}
        </Loaded>
      );
    case "symbols":
      return <SymbolsTab backtest={run.id} onShow={(symbol) => select({ symbol })} />;
    case "drawdowns":
      return <DrawdownsTab backtest={run.id} hasTimes={hasTimes} onRange={setRange} />;
    case "monthly":
      return <MonthlyTab backtest={run.id} range={range} onRange={setRange} />;
    case "distribution":
      return figures === undefined ? null : (
        <Loaded query={wholly(trades)} skeleton={<ChartSkeleton height={320} />}>
          {() => (
            <DistributionTab
              backtest={run.id}
              histogram={figures.histogram}
              range={range}
              trades={chosen.inAllBars ?? NONE}
              chosen={chosen.trades?.length ?? 0}
              tradeReturn={tradeReturn}
              runReturn={runReturn}
              onTradeReturn={choose("trade-return")}
              onRunReturn={choose("run-return")}
              onShowTrades={() => select({ tab: null })}
            />
          )}
        </Loaded>
      );
    case "excursions":
      return (
        <Loaded query={wholly(query)} skeleton={<ChartSkeleton height={320} />}>
          {() => (
            <>
              <ChosenBar what="trade-return" span={tradeReturn} onClear={() => choose("trade-return")(undefined)} />
              <ChosenBar what="run-return" span={runReturn} onClear={() => choose("run-return")(undefined)} />
              <ExcursionsTab trades={chosen.trades ?? NONE} onShow={show} />
            </>
          )}
        </Loaded>
      );
    case "rolling":
      return <RollingTab backtest={run.id} range={range} onRange={setRange} />;
    case "exposure":
      return (
        <ExposureTab backtest={run.id} hasSymbols={hasSymbols} hasTimes={hasTimes} range={range} onRange={setRange} />
      );
    case "events":
      return <EventsTab backtest={run.id} range={range} hasTimes={hasTimes} />;
    case "orders":
      return <OrdersTab backtest={run.id} groups={figures?.orders ?? []} range={range} hasTimes={hasTimes} />;
    case "metrics":
      return figures === undefined ? null : <AllMetrics figures={figures.figures} benchmark={figures.benchmark} />;
    case "assumptions":
      return figures === undefined ? null : <AssumptionsTab facts={figures.assumptions} />;
    case "card":
      return <RunCard run={run} result={result} />;
    case "log":
      return <LogTab run={run} result={result} />;
  }
}
