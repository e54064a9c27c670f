import { Tabs } from "@mantine/core";
import { useMemo } from "react";
import { api, type BacktestMessage, type RunFigures, type RunResult } from "@/api";
import { ChartSkeleton, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { usePrinting } from "@/format";
import { Section } from "@/app/Page";
import { secondsOfInterval } from "../form/intervals";
import { AllMetrics } from "./AllMetrics";
import { AssumptionsTab } from "./AssumptionsTab";
import { useReport } from "../recorded";
import { CutShort } from "./CutShort";
import { DistributionTab } from "./DistributionTab";
import { ExcursionsTab } from "./ExcursionsTab";
import { DrawdownsTab } from "./DrawdownsTab";
import { LogTab } from "./LogTab";
import { MonthlyTab } from "./MonthlyTab";
import { OrdersTab } from "./OrdersTab";
import classes from "./Result.module.css";
import { RollingTab } from "./RollingTab";
import { RunCard } from "./RunCard";
import { wholly, type TableQuery, type TableRows } from "./tables";
import { SymbolsTab } from "./SymbolsTab";
import { TradesTab } from "./TradesTab";
import { GROUPS, tradesWithin, type Trade } from "./trades";
import { rangeParams, TABS, useSelection, type Tab } from "./use_selection";

interface ResultTabsProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
  readonly figures: RunFigures | undefined;
  readonly trades: TableQuery<TableRows<Trade>>;
}

/** Without asking for them. */
const useMonths = api.endpoints.getBacktestTable.useQueryState;
const DAY = 86_400;
const TAB_NAMES = Object.keys(TABS) as Tab[];
/** On paper, one after the other. */
const PRINTED: readonly Tab[] = ["monthly", "distribution", "excursions", "metrics", "assumptions", "card", "trades"];
const OF_TRADES: ReadonlySet<Tab> = new Set(["trades", "distribution", "excursions"]);

/** Everything else of a result; what is seen of the charts is what they are about. */
export function ResultTabs({ run, result, figures, trades }: ResultTabsProps) {
  const { selection, select } = useSelection();
  const { tab, range, group } = selection;
  const hasTimes = secondsOfInterval(run.spec.interval) < DAY;
  const all = trades.data?.rows;
  const [from, to] = [range?.from, range?.to];
  const within = useMemo(
    () => tradesWithin(all ?? [], from === undefined || to === undefined ? undefined : { from, to }),
    [all, from, to],
  );
  const ofGroup = (own: readonly Trade[]) => {
    return group === undefined ? own : own.filter((each) => GROUPS[group.by].of(each) === group.key);
  };
  const isRecorded = useReport() !== undefined;
  const setRange = (found: TimeRange | undefined) => select(rangeParams(found));
  const show = (trade: Trade) => {
    const [from, to] = [Date.parse(trade.entryTime) / 1000, Date.parse(trade.exitTime) / 1000];
    const around = Math.max(to - from, 20 * secondsOfInterval(run.spec.interval)) * 0.5;
    select({ ...rangeParams({ from: from - around, to: to + around }), symbol: trade.symbol });
  };
  const absent: ReadonlySet<Tab> = new Set([
    ...(isRecorded ? ["log" as const] : []),
    ...(run.spec.symbols.length === 1 ? ["symbols" as const] : []),
  ]);
  const tabs = TAB_NAMES.filter((each) => !absent.has(each));
  const isPrinting = usePrinting();
  const hasMonths = useMonths({ backtest: run.id, table: "monthly" }).data !== undefined;
  const content = (tab: Tab) => {
    switch (tab) {
      case "trades":
        return (
          <Loaded query={trades} skeleton={<TableSkeleton rows={16} />}>
            {({ isWhole }) => (
              <TradesTab
                trades={within}
                isWhole={isWhole}
                group={group}
                hasTimes={hasTimes}
                hasSymbols={run.spec.symbols.length > 1}
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
            {() => <DistributionTab histogram={figures.histogram} trades={ofGroup(within)} />}
          </Loaded>
        );
      case "excursions":
        return (
          <Loaded query={wholly(trades)} skeleton={<ChartSkeleton height={320} />}>
            {() => <ExcursionsTab trades={ofGroup(within)} onShow={show} />}
          </Loaded>
        );
      case "rolling":
        return <RollingTab backtest={run.id} range={range} onRange={setRange} />;
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
  };
  const shown = (each: Tab) => (
    <>
      {OF_TRADES.has(each) && <CutShort table="trades" />}
      {each === "orders" && <CutShort table="orders" />}
      {content(each)}
    </>
  );
  if (isPrinting)
    return PRINTED.filter((each) => each !== "monthly" || hasMonths).map((each) => (
      <Section key={each} title={TABS[each]}>
        {shown(each)}
      </Section>
    ));
  return (
    <Tabs value={tab} onChange={(found) => select({ tab: found === "trades" ? null : found })} keepMounted={false}>
      <Tabs.List>
        {tabs.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {TABS[each]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} className={classes["panel"] ?? ""}>
        {shown(tab)}
      </Tabs.Panel>
    </Tabs>
  );
}
