/** Looks at all that may need a person. */
import { useMemo } from "react";
import { shallowEqual } from "react-redux";
import { api, useListAccountsQuery, useListSeriesQuery, type AccountDetail } from "@/api";
import { useAppSelector } from "@/app/store";
import { useNow } from "@/format";
import { useExchange } from "@/live";
import { lookedAt, needsOf, type Need } from "./needs";
import { useSessionsBehind } from "./requests";
import { useFailedRuns, useIngestions } from "./use_jobs";

export const ACCOUNTS = { limit: 100 };
/** Accounts that are followed. */
export const MOST_ACCOUNTS = 12;
/** Series whose coverage is looked at. */
const MOST_SERIES = 20;
const SERIES = { limit: 500 };
/** A failure of a day ago goes. */
const NOW_EVERY_MS = 60_000;

interface Asked<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly fulfilledTimeStamp?: number | undefined;
}

/** What a request is of, and how it went. */
interface Source {
  readonly name: string;
  readonly query: Asked<unknown>;
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
  const exchange = useExchange();
  const { failed, dead } = useFailedRuns();
  const ingestions = useIngestions();
  const series = useListSeriesQuery(SERIES);
  const looked = useMemo(
    () => lookedAt(series.data?.data ?? [], MOST_SERIES).map(({ symbol, interval }) => ({ symbol, interval })),
    [series.data],
  );
  const behind = useSessionsBehind(looked, { skip: looked.length === 0 });
  const details = useAccountDetails(accounts.data?.data.slice(0, MOST_ACCOUNTS).map(({ id }) => id) ?? []);
  const held = useMemo(() => details.flatMap(({ data }) => data ?? []), [details]);
  const now = useNow(NOW_EVERY_MS);
  const sources: readonly Source[] = [
    { name: "The exchange", query: exchange },
    { name: "Accounts", query: accounts },
    { name: "Backtests that failed", query: failed },
    { name: "Backtests that were given up", query: dead },
    { name: "Ingestions", query: ingestions },
    { name: "Stored series", query: series },
    ...details.map((query, at) => ({ name: accounts.data?.data[at]?.name ?? "An account", query })),
  ];
  const needs = useMemo(
    () =>
      needsOf(
        {
          accounts: held,
          exchange: exchange.data,
          runs: [...(failed.data?.data ?? []), ...(dead.data?.data ?? [])],
          ingestions: ingestions.data?.data ?? [],
          series: series.data?.data ?? [],
          behind: behind.data ?? {},
        },
        now,
      ),
    [held, exchange.data, failed.data, dead.data, ingestions.data, series.data, behind.data, now],
  );
  // Coverage takes longer: what it adds comes last in the list.
  const isPending = sources.some(({ query }) => isAwaited(query)) || (needs.length === 0 && behind.isLoading);
  return {
    needs,
    isLoading: isPending,
    isBlind: sources.every(({ query }) => query.data === undefined),
    failed: [...sources, { name: "Coverage of series", query: behind }].flatMap(({ name, query }) =>
      query.error === undefined ? [] : [{ name, error: query.error, asOf: query.fulfilledTimeStamp }],
    ),
  };
}

function isAwaited({ data, error }: Source["query"]): boolean {
  return data === undefined && error === undefined;
}

/** Of accounts that this page asks for anyway, in the order of ids. */
function useAccountDetails(ids: readonly string[]): readonly Asked<AccountDetail>[] {
  return useAppSelector((state) => ids.map((account) => api.endpoints.getAccount.select({ account })(state)), isSame);
}

/** A request that is asked again is another one only when its answer is. */
function isSame(one: readonly Asked<unknown>[], other: readonly Asked<unknown>[]): boolean {
  const told = (asked: readonly Asked<unknown>[]) => asked.flatMap(({ data, error }) => [data, error]);
  return shallowEqual(told(one), told(other));
}
