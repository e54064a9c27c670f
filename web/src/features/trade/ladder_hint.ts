/** What a click on the ladder does, said before it is done. */
import { formatDecimal } from "@/format";
import type { LadderRow } from "./ladder_rows";

type Side = "buy" | "sell";

/** The column of the ladder that an element is in. */
export function placeOf(target: EventTarget | null): string | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>("[data-place]") : null;
  return found?.dataset["place"];
}

/** Bids are bought, asks are sold; other columns keep the side of the ticket. */
export function sideAt(place: string | undefined): Side | undefined {
  return place === "bid" ? "buy" : place === "ask" ? "sell" : undefined;
}

/** `row`: under the pointer; undefined: none is. */
export function hintOf(row: LadderRow | undefined, place: string | undefined): string {
  if (row === undefined) return "Click: ticket at that price. Alt-click: cancel.";
  const side = sideAt(place);
  const price = formatDecimal(row.price);
  const cancel = row.own === "" ? "" : " Alt-click: cancel.";
  return `Click: ${side === undefined ? "ticket" : `${side} limit`} at ${price}.${cancel}`;
}
