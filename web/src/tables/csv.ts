/** Tables as CSV (RFC 4180), values as the server gave them: a file is for programs. */
import type { CellValue, Column } from "./columns";

export function csvOf<Row>(all: readonly Column<Row>[], rows: readonly Row[]): string {
  const columns = all.filter((each) => each.header !== ""); // the others have buttons, no values
  const head = columns.map((each) => field(each.unit === undefined ? each.header : `${each.header} (${each.unit})`));
  const lines = rows.map((row) => columns.map((each) => field(each.value(row))).join(","));
  return [head.join(","), ...lines, ""].join("\r\n");
}

export function download(name: string, text: string, type = "text/csv"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function field(value: CellValue): string {
  if (value === null || value === undefined) return "";
  // What begins like a formula would be one in a spreadsheet; a number is none.
  const raw = String(value);
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(raw) && Number.isNaN(Number(raw)) ? `'${raw}` : raw;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
