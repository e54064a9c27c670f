import { Day, Figure, Missing, Moment } from "@/format";
import type { Column } from "./columns";

interface CellProps<Row> {
  readonly column: Column<Row>;
  readonly row: Row;
}

export function Cell<Row>({ column, row }: CellProps<Row>) {
  if (column.cell !== undefined) return column.cell(row);
  const value = column.value(row);
  const why = typeof column.why === "function" ? column.why(row) : (column.why ?? "It is not known.");
  if (value === null || value === undefined || value === "") return <Missing why={why} />;
  if (typeof value === "boolean") return value ? "yes" : "no";
  switch (column.kind) {
    case "decimal":
    case "percent": {
      const { digits, signed = false } = column;
      return <Figure value={value} as={column.kind} signed={signed} {...(digits === undefined ? {} : { digits })} />;
    }
    case "time":
      return column.precision === "day" ? (
        <Day at={String(value)} />
      ) : (
        <Moment at={value} precision={column.precision ?? "second"} />
      );
    default:
      return String(value);
  }
}
