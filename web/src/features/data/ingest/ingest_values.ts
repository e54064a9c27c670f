/** What the form of an ingestion holds, what is wrong with it, and what is sent. */
import type { NewIngestion } from "@/api";
import { dayProblem } from "@/fields/day";

export interface IngestValues {
  readonly source: string;
  readonly symbols: string[];
  readonly interval: string;
  /** Days, both count; empty: see the fields' descriptions. */
  readonly start: string;
  readonly end: string;
  readonly onlyMissing: boolean;
  readonly replaceSource: boolean;
}

/** Begins with what the address says. */
export function valuesOf(params: URLSearchParams): IngestValues {
  const symbol = params.get("symbol");
  return {
    source: params.get("source") ?? "auto",
    symbols: symbol === null ? [] : symbol.split(","),
    interval: params.get("interval") ?? "1d",
    start: params.get("start") ?? "",
    end: params.get("end") ?? "",
    onlyMissing: false,
    replaceSource: false,
  };
}

export function newIngestion(values: IngestValues): NewIngestion {
  return {
    source: values.source,
    symbols: values.symbols,
    interval: values.interval,
    start: values.start === "" ? null : values.start,
    end: values.end === "" ? null : values.end,
    only_missing: values.onlyMissing,
    replace_source: values.replaceSource,
  };
}

export const RULES = {
  symbols: (value: readonly string[]) => (value.length === 0 ? "Give at least one symbol, such as AAPL." : null),
  start: (value: string) => dayProblem(value) ?? null,
  end: (value: string, { start }: IngestValues) =>
    dayProblem(value) ??
    (value !== "" && start !== "" && value < start ? "It lies before the first day; exchange them." : null),
};
