/** Ingestions, asked for again while one of them goes on. */
import { useEffect, useRef, useState } from "react";
import { api, useListIngestionsQuery, type IngestionMessage } from "@/api";
import { useAppDispatch } from "@/app/store";

const LOOK_MS = 1_000;
const MOST = 200;

export function isActive({ status }: Pick<IngestionMessage, "status">): boolean {
  return status === "queued" || status === "running";
}

/** The newest ingestions. When one ends, what it brought is asked for: catalogue, coverage, quality. */
export function useIngestions() {
  const dispatch = useAppDispatch();
  const [isGoingOn, setGoingOn] = useState(false);
  const query = useListIngestionsQuery(
    { limit: MOST },
    { pollingInterval: isGoingOn ? LOOK_MS : 0, skipPollingIfUnfocused: true },
  );
  const active = query.data?.data.filter(isActive).length ?? 0;
  const before = useRef(0);
  useEffect(() => {
    setGoingOn(active > 0);
    if (active < before.current) dispatch(api.util.invalidateTags(["series", "instruments"]));
    before.current = active;
  }, [active, dispatch]);
  return query;
}
