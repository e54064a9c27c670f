import { expect, test } from "vitest";
import { roundTicks } from "@/charts/ticks";

test("ticks are round and lie within", () => {
  expect(roundTicks(0, 1, 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(roundTicks(-0.062, 0.11, 6)).toEqual([-0.05, 0, 0.05, 0.1]);
  expect(roundTicks(0, 230, 6)).toEqual([0, 50, 100, 150, 200]);
});

test("nothing between the ends is one tick, and zero has no sign", () => {
  expect(roundTicks(3, 3, 5)).toEqual([3]);
  expect(Object.is(roundTicks(-1, 1, 3)[1], 0)).toBe(true);
});
