import { connect } from "@arbitrax/client";
import { browserTest, picture } from "./page";
import { PASSWORD } from "./stack";

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

browserTest(
  "somebody new opens a paper account and has a first order filled, by the mouse",
  async ({ signedIn, stack }) => {
    const page = await signedIn("cy");
    await page.goto("/welcome");
    await page.getByRole("button", { name: "Open a paper account" }).click();
    await page.getByText("Your account paper trades on the paper exchange.").waitFor();
    await page.getByRole("link", { name: "Trade" }).last().click();
    await page.waitForURL(/\/trade\?account=acc_/);
    await page.getByRole("combobox", { name: "Symbol" }).click();
    await page.getByRole("option", { name: "BTC-USD" }).click();

    const bob = connect({ urls: [stack.url] });
    await bob.login("bob", PASSWORD);
    const offer = await bob.orders.submit({ symbol: "BTC-USD", side: "sell", quantity: "0.5", price: "60002" });
    try {
      // The ladder gives the price, a button the size.
      const row = page
        .getByRole("table", { name: "Order book of BTC-USD" })
        .getByRole("row", { name: /60\s002.00 0.5/ });
      await row.locator("[data-place=bid]").click();
      const ticket = page.getByRole("form", { name: "Order ticket" });
      await ticket.getByRole("button", { name: "10%" }).click();
      await ticket.getByText(/^Passes all \d+ checks/).waitFor();
      await ticket.getByRole("button", { name: /^Buy 0\.\d+ BTC-USD/ }).click();
      await page
        .getByRole("list", { name: "Sent orders" })
        .getByText(/^Filled at 60\s002/)
        .waitFor();
    } finally {
      await bob.orders.cancel(offer.id ?? "");
    }
  },
);
