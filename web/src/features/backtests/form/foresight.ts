/** What will come of the choices in the form, before anything runs. */
import type { BacktestValidation, InstrumentMessage } from "@/api";
import { formatCount, formatDay, formatPercent, formatScore } from "@/format";
import { spanOf } from "./check";
import { isFree } from "./costs";
import type { FormValues } from "./form_values";

export interface Foreseen {
  readonly level: "ok" | "warning" | "wrong";
  readonly text: string;
}

/** Of the bars that a warm-up may take without being worth a word. */
const MUCH = 0.2;
const GOOD_SCORE = 95;

export function foresee(
  values: FormValues,
  told: BacktestValidation | undefined,
  instruments: readonly InstrumentMessage[],
): Foreseen[] {
  const found: Foreseen[] = [];
  if (told !== undefined) found.push(...ofBars(told));
  for (const symbol of values.symbols) {
    const span = spanOf(instruments, symbol, values.interval);
    if (span === undefined) continue;
    if (values.start !== "" && values.start < span.first)
      found.push({ level: "warning", text: `${symbol} begins on ${span.first}, so the run does.` });
    if (values.end !== "" && values.end > span.last)
      found.push({ level: "warning", text: `${symbol} ends on ${span.last}, so the run does.` });
    if (span.score !== null && span.score < GOOD_SCORE) {
      const text = `The bars of ${symbol} have the quality ${formatScore(span.score)} of 100; the Data page says why.`;
      found.push({ level: "warning", text });
    }
  }
  if (isFree(values.costs))
    found.push({ level: "warning", text: "Costs are zero: every result is better than it could have been." });
  if (values.fill === "same_close") {
    const text = "Orders fill at the very close that decided them, which nobody can trade.";
    found.push({ level: "warning", text });
  }
  return found;
}

function ofBars({ warmup, bars, first, last }: BacktestValidation): Foreseen[] {
  const needs = `the strategy decides from bar ${formatCount(Math.max(warmup, 1))} on`;
  if (bars === null || first === null || last === null)
    return [{ level: "ok", text: `Bars are made of finer ones; ${needs}.` }];
  const share = warmup / bars;
  const what = `${formatCount(bars)} bars, ${formatDay(first)} to ${formatDay(last)}; ${needs}`;
  if (share <= MUCH) return [{ level: "ok", text: `${what}.` }];
  return [{ level: "warning", text: `${what}, so its warm-up takes ${formatPercent(share, 0)} of them.` }];
}
