/** A run that is run again, or was: `/backtests/{id}/reproduction`. */
import { api, type ReproductionMessage } from "@/api";

const urlOf = (backtest: string) => `/api/v1/backtests/${encodeURIComponent(backtest)}/reproduction`;

const withReproduction = api.injectEndpoints({
  endpoints: (build) => ({
    runAgain: build.mutation<ReproductionMessage, string>({
      query: (backtest) => ({ url: urlOf(backtest), method: "POST" }),
      onQueryStarted: async (backtest, { dispatch, queryFulfilled }) => {
        const { data } = await queryFulfilled;
        void dispatch(withReproduction.util.upsertQueryData("outcome", backtest, data));
      },
    }),
    outcome: build.query<ReproductionMessage, string>({
      query: urlOf,
      providesTags: (_, __, backtest) => [{ type: "backtests", id: `reproduction ${backtest}` }],
    }),
  }),
});

export const { useRunAgainMutation, useOutcomeQuery } = withReproduction;
