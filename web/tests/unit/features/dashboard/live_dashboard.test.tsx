import { MantineProvider } from "@mantine/core";
import { act, render, screen, within } from "@testing-library/react";
import { GatewayError, type Listener } from "@arbitrax/client";
import { Provider } from "react-redux";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, type Me } from "@/api";
import { signIn } from "@/api/session";
import { transport } from "@/api/transport";
import { LiveDashboard } from "@/features/dashboard/LiveDashboard";
import { forgetChannels } from "@/live/channels";
import { connection } from "@/live/connection";
import { makeStore } from "../../store";
import { position } from "../../trade/samples";
import { account, exchange, finished, ingestion, run, series, shard } from "./samples";

const listeners = vi.hoisted(() => new Map<string, Listener<unknown>>());
vi.mock("@/live/stream", () => {
  const follow = (name: string) => (of: string, listener: Listener<unknown>) => {
    listeners.set(`${name} ${of}`, listener);
    return () => listeners.delete(`${name} ${of}`);
  };
  const names = ["orders", "fills", "positions", "account", "statistics", "run"];
  const exchange = (listener: Listener<unknown>) => follow("exchange")("", listener);
  return { liveStream: () => ({ ...Object.fromEntries(names.map((name) => [name, follow(name)])), exchange }) };
});

type Answers = Readonly<Record<string, unknown>>;
const page = (...data: readonly unknown[]) => ({ data, has_more: false, next_cursor: null });
const EMPTY: Answers = {
  "/api/v1/accounts": page(),
  "/api/v1/backtests": page(),
  "/api/v1/exchange": exchange(shard()),
  "/api/v1/fills": page(),
  "/api/v1/ingestions": page(),
  "/api/v1/series": page(),
  "/api/v1/strategies": page(),
};
const now = () => new Date().toISOString();
const ADA = { user: { id: "usr_1", name: "ada", role: "trader" }, scopes: ["read", "trade"] } as unknown as Me;
/** Of runs that are asked for by their status, those that have it. */
const runs = (...all: readonly ReturnType<typeof run>[]) => all;

function show(given: Answers, listed: ReturnType<typeof runs> = []) {
  const answers = { ...EMPTY, ...given };
  const ask = vi.spyOn(transport, "ask").mockImplementation((_method, url, { query } = {}) => {
    const status = query?.["status"];
    if (url === "/api/v1/backtests" && !(answers[url] instanceof Error)) {
      const found = typeof status === "string" ? listed.filter((each) => each.status === status) : listed;
      return Promise.resolve(Response.json(page(...found)));
    }
    const answer = answers[url];
    if (answer === undefined) throw new Error(`${url} was asked for`);
    if (answer instanceof Promise) return answer as Promise<Response>;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(Response.json(answer));
  });
  const store = makeStore();
  store.dispatch(signIn.fulfilled(ADA, "", { name: "ada", password: "" }));
  render(
    <Provider store={store}>
      <MantineProvider env="test">
        <MemoryRouter>
          <LiveDashboard />
        </MemoryRouter>
      </MantineProvider>
    </Provider>,
  );
  return { ask, store };
}

async function tell(channel: string, data: unknown) {
  await vi.waitFor(() => expect(listeners.has(channel)).toBe(true));
  act(() => listeners.get(channel)?.next({ type: "snapshot", data }));
}

beforeEach(() => {
  // Nothing is tinted: jsdom animates nothing.
  vi.stubGlobal("matchMedia", (media: string) =>
    Object.assign(new EventTarget(), { matches: media.includes("reduced-motion"), media, onchange: null }),
  );
  forgetChannels();
  listeners.clear();
  connection.set({ state: "live", latency: 1, heardAt: Date.now() });
  connection.show();
});
afterEach(() => vi.unstubAllGlobals());

const region = (name: string) => screen.findByRole("region", { name });
const away = () => new GatewayError("gateway.unreachable", "It does not answer.", 0, true);

test("before anything answered there are skeletons", () => {
  show({ "/api/v1/backtests": new Promise(() => undefined) });
  expect(screen.getAllByLabelText("Loading").length).toBeGreaterThan(0);
  expect(screen.queryByRole("region", { name: "Accounts" })).toBeNull();
});

