/** How the exchange did in the last minutes, as this page saw it: the exchange itself tells only of now. */
import type { ExchangeMessage, ShardMessage } from "@/api";

export interface Sample {
  /** Seconds since 1970. */
  readonly time: number;
  /** Commands a second, as the worker measures them; undefined: it is not known. */
  readonly rate: number | undefined;
  readonly lagMs: number | undefined;
  /** Microseconds, of a minute. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** By shard, the oldest first. */
export type History = ReadonlyMap<number, readonly Sample[]>;

/** Ten minutes of one a second. */
export const MOST = 600;

/** What came is added to what there is; the same answer twice is one sample. */
export function withSamples(before: History, found: ExchangeMessage): History {
  const after = new Map(before);
  for (const shard of found.shards) {
    const samples = before.get(shard.shard) ?? [];
    const sample = sampleOf(shard, Date.parse(found.as_of) / 1000);
    const last = samples.at(-1);
    if (last !== undefined && Math.floor(last.time) >= Math.floor(sample.time)) continue;
    after.set(shard.shard, [...samples.slice(1 - MOST), sample]);
  }
  return after;
}

function sampleOf(shard: ShardMessage, time: number): Sample {
  const worker = shard.worker?.fresh === true ? shard.worker : undefined;
  return {
    time,
    rate: worker?.commands_per_second,
    lagMs: shard.journal_lag_ms ?? undefined,
    p50: worker?.latency.p50_us ?? undefined,
    p99: worker?.latency.p99_us ?? undefined,
  };
}
