import { describe, expect, it } from "vitest";
import { faded, placeOf } from "@/charts";

describe("charts", () => {
  it("find the last point that is not after a time", () => {
    const times = [10, 20, 30];
    expect([5, 10, 19, 20, 99].map((each) => placeOf(times, each))).toEqual([-1, 0, 0, 1, 2]);
    expect(placeOf([], 1)).toBe(-1);
  });

  it("let through what is behind a colour", () => {
    expect([faded("#1a56d3", 0), faded("#1a56d3", 0.5), faded("#1a56d3", 1)]).toEqual([
      "#1a56d300",
      "#1a56d380",
      "#1a56d3ff",
    ]);
  });
});
