import type { ReactNode } from "react";
import { isApiError, sentenceOf } from "@/api/problems";
import { useConnection } from "@/live";
import { ErrorState } from "./ErrorState";
import { NotFound } from "./NotFound";
import { Offline } from "./Offline";
import { useStaleAt, useTellStale } from "./stale_place";

/** What a query hook returns, as far as it matters here. */
interface Query<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly fulfilledTimeStamp?: number | undefined;
  readonly refetch: () => unknown;
}

interface LoadedProps<T> {
  readonly query: Query<T>;
  /** Of the same shape as what comes. */
  readonly skeleton: ReactNode;
  /** What changes is told by the web socket: without it what is shown is old. */
  readonly isLive?: boolean;
  readonly children: (data: T) => ReactNode;
}

/** What was asked for, in whichever state it is: skeleton, error, not found, offline, stale, or there. */
export function Loaded<T>({ query, skeleton, isLive = false, children }: LoadedProps<T>) {
  const { state } = useConnection();
  const { data, error, fulfilledTimeStamp, refetch } = query;
  const heardAt = useStaleAt();
  useTellStale(
    data === undefined ? undefined : error !== undefined ? fulfilledTimeStamp : isLive ? heardAt : undefined,
  );
  if (data === undefined) {
    if (error === undefined) return skeleton;
    if (isApiError(error) && error.status === 404) return <NotFound>{sentenceOf(error)}</NotFound>;
    if (state === "offline") return <Offline />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  return children(data);
}
