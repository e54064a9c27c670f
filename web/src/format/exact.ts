/** Arithmetic of decimal strings, exact: money, prices and sizes never pass through a float. */

interface Exact {
  readonly units: bigint;
  /** Digits behind the point. */
  readonly scale: number;
}

const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?$/;

/** Whether a text is a decimal, as people type it. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text) && /\d/.test(text);
}

/** Its shortest form: "007.50" is "7.5". */
export function plain(text: string): string {
  return write(read(text));
}

export function plus(one: string, other: string): string {
  return together(one, other, (a, b) => a + b);
}

export function minus(one: string, other: string): string {
  return together(one, other, (a, b) => a - b);
}

export function times(one: string, other: string): string {
  const [a, b] = [read(one), read(other)];
  return write({ units: a.units * b.units, scale: a.scale + b.scale });
}

/** Cut off, towards 0, after so many digits. */
export function over(one: string, other: string, digits: number): string {
  const [a, b] = [read(one), read(other)];
  if (b.units === 0n) return "0";
  const shift = digits + b.scale - a.scale;
  const units = shift >= 0 ? a.units * 10n ** BigInt(shift) : a.units / 10n ** BigInt(-shift);
  return write({ units: units / b.units, scale: digits });
}

/** Below 0: the first is less. */
export function compare(one: string, other: string): number {
  const { units } = read(minus(one, other));
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

export function isZero(text: string): boolean {
  return read(text).units === 0n;
}

/** The largest multiple of a step that is not above a value. */
export function floorTo(value: string, step: string): string {
  return stepped(value, step, 0n);
}

/** The next multiple of a step in a direction; a multiple itself moves by one. */
export function moved(value: string, step: string, by: number): string {
  const floor = floorTo(value, step);
  const isBetween = compare(floor, value) !== 0;
  return stepped(value, step, BigInt(isBetween && by < 0 ? by + 1 : by));
}

/** The multiple of a step that is nearest to a float, such as where a line was dragged to. */
export function nearest(value: number, step: string): string {
  const found = read(step);
  const steps = Math.round(value / Number(step));
  return fixed({ units: BigInt(steps) * found.units, scale: found.scale }, found.scale);
}

/** With so many digits behind the point at least. */
export function withDigits(text: string, digits: number): string {
  const missing = digits - digitsOf(text);
  if (missing <= 0) return text;
  return `${text}${text.includes(".") ? "" : "."}${"0".repeat(missing)}`;
}

/** Digits behind the point that multiples of a step need. */
export function digitsOf(step: string): number {
  return step.split(".")[1]?.length ?? 0;
}

function stepped(value: string, step: string, more: bigint): string {
  const [a, b] = [read(value), read(step)];
  if (b.units === 0n) return value;
  const scale = Math.max(a.scale, b.scale);
  const [units, by] = [scaled(a, scale), scaled(b, scale)];
  const steps = units / by - (units < 0n && units % by !== 0n ? 1n : 0n) + more;
  return fixed({ units: steps * b.units, scale: b.scale }, b.scale);
}

function together(one: string, other: string, join: (a: bigint, b: bigint) => bigint): string {
  const [a, b] = [read(one), read(other)];
  const scale = Math.max(a.scale, b.scale);
  return write({ units: join(scaled(a, scale), scaled(b, scale)), scale });
}

function scaled({ units, scale }: Exact, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

function read(text: string): Exact {
  const found = DECIMAL.exec(text);
  if (found === null) throw new RangeError(`${text} is no decimal.`);
  const [, sign = "", whole = "", rest = ""] = found;
  const units = BigInt(`${whole}${rest}` || "0");
  return { units: sign === "-" ? -units : units, scale: rest.length };
}

function write(exact: Exact): string {
  const text = fixed(exact, exact.scale);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function fixed({ units, scale }: Exact, digits: number): string {
  const size = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  if (digits === 0) return sign + size;
  return `${sign}${size.slice(0, -scale)}.${size.slice(-scale)}`;
}
