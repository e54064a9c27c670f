import { SegmentedControl, Select } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { BacktestMessage, RunResult } from "@/api";
import { Section } from "@/app/Page";
import { ChartSkeleton, Loaded } from "@/app/states";
import { RangeBrush, type TimeRange } from "@/charts";
import { formatDay, formatTime, usePreferences } from "@/format";
import { EQUITY_HEIGHT, EquityCurve, UNDERWATER_HEIGHT } from "../EquityCurve";
import { secondsOfInterval } from "../form/intervals";
import { PRICES_HEIGHT, type PricePane } from "../price_panes";
import { useReport } from "../recorded";
import { markersOf } from "./markers";
import { RangeSummary } from "./RangeSummary";
import type { Trade } from "./trades";
import { rangeParams, useSelection } from "./use_selection";
import { shownTile, tileOf } from "./tiles";
import { useEquityTile, usePriceTile } from "./use_tiles";

interface ResultChartsProps {
  readonly run: BacktestMessage;
  readonly result: RunResult;
  /** Undefined: they are on their way. */
  readonly trades: readonly Trade[] | undefined;
  readonly benchmark: string;
}

const HEIGHT = EQUITY_HEIGHT + UNDERWATER_HEIGHT + PRICES_HEIGHT + 28 + 20;
/** The address follows when a hand rests. */
const REST_MS = 250;
const NONE: readonly Trade[] = [];

/** Equity, drawdown, prices and trades of a run, on one axis; a part of it that is brushed filters all else. */
export function ResultCharts({ run, result, trades, benchmark }: ResultChartsProps) {
  const { selection, select } = useSelection();
  const { scale } = selection;
  const symbols = useReport()?.priced ?? run.spec.symbols;
  const symbol = symbols.find((each) => each === selection.symbol) ?? symbols[0];
  return (
    <Section
      title="Equity"
      actions={
        <>
          {symbols.length > 1 && (
            <Select
              size="xs"
              aria-label="Prices of"
              data={symbols}
              value={symbol ?? null}
              searchable
              allowDeselect={false}
              onChange={(each) => select({ symbol: each })}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="Scale"
            data={[
              { value: "linear", label: "Linear" },
              { value: "log", label: "Log" },
            ]}
            value={scale}
            onChange={(each) => select({ scale: each === "log" ? "log" : null })}
          />
        </>
      }
    >
      <LinkedCharts
        run={run}
        result={result}
        trades={trades}
        benchmark={benchmark}
        symbol={symbol}
        scale={scale}
        asked={selection.range}
        select={select}
      />
    </Section>
  );
}

interface LinkedChartsProps extends ResultChartsProps {
  readonly symbol: string | undefined;
  readonly scale: "linear" | "log";
  /** The range of the address. */
  readonly asked: TimeRange | undefined;
  readonly select: (change: Readonly<Record<string, string | null>>) => void;
}

/** Apart from what stands around them, for they follow each step of a hand; trades and sums wait until it rests. */
function LinkedCharts({ run, result, trades, benchmark, symbol, scale, asked, select }: LinkedChartsProps) {
  const { clock } = usePreferences();
  const keep = useCallback((found: TimeRange | undefined) => select(rangeParams(found)), [select]);
  const [range, setRange] = useRange(asked, keep);
  const [first, last] = [Date.parse(result.first_bar) / 1000, Date.parse(result.last_bar) / 1000];
  const tileAt = (seen: TimeRange | undefined) => tileOf(seen, first, last, result.bars);
  const rested = tileAt(asked);
  const { start, end } = shownTile(rested, tileAt(range), range) ?? {};
  const tile = useMemo(() => (start === undefined || end === undefined ? undefined : { start, end }), [start, end]);
  const whole = useEquityTile(run.id, undefined);
  const seen = useEquityTile(run.id, tile).data;
  const summed = useEquityTile(run.id, rested).data;
  const prices = usePriceTile(run.id, symbol, tile);
  const marksOf = result.bars > 20_000 ? asked : undefined;
  const markers = useMemo(() => markersOf(trades ?? NONE, symbol, marksOf), [trades, symbol, marksOf]);
  const pane = useMemo(
    (): PricePane | undefined =>
      prices.data === undefined ? undefined : { symbol: symbol ?? "", markers, ...prices.data },
    [prices.data, markers, symbol],
  );
  const hasTimes = secondsOfInterval(run.spec.interval) < 86_400;
  const format = useCallback(
    (time: number) => {
      const iso = new Date(time * 1000).toISOString();
      return hasTimes ? formatTime(iso, clock, "minute") : formatDay(iso);
    },
    [hasTimes, clock],
  );
  const showAll = useCallback(() => setRange(undefined), [setRange]);
  return (
    <Loaded query={whole} skeleton={<ChartSkeleton height={HEIGHT + 72} />}>
      {(all) => (
        <>
          <EquityCurve
            equity={(seen ?? all).equity}
            benchmark={(seen ?? all).benchmark}
            against={benchmark}
            drawdown={(seen ?? all).drawdown}
            prices={pane}
            hasPrices={prices.error === undefined}
            scale={scale}
            range={range}
            onRange={setRange}
            hasTimes={hasTimes}
          />
          <RangeBrush points={all.equity} range={range} onRange={setRange} format={format} label="Range of time" />
          <RangeSummary range={asked} curve={summed ?? all} trades={trades} format={format} onClear={showAll} />
        </>
      )}
    </Loaded>
  );
}

/** The range that is seen: at once here, and in the address when the hand rests; what the address says else counts. */
function useRange(asked: TimeRange | undefined, keep: (range: TimeRange | undefined) => void) {
  const [range, setRange] = useState(asked);
  const [before, setBefore] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const [own, setOwn] = useState<string>();
  if (before?.from !== asked?.from || before?.to !== asked?.to) {
    setBefore(asked);
    // What we wrote there ourselves is rounded: what is seen stays.
    if (addressOf(asked) !== own) setRange(asked);
  }
  // The newest one: what is chosen while the hand rests stays chosen.
  const keeping = useRef(keep);
  useEffect(() => {
    keeping.current = keep;
  });
  const change = useCallback((found: TimeRange | undefined) => {
    setRange(found);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setOwn(addressOf(found));
      keeping.current(found);
    }, REST_MS);
  }, []);
  return [range, change] as const;
}

function addressOf(range: TimeRange | undefined): string {
  return JSON.stringify(rangeParams(range));
}
