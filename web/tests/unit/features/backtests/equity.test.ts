import { expect, test } from "vitest";
import { drawdownOf } from "@/features/backtests/EquityCurve";
import { outcomeOf } from "@/features/backtests/result/Reproduced";

test("a curve is under water since its highest", () => {
  const found = drawdownOf({ times: [1, 2, 3, 4], values: [100, 80, 120, 90] });
  expect(found.values.map((each) => Number(each.toFixed(4)))).toEqual([0, -0.2, 0, -0.25]);
});

const again = {
  status: "succeeded",
  equal: true,
  differences: [] as string[],
  cause: null,
  result_hash: "ab",
  detail: null,
} as const;

test("a run that came out the same is reproduced, another says what differs and why", () => {
  expect(outcomeOf(again).word).toBe("reproduced");
  const other = outcomeOf({ ...again, equal: false, differences: ["equity"], cause: "The engine is another." });
  expect(other).toEqual({ look: "broken", word: "not reproduced", why: "The engine is another. Different: equity." });
  expect(outcomeOf({ ...again, status: "failed", equal: null, detail: "No source." }).why).toBe("No source.");
  expect(outcomeOf({ ...again, status: "running", equal: null }).word).toBe("running again");
});
