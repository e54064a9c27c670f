/** Decimal strings as the server sends them, shown as people read them: never through a float, so that nothing is lost. */

export const MINUS = "−";
export const DASH = "—";
const GROUP = "\u202f"; // narrow and unbroken, as SI and the eye prefer

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

export interface DecimalOptions {
  /** Digits behind the point: cut off and rounded, or filled with zeros. Left out: as they came. */
  digits?: number | undefined;
  /** A plus sign before what is above 0. */
  signed?: boolean | undefined;
}

/** Shows a decimal string with thousands apart and a real minus sign; what is no decimal comes back as it is. */
export function formatDecimal(text: string, { digits, signed = false }: DecimalOptions = {}): string {
  const found = DECIMAL.exec(text);
  if (found === null) return text;
  let whole = found[2] ?? "0";
  let rest = found[3] ?? "";
  if (digits !== undefined) [whole, rest] = toDigits(whole, rest, digits);
  const zero = /^0*$/.test(whole + rest);
  const sign = zero ? "" : found[1] === "-" ? MINUS : signed ? "+" : "";
  return sign + grouped(whole.replace(/^0+(?=\d)/, "")) + (rest === "" ? "" : `.${rest}`);
}

/** Says on which side of 0 a decimal string or number is. */
export function signOf(value: string | number): -1 | 0 | 1 {
  if (typeof value === "number") return value > 0 ? 1 : value < 0 ? -1 : 0;
  if (/^-?0*(\.0*)?$/.test(value)) return 0;
  return value.startsWith("-") ? -1 : 1;
}

const COMMA = /(?<=\d),(?=\d{3}(?!\d))/g;

/** A text with numbers such as "100,000.00", with the page's own space between thousands. */
export function withThousands(text: string): string {
  return text.replace(COMMA, GROUP);
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, GROUP);
}

function toDigits(whole: string, rest: string, digits: number): [string, string] {
  if (rest.length <= digits) return [whole, rest.padEnd(digits, "0")];
  let scaled = BigInt(whole + rest.slice(0, digits));
  if ((rest[digits] ?? "0") >= "5") scaled += 1n;
  const text = scaled.toString().padStart(digits + 1, "0");
  return [text.slice(0, text.length - digits), text.slice(text.length - digits)];
}
