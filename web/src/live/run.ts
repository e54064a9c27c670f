/** A run as it goes: how far it is, its equity so far, its log. */
import type { RunData, Update } from "@arbitrax/client";
import type { Channel } from "./channels";

export interface LiveRun {
  readonly status: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly eta: string | null;
  readonly times: readonly string[];
  readonly equity: readonly number[];
  readonly log: readonly string[];
  readonly isDone: boolean;
}

const BEGINNING: LiveRun = { status: "queued", progress: 0, eta: null, times: [], equity: [], log: [], isDone: false };

export function run(id: string): Channel<Update<RunData>, LiveRun> {
  return {
    key: `runs ${id}`,
    open: (stream, listener) => stream.run(id, listener),
    fold: (before = BEGINNING, { data }) => {
      switch (data.kind) {
        case "progress":
          return { ...before, status: data.status, progress: data.progress, eta: data.eta };
        case "equity":
          return { ...before, times: [...before.times, ...data.times], equity: [...before.equity, ...data.equity] };
        case "log":
          return { ...before, log: [...before.log, data.text] };
        case "done":
          return { ...before, isDone: true };
      }
    },
  };
}
