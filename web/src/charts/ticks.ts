/** Round values for an axis, at most so many of them: steps of 1, 2, 2.5 or 5 times a power of ten. */
export function roundTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(most - 1, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // Not minus nothing, and no dust behind the point.
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toPrecision(12)) + 0);
}
