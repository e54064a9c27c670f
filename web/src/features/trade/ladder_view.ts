/** The rows of the ladder, made once and then changed where they differ: at 100 books a second React would redraw them all. */
import { formatDecimal } from "@/format";
import { digitsOf } from "@/format/exact";
import type { LadderRow } from "./ladder_rows";

type Place = "bid" | "price" | "ask" | "own";
const PLACES: readonly Place[] = ["bid", "price", "ask", "own"];

interface Drawn {
  readonly element: HTMLElement;
  readonly cells: Readonly<Record<Place, Text>>;
  readonly bar: HTMLElement;
  readonly ahead: Text;
  row: LadderRow | undefined;
}

export class LadderView {
  readonly #rows: Drawn[] = [];
  #last: string | undefined;

  /** `classOf`: names of the style sheet. `halves` are the elements of asks and bids. */
  constructor(
    halves: readonly [HTMLElement, HTMLElement],
    readonly levels: number,
    classOf: (name: string) => string,
  ) {
    for (const [half, side] of [
      [halves[0], "ask"],
      [halves[1], "bid"],
    ] as const) {
      for (let at = 0; at < levels; at += 1) this.#rows.push(drawn(half, side, classOf));
    }
  }

  /** Rows from the highest price to the lowest, as many as there are places; `last` is the price of the last trade. */
  show(rows: readonly (LadderRow | undefined)[], last: string | undefined): void {
    for (const [at, there] of this.#rows.entries()) {
      const row = rows[at];
      if (row !== there.row || last !== this.#last) {
        const isLast = row !== undefined && row.price === last;
        if (isLast !== there.element.hasAttribute("data-last")) there.element.toggleAttribute("data-last", isLast);
      }
      if (!same(row, there.row)) change(there, row);
      there.row = row;
    }
    this.#last = last;
  }

  /** The row that an element is in; undefined: it is in none, or the row is empty. */
  rowAt(target: EventTarget | null): LadderRow | undefined {
    const element = target instanceof Element ? target.closest("[data-row]") : null;
    return this.#rows.find((each) => each.element === element)?.row;
  }

  /** Rows that show a price, in their order. */
  get elements(): readonly HTMLElement[] {
    return this.#rows.filter((each) => each.row !== undefined).map((each) => each.element);
  }

  remove(): void {
    for (const each of this.#rows) each.element.remove();
  }
}

function drawn(half: HTMLElement, side: "bid" | "ask", classOf: (name: string) => string): Drawn {
  const element = document.createElement("div");
  element.className = classOf("row");
  element.setAttribute("role", "row");
  element.dataset["row"] = side;
  element.tabIndex = -1;
  const bar = document.createElement("i");
  bar.setAttribute("aria-hidden", "true");
  const ahead = document.createTextNode("");
  const cells = Object.fromEntries(
    PLACES.map((place) => {
      const cell = document.createElement("div");
      cell.setAttribute("role", "cell");
      cell.dataset["place"] = place;
      if (place === side) cell.append(bar);
      const text = document.createTextNode("");
      const span = document.createElement(place === "own" ? "b" : "span");
      span.append(text);
      cell.append(span);
      if (place === "own") {
        const small = document.createElement("small");
        small.append(ahead);
        cell.append(small);
      }
      element.append(cell);
      return [place, text];
    }),
  ) as unknown as Record<Place, Text>;
  half.append(element);
  return { element, cells, bar, ahead, row: undefined };
}

function same(one: LadderRow | undefined, other: LadderRow | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.price === other.price &&
    one.bid === other.bid &&
    one.ask === other.ask &&
    one.share === other.share &&
    one.own === other.own &&
    one.ahead === other.ahead
  );
}

function change(there: Drawn, row: LadderRow | undefined): void {
  const before = there.row;
  for (const place of PLACES) {
    const value = row?.[place] ?? "";
    if (value !== (before?.[place] ?? "")) there.cells[place].data = value === "" ? "" : formatDecimal(value);
  }
  const ahead = aheadText(row);
  if (ahead !== there.ahead.data) there.ahead.data = ahead;
  const isOwn = row !== undefined && row.own !== "";
  if (isOwn !== there.element.hasAttribute("data-own")) there.element.toggleAttribute("data-own", isOwn);
  const share = row?.share ?? 0;
  if (share !== (before?.share ?? 0)) there.bar.style.transform = `scaleX(${share.toFixed(3)})`;
}

function aheadText(row: LadderRow | undefined): string {
  if (row === undefined || row.own === "" || row.ahead === undefined) return "";
  return row.ahead === "0" ? "first" : `≤ ${formatDecimal(row.ahead, { digits: digitsOf(row.own) })}`;
}
