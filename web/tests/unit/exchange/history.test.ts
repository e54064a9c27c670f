import { describe, expect, it } from "vitest";
import type { ExchangeMessage } from "@/api";
import { MOST, withSamples, type History } from "@/features/exchange/exchange_history";

function exchange(second: number, commands: number, fresh = true): ExchangeMessage {
  const at = new Date(second * 1000).toISOString();
  const latency = { p50_us: 800, p99_us: 1_900, p999_us: 4_500, buckets: [] };
  const worker = {
    at,
    fresh,
    commands,
    events: commands,
    commands_per_second: 1,
    events_per_second: 1,
    latency,
    refused: {},
  };
  const shard = {
    shard: 0,
    well: true,
    parts: [],
    epoch: 1,
    journal_end: null,
    applied: null,
    journal_lag_ms: 3,
    events_hash: null,
    memory_bytes: null,
    memory_limit_bytes: null,
    worker,
    snapshot: null,
  };
  return { as_of: at, shards: [shard], instruments: [] };
}

const follow = (found: readonly ExchangeMessage[]) => found.reduce<History>(withSamples, new Map()).get(0) ?? [];

describe("what the page saw of the exchange", () => {
  it("has rates between two answers", () => {
    const samples = follow([exchange(100, 1_000), exchange(101, 1_250), exchange(103, 1_350)]);
    expect(samples.map((each) => each.rate)).toEqual([undefined, 250, 50]);
    expect(samples[0]).toMatchObject({ p50: 800, p99: 1_900, lagMs: 3 });
  });

  it("has no rate over a worker that took over, nor of one that says nothing more", () => {
    expect(follow([exchange(100, 1_000), exchange(101, 10)]).at(-1)?.rate).toBeUndefined();
    expect(follow([exchange(100, 1_000), exchange(101, 1_000, false)]).at(-1)).toMatchObject({
      rate: undefined,
      p50: undefined,
    });
  });

  it("takes an answer once, and forgets what is older than ten minutes", () => {
    expect(follow([exchange(100, 1), exchange(100, 1)])).toHaveLength(1);
    const long = follow(Array.from({ length: MOST + 5 }, (_, at) => exchange(at, at)));
    expect(long).toHaveLength(MOST);
    expect(long[0]?.time).toBe(5);
  });
});
