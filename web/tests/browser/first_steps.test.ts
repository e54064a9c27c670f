import { expect } from "vitest";
import { browserTest, picture, signIn } from "./page";
import { firstPassword } from "./stack";

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

browserTest("the book of the Trade page follows an order", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto("/trade?symbol=BTC-USD");
  await page.getByRole("table", { name: "Order book of BTC-USD" }).getByText("60 010").waitFor();
});
