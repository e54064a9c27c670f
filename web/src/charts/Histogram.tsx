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

interface HistogramProps {
  readonly bins: readonly Bin[];
  readonly name: string;
  /** The place of the bar that is looked at alone. */
  readonly chosen?: number | undefined;
  /** A bar was chosen: its column was clicked, or Enter pressed where the arrow keys lead. */
  readonly onChoose?: (at: number) => void;
}

/** How often shares were how large; those below 0 in the colour of losses. */
export function Histogram({ bins, name, chosen, onChoose }: HistogramProps) {
  const colours = useColours();
  const choose = (at: number) => {
    if ((bins[at]?.count ?? 0) > 0) onChoose?.(at);
  };
  const all = formatCount(bins.reduce((sum, each) => sum + each.count, 0));
  const [low, high] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  return (
    <figure
      aria-label={`${name}: ${all} from ${formatPercent(low)} to ${formatPercent(high)}`}
      style={{ margin: 0, cursor: onChoose === undefined ? undefined : "pointer" }}
      onKeyDown={({ key, currentTarget }) => {
        const pointed = currentTarget.querySelector<HTMLElement>("[data-bar]")?.dataset["bar"];
        if (key === "Enter" && pointed !== undefined) choose(Number(pointed));
      }}
    >
      <ResponsiveContainer width="100%" height={SMALL_HEIGHT} initialDimension={FIRST_SIZE}>
        <BarChart
          data={bins.map((bin, at) => ({
            ...bin,
            at,
            fill: bin.from < 0 ? colours.loss : colours.gain,
            fillOpacity: chosen === undefined || chosen === at ? 1 : 0.3,
          }))}
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
              const bin = payload[0]?.payload as (Bin & { readonly at: number }) | undefined;
              if (bin === undefined) return null;
              const range = `${formatPercent(bin.from)} to ${formatPercent(bin.to)}`;
              return (
                <div data-bar={bin.at}>
                  <ChartNote lines={[range, `${formatCount(bin.count)} times`]} />
                </div>
              );
            }}
          />
          <Bar
            dataKey="count"
            isAnimationActive={false}
            background={{ fill: "transparent" }} // the whole column is clicked
            onClick={({ payload }) => choose((payload as { readonly at: number }).at)}
          />
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
