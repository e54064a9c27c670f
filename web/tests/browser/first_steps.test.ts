import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { browserTest, picture, signIn } from "./page";
import { firstPassword, PASSWORD } from "./stack";

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
});

browserTest("a wrong password is answered with what is wrong", async ({ visit }) => {
  const page = await visit();
  await page.goto("/login");
  await signIn(page, "ada", "not the password");
  expect(await page.getByRole("alert").textContent()).toMatch(/password/i);
});

browserTest("from the dashboard to a run and its equity", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.getByRole("link", { name: /sma_cross AAPL/ }).click();
  await page.getByRole("heading", { name: /sma_cross · AAPL/ }).waitFor();
  await page.getByRole("figure", { name: "Equity and drawdown" }).locator("canvas").first().waitFor();
  await picture(page, "run-light");
  const under = await page.getByText("Sharpe").locator("..").getByRole("definition").textContent();
  expect(Number(under)).toBeGreaterThan(-3);
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

browserTest("the first route is light: 300 kB of scripts, without charts", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.reload();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((each): each is PerformanceResourceTiming => each.name.endsWith(".js"))
      .map((each) => ({ name: each.name, size: each.encodedBodySize })),
  );
  expect(scripts.length).toBeGreaterThan(5);
  const kilobytes = scripts.reduce((sum, each) => sum + each.size, 0) / 1000;
  expect(kilobytes).toBeLessThan(300);
  expect(scripts.filter((each) => each.name.includes("chart"))).toEqual([]);
});
