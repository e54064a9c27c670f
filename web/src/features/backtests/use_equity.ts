/** The equity curve of a finished run, all of it in one answer. */
import { api } from "@/api";
import type { Points } from "@/charts";

export interface Equity {
  readonly equity: Points;
  /** Undefined: the run has none. */
  readonly benchmark: Points | undefined;
}

const withEquity = api.injectEndpoints({
  endpoints: (build) => ({
    equity: build.query<Equity, string>({
      query: (backtest) => ({
        url: `/api/v1/backtests/${encodeURIComponent(backtest)}/tables/equity`,
        headers: { Accept: "text/csv" },
      }),
      transformResponse: readEquity,
    }),
  }),
});

export const { useEquityQuery: useEquity } = withEquity;

/** Reads the table of the curve, whose cells need no quotes. */
export function readEquity(csv: string): Equity {
  const [head = "", ...lines] = csv.trimEnd().split(/\r?\n/);
  const names = head.replaceAll('"', "").split(",");
  const [time, equity, benchmark] = [names.indexOf("time"), names.indexOf("equity"), names.indexOf("benchmark")];
  const rows = lines.map((line) => line.split(","));
  const times = rows.map((row) => Date.parse((row[time] ?? "").replaceAll('"', "").replace(" ", "T")) / 1000);
  const numbers = (at: number) => rows.map((row) => (row[at] === "" ? NaN : Number(row[at])));
  const against = benchmark < 0 ? [] : numbers(benchmark);
  return {
    equity: { times, values: numbers(equity) },
    benchmark: against.some((each) => !Number.isNaN(each)) ? { times, values: against } : undefined,
  };
}
