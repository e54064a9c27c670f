import type { HistogramMessage } from "@/api";
import { Section } from "@/app/Page";
import { Empty } from "@/app/states";
import { Histogram } from "@/charts";
import { formatCount } from "@/format";
import classes from "./Result.module.css";
import { countChanges } from "./bins";
import type { Trade } from "./trades";
import { VarTest } from "./VarTest";

interface DistributionTabProps {
  readonly backtest: string;
  readonly histogram: HistogramMessage | null;
  /** Of the range that is seen. */
  readonly trades: readonly Trade[];
}

export function DistributionTab({ backtest, histogram, trades }: DistributionTabProps) {
  const bins = countChanges(trades.map((each) => each.change));
  return (
    <div className={classes["parts"]}>
      <div className={classes["charts"]}>
        <Section title={histogram === null ? "Returns" : `Returns of a ${histogram.period}`}>
          {histogram === null ? (
            <Empty title="Returns do not vary" />
          ) : (
            <>
              <Histogram
                name="Returns"
                bins={histogram.counts.map((count, at) => ({
                  from: histogram.edges[at] ?? 0,
                  to: histogram.edges[at + 1] ?? 0,
                  count,
                }))}
              />
              <div className={classes["summary"]}>
                {formatCount(histogram.returns)} returns of the whole run; {formatCount(histogram.zeros)} without a
                position are left out, {formatCount(histogram.tails)} beyond the ends are in the outer bars.
              </div>
            </>
          )}
        </Section>
        <Section title="Returns of trades">
          {bins.length === 0 ? (
            <Empty title="There are too few trades here" />
          ) : (
            <>
              <Histogram name="Returns of trades" bins={bins} />
              <div className={classes["summary"]}>{formatCount(trades.length)} trades of what is seen.</div>
            </>
          )}
        </Section>
      </div>
      <VarTest backtest={backtest} />
    </div>
  );
}
