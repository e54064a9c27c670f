import { useMemo } from "react";
import { useGetBacktestAccountQuery, type RunAccount } from "@/api";
import { ChartSkeleton, Empty, Loaded } from "@/app/states";
import { TimeChart, type TimeRange } from "@/charts";
import { formatCount } from "@/format";
import { exposurePanes } from "./account";
import classes from "./Result.module.css";

interface ExposureTabProps {
  readonly backtest: string;
  readonly hasSymbols: boolean;
  readonly hasTimes: boolean;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange) => void;
}

/** How much of its equity a run had at stake, long and short, and in which symbols. */
export function ExposureTab({ backtest, ...rest }: ExposureTabProps) {
  const query = useGetBacktestAccountQuery({ backtest });
  return (
    <Loaded query={query} skeleton={<ChartSkeleton height={rest.hasSymbols ? 488 : 248} />}>
      {(account) => <Curves account={account} {...rest} />}
    </Loaded>
  );
}

function Curves({
  account,
  hasSymbols,
  ...chart
}: Omit<ExposureTabProps, "backtest"> & { readonly account: RunAccount }) {
  const panes = useMemo(() => exposurePanes(account.exposure), [account.exposure]);
  if (account.held === 0) return <Empty title="The run never held anything" />;
  return (
    <>
      <TimeChart panes={panes} label="Exposure" {...chart} />
      <div className={classes["summary"]}>{notes(account, hasSymbols).join(" ")}</div>
    </>
  );
}

function notes({ bars, exposure, held }: RunAccount, hasSymbols: boolean): string[] {
  const [points, weights] = [exposure.timestamp.length, exposure.weights.length];
  return [
    "Values of positions at closes, as shares of equity.",
    ...(points < bars
      ? [
          `${formatCount(bars)} bars are drawn as ${formatCount(points)} points, each the bar with the largest gross exposure of those it stands for.`,
        ]
      : []),
    ...(weights > 0 && weights < held
      ? [`Below are the ${formatCount(weights)} largest of ${formatCount(held)} symbols that were held.`]
      : []),
    ...(hasSymbols && weights === 0 ? ["Weights of symbols need their prices, which are not stored any more."] : []),
  ];
}
