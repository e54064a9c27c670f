import type { MetricMessage } from "@/api";
import { Stat, Stats } from "@/app/Page";
import { Figure } from "@/format";

/** The figures that are looked at first; `as` by what they are. */
const FIRST = [
  { name: "cagr", label: "CAGR", as: "percent", signed: true },
  { name: "sharpe", label: "Sharpe", as: "decimal" },
  { name: "max_drawdown", label: "Max drawdown", as: "percent" },
  { name: "profit_factor", label: "Profit factor", as: "decimal" },
  { name: "trades", label: "Trades", as: "decimal", digits: 0 },
  { name: "exposure", label: "Exposure", as: "percent" },
] as const;

export function PerformanceMetrics({ metrics }: { readonly metrics: Readonly<Record<string, MetricMessage>> }) {
  return (
    <Stats>
      {FIRST.map(({ name, label, ...how }) => (
        <Stat key={name} label={label}>
          <Figure
            value={metrics[name]?.value}
            why={metrics[name]?.undefined_because ?? "It was not computed."}
            {...how}
          />
        </Stat>
      ))}
    </Stats>
  );
}
