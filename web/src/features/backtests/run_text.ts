/** What a run is, in words. */
import type { BacktestMessage } from "@/api";
import { formatDay } from "@/format";

type Spec = BacktestMessage["spec"];

/** "sma_cross · AAPL" */
export function runTitle({ strategy, symbols }: Spec): string {
  return `${strategy.name} · ${symbols.join(", ")}`;
}

/** "2000-03-01 to 2013-03-01 · 1d · fast 10, slow 30" */
export function runAbout({ spec, result }: BacktestMessage): string {
  const [start, end] = [result?.first_bar ?? spec.start, result?.last_bar ?? spec.end];
  const range = start === null || end === null ? "" : `${formatDay(start)} to ${formatDay(end)}`;
  return [range, spec.interval, parameterText(spec)].filter((each) => each !== "").join(" · ");
}

export function parameterText({ strategy }: Spec): string {
  return Object.entries(strategy.parameters)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}
