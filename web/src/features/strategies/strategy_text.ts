/** What a strategy is, in words. */
import type { ParameterMessage, StrategyMessage } from "@/api";

/** A docstring's text without its marks of code. */
export function plain(text: string): string {
  return text.replaceAll("``", "");
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
