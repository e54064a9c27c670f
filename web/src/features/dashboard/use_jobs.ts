/** Backtests and ingestions that go on, and those that failed; asked for anew when one of them changed. */
import { useListBacktestsQuery, useListIngestionsQuery } from "@/api";

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
  return useListIngestionsQuery(INGESTIONS);
}

/** Those that run and those that wait. Their own channels say how far they are. */
export function useActiveRuns() {
  return { running: useListBacktestsQuery(OF.running), queued: useListBacktestsQuery(OF.queued) };
}

export function useFailedRuns() {
  return { failed: useListBacktestsQuery(OF.failed), dead: useListBacktestsQuery(OF.dead) };
}
