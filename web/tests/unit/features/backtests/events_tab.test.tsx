import { MantineProvider } from "@mantine/core";
import { configureStore } from "@reduxjs/toolkit";
import { act, render, screen, within } from "@testing-library/react";
import { Provider } from "react-redux";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, type AccountEvent, type RunAccount } from "@/api";
import { transport } from "@/api/transport";
import { EventsTab } from "@/features/backtests/result/EventsTab";
import { preferences } from "@/format/preferences";

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
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(588);
});
afterEach(() => {
  vi.unstubAllGlobals();
  window.dispatchEvent(new Event("afterprint"));
});

const at = (day: number, event: string, some: Partial<AccountEvent>): AccountEvent => ({
  time: `2024-01-0${day}T00:00:00Z`,
  event,
  symbol: null,
  quantity: null,
  price: null,
  amount: null,
  is_money: event === "interest",
  is_frequent: event === "interest",
  ...some,
});
const ACCOUNT = {
  totals: [
    { event: "margin_call", events: 1, amount: null },
    { event: "interest", events: 9, amount: "-72.21" },
  ],
  events: [
    at(1, "interest", { price: "-100000", amount: "-13.5" }),
    at(2, "margin_call", { quantity: "140000", price: "40000", amount: "2000" }),
    at(3, "interest", { price: "-100000", amount: "-14.5" }),
  ],
} as unknown as RunAccount;

function show(account: RunAccount, range?: { from: number; to: number }) {
  vi.spyOn(transport, "ask").mockResolvedValue(Response.json(account));
  const store = configureStore({
    reducer: { [api.reducerPath]: api.reducer, preferences: preferences.reducer },
    middleware: (standard) => standard().concat(api.middleware),
  });
  render(
    <Provider store={store}>
      <MantineProvider env="test">
        <EventsTab backtest="bt_1" range={range} hasTimes={false} />
      </MantineProvider>
    </Provider>,
  );
}

/** Names of the events in the table of each. */
const shown = () =>
  within(screen.getByRole("table", { name: "events" }))
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[1]?.textContent);

test("events are counted by kind, each is told in words, and it is said how many are not there", async () => {
  show(ACCOUNT);
  const totals = await screen.findByRole("table", { name: "events counted" });
  expect(within(totals).getByRole("row", { name: /interest 9/ })).toHaveTextContent("−72.21");
  expect(shown()).toEqual(["interest", "margin call", "interest"]);
  expect(screen.getByText(/below the requirement/)).toHaveTextContent("equity 40 000.00");
  expect(screen.getByRole("note")).toHaveTextContent("3 of 10 are here");
});

test("a range that is seen filters them", async () => {
  show(ACCOUNT, { from: Date.UTC(2024, 0, 2) / 1000, to: Date.UTC(2024, 0, 2) / 1000 });
  await screen.findByRole("table", { name: "events counted" });
  expect(shown()).toEqual(["margin call"]);
});

test("on paper are those that do not come by the day, and the count of the others", async () => {
  show(ACCOUNT);
  await screen.findByRole("table", { name: "events counted" });
  act(() => {
    window.dispatchEvent(new Event("beforeprint"));
  });
  expect(shown()).toEqual(["margin call"]);
  expect(screen.getByRole("note")).toHaveTextContent("1 of 10 are here");
});

test("a run of which nothing is told but trades says so", async () => {
  show({ ...ACCOUNT, totals: [], events: [] });
  expect(await screen.findByText("Nothing happened to the account besides trades")).toBeVisible();
});
