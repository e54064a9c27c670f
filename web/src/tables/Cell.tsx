import type { ReactNode } from "react";
import { DateText, figureText, formatDay, formatTime, gainClass, Missing, type Clock } from "@/format";
import { isRight, type Column } from "./columns";

/** What a cell shows. */
export interface CellContent {
  readonly content: ReactNode;
  /** Of the colour of a gain or loss. */
  readonly colour?: string | undefined;
}

/** Elements and text, no component: a log that is scrolled has hundreds of new cells a frame. */
export function cellContent<Row>(column: Column<Row>, row: Row, clock: Clock): CellContent {
  if (column.cell !== undefined) return { content: column.cell(row) };
  const text = cellText(column, row, clock);
  if (text === undefined) {
    const why = typeof column.why === "function" ? column.why(row) : (column.why ?? "It is not known.");
    return { content: <Missing why={why} /> };
  }
  if (column.kind === "time") {
    const at = column.precision === "day" ? undefined : new Date(column.value(row) as string | number).toISOString();
    return { content: <time dateTime={at}>{DateText({ text })}</time> };
  }
  if (!isRight(column) || column.signed !== true) return { content: text };
  return { content: text, colour: gainClass(column.value(row) as string | number) };
}

/** What it says; undefined: it has no value. */
export function cellText<Row>(column: Column<Row>, row: Row, clock: Clock): string | undefined {
  const value = column.value(row);
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value === "boolean") return value ? "yes" : "no";
  switch (column.kind) {
    case "decimal":
    case "percent":
      return figureText(value, column.kind, column.digits, column.signed);
    case "time":
      return column.precision === "day" ? formatDay(String(value)) : formatTime(value, clock, column.precision);
    default:
      return String(value);
  }
}
