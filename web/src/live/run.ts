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
  /** The newest lines that the strategy said, oldest first. */
  readonly log: readonly { readonly text: string; readonly bar: string | null }[];
  /** Lines before them. */
  readonly cut: number;
  readonly isDone: boolean;
}

const BEGINNING: LiveRun = {
  status: "queued",
  progress: 0,
  eta: null,
  times: [],
  equity: [],
  log: [],
  cut: 0,
  isDone: false,
};

/** As many are kept of a run that has ended. */
const MOST_LINES = 1_000;

function logged(before: LiveRun, line: LiveRun["log"][number]): LiveRun {
  const more = Math.max(0, before.log.length + 1 - MOST_LINES);
  return { ...before, log: [...before.log.slice(more), line], cut: before.cut + more };
}

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
          return logged(before, { text: data.text, bar: data.bar });
        case "done":
          return { ...before, isDone: true };
      }
    },
  };
}
