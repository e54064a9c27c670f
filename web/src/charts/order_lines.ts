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

/** Pixels. */
export const TAG_HEIGHT = 20;
const TAG_GAP = 4;
const TAG_LEFT = 8;

interface Placed {
  readonly x: number;
}

/** Tags in the picture, each on its line: beside the ones that are there already, where it would cover them. */
export function placedTags<T extends { readonly y: number; readonly width: number }>(
  tags: readonly T[],
  height: number,
): readonly (T & Placed)[] {
  const placed: (T & Placed)[] = [];
  for (const tag of [...tags].sort((one, other) => one.y - other.y)) {
    if (tag.y < 0 || tag.y > height) continue;
    const near = placed.filter((each) => Math.abs(each.y - tag.y) < TAG_HEIGHT);
    // The first place from the left in which none of them is.
    const places = [TAG_LEFT, ...near.map((each) => each.x + each.width + TAG_GAP)].sort((one, other) => one - other);
    const isFree = (x: number) =>
      near.every((each) => x >= each.x + each.width + TAG_GAP || x + tag.width + TAG_GAP <= each.x);
    placed.push({ ...tag, x: places.find(isFree) ?? TAG_LEFT });
  }
  return placed;
}
