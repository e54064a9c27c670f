// The same vectors as tests/unit/client/test_book.py: both clients keep the same book.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { type BookData, LocalBook, type Verdict } from "../src/book.js";
import { crc32 } from "../src/crc32.js";
import { compareDecimals } from "../src/decimals.js";

interface Step {
  readonly type: string;
  readonly seq: number;
  readonly prev_seq: number | null;
  readonly data: BookData;
  readonly verdict: Verdict;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

interface Scenario {
  readonly name: string;
  /** Levels a side; left out: any number. */
  readonly depth?: number;
  readonly steps: readonly Step[];
}

// From dist/test, where this runs.
const vectors = new URL("../../../book_vectors.json", import.meta.url);
const scenarios = JSON.parse(readFileSync(vectors, "utf8")) as Scenario[];

for (const scenario of scenarios) {
  void test(scenario.name, () => {
    const book = new LocalBook(scenario.depth);
    scenario.steps.forEach((step, at) => {
      assert.equal(book.apply(step.type, step.seq, step.prev_seq, step.data), step.verdict, `step ${at}`);
      if (step.verdict !== "applied") return;
      const view = book.view("X");
      assert.deepEqual([view.seq, view.bids, view.asks], [step.seq, step.bids, step.asks], `step ${at}`);
    });
  });
}

void test("the checksum is that of zlib", () => {
  assert.equal(crc32("100.50:3,100.49:12|100.52:7"), 2024860778);
  assert.equal(crc32(""), 0);
});

void test("decimals are compared as numbers, however many digits they have", () => {
  const ascending = ["-12", "-9.5", "-9.25", "0", "0.01", "0.1", "9", "10", "10.000000000000000000001", "99999999999999999999"];
  ascending.forEach((one, at) => {
    ascending.forEach((other, there) => {
      assert.equal(Math.sign(compareDecimals(one, other)), Math.sign(at - there), `${one} ${other}`);
    });
  });
  assert.equal(compareDecimals("1.50", "1.5"), 0);
});
