/** Ratios, percentages and counts, which are floats on the server too. */
import { formatDecimal, MINUS, type DecimalOptions } from "./decimal";

/** 0.1234 is 12.34%. */
export function formatPercent(value: number, digits = 2, signed = false): string {
  return `${formatNumber(value * 100, { digits, signed })}%`;
}

/** Shows a float with a fixed number of digits behind the point. */
export function formatNumber(value: number, options: DecimalOptions & { digits: number }): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? `${MINUS}∞` : "n/a";
  return formatDecimal(value.toFixed(options.digits), options);
}

/** A score of at most 100 with one digit behind the point, cut off: only what is without fault has 100.0. */
export function formatScore(score: number): string {
  return (Math.floor(score * 10) / 10).toFixed(1);
}

/** Shows a count. */
export function formatCount(value: number): string {
  return formatDecimal(Math.round(value).toString());
}

const SIZES = ["B", "kB", "MB", "GB", "TB"];

/** Shows bytes with three digits at the most. */
export function formatBytes(value: number): string {
  let at = 0;
  while (value >= 999.5 && at < SIZES.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 || value >= 99.95 ? value.toFixed(0) : value.toPrecision(2)} ${SIZES[at] ?? ""}`;
}

/** Shows seconds as people say them: 340 ms, 4.2 s, 3 min 10 s, 2 h 5 min, 4 d. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(0)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86_400) return two(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return two(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h");
}

/** Shows what is left of a time in whole seconds: it is a guess. */
export function formatRemaining(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : formatDuration(whole);
}

function two(first: number, unit: string, second: number, smaller: string): string {
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${smaller}`;
}

/** Shows microseconds with three digits: 850 µs, 1.25 ms, 2.10 s. */
export function formatLatency(us: number): string {
  const [value, unit] = us < 999.5 ? [us, "µs"] : us < 999_500 ? [us / 1e3, "ms"] : [us / 1e6, "s"];
  return `${value >= 99.95 || unit === "µs" ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
