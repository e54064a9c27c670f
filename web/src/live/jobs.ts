/** What becomes of jobs, whoever changes them: counted by what is to be asked for anew. */
import type { JobChange, JobsData, Update } from "@arbitrax/client";
import type { Channel } from "./channels";

/** What changed: lists of backtests or ingestions, what an ingestion brought, or `reproduction bt_...`. */
export type Changed = "backtests" | "ingestions" | "brought" | `reproduction ${string}`;

/** How often each was told to have changed. */
export type JobNews = ReadonlyMap<Changed, number>;

const OVER: ReadonlySet<JobChange["status"]> = new Set(["succeeded", "failed", "cancelled", "dead"]);

export const jobs: Channel<Update<JobsData>, JobNews> = {
  key: "jobs",
  open: (stream, listener) => stream.jobs(listener),
  fold: (before = new Map(), { type, data }) => {
    // What was told before a snapshot may have been missed.
    const all: Changed[] = ["backtests", "ingestions", "brought", ...before.keys()];
    const found = new Map(before);
    for (const each of new Set(type === "snapshot" ? all : data.jobs.flatMap(changedBy))) {
      found.set(each, (found.get(each) ?? 0) + 1);
    }
    return found;
  },
};

function changedBy({ kind, id, status }: JobChange): readonly Changed[] {
  if (kind === "backtest") return ["backtests"];
  if (kind === "reproduction") return [`reproduction ${id}`];
  return OVER.has(status) ? ["ingestions", "brought"] : ["ingestions"];
}
