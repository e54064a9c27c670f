/** A run that is run again, or was: `/backtests/{id}/reproduction`. */
import { api } from "@/api";

export interface Reproduction {
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
  /** Whether every byte came out as it was stored; null: not known, yet or at all. */
  readonly equal: boolean | null;
  readonly differences: readonly string[];
  /** Why, where that can be told. */
  readonly cause: string | null;
  readonly result_hash: string | null;
  /** Why it could not be run again. */
  readonly detail: string | null;
}

const urlOf = (backtest: string) => `/api/v1/backtests/${encodeURIComponent(backtest)}/reproduction`;

const withReproduction = api.injectEndpoints({
  endpoints: (build) => ({
    runAgain: build.mutation<Reproduction, string>({
      query: (backtest) => ({ url: urlOf(backtest), method: "POST" }),
      onQueryStarted: async (backtest, { dispatch, queryFulfilled }) => {
        const { data } = await queryFulfilled;
        void dispatch(withReproduction.util.upsertQueryData("outcome", backtest, data));
      },
    }),
    outcome: build.query<Reproduction, string>({ query: urlOf }),
  }),
});

export const { useRunAgainMutation, useOutcomeQuery } = withReproduction;
