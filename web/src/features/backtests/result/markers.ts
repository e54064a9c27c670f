/** Entries and exits as marks of a chart; where they are many only of those that are seen, and that gained or lost most. */
import type { Marker, TimeRange } from "@/charts";
import { tradesWithin, type Trade } from "./trades";

const MOST = 600;

export function markersOf(
  trades: readonly Trade[],
  symbol: string | undefined,
  range: TimeRange | undefined,
): Marker[] {
  const kept = mostProfitable(
    tradesWithin(trades, range),
    MOST / 2,
    (each) => symbol === undefined || each.symbol === symbol,
  );
  const text = kept.length <= 40;
  return kept
    .flatMap((each): Marker[] => {
      const isLong = each.side === "long";
      const entry: Marker = { time: each.entered, side: isLong ? "buy" : "sell" };
      const exit: Marker = { time: each.left, side: isLong ? "sell" : "buy" };
      const named =
        each.exitReason === "signal" || !text ? exit : { ...exit, text: each.exitReason.replaceAll("_", " ") };
      return each.isOpen ? [entry] : [entry, named];
    })
    .sort((one, other) => one.time - other.time);
}

/** The trades that gained or lost most, of those that count; a heap of so many, the least on top, keeps it one pass. */
function mostProfitable(trades: readonly Trade[], most: number, counts: (trade: Trade) => boolean): Trade[] {
  const heap: Trade[] = [];
  for (const each of trades) {
    if (!counts(each)) continue;
    if (heap.length < most) {
      heap.push(each);
      if (heap.length === most) for (let at = most >> 1; at >= 0; at -= 1) sink(heap, at);
    } else if (amount(each) > amount(heap[0])) {
      heap[0] = each;
      sink(heap, 0);
    }
  }
  return heap;
}

function sink(heap: Trade[], from: number): void {
  const moved = heap[from];
  if (moved === undefined) return;
  let at = from;
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    const least = amount(heap[child + 1]) < amount(heap[child]) ? child + 1 : child;
    const below = heap[least];
    if (below === undefined || amount(below) >= amount(moved)) break;
    heap[at] = below;
    at = least;
  }
  heap[at] = moved;
}

function amount(trade: Trade | undefined): number {
  return trade === undefined ? Infinity : Math.abs(trade.profit);
}
