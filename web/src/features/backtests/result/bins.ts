/** Returns of trades counted, for a histogram. */
import type { Bin } from "@/charts";

/** Counts in at most 40 bins of a round width, with an edge at 0. */
export function countChanges(changes: readonly number[]): Bin[] {
  const known = changes.filter((each) => Number.isFinite(each));
  if (known.length < 2) return [];
  let [low, high] = [Infinity, -Infinity];
  for (const each of known) [low, high] = [Math.min(low, each), Math.max(high, each)];
  if (low === high) return [];
  const width = roundWidth((high - low) / 30);
  const [first, last] = [Math.floor(low / width), Math.floor(high / width)];
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const each of known) {
    const at = Math.floor(each / width) - first;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, at) => ({ from: (first + at) * width, to: (first + at + 1) * width, count }));
}

function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= width) ?? 10);
}
