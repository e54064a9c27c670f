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
