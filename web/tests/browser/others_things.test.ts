/** What belongs to Ada is as if it were not there for whoever is new: on pages, in requests and over the socket. */
import { connect, type GatewayError } from "@arbitrax/client";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture, signIn } from "./page";
import { PASSWORD } from "./stack";

/** Another one each time, as a stack may be used again. */
const NAME = `eve${Date.now() % 1_000_000}`;
const FIRST = "the first words of eve";
const OWN = "some other words of eve";

/** Everything that reaches a page: answers, and frames of its sockets. */
function heard(page: Page): { readonly texts: () => Promise<string> } {
  const answers: Promise<string>[] = [];
  const frames: string[] = [];
  page.on("response", (answer) => {
    if (answer.url().includes("/api/")) answers.push(answer.text().catch(() => ""));
  });
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => frames.push(payload.toString("latin1" as BufferEncoding))),
  );
  return { texts: async () => [...(await Promise.all(answers)), ...frames].join("\n") };
}

browserTest("an admin adds a trader, who sees nothing of what others have", async ({ signedIn, visit, stack }) => {
  const dot = await signedIn("dot");
  await dot.goto("/settings?tab=users");
  const form = dot.getByRole("region", { name: "New user" });
  await form.getByLabel("Name").fill(NAME);
  await form.getByLabel("First password").fill(FIRST);
  await form.getByRole("button", { name: "Add user" }).click();
  await dot.getByText(`${NAME} was added.`).waitFor();

  const ada = connect({ urls: [stack.url] });
  await ada.login("ada", PASSWORD);
  const [account] = await all(ada.accounts.list());
  const [run] = await all(ada.backtests.list());
  if (account === undefined || run === undefined) throw new Error("Ada has nothing.");
  const order = await ada.orders.submit({ symbol: "BTC-USD", side: "buy", quantity: "0.13", price: "58700" });

  const page = await visit();
  const { texts } = heard(page);
  await page.goto("/login");
  await signIn(page, NAME, FIRST);
  await page.getByLabel("Password so far").fill(FIRST);
  await page.getByLabel("New password", { exact: true }).fill(OWN);
  await page.getByLabel("New password again").fill(OWN);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  await page.getByText("No account is yours yet").waitFor();
  expect(await page.getByRole("link", { name: /sma_cross/ }).count()).toBe(0);
  await page.goto("/backtests");
  await page.getByText("No backtest has run yet").waitFor();

  // Addresses that name what is Ada's: as of something that never was.
  for (const path of [
    `/backtests/${run.id}`,
    `/backtests/new?like=${run.id}`,
    `/backtests/compare?runs=${run.id},${run.id.slice(0, -1)}A`,
    `/trade?symbol=BTC-USD&account=${account.id}`,
    `/trade?symbol=BTC-USD&account=${account.name}`,
  ]) {
    await page.goto(path);
    await page.getByText("Not found", { exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    if (path.endsWith(account.id)) await picture(page, "no-such-account");
    if (path.endsWith(run.id)) await picture(page, "no-such-run");
  }
  await page.goto("/trade?symbol=BTC-USD&tab=orders");
  await page.getByRole("table", { name: "Order book of BTC-USD" }).waitFor();
  expect(await page.getByRole("form", { name: "Order ticket" }).count()).toBe(0);

  // With an account of her own, that is the only one there is to choose.
  const eve = connect({ urls: [stack.url] });
  await eve.login(NAME, OWN);
  const own = await eve.accounts.open({ name: "own" });
  await page.goto(`/trade?symbol=BTC-USD&tab=orders&account=${own.id}`);
  await page.getByRole("form", { name: "Order ticket" }).waitFor();
  await page.getByText("No order is open").waitFor();
  expect(await page.getByRole("combobox", { name: "Account" }).count()).toBe(0);
  await page.getByRole("tab", { name: "Fills" }).click();
  await page.getByRole("tab", { name: "History" }).click();

  // Nor by the socket, nor by the doors that pages do not use.
  const stream = eve.stream();
  for (const follow of ["orders", "fills", "positions", "account"] as const) {
    const refused = await new Promise<GatewayError>((resolve, reject) => {
      stream[follow](account.id, { next: () => reject(new Error(`${follow} of another`)), error: resolve });
    });
    expect(refused.code).toMatch(/unknown|not_found/);
  }
  await expect(eve.orders.cancel(order.id ?? "")).rejects.toThrow();
  await expect(eve.orders.get(order.id ?? "", account.id)).rejects.toThrow();
  await expect(eve.backtests.cancel(run.id)).rejects.toThrow(/There is no/);
  expect((await ada.orders.get(order.id ?? "")).status).toBe("open");
  stream.close();
  await ada.orders.cancel(order.id ?? "");

  const told = (await texts()).replaceAll(/There is no [^"]*/g, ""); // an answer repeats what was asked for
  expect(told.length).toBeGreaterThan(1000);
  for (const secret of [account.id, run.id, order.id ?? "?"]) expect(told).not.toContain(secret);
});

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of rows) found.push(each);
  return found;
}
