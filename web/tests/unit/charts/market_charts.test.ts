import { describe, expect, it } from "vitest";
import { depthCurve, totalAt } from "@/charts/depth_curve";
import { latencyBins } from "@/charts/latency_bins";
import { nearestLine, placedTags, rangeWith, TAG_HEIGHT } from "@/charts/order_lines";

describe("a depth curve", () => {
  const found = depthCurve(
    {
      bids: [
        ["99", "1"],
        ["98", "2"],
      ],
      asks: [
        ["101", "4"],
        ["150", "0.1"],
      ],
    },
    0.5,
  );

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

  it("ends on a price of an order, as far below the middle as above it", () => {
    const ticks = (bid: string, ask: string, tick: number) => {
      const made = depthCurve({ bids: [[bid, "1"]], asks: [[ask, "1"]] }, tick);
      return [made?.from, made?.middle, made?.to].map((each) => Math.round((each ?? NaN) / tick));
    };
    expect(ticks("60000", "60065", 0.5)).toEqual([119985, 120065, 120145]); // 35.1 of 32.5 and more: 40
    expect(ticks("99.99", "100.00", 0.01)).toEqual([9997, 9999, 10002]); // the middle is none
    expect(found?.from).toBe(97.5);
    expect(found?.to).toBe(102.5);
  });

  it("is none of an empty book", () => {
    expect(depthCurve({ bids: [], asks: [] }, 1)).toBeUndefined();
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

describe("tags of orders", () => {
  const tag = (y: number) => ({ y, width: 100 });

  it("stand at their lines, beside each other where they would cover each other", () => {
    const found = placedTags([tag(200), tag(50), tag(55), tag(60), tag(90)], 300);
    expect(found.map(({ x, y }) => [x, y])).toEqual([
      [8, 50],
      [112, 55],
      [216, 60],
      [8, 90],
      [8, 200],
    ]);
    for (const [at, one] of found.entries())
      for (const other of found.slice(at + 1))
        expect(Math.abs(one.y - other.y) >= TAG_HEIGHT || Math.abs(one.x - other.x) >= 100).toBe(true);
  });

  it("are none of prices out of the picture", () => {
    expect(placedTags([tag(-1), tag(301)], 300)).toEqual([]);
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
