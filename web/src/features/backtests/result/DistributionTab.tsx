import { Anchor } from "@mantine/core";
import { skipToken } from "@reduxjs/toolkit/query";
import { useMemo } from "react";
import type { HistogramMessage } from "@/api";
import { Section } from "@/app/Page";
import { Empty } from "@/app/states";
import { Histogram, type TimeRange } from "@/charts";
import { formatCount } from "@/format";
import { useReport } from "../recorded";
import classes from "./Result.module.css";
import { countChanges, isChosen, returnBins, spanOfBar, type Span } from "./bins";
import { ChosenBar } from "./ChosenBar";
import { useReturnsQuery, type ReturnRow } from "./tables";
import type { Trade } from "./trades";
import { VarTest } from "./VarTest";

interface DistributionTabProps {
  readonly backtest: string;
  readonly histogram: HistogramMessage | null;
  readonly range: TimeRange | undefined;
  /** Of the range that is seen, of all returns. */
  readonly trades: readonly Trade[];
  /** How many of them are chosen. */
  readonly chosen: number;
  readonly tradeReturn: Span | undefined;
  readonly runReturn: Span | undefined;
  readonly onTradeReturn: (span: Span | undefined) => void;
  readonly onRunReturn: (span: Span | undefined) => void;
  readonly onShowTrades: () => void;
}

/** Bars that are chosen leave only their trades, in the log and on the chart. */
export function DistributionTab(props: DistributionTabProps) {
  const { backtest, histogram, range, trades, chosen, tradeReturn, onTradeReturn, onShowTrades } = props;
  const bins = useMemo(() => countChanges(trades.map((each) => each.change)), [trades]);
  const spans = bins.map(({ from, to }): Span => ({ low: from, high: to }));
  const isNarrowed = tradeReturn !== undefined || props.runReturn !== undefined;
  return (
    <div className={classes["parts"]}>
      <div className={classes["charts"]}>
        <Section title={histogram === null ? "Returns" : `Returns of a ${histogram.period}`}>
          {histogram === null ? (
            <Empty title="Returns do not vary" />
          ) : (
            <RunReturns {...props} histogram={histogram} range={range} />
          )}
        </Section>
        <Section title="Returns of trades">
          {bins.length === 0 ? (
            <Empty title="There are too few trades here" />
          ) : (
            <Histogram
              name="Returns of trades"
              bins={bins}
              chosen={placeOf(spans, tradeReturn)}
              onChoose={(at) => onTradeReturn(toggled(spans[at], tradeReturn))}
            />
          )}
          <div className={classes["summary"]} role="status">
            <ChosenBar what="trade-return" span={tradeReturn} onClear={() => onTradeReturn(undefined)} />
            {isNarrowed ? (
              <Anchor component="button" type="button" inherit onClick={onShowTrades}>
                Show {formatCount(chosen)} {chosen === 1 ? "trade" : "trades"}
              </Anchor>
            ) : (
              <span>{formatCount(trades.length)} trades of what is seen. A bar leaves only its own.</span>
            )}
          </div>
        </Section>
      </div>
      <VarTest backtest={backtest} />
    </div>
  );
}

interface RunReturnsProps extends DistributionTabProps {
  readonly histogram: HistogramMessage;
}

/** A report has no rows of returns: there its bars are those of the whole run, and none can be chosen. */
function RunReturns({ backtest, histogram, range, runReturn, onRunReturn }: RunReturnsProps) {
  const isRecorded = useReport() !== undefined;
  const { data } = useReturnsQuery(range === undefined || isRecorded ? skipToken : backtest);
  const seen = useMemo(
    () => (range === undefined || data === undefined ? undefined : endingWithin(data.rows, range)),
    [data, range],
  );
  const { edges } = histogram;
  const bins = useMemo(() => returnBins(histogram, seen), [histogram, seen]);
  const spans = bins.map((_, at) => spanOfBar(edges, at));
  const choice = isRecorded
    ? {}
    : {
        chosen: placeOf(spans, runReturn),
        onChoose: (at: number) => onRunReturn(toggled(spans[at], runReturn)),
      };
  return (
    <>
      <Histogram name="Returns" bins={bins} {...choice} />
      <div className={classes["summary"]} role="status">
        {runReturn !== undefined ? (
          <ChosenBar
            what="run-return"
            span={runReturn}
            period={histogram.period}
            onClear={() => onRunReturn(undefined)}
          />
        ) : seen === undefined ? (
          <span>
            {formatCount(histogram.returns)} returns of the whole run; {formatCount(histogram.zeros)} without a position
            are left out, {formatCount(histogram.tails)} beyond the ends are in the outer bars.
          </span>
        ) : (
          <span>
            {formatCount(seen.length)} returns of what is seen;{" "}
            {formatCount(seen.filter(({ change }) => change === 0).length)} without a position are left out.
          </span>
        )}
      </div>
    </>
  );
}

function endingWithin(rows: readonly ReturnRow[], { from, to }: TimeRange): readonly ReturnRow[] {
  return rows.filter(({ until }) => until >= from && until <= to);
}

function placeOf(spans: readonly Span[], span: Span | undefined): number | undefined {
  const at = spans.findIndex((each) => isChosen(span, each));
  return at < 0 ? undefined : at;
}

/** Who chooses it again lets it go. */
function toggled(span: Span | undefined, before: Span | undefined): Span | undefined {
  return span === undefined || isChosen(before, span) ? undefined : span;
}
