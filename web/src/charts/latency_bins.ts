/** Bars of a histogram whose bounds grow by a quarter each: those that are empty in between are bars too. */
import { formatLatency } from "@/format";

export interface LatencyBucket {
  /** Microseconds; null: longer than every other one. */
  readonly up_to_us: number | null;
  readonly count: number;
}

export interface LatencyBin {
  readonly name: string;
  /** Microseconds. */
  readonly to: number;
  readonly count: number;
}

const GROWTH = 1.25;
/** More would be too thin to see. */
const MOST = 60;

export function latencyBins(buckets: readonly LatencyBucket[]): readonly LatencyBin[] {
  const bins: LatencyBin[] = [];
  for (const { up_to_us: to, count } of buckets) {
    const last = bins.at(-1)?.to;
    if (to !== null && last !== undefined) {
      // Bounds are rounded, so the one before is met only nearly.
      for (let empty = last * GROWTH; empty < to / Math.sqrt(GROWTH) && bins.length < MOST; empty *= GROWTH)
        bins.push({ name: formatLatency(empty), to: empty, count: 0 });
    }
    bins.push({ name: to === null ? "longer" : formatLatency(to), to: to ?? Infinity, count });
  }
  return bins;
}
