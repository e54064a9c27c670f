import type { CSSProperties } from "react";
import type { FigureMessage } from "@/api";
import { csvOf, WithFile, type Column } from "@/tables";
import classes from "./Metric.module.css";
import { MetricValue, metricText } from "./MetricValue";

interface AllMetricsProps {
  readonly figures: readonly FigureMessage[];
  readonly benchmark: string;
}

const COLUMNS: readonly Column<FigureMessage>[] = [
  { id: "group", header: "Group", value: (each) => each.group },
  { id: "metric", header: "Metric", value: (each) => each.label },
  { id: "run", header: "Run", value: (each) => each.value },
  { id: "benchmark", header: "Benchmark", value: (each) => each.benchmark },
  { id: "unit", header: "Unit", value: (each) => each.unit },
];

/** Every metric, by group, with the benchmark's. */
export function AllMetrics({ figures, benchmark }: AllMetricsProps) {
  const groups = [...new Set(figures.map((each) => each.group))];
  // Columns of all groups are as wide as the widest of them, so that they line up.
  const widths = {
    "--run": `${longest(figures.map(({ value, unit }) => (value === null ? "n/a" : metricText(value, unit))))}ch`,
    "--benchmark-run": `${longest([benchmark, ...figures.map((each) => benchmarkText(each))])}ch`,
  } as CSSProperties;
  return (
    <WithFile name="metrics" csv={() => csvOf(COLUMNS, figures)}>
      <div className={classes["groups"]} style={widths}>
        {groups.map((group) => (
          <div key={group} className={classes["group"]}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{group}</th>
                  <td>Run</td>
                  <td>{figures.some((each) => each.group === group && each.benchmark !== null) ? benchmark : ""}</td>
                </tr>
              </thead>
              <tbody>
                {figures
                  .filter((each) => each.group === group)
                  .map((figure) => (
                    <tr key={figure.name}>
                      <th scope="row">{figure.label}</th>
                      <td>
                        <MetricValue figure={figure} />
                      </td>
                      <td>{benchmarkText(figure)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        ))}
      </div>
    </WithFile>
  );
}

function benchmarkText({ benchmark, unit }: FigureMessage): string {
  return benchmark === null ? "" : metricText(benchmark, unit);
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((each) => each.length));
}
