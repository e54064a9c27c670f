/** Bars of a histogram, and which of them is chosen: a span of returns, kept in the address. */
import type { HistogramMessage } from "@/api";
import type { Bin } from "@/charts";
import { formatPercent } from "@/format";
import type { ReturnRow } from "./tables";

/** From `low` on, up to but without `high`; an end that is infinite has no bound. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Edges are told in the address: as many digits as make them the same again. */
const DIGITS = 12;

/** Counts in at most 40 bins of a round width, with an edge at 0. */
export function countChanges(changes: readonly number[]): Bin[] {
  const known = changes.filter((each) => Number.isFinite(each));
  if (known.length < 2) return [];
  let [low, high] = [Infinity, -Infinity];
  for (const each of known) [low, high] = [Math.min(low, each), Math.max(high, each)];
  if (low === high) return [];
  const width = roundWidth((high - low) / 30);
  let [first, last] = [Math.floor(low / width), Math.floor(high / width) + 1];
  // Quotients are rounded: every return lies between the outer edges all the same.
  if (rounded(first * width) > low) first -= 1;
  if (rounded(last * width) <= high) last += 1;
  const edges = Array.from({ length: last - first + 1 }, (_, at) => rounded((first + at) * width));
  return countBetween(edges, known);
}

/** The bins of a run's returns; of a part of it counted again, from its own rows. */
export function returnBins({ edges, counts }: HistogramMessage, rows: readonly ReturnRow[] | undefined): Bin[] {
  const spans = edges.slice(0, -1).map((_, at) => spanOfBar(edges, at));
  return spans.map((span, at) => ({
    from: edges[at] ?? 0,
    to: edges[at + 1] ?? 0,
    count: rows === undefined ? (counts[at] ?? 0) : rows.filter(({ change }) => isReturnWithin(span, change)).length,
  }));
}

/** Of a bar of the run's returns: the outer ones hold all beyond them. */
export function spanOfBar(edges: readonly number[], at: number): Span {
  return {
    low: at === 0 ? -Infinity : rounded(edges[at] ?? 0),
    high: at === edges.length - 2 ? Infinity : rounded(edges[at + 1] ?? 0),
  };
}

export function isWithin({ low, high }: Span, value: number): boolean {
  return value >= low && value < high;
}

/** Zeros, of bars without a position, are in no bar. */
export function isReturnWithin(span: Span, value: number): boolean {
  return value !== 0 && isWithin(span, value);
}

/** Whether a bar is the one that is chosen. */
export function isChosen(span: Span | undefined, { low, high }: Span): boolean {
  return span?.low === low && span.high === high;
}

export function spanText({ low, high }: Span): string {
  if (low === -Infinity) return `below ${formatPercent(high)}`;
  return high === Infinity ? `${formatPercent(low)} and more` : `${formatPercent(low)} to ${formatPercent(high)}`;
}

/** As in the address, "-0.01:0.02"; no bound is nothing. */
export function spanParam({ low, high }: Span): string {
  const text = (edge: number) => (Number.isFinite(edge) ? String(edge) : "");
  return `${text(low)}:${text(high)}`;
}

export function readSpan(param: string | null): Span | undefined {
  const [low = "", high, ...more] = (param ?? "").split(":");
  if (high === undefined || more.length > 0 || (low === "" && high === "")) return undefined;
  const span = { low: low === "" ? -Infinity : Number(low), high: high === "" ? Infinity : Number(high) };
  return span.low < span.high ? span : undefined;
}

function countBetween(edges: readonly number[], values: readonly number[]): Bin[] {
  const sorted = values.toSorted((one, other) => one - other);
  let at = 0;
  return edges.slice(0, -1).map((from, place) => {
    const to = edges[place + 1] ?? Infinity;
    const before = at;
    while (at < sorted.length && (sorted[at] ?? Infinity) < to) at += 1;
    return { from, to, count: at - before };
  });
}

function rounded(edge: number): number {
  return Number(edge.toPrecision(DIGITS));
}

function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= width) ?? 10);
}
