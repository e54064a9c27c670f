import { useCallback, useEffect, useRef } from "react";
import { api } from "@/api";
import { jobs, useChannel, type Changed, type JobNews } from "@/live";
import { useAppDispatch, type store } from "./store";

/** Between two times that the same is asked for: many jobs may change at once. */
const LEAST_MS = 1_000;
const NOTHING: JobNews = new Map();

/** Has what is shown asked for anew when a job changed: in this tab, another one, or on the command line. */
export function JobChanges() {
  const ask = useAskAgain();
  const news = useChannel(jobs).data ?? NOTHING;
  const seen = useRef(NOTHING);
  useEffect(() => {
    for (const [changed, times] of news) if (seen.current.get(changed) !== times) ask(changed);
    seen.current = news;
  }, [news, ask]);
  return null;
}

/** Asks at once, and then not more often than once in a while, but always after the last occasion. */
export function useAskAgain(): (changed: Changed) => void {
  const dispatch = useAppDispatch();
  return useCallback((changed) => askAgain(dispatch, changed), [dispatch]);
}

/** What was asked for a moment ago, and whether it is to be asked for again. */
const rests = new WeakMap<typeof store.dispatch, Map<Changed, boolean>>();

function askAgain(dispatch: typeof store.dispatch, changed: Changed): void {
  const resting = rests.get(dispatch) ?? new Map<Changed, boolean>();
  rests.set(dispatch, resting);
  if (resting.has(changed)) {
    resting.set(changed, true);
    return;
  }
  dispatch(api.util.invalidateTags(tagsOf(changed)));
  resting.set(changed, false);
  setTimeout(() => {
    const isWanted = resting.get(changed) === true;
    resting.delete(changed);
    if (isWanted) askAgain(dispatch, changed);
  }, LEAST_MS);
}

type Tags = Parameters<typeof api.util.invalidateTags>[0];

function tagsOf(changed: Changed): Tags {
  if (changed === "brought") return ["series", "instruments"];
  if (changed === "backtests" || changed === "ingestions") return [changed];
  return [{ type: "backtests", id: changed }];
}
