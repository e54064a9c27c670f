/** The line that is meant by a place on a chart: the nearest one within reach; undefined: none. */
export function nearestLine(
  lines: readonly { readonly id: string; readonly y: number | null }[],
  at: number,
  reach: number,
): string | undefined {
  let found: string | undefined;
  let least = reach;
  for (const { id, y } of lines) {
    const distance = y === null ? Infinity : Math.abs(y - at);
    if (distance <= least) [found, least] = [id, distance];
  }
  return found;
}

/** Of a price, in which an order is shown however little prices moved. */
const NEAR = 0.002;

/** A range of prices with the orders that make it no more than three times as large, or are near. */
export function rangeWith(low: number, high: number, prices: readonly number[]): readonly [number, number] {
  const beyond = Math.max(high - low, ((low + high) / 2) * NEAR);
  const shown = prices.filter((each) => each >= low - beyond && each <= high + beyond);
  return [Math.min(low, ...shown), Math.max(high, ...shown)];
}
