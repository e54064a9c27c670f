/** Backtests and ingestions in words. */
import type { BacktestMessage, IngestionMessage } from "@/api";

type Job = BacktestMessage | IngestionMessage;

export const STATUS: Readonly<Record<Job["status"], string>> = {
  queued: "waiting",
  running: "running",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
  dead: "given up",
};

export function isActive({ status }: Pick<Job, "status">): boolean {
  return status === "queued" || status === "running";
}

export function symbolsText(symbols: readonly string[]): string {
  return symbols.length <= 4 ? symbols.join(", ") : `${symbols.slice(0, 3).join(", ")} and ${symbols.length - 3} more`;
}

/** Why something of it is not there; undefined: all is well. */
export function whyOf(job: Job): string | undefined {
  if (job.error !== null) return job.error.detail;
  if (!("outcomes" in job) || job.status !== "succeeded") return undefined;
  const found = (job.outcomes ?? []).flatMap(({ stopped, symbols }) => [
    ...(typeof stopped === "string" ? [stopped] : []),
    ...symbols.flatMap((each) => (typeof each.failed === "string" ? [`${each.symbol}: ${each.failed}`] : [])),
  ]);
  return found.length === 0 ? undefined : found.join(" ");
}

/** When it will be done, as far as that is known: "2 min 10 s left". */
export function secondsLeft(eta: string | null, now: number): number | undefined {
  if (eta === null) return undefined;
  return Math.max(0, (Date.parse(eta) - now) / 1000);
}
