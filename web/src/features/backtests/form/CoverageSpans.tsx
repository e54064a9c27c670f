import type { InstrumentMessage } from "@/api";
import classes from "./BacktestForm.module.css";
import { spanOf } from "./check";
import type { FormValues } from "./form_values";
import { scoreText } from "./SymbolField";

interface CoverageSpansProps {
  readonly instruments: readonly InstrumentMessage[];
  readonly values: Pick<FormValues, "symbols" | "interval" | "start" | "end">;
}

const MOST = 8;

/** What is stored of each symbol, and which part of it the run takes. */
export function CoverageSpans({ instruments, values }: CoverageSpansProps) {
  const spans = values.symbols.slice(0, MOST).flatMap((symbol) => {
    const span = spanOf(instruments, symbol, values.interval);
    return span === undefined ? [] : [{ symbol, ...span }];
  });
  const days = [...spans.flatMap(({ first, last }) => [first, last]), values.start, values.end]
    .filter((each) => each !== "")
    .map(dayNumber);
  const [least, most] = [Math.min(...days), Math.max(...days)];
  const at = (day: number) => `${((day - least) / Math.max(most - least, 1)) * 100}%`;
  const between = (from: number, to: number) => ({ left: at(from), right: `calc(100% - ${at(to)})` });
  return (
    <div className={classes["spans"]} aria-hidden={spans.length === 0}>
      {spans.map(({ symbol, first, last, score, isMade }) => {
        const from = Math.max(dayNumber(first), values.start === "" ? -Infinity : dayNumber(values.start));
        const to = Math.min(dayNumber(last), values.end === "" ? Infinity : dayNumber(values.end));
        return (
          <div key={symbol} className={classes["span"]}>
            <span>{symbol}</span>
            <span className={classes["bar"]}>
              <i data-stored style={between(dayNumber(first), dayNumber(last))} />
              {from <= to && <i data-chosen style={between(from, to)} />}
            </span>
            <span>
              {first} to {last}, {isMade ? "of finer bars" : scoreText(score)}
            </span>
          </div>
        );
      })}
      {values.symbols.length > MOST && <span>and {values.symbols.length - MOST} more</span>}
    </div>
  );
}

function dayNumber(day: string): number {
  return Date.parse(day) / 86_400_000;
}
