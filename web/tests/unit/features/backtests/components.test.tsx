import { MantineProvider } from "@mantine/core";
import { configureStore } from "@reduxjs/toolkit";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ReactNode } from "react";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, type FigureMessage, type InstrumentMessage, type StrategyMessage } from "@/api";
import { transport } from "@/api/transport";
import { RangeBrush, type TimeRange } from "@/charts";
import { changeText } from "@/features/backtests/compare/CompareTables";
import { BacktestForm } from "@/features/backtests/form/BacktestForm";
import { BEGINNING } from "@/features/backtests/form/form_values";
import { Notices } from "@/features/backtests/result/Notices";
import { firstFigures, PerformanceMetrics } from "@/features/backtests/result/PerformanceMetrics";
import { TradeLog } from "@/features/backtests/result/TradeLog";
import { preferences } from "@/format/preferences";
import { tradeOf } from "./trade_of";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

function show(what: ReactNode) {
  const store = configureStore({
    reducer: { [api.reducerPath]: api.reducer, preferences: preferences.reducer },
    middleware: (standard) => standard().concat(api.middleware),
  });
  return render(
    <Provider store={store}>
      <MantineProvider env="test">
        <MemoryRouter>{what}</MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
}

const strategy: StrategyMessage = {
  name: "sma_cross",
  class_name: "SmaCross",
  summary: "Long while the fast average is above the slow one.",
  least_symbols: 1,
  most_symbols: 1,
  parameters: [
    {
      name: "fast",
      type: "int",
      default: 10,
      low: 1,
      high: 1000,
      choices: [],
      description: "bars in the fast average",
    },
    { name: "short", type: "bool", default: false, low: null, high: null, choices: [], description: "go short below" },
  ],
};
const aapl = {
  symbol: "AAPL",
  name: "Apple Inc.",
  coverage: [
    {
      interval: "1d",
      rows: 3270,
      first: "2000-03-01T00:00:00Z",
      last: "2013-03-01T00:00:00Z",
      source: "sample",
      quality_score: 99.96,
    },
  ],
} as unknown as InstrumentMessage;

function answering(answers: (url: string, body: unknown) => Response) {
  return vi
    .spyOn(transport, "ask")
    .mockImplementation((_method, url, { body } = {}) => Promise.resolve(answers(url, body)));
}

const json = (status: number, body: unknown) => Response.json(body, { status });
const told = { warmup: 30, bars: 3270, first: "2000-03-01T00:00:00Z", last: "2013-03-01T00:00:00Z" };

function form(onAdded: (run: { id: string }) => void = vi.fn()) {
  const initial = { ...BEGINNING, symbols: ["AAPL"] };
  show(<BacktestForm strategies={[strategy]} instruments={[aapl]} initial={initial} onAdded={onAdded} />);
}

test("a form that is made of the schema says what a run would be of, and sends it", async () => {
  const ask = answering((url) => (url.endsWith("/validations") ? json(200, told) : json(202, { id: "bt_1" })));
  const added = vi.fn();
  form(added);
  expect(await screen.findByText(/3 270 bars, 2000-03-01 to 2013-03-01/)).toBeVisible();
  const fast = screen.getByLabelText("fast");
  await userEvent.clear(fast);
  await userEvent.type(fast, "12");
  await userEvent.click(screen.getByLabelText("short"));
  await userEvent.click(screen.getByRole("button", { name: "Run backtest" }));
  await vi.waitFor(() => expect(added).toHaveBeenCalledWith(expect.objectContaining({ id: "bt_1" })));
  const sent = ask.mock.calls.find(([, url]) => url === "/api/v1/backtests")?.[2]?.body;
  expect(sent).toMatchObject({ strategy: "sma_cross", symbols: ["AAPL"], parameters: { fast: 12, short: true } });
});

test("a parameter out of its bounds is told at its field as it is typed, and nothing can be run", async () => {
  answering(() => json(200, told));
  form();
  const fast = screen.getByLabelText("fast");
  await userEvent.clear(fast);
  await userEvent.type(fast, "0");
  expect(fast).toHaveAccessibleDescription(expect.stringContaining("fast = 0 is outside 1 to 1\u202f000."));
  expect(screen.getByRole("button", { name: "Run backtest" })).toBeDisabled();
});

test("a notice shows as code what it names", () => {
  show(<Notices notices={["Set `allow_short` to sell what is not held."]} />);
  expect(screen.getByRole("listitem")).toHaveTextContent("Set allow_short to sell what is not held.");
  expect(screen.getByText("allow_short").tagName).toBe("CODE");
});

test("percentages differ by percentage points, all else by what it is", () => {
  expect(changeText(0.1334, 0.1, "percent")).toBe("+3.34 pp");
  expect(changeText(0.1, 0.1, "percent")).toBe("=");
  expect(changeText(1.25, 1.5, "ratio")).toBe("−0.25");
  expect(changeText(null, 1.5, "ratio")).toBe("");
});

test("before its formulas come the strip shows what the run itself says", () => {
  const metric = (value: number | null) => ({ value, undefined_because: value === null ? "it lost nothing" : null });
  const metrics = { cagr: metric(0.1234), profit_factor: metric(null), trades: metric(66) };
  const result = { metrics, metrics_basis: "252 sessions a year" } as unknown as Parameters<typeof firstFigures>[0];
  show(<PerformanceMetrics figures={firstFigures(result)} benchmark="SPY" />);
  expect(screen.getByText("+12.34%")).toBeVisible();
  expect(screen.getByText("66")).toBeVisible();
  expect(screen.getByText("n/a")).toBeVisible();
});

test("a metric has its benchmark below, and its formula, sample and source on focus", async () => {
  const sharpe: FigureMessage = {
    name: "sharpe",
    label: "Sharpe ratio",
    group: "Ratios",
    formula: "mean(r) / s(r)",
    sample: "3,269 returns",
    source: "W. Sharpe, 1994",
    unit: "ratio",
    value: 0.61,
    undefined_because: null,
    benchmark: 0.14,
  };
  show(<PerformanceMetrics figures={[sharpe]} benchmark="GSPC" />);
  expect(screen.getByText("GSPC 0.14")).toBeVisible();
  await userEvent.tab();
  const tooltip = await screen.findByRole("tooltip");
  for (const text of ["mean(r) / s(r)", "3,269 returns", "W. Sharpe, 1994"])
    expect(within(tooltip).getByText(text)).toBeInTheDocument();
});

test("of a hundred thousand trades only those that are seen are drawn", () => {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(588);
  const trades = Array.from({ length: 100_000 }, (_, at) => tradeOf({ number: at + 1 }));
  show(<TradeLog trades={trades} hasTimes={false} hasSymbols={false} onChoose={vi.fn()} />);
  expect(screen.getByText(/100 000 rows/)).toBeVisible();
  expect(screen.getAllByRole("row").length).toBeLessThan(100);
});

function Brushed() {
  const [range, setRange] = useState<TimeRange>();
  const points = { times: [0, 500, 1000], values: [1, 2, 1] };
  return <RangeBrush points={points} range={range} onRange={setRange} format={String} label="Range" />;
}

test("the brush is moved by the keyboard and shows all again on Escape", async () => {
  show(<Brushed />);
  const begins = screen.getByRole("slider", { name: "Range, begins" });
  begins.focus();
  await userEvent.keyboard("{ArrowRight}{ArrowRight}");
  expect(begins).toHaveAttribute("aria-valuenow", "10");
  await userEvent.keyboard("{Escape}");
  expect(begins).toHaveAttribute("aria-valuenow", "0");
});
