/** What a run is, in words: from its spec, which says all that decided it. */
import type { BacktestMessage, BacktestSpec } from "@/api";
import { formatDay, formatRemaining, strategyTitle } from "@/format";

export interface RunWords {
  readonly title: string;
  readonly about: string;
}

export function runWords(spec: BacktestSpec, result?: BacktestMessage["result"]): RunWords {
  const [start, end] = [spec.start ?? result?.first_bar, spec.end ?? result?.last_bar];
  const range = [start, end].filter((each) => typeof each === "string").map(formatDay);
  return {
    title: [strategyTitle(spec.strategy.name), symbolsText(spec.symbols)].join(" · "),
    about: [range.join(" to "), spec.interval, parametersText(spec)].filter((each) => each !== "").join(" · "),
  };
}

export function symbolsText(symbols: readonly string[]): string {
  return symbols.length <= 4 ? symbols.join(", ") : `${symbols.slice(0, 3).join(", ")} and ${symbols.length - 3} more`;
}

export function parametersText({ strategy }: Pick<BacktestSpec, "strategy">): string {
  return Object.entries(strategy.parameters)
    .filter(([, value]) => value !== false && value !== "")
    .map(([name, value]) => (value === true ? name : `${name} ${String(value)}`))
    .join(", ");
}

/** How long a run took; undefined: it has not ended, or nobody kept the time. */
export function secondsOf({ started_at: start, finished_at: end, job }: BacktestMessage): number | undefined {
  if (job === null || start === null || end === null) return undefined;
  return (Date.parse(end) - Date.parse(start)) / 1000;
}

export function etaText(eta: string | null, now: number): string {
  if (eta === null) return "";
  const seconds = (Date.parse(eta) - now) / 1000;
  return seconds < 1 ? "almost done" : `about ${formatRemaining(seconds)} left`;
}

export const STATUS: Readonly<Record<BacktestMessage["status"], string>> = {
  queued: "waiting",
  running: "running",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
  dead: "gave up",
};

export function isOver(status: BacktestMessage["status"]): boolean {
  return status !== "queued" && status !== "running";
}
