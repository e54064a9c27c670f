// Decimals stay strings: a double cannot hold them all.

/** Below 0: the first one is less; above 0: more; 0: equal. Both as the gateway writes them: digits, a point, a sign. */
export function compareDecimals(one: string, other: string): number {
  const negative = one.startsWith("-");
  if (negative !== other.startsWith("-")) return negative ? -1 : 1;
  const compared = negative ? compareSizes(other.slice(1), one.slice(1)) : compareSizes(one, other);
  return compared;
}

function compareSizes(one: string, other: string): number {
  const [whole = "", part = ""] = one.split(".", 2);
  const [otherWhole = "", otherPart = ""] = other.split(".", 2);
  if (whole.length !== otherWhole.length) return whole.length - otherWhole.length;
  if (whole !== otherWhole) return whole < otherWhole ? -1 : 1;
  const digits = Math.max(part.length, otherPart.length);
  const padded = part.padEnd(digits, "0");
  const otherPadded = otherPart.padEnd(digits, "0");
  return padded === otherPadded ? 0 : padded < otherPadded ? -1 : 1;
}
