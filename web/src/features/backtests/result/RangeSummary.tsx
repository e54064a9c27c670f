import { Button } from "@mantine/core";
import { memo, useMemo } from "react";
import { placeOf, type Points, type TimeRange } from "@/charts";
import { Figure, formatCount } from "@/format";
import classes from "./Result.module.css";
import { tradesWithin, type Trade } from "./trades";
import type { CurveTile } from "./tiles";

interface RangeSummaryProps {
  readonly range: TimeRange | undefined;
  readonly curve: CurveTile;
  readonly trades: readonly Trade[] | undefined;
  readonly format: (time: number) => string;
  readonly onClear: () => void;
}

/** What the part that is seen says; its line is there from the beginning, so that nothing moves. */
export const RangeSummary = memo(function RangeSummary({ range, curve, trades, format, onClear }: RangeSummaryProps) {
  const told = useMemo(() => (range === undefined ? undefined : sumUp(curve, range)), [curve, range]);
  const count = useMemo(() => tradesWithin(trades ?? [], range).length, [trades, range]);
  if (range === undefined || told === undefined)
    return (
      <div className={`${classes["summary"] ?? ""} ${classes["hint"] ?? ""}`}>
        Draw over the small curve, or zoom the chart, to look at a part.
      </div>
    );
  return (
    <div className={classes["summary"]} role="status">
      <b>
        {format(range.from)} to {format(range.to)}
      </b>
      <span>
        return <Figure value={told.change} as="percent" signed />
      </span>
      {told.against !== undefined && (
        <span>
          benchmark <Figure value={told.against} as="percent" signed />
        </span>
      )}
      <span>
        deepest drawdown <Figure value={told.deepest} as="percent" />
      </span>
      <span>{formatCount(count)} trades</span>
      <Button size="compact-xs" variant="subtle" onClick={onClear}>
        Show all
      </Button>
    </div>
  );
});

/** Of a range: change of the equity and of the benchmark, and the deepest drawdown within it alone. */
export function sumUp({ equity, benchmark }: Pick<CurveTile, "equity" | "benchmark">, range: TimeRange) {
  const [from, to] = [Math.max(placeOf(equity.times, range.from), 0), placeOf(equity.times, range.to)];
  let [highest, deepest] = [-Infinity, 0];
  for (let at = from; at <= to; at += 1) {
    const value = equity.values[at] ?? NaN;
    highest = Math.max(highest, value);
    deepest = Math.min(deepest, value / highest - 1);
  }
  const against = benchmark === undefined ? undefined : changeOf(benchmark, from, to);
  return { change: changeOf(equity, from, to), against, deepest };
}

function changeOf({ values }: Points, from: number, to: number): number {
  return (values[to] ?? NaN) / (values[from] ?? NaN) - 1;
}
