/** Backtests and ingestions that go on, and those that failed; what ended is asked for as soon as something did. */
import { useEffect, useRef } from "react";
import { api, useListBacktestsQuery, useListIngestionsQuery, type BacktestMessage } from "@/api";
import { useAppDispatch } from "@/app/store";
import { isActive } from "./jobs";

/** Somebody else may begin one. */
const LOOK_MS = 5_000;
const ACTIVE_MS = 1_000;
/** What ended is asked for when it was seen to; this finds what came and went between two looks. */
export const ENDED_EVERY = { pollingInterval: 10_000, skipPollingIfUnfocused: true };
const MOST = 50;
/** As the Data page asks, so that both have one answer. */
const INGESTIONS = { limit: 200 };
const OF = {
  running: { status: "running", limit: MOST },
  queued: { status: "queued", limit: MOST },
  failed: { status: "failed", limit: MOST },
  dead: { status: "dead", limit: MOST },
} as const;

export function useIngestions() {
  const seen = api.endpoints.listIngestions.useQueryState(INGESTIONS);
  const isOn = seen.data?.data.some(isActive) === true;
  return useListIngestionsQuery(INGESTIONS, {
    pollingInterval: isOn ? ACTIVE_MS : LOOK_MS,
    skipPollingIfUnfocused: true,
  });
}

/** Those that run and those that wait. Their own channels say how far they are. */
export function useActiveRuns() {
  const often = { pollingInterval: LOOK_MS, skipPollingIfUnfocused: true };
  const [running, queued] = [useListBacktestsQuery(OF.running, often), useListBacktestsQuery(OF.queued, often)];
  useRunsOver([running.data?.data, queued.data?.data]);
  return { running, queued };
}

export function useFailedRuns() {
  return {
    failed: useListBacktestsQuery(OF.failed, ENDED_EVERY),
    dead: useListBacktestsQuery(OF.dead, ENDED_EVERY),
  };
}

/** One that went on does not any more: lists of runs are others. */
function useRunsOver(lists: readonly (readonly BacktestMessage[] | undefined)[]): void {
  const dispatch = useAppDispatch();
  const before = useRef<readonly string[]>([]);
  const isKnown = lists.every((each) => each !== undefined);
  const ids = lists.flatMap((each) => (each ?? []).map(({ id }) => id)).join(" ");
  useEffect(() => {
    if (!isKnown) return;
    const now = ids.split(" ");
    const isOver = before.current.some((each) => each !== "" && !now.includes(each));
    before.current = now;
    if (isOver) dispatch(api.util.invalidateTags(["backtests"]));
  }, [dispatch, isKnown, ids]);
}
