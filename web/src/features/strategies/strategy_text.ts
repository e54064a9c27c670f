/** What a strategy is, in words. */
import type { ParameterMessage, StrategyMessage } from "@/api";

const SHORT = /^(sma|ema|macd|rsi)$/;

/** sma_cross as people write it: SMA cross. */
export function spoken(name: string): string {
  const words = name.split("_").map((each) => (SHORT.test(each) ? each.toUpperCase() : each));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function symbolsText({ least_symbols, most_symbols }: StrategyMessage): string {
  if (most_symbols === null) return `${least_symbols} or more`;
  return most_symbols === least_symbols ? String(least_symbols) : `${least_symbols} to ${most_symbols}`;
}

/** What a parameter may be; bounds count. */
export function allowed({ type, low, high, choices }: ParameterMessage): string {
  if (choices.length > 0) return choices.join(", ");
  if (type === "bool") return "yes or no";
  if (low !== null && high !== null) return `${low} to ${high}`;
  if (low !== null) return `from ${low}`;
  return high === null ? "any" : `up to ${high}`;
}
