/** What a column of a table is: one value a row, which is sorted, searched and exported; a cell shows it. */
import type { ReactNode } from "react";

export type CellValue = string | number | boolean | null | undefined;

interface Described<Row> {
  readonly id: string;
  readonly header: string;
  /** Of all its values; shown in the header. */
  readonly unit?: string;
  readonly value: (row: Row) => CellValue;
  /** How it is shown, where that is more than its value. */
  readonly cell?: (row: Row) => ReactNode;
  /** Why a row has none. */
  readonly why?: string | ((row: Row) => string);
  /** Pixels; left out: as wide as it needs. */
  readonly width?: number;
  /** Of less interest: seen where there is room for it. Files have it anyway. */
  readonly isMinor?: boolean;
  /**
   * On a narrow screen rows are cards: `title` stands in the first line, `whole` has a line of its own, `hidden` is left out; else its
   * header and value share a line with another's. Left out: the first column that is text is the title.
   */
  readonly narrow?: "title" | "whole" | "hidden";
}

interface OfNumbers {
  /** Numbers are right-aligned with the same digits behind the point, so that their points stand below each other. */
  readonly kind: "decimal" | "percent";
  readonly digits?: number;
  readonly signed?: boolean;
}

export type Column<Row> = Described<Row> &
  (
    | { readonly kind?: "text" }
    | OfNumbers
    | { readonly kind: "time"; readonly precision?: "day" | "minute" | "second" | "ms" }
  );

export function isRight<Row>(column: Column<Row>): column is Described<Row> & OfNumbers {
  return column.kind === "decimal" || column.kind === "percent";
}

/** Sorts values of a column: decimal strings by their number, text as people do; what is missing comes last. */
export function compareValues(one: CellValue, other: CellValue, isNumber: boolean): number {
  const missing = Number(one === null || one === undefined) - Number(other === null || other === undefined);
  if (missing !== 0 || one === null || one === undefined || other === null || other === undefined) return missing;
  if (isNumber || typeof one === "number") return Number(one) - Number(other);
  return String(one).localeCompare(String(other), "en", { numeric: true });
}
