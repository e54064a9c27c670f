import { browserTest, picture } from "./page";

browserTest("somebody new comes to a first result with the mouse only", async ({ signedIn }) => {
  const page = await signedIn("cy");
  const steps = page.getByRole("list", { name: "Three steps to a first result" });
  await picture(page, "first-steps");
  await steps.getByRole("radio", { name: "rsi_reversion" }).click();
  await steps.getByRole("button", { name: "Run backtest" }).click();
  await page.getByRole("heading", { level: 1, name: /rsi_reversion · AAPL/ }).waitFor();
  await page.getByText("Sharpe").first().waitFor();
  await page.locator("canvas").first().waitFor();
});

browserTest("somebody new opens a paper account, and can trade", async ({ signedIn }) => {
  const page = await signedIn("cy");
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Open a paper account" }).click();
  await page.getByText("Your account paper trades on the paper exchange.").waitFor();
  await page.getByRole("link", { name: "Trade" }).last().click();
  await page.waitForURL(/\/trade\?account=acc_/);
});
