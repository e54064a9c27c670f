import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatPercent } from "@/format";
import { useColours } from "./colours";
import { AXIS, ChartNote, FIRST_SIZE, SMALL_HEIGHT, SPACE } from "./small_chart";

/** Of shares: 0.1 is 10%. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How often shares were how large; those below 0 in the colour of losses. */
export function Histogram({ bins, name }: { readonly bins: readonly Bin[]; readonly name: string }) {
  const colours = useColours();
  const all = formatCount(bins.reduce((sum, each) => sum + each.count, 0));
  const [low, high] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  return (
    <figure aria-label={`${name}: ${all} from ${formatPercent(low)} to ${formatPercent(high)}`} style={{ margin: 0 }}>
      <ResponsiveContainer width="100%" height={SMALL_HEIGHT} initialDimension={FIRST_SIZE}>
        <BarChart
          data={bins.map((bin) => ({ ...bin, fill: bin.from < 0 ? colours.loss : colours.gain }))}
          margin={SPACE}
          barCategoryGap={1}
        >
          <CartesianGrid vertical={false} stroke={colours.line} />
          <XAxis
            {...AXIS}
            dataKey="from"
            stroke={colours.faint}
            tickFormatter={(value: number) => formatPercent(value, 1)}
            minTickGap={32}
          />
          <YAxis {...AXIS} stroke={colours.faint} width={48} allowDecimals={false} tickFormatter={formatCount} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: colours.line }}
            content={({ payload }) => {
              const bin = payload[0]?.payload as Bin | undefined;
              if (bin === undefined) return null;
              const range = `${formatPercent(bin.from)} to ${formatPercent(bin.to)}`;
              return <ChartNote lines={[range, `${formatCount(bin.count)} times`]} />;
            }}
          />
          <Bar dataKey="count" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
