import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatLatency } from "@/format";
import { TEXT_SIZE, useColours } from "./colours";
import { latencyBins, type LatencyBin, type LatencyBucket } from "./latency_bins";
import classes from "./LatencyHistogram.module.css";

interface LatencyHistogramProps {
  readonly label: string;
  readonly height: number;
  /** Those that are not empty, shortest first. */
  readonly buckets: readonly LatencyBucket[];
  /** Marked with a line each: "p99" in microseconds. */
  readonly quantiles: Readonly<Record<string, number | null>>;
}

/** How many took how long; each bar is a quarter longer than the one before. */
export function LatencyHistogram({ label, height, buckets, quantiles }: LatencyHistogramProps) {
  const colours = useColours();
  const bins = latencyBins(buckets);
  const marks = Object.entries(quantiles).flatMap(([name, at]) => {
    const bin = at === null ? undefined : bins.find((each) => at <= each.to);
    return bin === undefined ? [] : [{ name, bin: bin.name }];
  });
  return (
    <figure className={classes["chart"]} aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart data={bins} barCategoryGap={1} margin={{ top: 18, right: 28, bottom: 0, left: 0 }}>
          <XAxis
            dataKey="name"
            stroke={colours.line}
            tick={{ fill: colours.faint, fontSize: TEXT_SIZE }}
            tickLine={false}
            minTickGap={24}
          />
          <YAxis
            width={52}
            stroke={colours.line}
            tick={{ fill: colours.faint, fontSize: TEXT_SIZE }}
            tickFormatter={formatCount}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
          />
          <Tooltip
            cursor={{ fill: colours.line }}
            content={({ payload }) => <Hovered bin={payload[0]?.payload as LatencyBin | undefined} />}
          />
          <Bar dataKey="count" fill={colours.accent} isAnimationActive={false} />
          {merged(marks).map(({ name, bin }) => (
            <ReferenceLine
              key={name}
              x={bin}
              stroke={colours.text}
              strokeDasharray="2 2"
              label={{
                value: name,
                position: "top",
                dx: name === "p99" ? -10 : name === "p99.9" ? 10 : 0,
                fill: colours.text,
                fontSize: TEXT_SIZE,
              }}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}

function Hovered({ bin }: { readonly bin: LatencyBin | undefined }) {
  if (bin === undefined) return null;
  return (
    <div className={classes["hovered"]}>
      {Number.isFinite(bin.to) ? `up to ${formatLatency(bin.to)}` : "longer"}: {formatCount(bin.count)}
    </div>
  );
}

/** Quantiles of one bar share a line. */
function merged(marks: readonly { name: string; bin: string }[]): readonly { name: string; bin: string }[] {
  const found = new Map<string, string>();
  for (const { name, bin } of marks) found.set(bin, found.has(bin) ? `${found.get(bin) ?? ""}, ${name}` : name);
  return [...found].map(([bin, name]) => ({ name, bin }));
}
