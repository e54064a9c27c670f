import type { ReactNode } from "react";
import { DateText, figureText, formatDay, formatTime, gainClass, Missing, type Clock } from "@/format";
import type { Column } from "./columns";

/** What a cell shows. */
export interface CellContent {
  readonly content: ReactNode;
  /** Of the colour of a gain or loss. */
  readonly colour?: string | undefined;
}

/** Elements and text, no component: a log that is scrolled has hundreds of new cells a frame. */
export function cellContent<Row>(column: Column<Row>, row: Row, clock: Clock): CellContent {
  if (column.cell !== undefined) return { content: column.cell(row) };
  const value = column.value(row);
  if (value === null || value === undefined || value === "") {
    const why = typeof column.why === "function" ? column.why(row) : (column.why ?? "It is not known.");
    return { content: <Missing why={why} /> };
  }
  if (typeof value === "boolean") return { content: value ? "yes" : "no" };
  switch (column.kind) {
    case "decimal":
    case "percent": {
      const { digits, signed = false } = column;
      return { content: figureText(value, column.kind, digits, signed), colour: signed ? gainClass(value) : undefined };
    }
    case "time": {
      const { precision = "second" } = column;
      const text = precision === "day" ? formatDay(String(value)) : formatTime(value, clock, precision);
      return { content: DateText({ text }) };
    }
    default:
      return { content: String(value) };
  }
}
