/** Runs side by side: all that is shown of them in one request of the page, so that they come together. */
import { api, type ApiError, type BacktestMessage, type EquityCurve, type RunFigures } from "@/api";
import type { Points } from "@/charts";
import { strategyTitle } from "@/format";

export interface ComparedRun {
  readonly run: BacktestMessage;
  readonly figures: RunFigures;
  /** Equity by what there was at the beginning: 1.5 is half as much again. */
  readonly growth: Points;
}

const POINTS = 2000;

const withCompared = api.injectEndpoints({
  endpoints: (build) => ({
    comparedRuns: build.query<readonly ComparedRun[], readonly string[]>({
      queryFn: async (ids, _api, _options, ask) => {
        const answers = await Promise.all(
          ids.map((id) => {
            const url = `/api/v1/backtests/${encodeURIComponent(id)}`;
            return Promise.all([ask(url), ask(`${url}/figures`), ask(`${url}/equity?points=${POINTS}`)]);
          }),
        );
        const refused = answers.flat().find((each) => each.error !== undefined);
        if (refused?.error !== undefined) return { error: refused.error satisfies ApiError };
        return {
          data: answers.map(([run, figures, curve]) => ({
            run: run.data as BacktestMessage,
            figures: figures.data as RunFigures,
            growth: growthOf(curve.data as EquityCurve),
          })),
        };
      },
    }),
  }),
});

export const { useComparedRunsQuery } = withCompared;

export function growthOf({ data }: EquityCurve): Points {
  const first = Number(data[0]?.open ?? "1");
  return {
    times: data.map((each) => Date.parse(each.timestamp) / 1000),
    values: data.map((each) => Number(each.close) / first),
  };
}

export interface Difference {
  readonly name: string;
  /** Of each run, in their order. */
  readonly values: readonly string[];
}

/** What the runs were asked for differently. */
export function differencesOf(runs: readonly BacktestMessage[]): Difference[] {
  const flat = runs.map((run) => flattened({ ...run.spec, strategy: strategyTitle(run.spec.strategy.name) }, ""));
  const parameters = runs.map((run) => flattened(run.spec.strategy.parameters, ""));
  return [...rowsOf(parameters), ...rowsOf(flat)].filter((row) => new Set(row.values).size > 1);
}

function rowsOf(all: readonly ReadonlyMap<string, string>[]): Difference[] {
  const names = [...new Set(all.flatMap((each) => [...each.keys()]))];
  return names.map((name) => ({ name, values: all.map((each) => each.get(name) ?? "") }));
}

function flattened(some: Readonly<Record<string, unknown>>, before: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(some)) {
    const label = `${before}${name.replaceAll("_", " ")}`;
    if (Array.isArray(value)) found.set(label, value.join(", "));
    else if (typeof value === "object" && value !== null) {
      for (const [inner, text] of flattened({ ...value }, `${label}, `)) found.set(inner, text);
    } else if (typeof value === "string") found.set(label, value);
    else if (typeof value === "number" || typeof value === "boolean") found.set(label, String(value));
  }
  return found;
}
