/** 400 ms there and back, 50 kB a second: what a hotel has. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture } from "./page";

const MOST_SHIFT = 0.1; // of what web.dev calls good

async function slowDown(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
}

/** Notes of each page that is opened what it showed while it waited, and how far its content jumped. */
async function watchLoading(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { shift: 0, skeletons: 0, moved: [] as string[] };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const each of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node: Node | null }[];
      })[]) {
        if (each.hadRecentInput) continue;
        seen.shift += each.value;
        for (const { node } of each.sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          seen.moved.push(
            `${each.value.toFixed(3)} ${element?.className ?? ""} ${element?.textContent.slice(0, 40) ?? ""}`,
          );
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
    new MutationObserver(() => {
      if (document.querySelector("[aria-busy=true]") !== null) seen.skeletons += 1;
    }).observe(document, { childList: true, subtree: true, attributes: true });
  });
}

interface Seen {
  readonly shift: number;
  readonly skeletons: number;
  readonly moved: readonly string[];
}

/** What was asked for of the gateway, with how often. An account is asked for again after whatever its events tell. */
function countRequests(page: Page): Map<string, number> {
  const counts = new Map<string, number>();
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith("/api/") || /^.api.v1.accounts.acc_/.test(pathname)) return;
    const what = `${request.method()} ${pathname}${search}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  });
  return counts;
}

browserTest("on a slow network pages show that they load, do not jump, and ask once", async ({ signedIn }) => {
  const page = await signedIn("ada");
  const link = page.getByRole("link", { name: /sma_cross AAPL/ }).first();
  const run = (await link.getAttribute("href")) ?? "";
  const equity = page.getByRole("figure", { name: "Equity, drawdown and prices" }).locator("canvas").first();
  await link.click(); // its charts are what a browser has kept; without them it is the network that is measured
  await equity.waitFor();
  await watchLoading(page);
  const counts = countRequests(page);
  await slowDown(page);
  for (const [path, there] of [
    ["/", link],
    ["/backtests", page.getByRole("row", { name: /sma_cross/ }).first()],
    [run, equity],
    ["/data", page.getByRole("row", { name: /AAPL/ }).first()],
    ["/trade?symbol=BTC-USD", page.getByRole("table", { name: "Order book of BTC-USD" }).getByText("59 990.00")],
  ] as const) {
    counts.clear();
    await page.goto(path, { waitUntil: "commit" });
    await there.waitFor({ timeout: 30_000 });
    const seen = await page.evaluate(() => (window as unknown as { seen: Seen }).seen);
    expect([path, seen.skeletons > 0]).toEqual([path, true]);
    expect([path, seen.shift < MOST_SHIFT ? "still" : seen]).toEqual([path, "still"]);
    expect([path, [...counts].filter(([, count]) => count > 1)]).toEqual([path, []]);
    expect(counts.size).toBeGreaterThan(2);
  }
});

browserTest("an order that is clicked twice is sent once, and shows as on its way", async ({ signedIn }) => {
  const page = await signedIn("ada");
  const orders = (url: URL) => url.pathname === "/api/v1/orders";
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && orders(new URL(request.url()))) sent += 1;
  });
  await page.goto("/trade?symbol=BTC-USD&tab=orders");
  const ticket = page.getByRole("form", { name: "Order ticket" });
  await ticket.getByLabel("Size").fill("0.11");
  await ticket.getByLabel("Price").fill("58500");
  // On its way for as long as somebody looks: the gateway gets it, and its answer, then.
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route(orders, async (route) => {
    await held;
    await route.continue();
  });
  const button = ticket.getByRole("button", { name: "Buy 0.11 BTC-USD" });
  await button.dblclick();
  await page.getByRole("list", { name: "Sent orders" }).getByText("Sending…").waitFor();
  const row = page.getByRole("table", { name: "open orders" }).getByRole("row", { name: /0.11 .*58\s500/ });
  await row.getByText("sending").waitFor();
  await picture(page, "order-on-its-way");
  await button.click(); // and once more, while nobody knows
  goOn();
  await page.getByRole("list", { name: "Sent orders" }).getByText("0.11 open").waitFor();
  await page.getByRole("button", { name: "Cancel order buy 0.11 BTC-USD" }).waitFor();
  expect([await row.count(), sent]).toEqual([1, 1]);
  await page.getByRole("button", { name: "Cancel all" }).click();
  await page.getByText("No order is open").waitFor();
});

browserTest("a request that fails says so, and can be tried again", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.route("**/api/v1/series?*", (route) => route.abort("connectionreset"));
  await page.getByRole("link", { name: "Data", exact: true }).click();
  const failure = page.getByRole("alert").filter({ hasText: "This could not be loaded" });
  await failure.waitFor();
  await failure.getByText(/does not answer/).waitFor();
  await picture(page, "request-failed");
  await page.unroute("**/api/v1/series?*");
  await failure.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row", { name: /AAPL/ }).first().waitFor();
  await failure.waitFor({ state: "detached" });
});
