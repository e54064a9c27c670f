import { describe, expect, it } from "vitest";
import type { ExchangeMessage } from "@/api";
import { MOST, withSamples, type History } from "@/features/exchange/exchange_history";

function exchange(second: number, rate: number, fresh = true): ExchangeMessage {
  const at = new Date(second * 1000).toISOString();
  const latency = { p50_us: 800, p99_us: 1_900, p999_us: 4_500, buckets: [] };
  const worker = {
    at,
    fresh,
    commands: 1_000,
    events: 1_000,
    commands_per_second: rate,
    events_per_second: rate,
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
  it("has the rates that the worker measures, also while its count of commands stands still", () => {
    const samples = follow([exchange(100, 240), exchange(101, 250), exchange(103, 50)]);
    expect(samples.map((each) => each.rate)).toEqual([240, 250, 50]);
    expect(samples[0]).toMatchObject({ p50: 800, p99: 1_900, lagMs: 3 });
  });

  it("has no rate of a worker that says nothing more", () => {
    expect(follow([exchange(100, 240), exchange(101, 240, false)]).at(-1)).toMatchObject({
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
