import type {
  AccountDetail,
  BacktestMessage,
  ExchangeMessage,
  IngestionMessage,
  SeriesMessage,
  ShardMessage,
} from "@/api";

export const NOW = Date.parse("2026-11-27T12:00:00Z");
export const HOUR_AGO = "2026-11-27T11:00:00Z";

export function account(news: Partial<AccountDetail> = {}): AccountDetail {
  return {
    id: "acc_1",
    name: "paper",
    kind: "cash",
    currency: "USD",
    owner: "usr_1",
    shard: 0,
    cash: "40000.00",
    buying_power: "35000.00",
    open_orders: 2,
    killed: false,
    ...news,
  };
}

export function run(news: Partial<BacktestMessage> = {}): BacktestMessage {
  const spec = { strategy: { name: "sma_cross", parameters: {} }, symbols: ["AAPL"], interval: "1d" };
  return {
    id: "bt_1",
    attempt: 1,
    cancel_asked: false,
    channel: "runs.bt_1",
    created_at: HOUR_AGO,
    started_at: HOUR_AGO,
    finished_at: HOUR_AGO,
    error: null,
    eta: null,
    job: "job_1",
    owner: "usr_1",
    progress: 1,
    result: null,
    spec: spec as unknown as BacktestMessage["spec"],
    status: "failed",
    ...news,
  };
}

export function finished(values: Readonly<Record<string, number | null>>): BacktestMessage["result"] {
  const metrics = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, undefined_because: value === null ? "It lost nothing." : null },
    ]),
  );
  return { metrics } as unknown as BacktestMessage["result"];
}

export function ingestion(news: Partial<IngestionMessage> = {}): IngestionMessage {
  return {
    id: "ing_1",
    attempt: 1,
    bars_added: 0,
    bars_unchanged: 0,
    bars_updated: 0,
    cancel_asked: false,
    created_at: HOUR_AGO,
    started_at: HOUR_AGO,
    finished_at: HOUR_AGO,
    error: null,
    eta: null,
    job: "job_2",
    outcomes: null,
    owner: "usr_1",
    progress: 1,
    quality: {},
    rows_quarantined: 0,
    spec: {
      source: "tiingo",
      symbols: ["MSFT"],
      interval: "1d",
      start: null,
      end: null,
      only_missing: false,
      replace_source: false,
    },
    status: "failed",
    ...news,
  };
}

export function series(news: Partial<SeriesMessage> = {}): SeriesMessage {
  return {
    symbol: "MSFT",
    interval: "1d",
    source: "tiingo",
    first: "2020-01-02T00:00:00Z",
    last: "2026-11-20T00:00:00Z",
    rows: 1700,
    changed_at: HOUR_AGO,
    quality_score: 99,
    last_ingestion: { id: "ing_0", at: HOUR_AGO },
    doubts: { gaps: 0, duplicates: 0, spikes: 0, others: 0 },
    ...news,
  };
}

export function shard(news: Partial<ShardMessage> = {}): ShardMessage {
  return {
    shard: 0,
    well: true,
    applied: "1-0",
    epoch: 1,
    events_hash: null,
    journal_end: "1-0",
    journal_lag_ms: 0,
    memory_bytes: 1,
    memory_limit_bytes: 2,
    parts: [{ name: "worker", state: "up", start: null, lag_ms: 0 }],
    snapshot: null,
    worker: {
      at: HOUR_AGO,
      commands: 1,
      commands_per_second: 1,
      events: 1,
      events_per_second: 1,
      fresh: true,
      latency: { buckets: [], p50_us: 900, p99_us: 1900, p999_us: 4000 },
      refused: {},
    },
    ...news,
  };
}

export function exchange(...shards: readonly ShardMessage[]): ExchangeMessage {
  return { as_of: HOUR_AGO, instruments: [], shards: [...shards] };
}
