/** How a row's columns lie in a card: lines of a fixed height, so that a hundred thousand cards scroll like rows. */
import { isRight, type Column } from "./columns";

export interface CardLayout<Row> {
  /** In the first line: what it is, then what can be done with it. */
  readonly title: readonly Column<Row>[];
  readonly actions: readonly Column<Row>[];
  /** One or two a line. */
  readonly lines: readonly (readonly Column<Row>[])[];
  /** Pixels, with its lower edge. */
  readonly height: number;
}

export const LINE_HEIGHT = 22;
const TITLE_HEIGHT = 28;
const EDGES = 13;

/** Moments are longer than half a line. */
export function isWhole<Row>(column: Column<Row>): boolean {
  if (column.narrow !== undefined) return column.narrow === "whole";
  return column.kind === "time" && column.precision !== "day";
}

export function cardLayout<Row>(columns: readonly Column<Row>[]): CardLayout<Row> {
  const seen = columns.filter((each) => each.narrow !== "hidden");
  const actions = seen.filter((each) => each.header === "");
  const named = seen.filter((each) => each.header !== "");
  const marked = named.filter((each) => each.narrow === "title");
  const first = named.find((each) => !isRight(each) && each.kind !== "time") ?? named[0];
  const title = marked.length > 0 ? marked : first === undefined ? [] : [first];
  const lines: Column<Row>[][] = [];
  for (const each of named) {
    if (title.includes(each)) continue;
    const last = lines.at(-1);
    if (!isWhole(each) && last?.length === 1 && last[0] !== undefined && !isWhole(last[0])) last.push(each);
    else lines.push([each]);
  }
  return { title, actions, lines, height: TITLE_HEIGHT + LINE_HEIGHT * lines.length + EDGES };
}
