/** What is wrong with the form that can be told without asking: by JSON pointer into what would be sent. */
import type { InstrumentMessage, ParameterMessage, StrategyMessage } from "@/api";
import { dayProblem } from "@/fields/day";
import { formatDecimal } from "@/format";
import type { FormValues } from "./form_values";

export type Wrong = Readonly<Record<string, string>>;

export function checkForm(
  values: FormValues,
  strategy: StrategyMessage | undefined,
  instruments: readonly InstrumentMessage[],
): Wrong {
  const wrong: Record<string, string> = {};
  for (const each of strategy?.parameters ?? []) {
    const found = checkParameter(each, values.parameters[each.name]);
    if (found !== undefined) wrong[`/parameters/${each.name}`] = found;
  }
  const symbols = checkSymbols(values.symbols, strategy);
  if (symbols !== undefined) wrong["/symbols"] = symbols;
  if (!/^\d{1,16}(\.\d{1,18})?$/.test(values.cash) || Number(values.cash) === 0)
    wrong["/cash"] = "Write an amount above 0, such as 100000.";
  const { commission_bps: commission, slippage_bps: slippage } = values.costs;
  if (!(commission >= 0 && commission < 10_000)) wrong["/commission_bps"] = "Write 0 to 10000 basis points.";
  if (!(slippage >= 0 && slippage < 10_000)) wrong["/slippage_bps"] = "Write 0 to 10000 basis points.";
  return { ...wrong, ...checkRange(values, instruments) };
}

export function checkParameter(
  { type, low, high, choices, name }: ParameterMessage,
  typed: string | boolean | undefined,
): string | undefined {
  if (typed === undefined || typeof typed === "boolean") return undefined;
  if (type === "str") {
    const isKnown = choices.length === 0 || choices.includes(typed);
    return isKnown ? undefined : `${name} is one of ${choices.join(", ")}, not "${typed}".`;
  }
  if (typed.trim() === "") return undefined;
  const value = Number(typed);
  if (Number.isNaN(value)) return `${name} is a number, not "${typed}".`;
  if (type === "int" && !Number.isInteger(value)) return `${name} is a whole number, not ${typed}.`;
  const [isLow, isHigh] = [low !== null && value < low, high !== null && value > high];
  if (!isLow && !isHigh) return undefined;
  const [least, most] = [low, high].map((each) => (each === null ? undefined : formatDecimal(String(each))));
  const range = least !== undefined && most !== undefined ? `is outside ${least} to ${most}` : undefined;
  return `${name} = ${typed} ${range ?? (isLow ? `is below ${least}` : `is above ${most}`)}.`;
}

function checkSymbols(symbols: readonly string[], strategy: StrategyMessage | undefined): string | undefined {
  if (symbols.length === 0) return "Choose what to trade.";
  if (strategy === undefined) return undefined;
  const { least_symbols: least, most_symbols: most, name } = strategy;
  if (symbols.length < least) return `${name} needs at least ${least} symbols.`;
  if (most !== null && symbols.length > most) return `${name} takes ${most === 1 ? "one symbol" : `${most} symbols`}.`;
  return undefined;
}

function checkRange({ start, end, symbols, interval }: FormValues, instruments: readonly InstrumentMessage[]): Wrong {
  const [from, to] = [dayProblem(start), dayProblem(end)];
  if (from !== undefined) return { "/start": from };
  if (to !== undefined) return { "/end": to };
  if (start !== "" && end !== "" && start > end) return { "/end": "The end lies before the start." };
  for (const symbol of symbols) {
    const span = spanOf(instruments, symbol, interval);
    if (span === undefined) continue;
    if (start !== "" && start > span.last) return { "/start": `${symbol} ends on ${span.last}.` };
    if (end !== "" && end < span.first) return { "/end": `${symbol} begins on ${span.first}.` };
  }
  return {};
}

export interface Span {
  /** Days. */
  readonly first: string;
  readonly last: string;
  readonly rows: number;
  /** Of its quality; null: not looked at. */
  readonly score: number | null;
  /** It is not stored in this interval, but in one that makes it. */
  readonly isMade: boolean;
}

/** What is stored of a symbol in an interval, or else in whichever it has. */
export function spanOf(instruments: readonly InstrumentMessage[], symbol: string, interval: string): Span | undefined {
  const coverage = instruments.find((each) => each.symbol === symbol)?.coverage ?? [];
  const found = coverage.find((each) => each.interval === interval) ?? coverage[0];
  if (found === undefined) return undefined;
  return {
    first: found.first.slice(0, 10),
    last: found.last.slice(0, 10),
    rows: found.rows,
    score: found.quality_score,
    isMade: found.interval !== interval,
  };
}
