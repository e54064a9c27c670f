/** How the exchange does, in one line. */
import type { ExchangeMessage, ShardMessage } from "@/api";

export interface ExchangeState {
  /** What is not up: "worker down". Of several shards with their number. */
  readonly off: readonly string[];
  /** Of the slowest shard, microseconds; undefined: nothing was executed in the last minute. */
  readonly p99Us: number | undefined;
  /** Of the shard that is farthest behind; undefined: no journal answers. */
  readonly lagMs: number | undefined;
  readonly shards: number;
}

export function exchangeState({ shards }: ExchangeMessage): ExchangeState {
  const prefix = ({ shard }: ShardMessage) => (shards.length > 1 ? `shard ${shard}: ` : "");
  return {
    off: shards.flatMap((each) =>
      each.parts.filter(({ state }) => state !== "up").map(({ name, state }) => `${prefix(each)}${name} ${state}`),
    ),
    p99Us: most(shards.map(({ worker }) => (worker?.fresh === true ? worker.latency.p99_us : null))),
    lagMs: most(shards.map((each) => each.journal_lag_ms)),
    shards: shards.length,
  };
}

function most(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((each) => each !== null);
  return known.length === 0 ? undefined : Math.max(...known);
}
