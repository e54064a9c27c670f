/** What stands in the form, and what is asked for by it. */
import type { BacktestSpec, NewBacktest, ParameterMessage, StrategyMessage } from "@/api";
import { PRESETS, type CostFields } from "./costs";

export interface FormValues {
  readonly strategy: string;
  /** As typed; what is not there stands at its default. */
  readonly parameters: Readonly<Record<string, string | boolean>>;
  readonly symbols: readonly string[];
  readonly interval: string;
  /** Days; "": as far as there are bars. */
  readonly start: string;
  readonly end: string;
  readonly cash: string;
  readonly costs: CostFields;
  readonly fill: "next_open" | "same_close";
  readonly prices: "adjusted" | "raw";
  /** "": holding what is traded. */
  readonly benchmark: string;
  /** What the form has no field for, of the run that it began with. */
  readonly rest: Partial<NewBacktest>;
}

export const BEGINNING: FormValues = {
  strategy: "sma_cross",
  parameters: {},
  symbols: [],
  interval: "1d",
  start: "",
  end: "",
  cash: "100000",
  costs: PRESETS[0]?.fields ?? { commission_bps: 10, slippage_bps: 5, costs: {} },
  fill: "next_open",
  prices: "adjusted",
  benchmark: "",
  rest: {},
};

/** The form as it was for a run. */
export function valuesOf(spec: BacktestSpec): FormValues {
  return {
    strategy: spec.strategy.name,
    parameters: Object.fromEntries(
      Object.entries(spec.strategy.parameters).map(([name, value]) => [
        name,
        typeof value === "boolean" ? value : String(value),
      ]),
    ),
    symbols: spec.symbols,
    interval: spec.interval,
    start: spec.start ?? "",
    end: spec.end ?? "",
    cash: spec.cash,
    costs: { commission_bps: spec.commission_bps, slippage_bps: spec.slippage_bps, costs: spec.costs },
    fill: spec.fill,
    prices: spec.prices,
    benchmark: spec.benchmark ?? "",
    rest: {
      account: spec.account,
      instruments: spec.instruments,
      calendar: spec.calendar,
      finer: spec.finer,
      risk_free: spec.risk_free,
    },
  };
}

/** What is asked for; values that are no numbers are sent as they are, to be refused by their name. */
export function bodyOf(values: FormValues, strategy: StrategyMessage | undefined): NewBacktest {
  const { parameters, symbols, start, end, costs, benchmark, rest, ...plain } = values;
  const given = (strategy?.parameters ?? [])
    .filter(({ name }) => parameters[name] !== undefined && parameters[name] !== "")
    .map((each) => [each.name, valueOf(each, parameters[each.name] ?? "")] as const);
  return {
    ...rest,
    ...plain,
    ...costs,
    parameters: Object.fromEntries(given),
    symbols: [...symbols],
    start: start === "" ? null : start,
    end: end === "" ? null : end,
    benchmark: benchmark === "" ? null : benchmark,
  };
}

function valueOf({ type }: ParameterMessage, typed: string | boolean): string | number | boolean {
  if (typeof typed === "boolean" || type === "str") return typed;
  const number = Number(typed);
  return typed.trim() === "" || Number.isNaN(number) ? typed : number;
}
