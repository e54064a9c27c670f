/** Brings the bundled prices into the store, and waits for them. */
import { useAddIngestionMutation, useGetIngestionQuery, type ApiError } from "@/api";
import { skipToken } from "@reduxjs/toolkit/query";

const SAMPLE = { source: "sample", symbols: ["AAPL"], interval: "1d" };

interface LoadSample {
  readonly load: () => void;
  readonly isLoading: boolean;
  readonly error: unknown;
}

export function useLoadSample(): LoadSample {
  const [add, { data, error, isLoading }] = useAddIngestionMutation();
  const asked = useGetIngestionQuery(data === undefined ? skipToken : { ingestion: data.id });
  const found = asked.currentData;
  const isOver = found !== undefined && found.status !== "queued" && found.status !== "running";
  const failed: Pick<ApiError, "detail"> | null = found?.error ?? null;
  return {
    load: () => void add({ newIngestion: SAMPLE }),
    isLoading: isLoading || (data !== undefined && !isOver),
    error: error ?? asked.error ?? (failed === null ? undefined : new Error(failed.detail)),
  };
}
