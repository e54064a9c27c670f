import { MantineProvider } from "@mantine/core";
import { GatewayError } from "@arbitrax/client";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { transport } from "@/api/transport";
import { qualityOf } from "@/features/backtests/result/honesty";
import { SourceThatRan } from "@/features/backtests/result/SourceThatRan";
import { makeStore } from "../../store";

const RAN = "a".repeat(64);
const STRATEGY = { name: "sma_cross", class_name: "SmaCross", parameters: {}, source_hash: RAN };

beforeEach(() => {
  vi.stubGlobal("matchMedia", (media: string) =>
    Object.assign(new EventTarget(), { matches: false, media, onchange: null }),
  );
});

function show(today: unknown, hash: string | null = RAN) {
  const ask = vi.spyOn(transport, "ask").mockImplementation((_method, url) => {
    if (url === "/api/v1/backtests/bt_1/source")
      return Promise.resolve(Response.json({ backtest: "bt_1", source: "class Then: pass\n", source_sha256: RAN }));
    return today instanceof Error ? Promise.reject(today) : Promise.resolve(Response.json(today));
  });
  render(
    <Provider store={makeStore()}>
      <MantineProvider env="test">
        <MemoryRouter>
          <SourceThatRan backtest="bt_1" strategy={{ ...STRATEGY, source_hash: hash }} />
        </MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
  return ask;
}

test("a strategy that was changed since says so, and the text that ran is shown", async () => {
  const ask = show({ name: "sma_cross", source: "class Now: pass", source_sha256: "b".repeat(64) });
  expect(await screen.findByText(/^not the text of/)).toHaveTextContent("not the text of sma_cross today");
  expect(ask.mock.calls.some(([, url]) => url.endsWith("/source"))).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Show what ran" }));
  expect(await screen.findByLabelText("Source of sma_cross")).toHaveTextContent("class Then: pass");
  await userEvent.click(screen.getByRole("button", { name: "Hide what ran" }));
  expect(screen.queryByLabelText("Source of sma_cross")).toBeNull();
});

test("a strategy of today that is the same is linked to", async () => {
  show({ name: "sma_cross", source: "class Then: pass", source_sha256: RAN });
  expect(await screen.findByRole("link", { name: "sma_cross today" })).toHaveAttribute("href", "/strategies/sma_cross");
  expect(screen.queryByText(/^not the text/)).toBeNull();
});

test("a strategy that is gone, and one that never had a text, say so", async () => {
  show(new GatewayError("input.unknown_name", "There is no strategy sma_cross.", 404, false));
  expect(await screen.findByText(/no strategy has this name today/)).toBeVisible();
});

test("one that was defined in a console has no text", () => {
  show({}, null);
  expect(screen.getByRole("img", { name: /defined in a console/ })).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});

test("the quality of a run's data is that of its worst series", () => {
  const told = (score: string) => `The 1d bars of X have the quality ${score} of 100 (jump 2); look at the rows.`;
  expect(qualityOf([{ quality: null }, { quality: told("99.96") }, { quality: told("98.25") }])).toEqual({
    score: 98.25,
    sentence: told("98.25"),
  });
  expect(qualityOf([{ quality: null }])).toBeUndefined();
});
