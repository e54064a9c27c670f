import { describe, expect, it } from "vitest";
import type { Column } from "@/tables";
import { Slots } from "@/tables/slots";
import { longestTexts, sampleOf } from "@/tables/widest";

describe("drawn rows", () => {
  it("stay those of their rows while others come and go", () => {
    const slots = new Slots();
    expect(slots.keysOf(["a", "b", "c"])).toEqual([0, 1, 2]);
    expect(slots.keysOf(["b", "c", "d"])).toEqual([1, 2, 3]);
    expect(slots.keysOf(["d", "c", "b"])).toEqual([3, 2, 1]);
  });

  it("are used again when no row stays, as many as there are", () => {
    const slots = new Slots();
    slots.keysOf(["a", "b"]);
    expect(slots.keysOf(["x", "y", "z"])).toEqual([0, 1, 2]);
    expect(slots.keysOf(["x", "y", "z"])).toEqual([0, 1, 2]);
    expect(slots.keysOf(["k"])).toEqual([0]);
  });
});

describe("columns of a long table", () => {
  interface Priced {
    readonly price: string | null;
    readonly side: string;
  }
  const COLUMNS: readonly Column<Priced>[] = [
    { id: "price", header: "Price", value: (row) => row.price, kind: "decimal", digits: 2 },
    { id: "side", header: "Side", value: (row) => row.side },
  ];

  it("are as wide as their longest texts, which are never forgotten", () => {
    const rows = [
      { price: "9.5", side: "long" },
      { price: null, side: "short" },
    ];
    const first = longestTexts(COLUMNS, rows, "utc");
    expect(first).toEqual(["9.50", "short"]);
    expect(longestTexts(COLUMNS, rows.slice(0, 1), "utc", first)).toBe(first);
    expect(longestTexts(COLUMNS, [{ price: "-1234.5", side: "" }], "utc", first)).toEqual(["−1\u202f234.50", "short"]);
  });

  it("are found from its first and last row and some between", () => {
    for (const length of [2, 199, 201, 95_968, 100_000]) {
      const sample = sampleOf(Array.from({ length }, (_, original) => ({ original })));
      expect([sample[0], sample.at(-1)]).toEqual([0, length - 1]);
      expect(sample.length).toBe(Math.min(length, 200));
    }
    expect(sampleOf([{ original: 7 }])).toEqual([7]);
  });
});
