/** Looks at all that may need a person. */
import { useMemo } from "react";
import { shallowEqual } from "react-redux";
import { api, useGetExchangeQuery, useListAccountsQuery, useListSeriesQuery, type AccountDetail } from "@/api";
import { useAppSelector } from "@/app/store";
import { useNow } from "@/format";
import { lookedAt, needsOf, type Need } from "./needs";
import { useSessionsBehind } from "./requests";
import { useFailedRuns, useIngestions } from "./use_jobs";

export const ACCOUNTS = { limit: 100 };
/** Accounts that are followed. */
export const MOST_ACCOUNTS = 20;
/** Series whose coverage is looked at. */
const MOST_SERIES = 20;
const SERIES = { limit: 500 };
export const EXCHANGE_EVERY = { pollingInterval: 5_000, skipPollingIfUnfocused: true };
/** A failure of a day ago goes. */
const NOW_EVERY_MS = 60_000;

/** What a request is of, and how it went. */
interface Source {
  readonly name: string;
  readonly query: {
    readonly data?: unknown;
    readonly error?: unknown;
    readonly isUninitialized?: boolean;
    readonly fulfilledTimeStamp?: number | undefined;
  };
}

export interface Needs {
  readonly needs: readonly Need[];
  /** Not everything has answered yet. */
  readonly isLoading: boolean;
  /** Nothing has answered. */
  readonly isBlind: boolean;
  readonly failed: readonly { readonly name: string; readonly error: unknown; readonly asOf: number | undefined }[];
}

export function useNeeds(): Needs {
  const accounts = useListAccountsQuery(ACCOUNTS);
  const exchange = useGetExchangeQuery(undefined, EXCHANGE_EVERY);
  const { failed, dead } = useFailedRuns();
  const ingestions = useIngestions();
  const series = useListSeriesQuery(SERIES);
  const looked = useMemo(
    () => lookedAt(series.data?.data ?? [], MOST_SERIES).map(({ symbol, interval }) => ({ symbol, interval })),
    [series.data],
  );
  const behind = useSessionsBehind(looked, { skip: looked.length === 0 });
  const details = useAccountDetails(accounts.data?.data.slice(0, MOST_ACCOUNTS).map(({ id }) => id) ?? []);
  const now = useNow(NOW_EVERY_MS);
  const sources: readonly Source[] = [
    { name: "The exchange", query: exchange },
    { name: "Accounts", query: accounts },
    { name: "Backtests that failed", query: failed },
    { name: "Backtests that were given up", query: dead },
    { name: "Ingestions", query: ingestions },
    { name: "Stored series", query: series },
    { name: "Coverage of series", query: behind },
  ];
  const needs = useMemo(
    () =>
      needsOf(
        {
          accounts: details,
          exchange: exchange.data,
          runs: [...(failed.data?.data ?? []), ...(dead.data?.data ?? [])],
          ingestions: ingestions.data?.data ?? [],
          series: series.data?.data ?? [],
          behind: behind.data ?? {},
        },
        now,
      ),
    [details, exchange.data, failed.data, dead.data, ingestions.data, series.data, behind.data, now],
  );
  return {
    needs,
    isLoading: sources.some(
      ({ query }) => query.data === undefined && query.error === undefined && query.isUninitialized !== true,
    ),
    isBlind: sources.every(({ query }) => query.data === undefined),
    failed: sources.flatMap(({ name, query: { error, fulfilledTimeStamp: asOf } }) =>
      error === undefined ? [] : [{ name, error, asOf }],
    ),
  };
}

/** Of accounts that this page asks for anyway, as far as they are known. */
function useAccountDetails(ids: readonly string[]): readonly AccountDetail[] {
  return useAppSelector(
    (state) => ids.flatMap((account) => api.endpoints.getAccount.select({ account })(state).data ?? []),
    shallowEqual,
  );
}