test("without a run the three steps to one come first, and each place says what it would show", async () => {
  show({});
  const steps = await region("Three steps to a first result");
  const needs = await region("Needs a person");
  expect(steps.compareDocumentPosition(needs)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  const main = document.querySelectorAll(".mantine-Button-root:not([data-variant=default], [data-variant=subtle])");
  expect([...main].map((each) => each.textContent)).toEqual(["Run backtest"]);
  expect(within(steps).getByText("Prices are missing: load them first.")).toBeVisible();
  expect(await within(needs).findByText(/^Nothing\. Killed accounts/)).toBeVisible();
  expect(within(await region("Accounts")).getByRole("button", { name: "Open a paper account" })).toBeVisible();
  expect(within(await region("Running")).getByRole("link", { name: "Run a backtest" })).toBeVisible();
  expect(within(await region("Live sessions")).getByText(/arrive with live trading/)).toBeVisible();
  expect(screen.queryByRole("region", { name: "Last runs" })).toBeNull();
});

test("accounts of others do not take the place of one's own", async () => {
  const others = account({ id: "acc_9", name: "maker", owner: null });
  show({ "/api/v1/accounts": page(others), "/api/v1/accounts/acc_9": others }, runs(run()));
  const accounts = await region("Accounts");
  expect(await within(accounts).findByRole("button", { name: "Open a paper account" })).toBeVisible();
  expect(within(accounts).getByRole("article", { name: "maker" })).toBeVisible();
});

test("an account shows its worth, its day and what it holds, as they go", async () => {
  show({ "/api/v1/accounts": page(account()), "/api/v1/accounts/acc_1": account() }, runs(run()));
  await tell("account acc_1", { currency: "USD", cash: "40000" });
  await tell("positions acc_1", { positions: [position(), position({ symbol: "ETH-USD", quantity: "0" })] });
  await tell("statistics BTC-USD", { last: "60100", open: "60000" });
  const paper = await screen.findByRole("article", { name: "paper" });
  expect(await within(paper).findByText("100 100.00")).toBeVisible(); // 40,000 and 1 at 60,100
  expect(within(paper).getByText("35 000.00")).toBeVisible();
  expect(within(paper).getByRole("link", { name: "2" })).toHaveAttribute("href", "/trade?account=acc_1&tab=orders");
  const held = within(paper).getByRole("table", { name: "Positions of paper" });
  expect(within(held).getAllByRole("row")).toHaveLength(2);
  expect(within(held).getByRole("row", { name: /BTC-USD 1 60\s000 60\s100 \+100\.00/ })).toBeVisible();
  expect(within(paper).getAllByText("+100.00")).toHaveLength(2); // the day's, and unrealised
  await tell("positions acc_1", { positions: [] });
  expect(await within(paper).findByText(/^Nothing is held/)).toBeVisible();
});

test("a killed account says so, and is what needs a person", async () => {
  const killed = account({ killed: true });
  show({ "/api/v1/accounts": page(killed), "/api/v1/accounts/acc_1": killed }, runs(run({ status: "cancelled" })));
  const need = await within(await region("Needs a person")).findByRole("link", { name: /paper is killed/ });
  expect(need).toHaveAttribute("href", "/trade?account=acc_1");
  expect(await screen.findByText("Killed: no new orders")).toBeVisible();
});

test("of an account whose positions can not be followed the figures of before are shown with their age", async () => {
  show({ "/api/v1/accounts": page(account()), "/api/v1/accounts/acc_1": account() }, runs(run()));
  const paper = await screen.findByRole("article", { name: "paper" });
  expect(within(paper).getByLabelText("Loading")).toBeVisible();
  await vi.waitFor(() => expect(listeners.has("positions acc_1")).toBe(true));
  act(() =>
    listeners.get("positions acc_1")?.error?.(new GatewayError("feed.forbidden", "It is not yours.", 0, false)),
  );
  expect(await within(paper).findByText("Positions cannot be followed")).toBeVisible();
  expect(await within(paper).findByText("40 000.00")).toBeVisible();
  act(() => {
    connection.set({ state: "offline", latency: null, heardAt: Date.now() - 65_000 });
    connection.show();
  });
  expect(await within(paper).findByText(/^Not updated; as of/)).toHaveTextContent("1 min ago");
});

test("the exchange is one line, and what is down is told twice: there, and with its command", async () => {
  const worker = { name: "worker", state: "down", start: "arbitrax serve exchange --shard 0", lag_ms: null } as const;
  show({ "/api/v1/exchange": exchange(shard({ parts: [worker], well: false })) }, runs(run({ status: "cancelled" })));
  const line = await screen.findByRole("group", { name: "Exchange" });
  expect(await within(line).findByText("worker down")).toBeVisible();
  expect(within(line).getByText(/1\.90 ms/)).toBeVisible();
  expect(within(line).getByRole("link")).toHaveAttribute("href", "/exchange");
  const needs = within(await region("Needs a person"));
  expect(await needs.findByText("Run: arbitrax serve exchange --shard 0")).toBeVisible();
});

test("running jobs go on as their channels tell, and waiting ones say so", async () => {
  const going = run({ id: "bt_7", status: "running", progress: 0.1, finished_at: null });
  const waits = run({ id: "bt_8", status: "queued", progress: 0, finished_at: null });
  const loads = ingestion({ status: "running", progress: 0.25, finished_at: null });
  show({ "/api/v1/ingestions": page(loads) }, runs(waits, going));
  const running = within(await region("Running"));
  expect(await running.findByText("10%")).toBeVisible();
  expect(running.getByText("25%")).toBeVisible();
  expect(running.getByText("waits for a worker")).toBeVisible();
  await tell("run bt_7", { kind: "progress", status: "running", progress: 0.6, eta: null });
  expect(await running.findByText("60%")).toBeVisible();
  expect(running.getByRole("link", { name: /60%/ })).toHaveAttribute("href", "/backtests/bt_7");
});

test("how the exchange does comes by itself, and is said to be old when nothing comes any more", async () => {
  show({}, runs(run({ status: "cancelled" })));
  const line = await screen.findByRole("group", { name: "Exchange" });
  expect(await within(line).findByText("well")).toBeVisible();
  const worker = { name: "worker", state: "down", start: "arbitrax serve exchange", lag_ms: null } as const;
  await tell("exchange ", exchange(shard({ parts: [worker], well: false })));
  expect(await within(line).findByText("worker down")).toBeVisible();
  expect(within(line).queryByText(/^Not updated; as of/)).toBeNull();
  const then = Date.now() + 20_000;
  vi.spyOn(Date, "now").mockReturnValue(then);
  expect(await within(line).findByText(/^Not updated; as of/, {}, { timeout: 3_000 })).toBeVisible();
  vi.mocked(Date.now).mockRestore();
});

test("while the gateway is away all that comes by itself is marked where nothing moves, and no longer when it is back", async () => {
  const going = run({ id: "bt_7", status: "running", progress: 0.1, finished_at: null });
  show({ "/api/v1/accounts": page(account()), "/api/v1/accounts/acc_1": account() }, runs(going));
  await within(await region("Running")).findByText("10%");
  await within(await region("Needs a person")).findByText(/^Nothing\./);
  const paper = await screen.findByRole("article", { name: "paper" });
  const line = await screen.findByRole("group", { name: "Exchange" });
  const places = [paper, line, ...(await Promise.all(["Running", "Needs a person", "Last runs"].map(region)))];
  const marked = () => places.map((each) => within(each).queryAllByText(/^Not updated; as of/).length);
  expect(marked()).toEqual([0, 0, 0, 0, 0]);
  act(() => {
    connection.set({ state: "offline", latency: null, heardAt: Date.now() - 65_000 });
    connection.show();
  });
  expect(marked()).toEqual([1, 1, 1, 1, 1]);
  for (const each of places) expect(within(each).getByText(/^Not updated/)).toHaveTextContent("1 min ago");
  for (const name of ["Running", "Needs a person", "Last runs"]) expect(await region(name)).toHaveAttribute("data-old");
  act(() => {
    connection.set({ state: "live", latency: 1, heardAt: Date.now() });
    connection.show();
  });
  expect(marked()).toEqual([0, 0, 0, 0, 0]);
  expect(await region("Running")).not.toHaveAttribute("data-old");
});

test("last runs have their figures, and failed ones why", async () => {
  const result = finished({ total_return: 0.1234, sharpe: 0.61, max_drawdown: -0.382 });
  const error = { code: "run.no_bars", detail: "There is no bar of IBM.", retryable: false };
  show(
    {},
    runs(run({ status: "succeeded", result }), run({ id: "bt_2", error, created_at: now(), finished_at: now() })),
  );
  const last = within(await region("Last runs"));
  const done = await last.findByRole("link", { name: /sma_cross AAPL\s?\+12\.34%\s?Sharpe 0\.61\s?DD −38\.20%/ });
  expect(done).toHaveAttribute("href", "/backtests/bt_1");
  expect(last.getByText("failed: There is no bar of IBM.")).toBeVisible();
  const needs = within(await region("Needs a person"));
  expect(await needs.findByRole("link", { name: /sma_cross AAPL failed/ })).toBeVisible();
});

test("ingested prices that are behind are looked at, those of files are not", async () => {
  const files = series({ symbol: "CSV", last_ingestion: null });
  const { ask } = show(
    {
      "/api/v1/series": page(series(), files),
      "/api/v1/series/MSFT/1d/coverage": { symbol: "MSFT", interval: "1d", parts: [], sessions_behind: 5 },
    },
    runs(run({ status: "cancelled" })),
  );
  const needs = within(await region("Needs a person"));
  const need = await needs.findByRole("link", { name: /MSFT 1d is 5 sessions behind/ });
  expect(need).toHaveAttribute("href", "/data/MSFT/1d");
  expect(ask.mock.calls.filter(([, url]) => url.endsWith("/coverage"))).toHaveLength(1);
});

test("what is known to need a person does not wait for the coverage of series", async () => {
  const killed = account({ killed: true });
  show(
    {
      "/api/v1/accounts": page(killed),
      "/api/v1/accounts/acc_1": killed,
      "/api/v1/series": page(series()),
      "/api/v1/series/MSFT/1d/coverage": new Promise(() => undefined),
    },
    runs(run({ status: "cancelled" })),
  );
  expect(await within(await region("Needs a person")).findByText("paper is killed")).toBeVisible();
});

test("an account that the exchange does not tell of is said to be unknown", async () => {
  const refused = new GatewayError("exchange.away", "The journal does not answer.", 503, false);
  show({ "/api/v1/accounts": page(account()), "/api/v1/accounts/acc_1": refused }, runs(run({ status: "cancelled" })));
  const needs = within(await region("Needs a person"));
  expect(await needs.findByText("paper could not be looked at. The journal does not answer.")).toBeVisible();
});

test("what can not be looked at is told where it would be, and the rest is shown", async () => {
  const refused = new GatewayError("exchange.away", "The journal does not answer.", 503, false);
  show({ "/api/v1/exchange": refused }, runs(run({ status: "cancelled" })));
  expect(await screen.findByText(/^not known: The journal/)).toBeVisible();
  const needs = within(await region("Needs a person"));
  expect(await needs.findByText(/^The exchange could not be looked at\./)).toBeVisible();
  expect(await within(await region("Last runs")).findByText("cancelled")).toBeVisible();
});

test("while the gateway is away the places say so", async () => {
  connection.set({ state: "offline", latency: null, heardAt: Date.now() });
  connection.show();
  show(Object.fromEntries(Object.keys(EMPTY).map((url) => [url, away()])));
  for (const name of ["Needs a person", "Running", "Accounts", "Last runs"]) {
    expect(await within(await region(name)).findByText("The gateway does not answer")).toBeVisible();
  }
});

test("what was there when the gateway went is shown with its age", async () => {
  const answers: Record<string, unknown> = { ...EMPTY };
  const { ask, store } = show(answers, runs(run({ status: "cancelled" })));
  await within(await region("Needs a person")).findByText(/^Nothing\./);
  ask.mockRejectedValue(away());
  act(() => {
    store.dispatch(api.util.invalidateTags(["backtests", "exchange"]));
  });
  const last = within(await region("Last runs"));
  expect(await last.findByText(/^Not updated; as of/)).toBeVisible();
  expect(last.getByText("cancelled")).toBeVisible();
  expect(await screen.findByText(/^The exchange: not updated/)).toBeVisible();
});
