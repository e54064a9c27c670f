/** Ingestions, asked for again while one of them goes on. */
import { useEffect, useRef } from "react";
import { api, useListIngestionsQuery, type IngestionMessage } from "@/api";
import { useAppDispatch } from "@/app/store";

const LOOK_MS = 1_000;
/** While none is known to go on: somebody else may begin one. */
const IDLE_MS = 10_000;
const NEWEST = { limit: 200 };

export function isActive({ status }: Pick<IngestionMessage, "status">): boolean {
  return status === "queued" || status === "running";
}

/** The newest ingestions. When one ends, what it brought is asked for: catalogue, coverage, quality. */
export function useIngestions() {
  const dispatch = useAppDispatch();
  const { data } = api.endpoints.listIngestions.useQueryState(NEWEST);
  const seen = data?.data ?? [];
  const active = seen.filter(isActive).length;
  const newest = seen.find((each) => !isActive(each) && each.finished_at !== null);
  const over = data === undefined ? undefined : `${seen.length - active} ${newest?.id ?? ""}`;
  const before = useRef<string>(undefined);
  useEffect(() => {
    const isAnother = before.current !== undefined && over !== undefined && before.current !== over;
    if (isAnother) dispatch(api.util.invalidateTags(["series", "instruments"]));
    before.current = over ?? before.current;
  }, [over, dispatch]);
  return useListIngestionsQuery(NEWEST, {
    pollingInterval: active > 0 ? LOOK_MS : IDLE_MS,
    skipPollingIfUnfocused: true,
  });
}
