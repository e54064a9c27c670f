import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "react-redux";
import { MemoryRouter, useSearchParams } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import type { BacktestMessage, RunFigures, RunResult } from "@/api";
import { transport } from "@/api/transport";
import { TabContent } from "@/features/backtests/result/TabContent";
import { makeStore } from "../../store";
import { tradeOf } from "./trade_of";

vi.mock("@/charts", () => ({
  Histogram: (props: { name: string; bins: { count: number }[]; chosen?: number; onChoose: (at: number) => void }) => (
    <div role="figure" aria-label={props.name} data-chosen={props.chosen}>
      {props.bins.map(({ count }, at) => (
        <button key={at} type="button" onClick={() => props.onChoose(at)}>{`${props.name} ${at}: ${count}`}</button>
      ))}
    </div>
  ),
}));

const day = (of: number) => `2024-01-0${of}T00:00:00Z`;
const TRADES = [
  tradeOf({ number: 1, change: -0.04, entryTime: day(2), exitTime: day(3) }),
  tradeOf({ number: 2, change: 0.01, entryTime: day(4), exitTime: day(5) }),
  tradeOf({ number: 3, change: 0.0125, entryTime: day(4), exitTime: day(6) }),
];
const RETURNS = ["time,since,return,benchmark", `${day(3)},${day(2)},-0.05,0`, `${day(5)},${day(4)},0.02,0`, ""];
const run = { id: "bt_1", spec: { interval: "1d", symbols: ["AAPL"] } } as unknown as BacktestMessage;
const figures = {
  histogram: { edges: [-0.03, 0, 0.03], counts: [1, 1], period: "bar", returns: 2, zeros: 0, tails: 1 },
} as unknown as RunFigures;

beforeEach(() => {
  vi.stubGlobal("matchMedia", (media: string) =>
    Object.assign(new EventTarget(), { matches: false, media, onchange: null }),
  );
});

function Tab() {
  const tab = useSearchParams()[0].get("tab") === "distribution" ? "distribution" : "trades";
  const trades = { data: { rows: TRADES, isWhole: true }, refetch: vi.fn() };
  return <TabContent tab={tab} run={run} result={{} as RunResult} figures={figures} trades={trades} />;
}

function show(search = "tab=distribution") {
  vi.spyOn(transport, "ask").mockImplementation((_method, url) =>
    Promise.resolve(
      url.endsWith("/tables/returns")
        ? new Response(RETURNS.join("\n"))
        : Response.json({ data: [], has_more: false, next_cursor: null }),
    ),
  );
  render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter initialEntries={[`/?${search}`]}>
          <Tab />
        </MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
}

const numbers = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((each) => each.firstChild?.textContent);

test("a bar of the returns of trades leaves its trades in the log, and can be let go there", async () => {
  show();
  await userEvent.click(screen.getByRole("button", { name: /^Returns of trades 0: 1/ }));
  expect(screen.getByRole("figure", { name: "Returns of trades" })).toHaveAttribute("data-chosen", "0");
  await userEvent.click(screen.getByRole("button", { name: "Show 1 trade" }));
  expect(numbers()).toEqual(["1"]);
  await userEvent.click(screen.getByRole("button", { name: /^All returns/ }));
  expect(numbers()).toEqual(["1", "2", "3"]);
});

test("a bar that is chosen again is let go", async () => {
  show();
  const bar = screen.getByRole("button", { name: /^Returns of trades 0: 1/ });
  await userEvent.click(bar);
  await userEvent.click(bar);
  expect(screen.getByRole("figure", { name: "Returns of trades" })).not.toHaveAttribute("data-chosen");
});

test("a bar of the run's returns leaves the trades that were held then", async () => {
  show();
  await userEvent.click(screen.getByRole("button", { name: "Returns 0: 1" }));
  await userEvent.click(await screen.findByRole("button", { name: "Show 1 trade" }));
  expect(numbers()).toEqual(["1"]);
});

test("what an address says is chosen is looked at from the beginning", async () => {
  show("run-return=0:");
  expect(await screen.findByText(/^Only trades held in a bar that returned/)).toBeVisible();
  await vi.waitFor(() => expect(numbers()).toEqual(["2", "3"]));
});

test("of a range that is seen the run's returns are counted again", async () => {
  show("tab=distribution&from=2024-01-04&to=2024-01-09");
  expect(await screen.findByRole("button", { name: "Returns 0: 0" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Returns 1: 1" })).toBeVisible();
});
