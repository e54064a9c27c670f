import { expect, test } from "vitest";
import type { BacktestSpec, InstrumentMessage, StrategyMessage } from "@/api";
import { checkForm, checkParameter } from "@/features/backtests/form/check";
import { isFree, OWN, PRESETS, presetOf } from "@/features/backtests/form/costs";
import { BEGINNING, bodyOf, valuesOf } from "@/features/backtests/form/form_values";
import { foresee } from "@/features/backtests/form/foresight";
import { intervalChoices } from "@/features/backtests/form/intervals";
import { boundsText } from "@/features/backtests/form/ParameterField";

const fast = {
  name: "fast",
  type: "int",
  default: 10,
  low: 1,
  high: 1000,
  choices: [],
  description: "bars in the fast average",
} as const;
const strategy = {
  name: "sma_cross",
  class_name: "SmaCross",
  summary: "",
  least_symbols: 1,
  most_symbols: 1,
  parameters: [{ ...fast, choices: [] }],
} as unknown as StrategyMessage;
const aapl = {
  symbol: "AAPL",
  coverage: [
    {
      interval: "1d",
      rows: 3270,
      first: "2000-03-01T00:00:00Z",
      last: "2013-03-01T00:00:00Z",
      source: "sample",
      quality_score: 80,
    },
  ],
} as unknown as InstrumentMessage;
const good = { ...BEGINNING, symbols: ["AAPL"] };

test("a form that is right has nothing wrong", () => {
  expect(checkForm(good, strategy, [aapl])).toEqual({});
});

test.each([
  ["", undefined],
  ["7", undefined],
  ["7.5", "fast is a whole number, not 7.5."],
  ["x", 'fast is a number, not "x".'],
  ["0", "fast = 0 is outside 1 to 1\u202f000."],
  ["1001", "fast = 1001 is outside 1 to 1\u202f000."],
])("a parameter typed as %j says %j", (typed, said) => {
  expect(checkParameter({ ...fast, choices: [] }, typed)).toBe(said);
});

test("bounds and default are told with the field", () => {
  expect(boundsText({ ...fast, choices: [] })).toBe("1 to 1\u202f000, default 10");
});

test("what is missing or outside the data is pointed at", () => {
  expect(checkForm({ ...good, symbols: [] }, strategy, [aapl])).toHaveProperty("/symbols");
  expect(checkForm({ ...good, symbols: ["A", "B"] }, strategy, [])["/symbols"]).toBe("sma_cross takes one symbol.");
  expect(checkForm({ ...good, start: "2014-01-01" }, strategy, [aapl])["/start"]).toBe("AAPL ends on 2013-03-01.");
  expect(checkForm({ ...good, end: "1999-01-01" }, strategy, [aapl])["/end"]).toBe("AAPL begins on 2000-03-01.");
  expect(checkForm({ ...good, start: "2010-01-01", end: "2009-01-01" }, strategy, [aapl])).toHaveProperty("/end");
  expect(checkForm({ ...good, cash: "0" }, strategy, [aapl])).toHaveProperty("/cash");
  expect(checkForm({ ...good, costs: { ...good.costs, slippage_bps: NaN } }, strategy, [aapl])).toHaveProperty(
    "/slippage_bps",
  );
});

test("numbers are sent as numbers, what is empty at its default, days as null", () => {
  const body = bodyOf({ ...good, parameters: { fast: "12" } }, strategy);
  expect(body).toMatchObject({ strategy: "sma_cross", parameters: { fast: 12 }, start: null, benchmark: null });
  expect(bodyOf({ ...good, parameters: { fast: "" } }, strategy).parameters).toEqual({});
  expect(bodyOf({ ...good, parameters: { fast: "x" } }, strategy).parameters).toEqual({ fast: "x" });
});

test("a run begins the form with what it had, also what has no field", () => {
  const spec = {
    strategy: { name: "sma_cross", class_name: "SmaCross", parameters: { fast: 20, short: false }, source_hash: null },
    symbols: ["AAPL"],
    interval: "1d",
    start: "2001-01-01",
    end: null,
    cash: "5000",
    commission_bps: 10,
    slippage_bps: 5,
    costs: {},
    account: { leverage: 2 },
    instruments: {},
    fill: "next_open",
    prices: "raw",
    calendar: "XNYS",
    finer: null,
    benchmark: null,
    risk_free: 0.01,
    seed: 0,
  } as BacktestSpec;
  const body = bodyOf(valuesOf(spec), strategy);
  expect(body).toMatchObject({ cash: "5000", calendar: "XNYS", risk_free: 0.01, account: { leverage: 2 } });
  expect(body.parameters).toEqual({ fast: 20 });
  expect(body).not.toHaveProperty("seed");
});

test("costs are known by their preset, whatever zeros are written out", () => {
  for (const { id, fields } of PRESETS) expect(presetOf(fields)).toBe(id);
  const written = { commission_bps: 10, slippage_bps: 5, costs: { per_share: "0", tiers: [], currency_unit: "0" } };
  expect(presetOf(written)).toBe("retail");
  expect(presetOf({ ...written, slippage_bps: 6 })).toBe(OWN);
  expect(isFree({ commission_bps: 0, slippage_bps: 0, costs: { minimum: "0" } })).toBe(true);
  expect(isFree({ commission_bps: 0, slippage_bps: 0, costs: { minimum: "1" } })).toBe(false);
});

test("what a choice leads to is said before it runs", () => {
  const told = { warmup: 100, bars: 200, first: "2012-05-01T00:00:00Z", last: "2013-03-01T00:00:00Z" };
  const free = { commission_bps: 0, slippage_bps: 0, costs: {} };
  const found = foresee({ ...good, start: "1999-01-01", costs: free, fill: "same_close" }, told, [aapl]);
  const text = found.map((each) => each.text).join("\n");
  expect(text).toContain("its warm-up takes 50% of them");
  expect(text).toContain("AAPL begins on 2000-03-01, so the run does.");
  expect(text).toContain("quality 80.0 of 100");
  expect(text).toContain("Costs are zero");
  expect(text).toContain("nobody can trade");
  expect(found.every((each) => each.level === "warning")).toBe(true);
});

test("intervals are those stored of all symbols, and coarser ones that they make", () => {
  const minute = { ...aapl, symbol: "B", coverage: [{ ...aapl.coverage[0], interval: "1m" }] } as InstrumentMessage;
  expect(intervalChoices([aapl], ["AAPL"]).map((each) => each.value)).toEqual(["1d", "1w", "1mo"]);
  expect(intervalChoices([aapl, minute], ["B"]).map((each) => each.value)).toContain("1h");
  expect(intervalChoices([aapl, minute], ["AAPL", "B"]).map((each) => each.value)).toEqual(["1w", "1mo"]);
});
