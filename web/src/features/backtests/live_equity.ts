import type { Points } from "@/charts";

/** What came of a curve as points of a chart: in order, each time once, whatever came twice after a reconnection. */
export function ascending(times: readonly string[], equity: readonly number[]): Points {
  const made: { times: number[]; values: number[] } = { times: [], values: [] };
  let last = -Infinity;
  for (const [at, text] of times.entries()) {
    const time = Date.parse(text) / 1000;
    const value = equity[at];
    if (!(time > last) || value === undefined) continue;
    last = time;
    made.times.push(time);
    made.values.push(value);
  }
  return made;
}
