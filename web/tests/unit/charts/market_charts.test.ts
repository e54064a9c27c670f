import { describe, expect, it } from "vitest";
import { depthCurve, totalAt } from "@/charts/depth_curve";
import { latencyBins } from "@/charts/latency_bins";
import { nearestLine, rangeWith } from "@/charts/order_lines";

describe("a depth curve", () => {
  const found = depthCurve({
    bids: [
      ["99", "1"],
      ["98", "2"],
    ],
    asks: [
      ["101", "4"],
      ["150", "0.1"],
    ],
  });

  it("adds up from the best price outwards", () => {
    if (found === undefined) throw new Error("There is none.");
    expect(found.bids.map((each) => each.total)).toEqual([1, 3]);
    expect([100, 99, 98.5, 98, 90].map((price) => totalAt(found, price))).toEqual([0, 1, 1, 3, 3]);
    expect(totalAt(found, 101)).toBe(4);
  });

  it("is not squeezed by an order far away", () => {
    expect(found?.to).toBeLessThan(105);
    expect(found?.from).toBeGreaterThan(95);
  });

  it("is none of an empty book", () => {
    expect(depthCurve({ bids: [], asks: [] })).toBeUndefined();
  });
});

describe("lines of orders", () => {
  it("are meant when they are the nearest within reach", () => {
    const lines = [
      { id: "a", y: 10 },
      { id: "b", y: 14 },
      { id: "c", y: null },
    ];
    expect(nearestLine(lines, 13, 6)).toBe("b");
    expect(nearestLine(lines, 30, 6)).toBeUndefined();
  });

  it("are in the picture unless they are far away", () => {
    expect(rangeWith(100, 110, [95, 50])).toEqual([95, 110]);
    expect(rangeWith(60_000, 60_000, [60_100, 70_000])).toEqual([60_000, 60_100]);
  });
});

it("latency bars have empty ones between them", () => {
  const bins = latencyBins([
    { up_to_us: 100, count: 3 },
    { up_to_us: 195, count: 1 },
    { up_to_us: null, count: 2 },
  ]);
  expect(bins.map((each) => each.count)).toEqual([3, 0, 0, 1, 2]);
  expect(bins.at(-1)?.name).toBe("longer");
});
