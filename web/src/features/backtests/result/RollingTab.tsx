import { useMemo } from "react";
import { ChartSkeleton, Empty, Loaded } from "@/app/states";
import { TimeChart, type ColourName, type Pane, type TimeRange } from "@/charts";
import { formatNumber, formatPercent } from "@/format";
import { useRollingQuery, type RollingRow } from "./tables";

interface RollingTabProps {
  readonly backtest: string;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange) => void;
}

const HEIGHT = 160;
/** More points than pixels say nothing more. */
const MOST = 4000;

/** Sharpe ratio, volatility and beta over the last half year. */
export function RollingTab({ backtest, range, onRange }: RollingTabProps) {
  const query = useRollingQuery(backtest);
  return (
    <Loaded query={query} skeleton={<ChartSkeleton height={3 * HEIGHT + 28} />}>
      {({ rows }) => <Rolling rows={rows} range={range} onRange={onRange} />}
    </Loaded>
  );
}

function Rolling({
  rows,
  range,
  onRange,
}: Omit<RollingTabProps, "backtest"> & { readonly rows: readonly RollingRow[] }) {
  const panes = useMemo(() => {
    const stride = Math.ceil(rows.length / MOST);
    const kept = rows.filter((row, at) => at % stride === 0 && !Number.isNaN(row.volatility));
    const times = kept.map((each) => each.time);
    const pane = (
      id: "sharpe" | "volatility" | "beta",
      name: string,
      colour: ColourName,
      format: (value: number) => string,
    ): Pane => ({
      id,
      height: HEIGHT,
      format,
      series: [{ id, name, kind: "line", colour, data: { times, values: kept.map((each) => each[id]) } }],
    });
    const two = (value: number) => formatNumber(value, { digits: 2 });
    return [
      pane("sharpe", "Sharpe ratio", "accent", two),
      pane("volatility", "Volatility", "warn", (value) => formatPercent(value, 1)),
      pane("beta", "Beta to the benchmark", "benchmark", two),
    ];
  }, [rows]);
  if ((panes[0]?.series[0]?.data.times.length ?? 0) === 0)
    return <Empty title="The run is shorter than the window">Rolling figures are of the last half year.</Empty>;
  return <TimeChart panes={panes} label="Rolling figures" range={range} onRange={onRange} />;
}
