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
  return (
    <WithFile name="metrics" csv={() => csvOf(COLUMNS, figures)}>
      <div className={classes["groups"]}>
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
                      <td>{figure.benchmark === null ? "" : metricText(figure.benchmark, figure.unit)}</td>
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
