/** How wide the columns of a long table are, without drawing all of its rows. */
import type { Clock } from "@/format";
import { cellText } from "./Cell";
import type { Column } from "./columns";

/** Rows that are looked at before they are shown. */
const SAMPLE = 200;

/** Of a long table the first and last row, and many between. */
export function sampleOf<Row>(rows: readonly { readonly original: Row }[]): Row[] {
  const count = Math.min(rows.length, SAMPLE);
  return Array.from({ length: count }, (_, at) => {
    const place = count < 2 ? 0 : Math.floor((at * (rows.length - 1)) / (count - 1));
    return rows[place]?.original;
  }).filter((each) => each !== undefined);
}

/** The longest text of each column, or what was known before where that is as long. */
export function longestTexts<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  clock: Clock,
  before?: readonly string[],
): readonly string[] {
  let isSame = before !== undefined;
  const found = columns.map((column, at) => {
    let longest = before?.[at] ?? "";
    for (const row of rows) {
      const text = cellText(column, row, clock) ?? "";
      if (text.length > longest.length) [longest, isSame] = [text, false];
    }
    return longest;
  });
  return isSame && before !== undefined ? before : found;
}
