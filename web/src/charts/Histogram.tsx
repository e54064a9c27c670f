import { formatCount, formatPercent } from "@/format";
import { Plot } from "./Plot";
import classes from "./Plot.module.css";

/** Of shares: 0.1 is 10%. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How often shares were how large; those below 0 in the colour of losses. */
export function Histogram({ bins, name }: { readonly bins: readonly Bin[]; readonly name: string }) {
  const most = Math.max(...bins.map((each) => each.count), 1);
  const [low, high] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  return (
    <Plot
      label={`${name}: ${formatCount(bins.reduce((sum, each) => sum + each.count, 0))} from ${formatPercent(low)} to ${formatPercent(high)}`}
      x={{ low, high, format: (value) => formatPercent(value, 1) }}
      y={{ low: 0, high: most, format: formatCount }}
      tipAt={(x, _, scale) => {
        const bin = bins.find((each) => x >= scale.x(each.from) && x < scale.x(each.to));
        if (bin === undefined) return undefined;
        const lines = [`${formatPercent(bin.from)} to ${formatPercent(bin.to)}`, `${formatCount(bin.count)} times`];
        return { x: scale.x(bin.to), y: Math.max(scale.y(bin.count) - 24, 0), lines };
      }}
    >
      {({ x, y }) =>
        bins.map(({ from, to, count }) => (
          <rect
            key={from}
            className={classes[from < 0 ? "loss" : "gain"]}
            x={x(from)}
            y={y(count)}
            width={Math.max(x(to) - x(from) - 1, 1)}
            height={y(0) - y(count)}
          />
        ))
      }
    </Plot>
  );
}
