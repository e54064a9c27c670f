import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "react-redux";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { transport } from "@/api/transport";
import Palette from "@/app/frame/Palette";
import { makeStore } from "../store";

const LISTED = [
  { symbol: "BTC-USD", trading: { tick_size: "0.01" } },
  { symbol: "AAPL", trading: null },
];

function Place() {
  const { pathname, search } = useLocation();
  return <output>{pathname + search}</output>;
}

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
  vi.spyOn(transport, "ask").mockImplementation((_method, url) => {
    const data = url === "/api/v1/instruments" ? LISTED : [];
    return Promise.resolve(Response.json({ data, has_more: false, next_cursor: null }));
  });
  render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter>
          <Palette isOpen onClose={vi.fn()} />
          <Place />
        </MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
});
afterEach(() => vi.unstubAllGlobals());

const place = () => screen.getByText(/^\//, { selector: "output" }).textContent;

test.each([
  ["ingest", "Ingest prices", "/data/ingest"],
  ["csv", "Upload CSV", "/data/upload"],
  ["welc", "Welcome", "/welcome"],
  ["trade btc", "Trade BTC-USD", "/trade?symbol=BTC-USD"],
])("%j finds %j", async (words, label, path) => {
  await userEvent.type(await screen.findByLabelText("Search"), words);
  await userEvent.click(await screen.findByRole("button", { name: label }));
  expect(place()).toBe(path);
});

test("the first that is shown is chosen, though symbols come later than what was there, and Enter goes to it", async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  vi.spyOn(transport, "ask").mockImplementation(async (_method, url, { query } = {}) => {
    if (query?.["search"] === "btc") await asked;
    const data = url === "/api/v1/instruments" ? LISTED.slice(0, 1) : [];
    return Response.json({ data, has_more: false, next_cursor: null });
  });
  await userEvent.type(await screen.findByLabelText("Search"), "btc");
  await screen.findByRole("button", { name: "Trade BTC-USD" });
  answer();
  const first = await screen.findByRole("button", { name: "BTC-USD" });
  expect(first).toHaveAttribute("data-selected");
  expect(document.querySelectorAll("[data-selected]")).toHaveLength(1);
  await userEvent.keyboard("{Enter}");
  expect(place()).toBe("/data/BTC-USD");
});

test("what is not listed cannot be traded", async () => {
  await userEvent.type(await screen.findByLabelText("Search"), "trade");
  expect(await screen.findByRole("button", { name: "Trade BTC-USD" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Trade AAPL" })).toBeNull();
});

test("the theme is changed", async () => {
  await userEvent.type(await screen.findByLabelText("Search"), "theme");
  await userEvent.click(await screen.findByRole("button", { name: "Change to the dark theme" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
});
