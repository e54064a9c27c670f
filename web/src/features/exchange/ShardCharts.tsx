import { useMemo } from "react";
import { TimeChart, type Pane, type Points } from "@/charts";
import { formatLatency, formatNumber } from "@/format";
import type { Sample } from "./exchange_history";

const rate = (value: number) => formatNumber(value, { digits: value < 10 ? 1 : 0 });
const lag = (value: number) => `${formatNumber(value, { digits: 0 })} ms`;

/** The last minutes of a shard, as long as this page is open. */
export function ShardCharts({ samples }: { readonly samples: readonly Sample[] }) {
  const panes = useMemo((): Pane[] => {
    const points = (of: (sample: Sample) => number | undefined): Points => {
      const known = samples.filter((each) => of(each) !== undefined);
      return { times: known.map((each) => Math.floor(each.time)), values: known.map((each) => of(each) ?? NaN) };
    };
    return [
      {
        id: "rate",
        height: 120,
        format: rate,
        series: [
          { id: "rate", name: "Commands a second", kind: "area", colour: "accent", data: points((each) => each.rate) },
        ],
      },
      {
        id: "latency",
        height: 120,
        format: formatLatency,
        series: [
          { id: "p50", name: "p50", kind: "line", colour: "benchmark", data: points((each) => each.p50) },
          { id: "p99", name: "p99", kind: "line", colour: "accent", data: points((each) => each.p99) },
        ],
      },
      {
        id: "lag",
        height: 90,
        format: lag,
        series: [{ id: "lag", name: "Journal lag", kind: "area", colour: "warn", data: points((each) => each.lagMs) }],
      },
    ];
  }, [samples]);
  const [first, last] = [samples[0], samples.at(-1)];
  const range = useMemo(
    () => (first === undefined || last === undefined ? undefined : { from: first.time, to: last.time }),
    [first, last],
  );
  return (
    <TimeChart
      panes={panes}
      range={range}
      label="Commands, latencies and journal lag of the last minutes"
      hasTimes
      hasSeconds
    />
  );
}
