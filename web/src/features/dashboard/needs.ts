/** What needs a person, the most urgent first: each with why, and the place where it is mended. */
import type { AccountDetail, BacktestMessage, ExchangeMessage, IngestionMessage, SeriesMessage } from "@/api";
import { formatCount, strategyTitle } from "@/format";
import { isActive, symbolsText, whyOf } from "./jobs";
import { seriesKey } from "./requests";

export interface Need {
  readonly key: string;
  readonly what: string;
  readonly why: string;
  /** What is done there. */
  readonly act: string;
  readonly to: string;
}

/** Undefined: it is not known yet. */
export interface Looked {
  readonly accounts: readonly AccountDetail[];
  readonly exchange: ExchangeMessage | undefined;
  readonly runs: readonly BacktestMessage[];
  readonly ingestions: readonly IngestionMessage[];
  readonly series: readonly SeriesMessage[];
  /** Sessions, by series. */
  readonly behind: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
/** Series that are named; the catalogue has the others. */
const MOST_SERIES = 5;
/** Its prices end when they did, and nobody is to mend that. */
const SAMPLE = "sample";

export function needsOf(found: Looked, now: number): readonly Need[] {
  return [
    ...ofExchange(found.exchange),
    ...found.accounts.flatMap(ofAccount),
    ...ofRuns(found.runs, now),
    ...ofIngestions(found.ingestions, now),
    ...ofSeries(found.series, found.behind),
  ];
}

function ofExchange(exchange: ExchangeMessage | undefined): readonly Need[] {
  return (exchange?.shards ?? []).flatMap(({ shard, parts }) =>
    parts
      .filter(({ state }) => state !== "up")
      .map(({ name, state, start, lag_ms: lag }) => ({
        key: `part ${shard} ${name}`,
        what: `The ${name} of shard ${shard} is ${state}`,
        why: state === "behind" && lag !== null ? `By ${formatCount(lag)} ms.` : start === null ? "" : `Run: ${start}`,
        act: "Look",
        to: "/exchange",
      })),
  );
}

function ofAccount({ id, name, killed }: AccountDetail): readonly Need[] {
  if (killed !== true) return [];
  const why = "It takes no new orders until it is revived.";
  return [{ key: id, what: `${name} is killed`, why, act: "Revive", to: `/trade?account=${id}` }];
}

function ofRuns(runs: readonly BacktestMessage[], now: number): readonly Need[] {
  return newestFirst(runs.filter((each) => hasFailed(each) && isOfLastDay(each, now))).map((run) => ({
    key: run.id,
    what: `${strategyTitle(run.spec.strategy.name)} ${symbolsText(run.spec.symbols)} ${run.status === "dead" ? "was given up" : "failed"}`,
    why: whyOf(run) ?? "",
    act: "Open",
    to: `/backtests/${run.id}`,
  }));
}

/** One that went well since, or goes on, of the same series mends it. */
function ofIngestions(ingestions: readonly IngestionMessage[], now: number): readonly Need[] {
  const well = ingestions.filter(
    (each) => isActive(each) || (each.status === "succeeded" && whyOf(each) === undefined),
  );
  const isMended = ({ spec, created_at: at }: IngestionMessage) =>
    spec.symbols.every((symbol) =>
      well.some(
        (each) =>
          Date.parse(each.created_at) > Date.parse(at) &&
          each.spec.interval === spec.interval &&
          each.spec.symbols.includes(symbol),
      ),
    );
  const failed = ingestions.filter((each) => isOfLastDay(each, now) && isUnwell(each) && !isMended(each));
  return newestFirst(failed).map((each) => ({
    key: each.id,
    what: `Ingestion of ${symbolsText(each.spec.symbols)} ${each.spec.interval} ${each.status === "succeeded" ? "lacks some" : each.status === "dead" ? "was given up" : "failed"}`,
    why: whyOf(each) ?? "",
    act: "Ingest",
    to: "/data/ingest",
  }));
}

function ofSeries(series: readonly SeriesMessage[], behind: Looked["behind"]): readonly Need[] {
  const found = series.flatMap((each): Need[] => {
    const [late, gaps] = [behind[seriesKey(each)] ?? 0, each.source === SAMPLE ? 0 : (each.doubts?.gaps ?? 0)];
    const said = [
      ...(late > 0 ? [`is ${formatCount(late)} ${late === 1 ? "session" : "sessions"} behind`] : []),
      ...(gaps > 0 ? [`has ${formatCount(gaps)} ${gaps === 1 ? "gap" : "gaps"}`] : []),
    ];
    if (said.length === 0) return [];
    return [
      {
        key: `series ${seriesKey(each)}`,
        what: `${seriesKey(each)} ${said.join(" and ")}`,
        why: `Its last bar is of ${each.last.slice(0, 10)}.`,
        act: late > 0 ? "Bring up to date" : "Fill",
        to: `/data/${encodeURIComponent(each.symbol)}/${encodeURIComponent(each.interval)}`,
      },
    ];
  });
  const more = found.length - MOST_SERIES;
  if (more <= 0) return found;
  const others = `${formatCount(more)} more ${more === 1 ? "series is" : "series are"} behind or have gaps`;
  return [...found.slice(0, MOST_SERIES), { key: "more series", what: others, why: "", act: "See all", to: "/data" }];
}

type Job = BacktestMessage | IngestionMessage;

function hasFailed({ status }: Job): boolean {
  return status === "failed" || status === "dead";
}

function isUnwell(each: IngestionMessage): boolean {
  return hasFailed(each) || (each.status === "succeeded" && whyOf(each) !== undefined);
}

function isOfLastDay({ finished_at: end, created_at: begin }: Job, now: number): boolean {
  return now - Date.parse(end ?? begin) < DAY_MS;
}

function newestFirst<T extends Job>(jobs: readonly T[]): readonly T[] {
  return jobs.toSorted((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at));
}

/** The series whose coverage is looked at: what somebody ingests is to be kept up, the newest of them first. */
export function lookedAt(series: readonly SeriesMessage[], most: number): readonly SeriesMessage[] {
  return series
    .filter((each) => each.last_ingestion !== null && each.source !== SAMPLE)
    .toSorted((one, other) => (other.last_ingestion?.at ?? "").localeCompare(one.last_ingestion?.at ?? ""))
    .slice(0, most);
}
