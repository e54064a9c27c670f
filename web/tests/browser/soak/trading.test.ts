/** Pages that stay open while others trade and gateways die. SOAK_MINUTES says how long (20); part of `make nightly`. */
import { connect, GatewayError, type Client } from "@arbitrax/client";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture } from "../page";
import { killGateway, PASSWORD } from "../stack";

const MINUTES = Number(process.env["SOAK_MINUTES"] ?? "20");
const KILLS = 8;
const PAUSE_MS = 40;
const MOST_GROWTH_MB = 30;
const SYMBOL = "BTC-USD";
const LEVELS = 12;

/** Orders that cross and orders that rest, until it is told to stop; return how many were sent. */
async function trade(bob: Client, ada: Client, isOver: () => boolean): Promise<number> {
  let sent = 0;
  for (; !isOver(); sent += 1) {
    const step = sent % 20;
    const price = String(60_001 + (sent % 7));
    try {
      const { id } = await bob.orders.submit({
        symbol: SYMBOL,
        side: step < 10 ? "sell" : "buy",
        quantity: "0.03",
        price,
      });
      // She takes a part of each third, once from either side, so that nobody runs out.
      const take = {
        symbol: SYMBOL,
        side: step < 10 ? "buy" : "sell",
        quantity: "0.01",
        price,
        time_in_force: "ioc",
      } as const;
      if (sent % 3 === 0) await ada.orders.submit(take);
      if (id !== null) await bob.orders.cancel(id).catch(ignoreGateway);
    } catch (error) {
      ignoreGateway(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return sent;
}

/** A gateway that was killed, or an order that has filled. */
function ignoreGateway(error: unknown): void {
  if (!(error instanceof GatewayError)) throw error;
}

async function heapMegabytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return usedSize / 1e6;
}

/** Cells of the rows of a table, numbers as they are calculated with. */
async function cellsOf(page: Page, name: string): Promise<readonly (readonly string[])[]> {
  const rows = await page
    .getByRole("table", { name })
    .getByRole("row")
    .evaluateAll((found) =>
      found.map((row) => [...row.querySelectorAll("td, [role=cell]")].map((cell) => cell.textContent)),
    );
  return rows
    .filter((cells) => cells.length > 0)
    .map((cells) =>
      cells.map((each) =>
        each
          .replaceAll(/[\u202f\u00a0]/g, "")
          .replace("−", "-")
          .trim(),
      ),
    );
}

async function first<T>(rows: AsyncIterable<T>, most: number): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of rows) {
    if (found.length === most) break;
    found.push(each);
  }
  return found;
}

browserTest(
  "pages that stay open keep right, and their heaps small",
  { timeout: (MINUTES + 5) * 60_000 },
  async ({ signedIn, stack }) => {
    const [desk, dashboard] = [await signedIn("ada"), await signedIn("ada")];
    await desk.goto(`/trade?symbol=${SYMBOL}&tab=fills`);
    const [bob, ada] = [connect({ urls: [stack.url] }), connect({ urls: [stack.url] })];
    await bob.login("bob", PASSWORD);
    await ada.login("ada", PASSWORD);
    for (const price of ["59100", "59200", "59300"])
      await ada.orders.submit({ symbol: SYMBOL, side: "buy", quantity: "0.01", price });

    const state = { isOver: false };
    const traded = trade(bob, ada, () => state.isOver);
    const part = (MINUTES * 60_000) / (KILLS + 1);
    await new Promise((resolve) => setTimeout(resolve, part));
    const before = await Promise.all([desk, dashboard].map(heapMegabytes));
    for (let kill = 0; kill < KILLS; kill += 1) {
      killGateway(stack.url);
      const end = new Promise((resolve) => setTimeout(resolve, part));
      for (const page of [desk, dashboard]) {
        await page.getByText("Offline").waitFor({ timeout: 30_000 });
        await page.getByText("Offline").waitFor({ state: "detached", timeout: 60_000 });
      }
      await end;
    }
    state.isOver = true;
    const count = await traded;
    const after = await Promise.all([desk, dashboard].map(heapMegabytes));
    const heaps = before.map((each, at) => `${each.toFixed(1)} to ${(after[at] ?? NaN).toFixed(1)} MB`);
    process.stdout.write(
      `Soak: ${MINUTES} min, ${count} rounds of orders, ${KILLS} kills; heaps ${heaps.join(", ")}\n`,
    );
    await picture(desk, "soak-desk");

    // The ladder is the gateway's book.
    await expect
      .poll(async () =>
        (await cellsOf(desk, `Order book of ${SYMBOL}`)).flatMap(([bid = "", price, ask = ""]) =>
          /^\d/.test(price ?? "") ? [[Number(bid), Number(price), Number(ask)]] : [],
        ),
      )
      .toEqual(await bookRows(bob));

    // Fills, orders and positions are those of the gateway.
    const fills = await first(ada.accounts.fills(), 10);
    await expect
      .poll(async () =>
        (await cellsOf(desk, "fills")).slice(0, 10).map((row) => [Number(row[3]), Number(row[4]), row.at(-1)]),
      )
      .toEqual(fills.map(({ quantity, price, order }) => [Number(quantity), Number(price), order]));
    await desk.getByRole("tab", { name: /^Open orders/ }).click();
    const open = await first(ada.orders.list({ status: "open" }), 50);
    await expect
      .poll(async () => (await cellsOf(desk, "open orders")).map((row) => Number(row[7])).sort())
      .toEqual(open.map((each) => Number(each.price)).sort());
    await desk.getByRole("tab", { name: "Positions" }).click();
    const held = await first(ada.accounts.positions(), 50);
    const quantities = held.map(({ symbol, quantity }) => [symbol, Number(quantity)]);
    await expect
      .poll(async () => (await cellsOf(desk, "positions")).map((row) => [row[0], Number(row[1])]))
      .toEqual(quantities);
    await expect
      .poll(async () => (await cellsOf(dashboard, "positions of demo")).map((row) => [row[0], Number(row[1])]))
      .toEqual(quantities);

    for (const [at, each] of before.entries()) expect((after[at] ?? NaN) - each).toBeLessThan(MOST_GROWTH_MB);
  },
);

/** Of the gateway's book the levels that the ladder shows, from the highest price to the lowest. */
async function bookRows(client: Client): Promise<readonly (readonly number[])[]> {
  const { bids, asks } = await client.books.get(SYMBOL, 50);
  return [
    ...asks
      .slice(0, LEVELS)
      .map(([price, quantity]) => [0, Number(price), Number(quantity)])
      .reverse(),
    ...bids.slice(0, LEVELS).map(([price, quantity]) => [Number(quantity), Number(price), 0]),
  ];
}
