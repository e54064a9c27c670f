import { useMemo } from "react";
import { Section } from "@/app/Page";
import { Empty } from "@/app/states";
import { formatNumber, Missing } from "@/format";
import { DataTable, type Column } from "@/tables";
import { howShown, MetricValue } from "../result/MetricValue";
import classes from "./Compare.module.css";
import { differencesOf, type ComparedRun, type Difference } from "./compared";

interface CompareTablesProps {
  readonly runs: readonly ComparedRun[];
}

interface MetricRow {
  readonly name: string;
  readonly label: string;
  readonly group: string;
}

/** What was asked for differently, and what came of it. */
export function CompareTables({ runs }: CompareTablesProps) {
  const differences = useMemo(() => differencesOf(runs.map((each) => each.run)), [runs]);
  const columns = useMemo(() => metricColumns(runs), [runs]);
  return (
    <>
      <Section title="Parameters that differ">
        <DataTable
          name="differences"
          columns={differenceColumns(runs)}
          rows={differences}
          keyOf={(each) => each.name}
          withSearch={false}
          empty={
            <Empty title="They were asked for alike">What differs is when they ran, or the data of that time.</Empty>
          }
        />
      </Section>
      <Section title="Figures">
        <DataTable
          name="figures"
          columns={columns}
          rows={runs[0]?.figures.figures ?? []}
          keyOf={(each) => each.name}
          most={60}
          empty={null}
        />
      </Section>
    </>
  );
}

function differenceColumns(runs: readonly ComparedRun[]): readonly Column<Difference>[] {
  return [
    { id: "name", header: "What", value: (row) => row.name },
    ...runs.map((each, at): Column<Difference> => ({
      id: each.run.id,
      header: `Run ${at + 1}`,
      value: (row) => row.values[at],
      why: "It has none.",
    })),
  ];
}

function metricColumns(runs: readonly ComparedRun[]): readonly Column<MetricRow>[] {
  const byName = runs.map((each) => new Map(each.figures.figures.map((one) => [one.name, one])));
  return [
    { id: "label", header: "Figure", value: (row) => row.label },
    { id: "group", header: "Of", value: (row) => row.group },
    ...runs.map(({ run }, at): Column<MetricRow> => ({
      id: run.id,
      header: `Run ${at + 1}`,
      kind: "decimal",
      value: (row) => byName[at]?.get(row.name)?.value,
      cell: (row) => {
        const figure = byName[at]?.get(row.name);
        if (figure === undefined) return <Missing why="This run has no such figure." />;
        const base = at === 0 ? undefined : byName[0]?.get(row.name)?.value;
        return (
          <span className={classes["cell"]}>
            <MetricValue figure={figure} />
            {at > 0 && <small>{changeText(figure.value, base, figure.unit)}</small>}
          </span>
        );
      },
    })),
  ];
}

/** By how much it differs from the first run; in points where it is a percentage. */
export function changeText(value: number | null, base: number | null | undefined, unit: string): string {
  if (value === null || base === null || base === undefined) return "";
  const { as, digits } = howShown(unit);
  if (value === base) return "=";
  return as === "percent"
    ? `${formatNumber((value - base) * 100, { digits, signed: true })} pp`
    : formatNumber(value - base, { digits, signed: true });
}
