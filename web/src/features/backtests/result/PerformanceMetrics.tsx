import type { FigureMessage, RunResult } from "@/api";
import { Stat, Stats } from "@/app/Page";
import { Missing } from "@/format";
import { MetricValue, metricText } from "./MetricValue";

/** The figures that are looked at first. */
const FIRST: readonly (readonly [name: string, label: string, unit: FigureMessage["unit"]])[] = [
  ["cagr", "CAGR", "percent"],
  ["sharpe", "Sharpe", "ratio"],
  ["max_drawdown", "Max drawdown", "percent"],
  ["profit_factor", "Profit factor", "ratio"],
  ["trades", "Closed trades", "count"],
  ["exposure", "Exposure", "percent"],
];
const NOTHING = "\u00a0";
const SIGNED = new Set(["cagr", "total_return"]);
interface PerformanceMetricsProps {
  readonly figures: readonly FigureMessage[];
  /** What the run is compared with. */
  readonly benchmark: string;
}

/** The strip of first figures, each with its benchmark's below. */
export function PerformanceMetrics({ figures, benchmark }: PerformanceMetricsProps) {
  const byName = new Map(figures.map((each) => [each.name, each]));
  return (
    <Stats>
      {FIRST.map(([name, label]) => {
        const figure = byName.get(name);
        return (
          <Stat key={name} label={label} under={figure === undefined ? NOTHING : under(figure, byName, benchmark)}>
            {figure === undefined ? (
              <Missing why="It was not computed." />
            ) : (
              <MetricValue figure={figure} isSigned={SIGNED.has(name)} />
            )}
          </Stat>
        );
      })}
    </Stats>
  );
}

function under(figure: FigureMessage, all: ReadonlyMap<string, FigureMessage>, benchmark: string): string {
  if (figure.benchmark !== null) return `${benchmark} ${metricText(figure.benchmark, figure.unit)}`;
  const beside = { profit_factor: "win_rate", trades: "average_duration", exposure: "turnover" }[figure.name];
  const found = beside === undefined ? undefined : all.get(beside);
  if (found === undefined || found.value === null) return NOTHING;
  return `${found.label.toLowerCase()} ${metricText(found.value, found.unit)}`;
}

/** What is known of them at once, before their formulas and the benchmark's come. */
export function firstFigures({ metrics, metrics_basis: basis }: RunResult): FigureMessage[] {
  return FIRST.flatMap(([name, label, unit]) => {
    const metric = metrics[name];
    if (metric === undefined) return [];
    return [{ ...metric, name, label, unit, group: "", formula: "", sample: basis, source: "", benchmark: null }];
  });
}
