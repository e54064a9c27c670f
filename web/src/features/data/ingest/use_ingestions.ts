/** Ingestions, asked for again while one of them goes on. */
import { useEffect, useRef } from "react";
import { api, useListIngestionsQuery, type IngestionMessage } from "@/api";
import { useAppDispatch } from "@/app/store";

const LOOK_MS = 1_000;
const NEWEST = { limit: 200 };

export function isActive({ status }: Pick<IngestionMessage, "status">): boolean {
  return status === "queued" || status === "running";
}

/** The newest ingestions. When one ends, what it brought is asked for: catalogue, coverage, quality. */
export function useIngestions() {
  const dispatch = useAppDispatch();
  const seen = api.endpoints.listIngestions.useQueryState(NEWEST).data?.data ?? [];
  const active = seen.filter(isActive).length;
  const before = useRef(0);
  useEffect(() => {
    if (active < before.current) dispatch(api.util.invalidateTags(["series", "instruments"]));
    before.current = active;
  }, [active, dispatch]);
  return useListIngestionsQuery(NEWEST, {
    pollingInterval: active > 0 ? LOOK_MS : 0,
    skipPollingIfUnfocused: true,
  });
}
