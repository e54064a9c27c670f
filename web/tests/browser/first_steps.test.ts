import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { browserTest, picture, signIn } from "./page";
import { firstPassword, PASSWORD } from "./stack";

const BUILT = fileURLToPath(new URL("../../../src/arbitrax/web_dist", import.meta.url));

browserTest("the first user changes the password and sees an empty dashboard", async ({ stack, visit }) => {
  const page = await visit();
  await page.goto("/backtests");
  const first = firstPassword(stack.home);
  await signIn(page, "admin", first);
  await page.getByRole("heading", { name: "Choose your password" }).waitFor();
  await page.getByLabel("Password so far").fill(first);
  await page.getByLabel("New password", { exact: true }).fill("the words of the operator");
  await page.getByLabel("New password again").fill("the words of the operator");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Open a paper account" }).waitFor(); // those of others are seen, and are not one's own
});

browserTest("a wrong password is answered with what is wrong", async ({ visit }) => {
  const page = await visit();
  await page.goto("/login");
  await signIn(page, "ada", "not the password");
  expect(await page.getByRole("alert").textContent()).toMatch(/password/i);
});

browserTest("from the dashboard to a run and its equity", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page
    .getByRole("link", { name: /sma_cross AAPL/ })
    .first()
    .click();
  await page.getByRole("heading", { name: /sma_cross · AAPL/ }).waitFor();
  await page.getByRole("figure", { name: "Equity, drawdown and prices" }).locator("canvas").first().waitFor();
  await picture(page, "run-light");
  const under = await page.getByText("Sharpe").locator("..").getByRole("definition").textContent();
  expect(Number.parseFloat(under?.replace("−", "-") ?? "")).toBeGreaterThan(-3);
});

browserTest("the book of the Trade page follows an order of somebody else", async ({ signedIn, stack }) => {
  const page = await signedIn("ada");
  await page.getByRole("link", { name: "Trade", exact: true }).click();
  await page.getByRole("combobox", { name: "Symbol" }).click();
  await page.getByRole("option", { name: "BTC-USD" }).click();
  const book = page.getByRole("table", { name: "Order book of BTC-USD" });
  await book.getByText("59 990.00").waitFor();
  const bob = connect({ urls: [stack.url] });
  await bob.login("bob", PASSWORD);
  const { id } = await bob.orders.submit({ symbol: "BTC-USD", side: "buy", quantity: "0.03", price: "59995.5" });
  await book.getByRole("row", { name: "0.03 59 995.50" }).waitFor();
  await bob.orders.cancel(id ?? "");
  await book.getByText("59 995.50").waitFor({ state: "detached" });
});

browserTest("the first route is light: 300 kB of gzipped scripts, without charts", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.reload();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  const names = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((each) => new URL(each.name).pathname)
      .filter((each) => each.endsWith(".js")),
  );
  expect(names.length).toBeGreaterThan(5);
  // Chromium takes brotli from this machine, which is smaller: the budget is of gzip.
  const bytes = names.reduce((sum, each) => sum + statSync(`${BUILT}${each}.gz`).size, 0);
  process.stdout.write(`First route: ${(bytes / 1000).toFixed(0)} kB of scripts, gzipped\n`);
  expect(bytes).toBeLessThan(300_000);
  expect(names.filter((each) => /chart/i.test(each))).toEqual([]);
});
