import { Tooltip } from "@mantine/core";
import { useGetBacktestTableQuery } from "@/api";
import { Empty, Loaded, TableSkeleton } from "@/app/states";
import type { TimeRange } from "@/charts";
import { figureText, Missing } from "@/format";
import { csvOf, WithFile, type CellValue, type Column } from "@/tables";
import classes from "./Result.module.css";

interface MonthlyTabProps {
  readonly backtest: string;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange | undefined) => void;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

type Row = Readonly<Record<string, unknown>>;
const column = (id: string, header: string): Column<Row> => ({ id, header, value: (row) => row[id] as CellValue });
const COLUMNS: readonly Column<Row>[] = [
  column("year", "Year"),
  ...MONTHS.map((each, at) => column(String(at + 1), each)),
  column("whole_year", "Whole year"),
  column("benchmark", "Benchmark"),
];

/** Returns by month and year; each a button that shows it on the chart. */
export function MonthlyTab({ backtest, range, onRange }: MonthlyTabProps) {
  const query = useGetBacktestTableQuery({ backtest, table: "monthly" });
  return (
    <Loaded query={query} skeleton={<TableSkeleton rows={12} />}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="The run is shorter than a month" />
        ) : (
          <WithFile name="monthly returns" csv={() => csvOf(COLUMNS, data)}>
            <div className={classes["wide"]}>
              <table className={classes["months"]} aria-label="Monthly returns in percent">
                <thead>
                  <tr>
                    <th scope="col">%</th>
                    {[...MONTHS, "Year", "Benchmark"].map((each) => (
                      <th key={each} scope="col">
                        {each}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>{data.map((row) => line(row, range, onRange))}</tbody>
              </table>
            </div>
          </WithFile>
        )
      }
    </Loaded>
  );
}

function line(row: Row, range: TimeRange | undefined, onRange: MonthlyTabProps["onRange"]) {
  const year = Number(row["year"]);
  const cell = (value: unknown, name: string, own: TimeRange) => (
    <Cell
      key={name}
      value={typeof value === "number" ? value : null}
      name={name}
      isChosen={
        range !== undefined && Math.abs(range.from - own.from) < 2 * DAY && Math.abs(range.to - own.to) < 2 * DAY
      }
      onClick={(isChosen) => onRange(isChosen ? undefined : own)}
    />
  );
  const benchmark = row["benchmark"];
  return (
    <tr key={year}>
      <th scope="row">{year}</th>
      {MONTHS.map((name, month) => cell(row[String(month + 1)], `${name} ${year}`, spanOf(year, month, 1)))}
      {cell(row["whole_year"], `${year}`, spanOf(year, 0, 12))}
      <td>
        <span>
          {typeof benchmark === "number" ? percent(benchmark) : <Missing why="The benchmark has no whole year here." />}
        </span>
      </td>
    </tr>
  );
}

interface CellProps {
  readonly value: number | null;
  readonly name: string;
  readonly isChosen: boolean;
  readonly onClick: (isChosen: boolean) => void;
}

function Cell({ value, name, isChosen, onClick }: CellProps) {
  if (value === null) return <td />;
  return (
    <td>
      <Tooltip label={name} openDelay={300}>
        <button
          type="button"
          aria-pressed={isChosen}
          aria-label={`${name}: ${percent(value)}%`}
          style={{ background: tint(value) }}
          onClick={() => onClick(isChosen)}
        >
          {percent(value)}
        </button>
      </Tooltip>
    </td>
  );
}

const DAY = 86_400;

function percent(value: number): string {
  return figureText(value * 100, "decimal", 1, true);
}

/** Stronger for more, to a fifth; text on it stays readable. */
function tint(value: number): string | undefined {
  if (value === 0) return undefined;
  const strength = Math.round(Math.min(Math.abs(value) / 0.2, 1) * 36 + 4);
  return `color-mix(in srgb, var(--${value > 0 ? "gain" : "loss"}) ${strength}%, transparent)`;
}

/** Seconds since 1970 of a number of months. */
function spanOf(year: number, month: number, months: number): TimeRange {
  return { from: Date.UTC(year, month, 1) / 1000, to: Date.UTC(year, month + months, 0) / 1000 };
}
