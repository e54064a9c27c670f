import type { ReactNode } from "react";
import type { ShardMessage } from "@/api";
import { Section, Stat, Stats } from "@/app/Page";
import { Empty } from "@/app/states";
import { LatencyHistogram } from "@/charts";
import { Age, Figure, formatBytes, formatCount, formatLatency, Missing } from "@/format";
import { DataTable, type Column } from "@/tables";
import classes from "./Exchange.module.css";
import type { Sample } from "./exchange_history";
import { ShardCharts } from "./ShardCharts";

interface ShardViewProps {
  readonly shard: ShardMessage;
  readonly samples: readonly Sample[];
}

type Part = ShardMessage["parts"][number];
interface Refusal {
  readonly code: string;
  readonly count: number;
}

const NO_WORKER = "No worker executes this shard now.";
const NO_JOURNAL = "The journal’s server does not answer.";

const PARTS: readonly Column<Part>[] = [
  { id: "name", header: "Part", value: (part) => part.name },
  {
    id: "state",
    header: "State",
    value: (part) => part.state,
    cell: ({ state }) => <span data-state={state}>{state}</span>,
  },
  {
    id: "lag",
    header: "Behind",
    unit: "ms",
    value: (part) => part.lag_ms,
    kind: "decimal",
    digits: 0,
    why: "It is not known.",
  },
  { id: "start", header: "To start it", narrow: "whole", value: (part) => part.start, why: "It runs." },
];

const REFUSALS: readonly Column<Refusal>[] = [
  { id: "code", header: "Refused because", value: (row) => row.code.replaceAll("_", " ") },
  { id: "count", header: "Times", value: (row) => row.count, kind: "decimal", digits: 0 },
];

/** One shard: how fast it is, how far behind, what its state is, and which processes make it. */
export function ShardView({ shard, samples }: ShardViewProps) {
  const { worker, snapshot } = shard;
  const latency = worker?.latency;
  const refusals = Object.entries(worker?.refused ?? {}).map(([code, count]) => ({ code, count }));
  const quantile = (name: string, us: number | null | undefined) => (
    <Stat label={`Latency ${name}`} under="of the last minute">
      {us == null ? (
        <Missing why={worker === null ? NO_WORKER : "Nothing was executed in the last minute."} />
      ) : (
        formatLatency(us)
      )}
    </Stat>
  );
  return (
    <>
      <Section title={`Shard ${shard.shard}`} actions={<Wellness shard={shard} />}>
        <Stats>
          <Stat
            label="Commands a second"
            under={worker === null ? undefined : `${formatCount(worker.commands)} in all`}
          >
            <Figure value={worker?.commands_per_second} digits={1} live why={NO_WORKER} />
          </Stat>
          <Stat label="Events a second" under={worker === null ? undefined : `${formatCount(worker.events)} events`}>
            <Figure value={worker?.events_per_second} digits={1} live why={NO_WORKER} />
          </Stat>
          {quantile("p50", latency?.p50_us)}
          {quantile("p99", latency?.p99_us)}
          {quantile("p99.9", latency?.p999_us)}
          <Stat label="Journal lag" under={shard.epoch === null ? undefined : `epoch ${shard.epoch}`}>
            {shard.journal_lag_ms === null ? <Missing why={NO_JOURNAL} /> : `${formatCount(shard.journal_lag_ms)} ms`}
          </Stat>
          <Stat label="Last snapshot" under={snapshot === null ? "\u00a0" : formatBytes(snapshot.bytes)}>
            <Age at={snapshot?.at} why="No snapshot was verified yet." />
          </Stat>
          <Stat label="Memory of the journal" under={memoryLimit(shard)}>
            {shard.memory_bytes === null ? <Missing why={NO_JOURNAL} /> : formatBytes(shard.memory_bytes)}
          </Stat>
        </Stats>
        <dl className={classes["hashes"]}>
          <Hash label="State hash of the snapshot" value={snapshot?.state_hash} why="No snapshot was verified yet." />
          <Hash label="Hash of all events" value={shard.events_hash} why={NO_JOURNAL} />
          <Hash label="Applied up to" value={shard.applied} why={NO_JOURNAL} />
          <Hash label="End of the journal" value={shard.journal_end} why={NO_JOURNAL} />
        </dl>
      </Section>
      <div className={classes["pair"]}>
        <Section title="Last minutes">
          <ShardCharts samples={samples} />
        </Section>
        <Section title="Latency, journal to written event">
          {latency === undefined || latency.buckets.length === 0 ? (
            <Empty title="Nothing was executed in the last minute">
              How long orders took from the journal to their written events is shown here.
            </Empty>
          ) : (
            <LatencyHistogram
              label={`Latencies of shard ${shard.shard}`}
              height={330}
              buckets={latency.buckets}
              quantiles={{ p50: latency.p50_us, p99: latency.p99_us, "p99.9": latency.p999_us }}
            />
          )}
        </Section>
      </div>
      <div className={classes["pair"]}>
        <Section title="Parts">
          <DataTable
            name="parts"
            columns={PARTS}
            rows={shard.parts}
            keyOf={(part) => part.name}
            withSearch={false}
            empty={null}
          />
        </Section>
        <Section title="Refusals since the worker began">
          <DataTable
            name="refusals"
            columns={REFUSALS}
            rows={refusals}
            keyOf={(row) => row.code}
            sort={{ by: "count", isDescending: true }}
            withSearch={false}
            empty={<Empty title="Nothing was refused" />}
          />
        </Section>
      </div>
    </>
  );
}

function Wellness({ shard }: { readonly shard: ShardMessage }) {
  const off = shard.parts.filter((each) => each.state !== "up").map((each) => `${each.name} ${each.state}`);
  return (
    <span className={classes["well"]} data-well={shard.well} role="status">
      {shard.well ? "every part is up" : off.join(", ")}
    </span>
  );
}

function Hash({
  label,
  value,
  why,
}: {
  readonly label: string;
  readonly value: string | null | undefined;
  readonly why: string;
}): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value == null ? <Missing why={why} /> : <code>{value}</code>}</dd>
    </div>
  );
}

function memoryLimit({ memory_limit_bytes: limit }: ShardMessage): string | undefined {
  return limit === null ? undefined : `of ${formatBytes(limit)}`;
}
