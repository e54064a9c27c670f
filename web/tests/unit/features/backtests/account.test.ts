import { expect, test } from "vitest";
import type { AccountEvent, Exposure } from "@/api";
import { amountOf, exposurePanes, isRare, whatOf } from "@/features/backtests/result/account";
import { verdictOf, type VarRow } from "@/features/backtests/result/VarTest";

const exposure: Exposure = {
  timestamp: ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"],
  long: [0.5, 1.25],
  short: [0, -0.25],
  weights: [],
};
const valuesOf = (panes: ReturnType<typeof exposurePanes>, pane: number) =>
  Object.fromEntries(
    (panes[pane]?.series ?? []).map((each) => [each.name, "values" in each.data ? each.data.values : []]),
  );

test("longs and shorts make gross and net", () => {
  const panes = exposurePanes(exposure);
  expect(panes).toHaveLength(1);
  expect(valuesOf(panes, 0)).toEqual({ Long: [0.5, 1.25], Short: [0, -0.25], Gross: [0.5, 1.5], Net: [0.5, 1] });
  expect(panes[0]?.series[0]?.data.times).toEqual([1_704_153_600, 1_704_240_000]);
  expect(panes[0]?.format(1.25)).toBe("125.0%");
});

test("a run that was never short has one curve", () => {
  expect(Object.keys(valuesOf(exposurePanes({ ...exposure, short: [0, 0] }), 0))).toEqual(["Long"]);
});

test("weights have a pane of their own, each in another colour", () => {
  const weights = Array.from({ length: 8 }, (_, at) => ({ symbol: `S${at}`, values: [at, -at] }));
  const panes = exposurePanes({ ...exposure, weights });
  expect(valuesOf(panes, 1)["S3"]).toEqual([3, -3]);
  expect(new Set(panes[1]?.series.map((each) => (each.kind === "line" ? each.colour : ""))).size).toBe(8);
});

function event(name: string, some: Partial<AccountEvent>): AccountEvent {
  return {
    time: "2024-01-02T00:00:00Z",
    event: name,
    symbol: null,
    quantity: null,
    price: null,
    amount: null,
    is_money: false,
    is_frequent: false,
    ...some,
  };
}

test.each([
  ["dividend", { quantity: "1200", price: "0.24" }, "0.24 a unit on 1 200 held"],
  ["split", { quantity: "2400", price: "2" }, "2.00 for 1, then 2 400 held"],
  ["cash_in_lieu", { quantity: "-0.5", price: "12.3456" }, "0.50 given up at 12.3456"],
  ["borrow_fee", { quantity: "-226.672", price: "89.4002" }, "226.672 borrowed at 89.4002"],
  ["interest", { price: "-1234.5" }, "on a balance of −1 234.50"],
  [
    "margin_call",
    { quantity: "140000", price: "39944.43", amount: "2055.57" },
    "positions of 140 000.00, equity 39 944.43, 2 055.57 below the requirement",
  ],
  ["liquidation", { quantity: "-858.7304894", price: "70" }, "sold 858.7305 at 70.00"],
  ["bankruptcy", { quantity: "-10", price: "5" }, "positions of −10.00, equity 5.00"],
  ["delisting", { quantity: "10", price: "5.5" }, "bought 10 at 5.50"],
])("a %s is told in words", (name, some, text) => {
  expect(whatOf(event(name, some)).replaceAll("\u202f", " ")).toBe(text);
});

test("a shortfall is no money that was moved, and what comes by the day is not rare", () => {
  expect(amountOf(event("margin_call", { amount: "12" }))).toBeNull();
  expect(amountOf(event("dividend", { amount: "12", is_money: true }))).toBe("12");
  expect([true, false].map((is_frequent) => isRare(event("interest", { is_frequent })))).toEqual([false, true]);
});

test("a method is rejected below 5% and says nothing of too few forecasts", () => {
  const row = (p_value: number | null) => verdictOf({ p_value } as VarRow);
  expect([row(0.049), row(0.05), row(null)]).toEqual(["rejected", "holds", null]);
});
