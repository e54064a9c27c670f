const LEAST = 2;
const MOST = 8;
const SIGNIFICANT = 4;

/**
 * Digits behind the point for a table's prices: four significant ones of the lowest price, fewer where none needs them.
 * Adjusted prices of long ago are small, and have as many digits as a division leaves.
 */
export function priceDigits(prices: Iterable<string | null>): number {
  let [lowest, needed] = [Infinity, LEAST];
  for (const each of prices) {
    const size = Math.abs(Number(each ?? "0"));
    if (each === null || !(size > 0)) continue;
    lowest = Math.min(lowest, size);
    if (needed < MOST) needed = Math.max(needed, each.split(".")[1]?.replace(/0+$/, "").length ?? 0);
  }
  if (lowest === Infinity) return LEAST;
  const bySize = SIGNIFICANT - 1 - Math.floor(Math.log10(lowest));
  return Math.min(Math.max(bySize, LEAST), needed, MOST);
}
