import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FigureMessage, RunResult } from "@/api";
import { AllMetrics } from "@/features/backtests/result/AllMetrics";
import { AssumptionsTab } from "@/features/backtests/result/AssumptionsTab";
import { LogTab } from "@/features/backtests/result/LogTab";
import { priceDigits } from "@/features/backtests/result/price_digits";
import { RunCard } from "@/features/backtests/result/RunCard";
import { RunLog } from "@/features/backtests/RunLog";
import { makeStore } from "../../store";
import { run } from "../dashboard/samples";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});
afterEach(() => vi.unstubAllGlobals());

function show(what: ReactNode) {
  return render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter>{what}</MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
}

const COMMAND = "arbitrax data check AAPL";
const NOTICE = `1,234 bars; \`${COMMAND}\` shows them.`;
const ASSET = {
  symbol: "AAPL",
  role: "traded",
  interval: "1d",
  as_of: null,
  data_hash: "d".repeat(64),
  quality: NOTICE,
};
const RESULT = {
  assets: [ASSET],
  notices: [NOTICE],
  engine_version: "1.2.3",
  run_hash: "a".repeat(64),
  result_hash: "b".repeat(64),
} as unknown as RunResult;

function of(name: string) {
  const strategy = { name, class_name: "Some", parameters: {}, source_hash: null };
  return run({ job: null, spec: { strategy, symbols: ["AAPL"], interval: "1d", seed: 1 } as never });
}

test("the log and the run card show what stands between backticks as code", () => {
  const log = show(<LogTab run={of("sma_cross")} result={RESULT} />);
  expect(screen.getByText(COMMAND).tagName).toBe("CODE");
  expect(log.container.textContent).toContain(`1\u202f234 bars; ${COMMAND} shows them.`);
  log.unmount();
  const card = show(<RunCard run={of("sma_cross")} result={RESULT} />);
  expect(screen.getByText(COMMAND).tagName).toBe("CODE");
  expect(card.container.textContent).not.toContain("`");
});

test("the run card leads to a strategy by its registered name; one that was uploaded has no page", () => {
  const card = show(<RunCard run={of("sma_cross")} result={RESULT} />);
  expect(screen.getByRole("link", { name: "sma_cross" })).toHaveAttribute("href", "/strategies/sma_cross");
  card.unmount();
  show(<RunCard run={of("uploaded:Turtle")} result={RESULT} />);
  expect(screen.getByText("Turtle (uploaded)")).toBeVisible();
  expect(screen.queryByRole("link")).toBeNull();
});

test("assumptions have thousands apart as the page does", () => {
  show(<AssumptionsTab facts={[{ label: "Starting cash", text: "100,000.00", warning: false }]} />);
  expect(screen.getByText("Starting cash").nextElementSibling?.textContent).toBe("100\u202f000.00");
});

test.each([
  [false, "2024-03-01"],
  [true, "2024-03-01 14:30:00"],
])("a line of a log says its bar; with times: %j", (hasTimes, text) => {
  show(<RunLog lines={[{ text: "bought", bar: "2024-03-01T14:30:00Z" }]} cut={0} hasTimes={hasTimes} />);
  expect(screen.getByRole("time")).toHaveTextContent(new RegExp(`^${text}$`));
});

test("columns of all groups of metrics are as wide as the widest text of them", () => {
  const figure = (name: string, group: string, value: number | null, benchmark: number | null) =>
    ({ name, label: name, group, value, benchmark, unit: "percent", undefined_because: null }) as FigureMessage;
  const { container } = show(
    <AllMetrics benchmark="AAPL" figures={[figure("a", "Return", 123.4567, 0.01), figure("b", "Risk", 0.1, null)]} />,
  );
  expect(container.querySelector("[style*='--run']")).toHaveStyle({ "--run": "10ch", "--benchmark-run": "5ch" });
});

test.each([
  [["187.25", "12.5"], 2],
  [["187.25", "187.2512"], 2],
  [["1.2345678", "187.25"], 3],
  [["0.098214", "187.25"], 5],
  [["0.5", null, "0.25"], 2],
  [["0.00001234567"], 8],
  [["0", null], 2],
  [[], 2],
])("prices %j have %d digits behind the point", (prices, digits) => {
  expect(priceDigits(prices)).toBe(digits);
});
