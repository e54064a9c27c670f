/** Brings the bundled prices into the store, and waits for them. */
import { useEffect } from "react";
import { api, useAddIngestionMutation, useGetIngestionQuery, type ApiError } from "@/api";
import { skipToken } from "@reduxjs/toolkit/query";
import { useAppDispatch } from "../store";

const SAMPLE = { source: "sample", symbols: ["AAPL"], interval: "1d" };
const LOOK_MS = 500;

interface LoadSample {
  readonly load: () => void;
  readonly isLoading: boolean;
  readonly error: unknown;
}

export function useLoadSample(): LoadSample {
  const dispatch = useAppDispatch();
  const [add, { data, error, isLoading }] = useAddIngestionMutation();
  const which = data === undefined ? skipToken : { ingestion: data.id };
  const found = api.endpoints.getIngestion.useQueryState(which).data;
  const isOver = found !== undefined && found.status !== "queued" && found.status !== "running";
  const asked = useGetIngestionQuery(which, { pollingInterval: isOver ? 0 : LOOK_MS });
  useEffect(() => {
    if (isOver) dispatch(api.util.invalidateTags(["series", "instruments"]));
  }, [isOver, dispatch]);
  const failed: Pick<ApiError, "detail"> | null = found?.error ?? null;
  return {
    load: () => void add({ newIngestion: SAMPLE }),
    isLoading: isLoading || (data !== undefined && !isOver),
    error: error ?? asked.error ?? (failed === null ? undefined : new Error(failed.detail)),
  };
}
