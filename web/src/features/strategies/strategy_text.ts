/** What a strategy is, in words. */
import type { ParameterMessage, StrategyMessage } from "@/api";
import { formatDecimal } from "@/format";

/** A docstring's text without its marks of code. */
export function plain(text: string): string {
  return text.replaceAll("``", "");
}

export function symbolsText({ least_symbols, most_symbols }: StrategyMessage): string {
  if (most_symbols === null) return `${least_symbols} or more`;
  return most_symbols === least_symbols ? String(least_symbols) : `${least_symbols} to ${most_symbols}`;
}

export const TYPES: Readonly<Record<ParameterMessage["type"], string>> = {
  int: "whole number",
  float: "number",
  bool: "yes or no",
  str: "text",
};

/** What a parameter is when nobody sets it. */
export function defaultText({ default: standard }: ParameterMessage): string {
  return typeof standard === "boolean" ? (standard ? "yes" : "no") : String(standard);
}

/** What a parameter may be; bounds count. */
export function allowed({ type, low, high, choices }: ParameterMessage): string {
  if (choices.length > 0) return choices.join(", ");
  if (type === "bool") return "yes or no";
  const [least, most] = [low, high].map((each) => (each === null ? undefined : formatDecimal(String(each))));
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `from ${least}`;
  return most === undefined ? "any" : `up to ${most}`;
}
