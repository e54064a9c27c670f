import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { browserTest, picture } from "./page";
import { slowRun } from "./slow_run";
import { PASSWORD } from "./stack";

browserTest(
  "a running backtest is cancelled: the button answers, and the page ends by itself",
  async ({ signedIn, stack }) => {
    const page = await signedIn("dot");
    const other = await signedIn("dot"); // another window of hers, which only looks
    const { id } = await slowRun(stack);
    await Promise.all([page.goto(`/backtests/${id}`), other.goto(`/backtests/${id}`)]);
    await page.getByText("running", { exact: true }).waitFor();
    await page
      .getByRole("figure", { name: /^Equity/ })
      .locator("canvas")
      .first()
      .waitFor();
    await picture(page, "run-in-progress");
    const loaded = await page.evaluate(() => performance.timeOrigin);

    await page.getByRole("button", { name: "Cancel run" }).click();
    await page.getByRole("button", { name: "Cancel run" }).waitFor({ state: "detached" });
    await page.getByText("This run was cancelled").waitFor();
    await other.getByText("This run was cancelled").waitFor();
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
    await picture(page, "run-cancelled");

    const dot = connect({ urls: [stack.url] });
    await dot.login("dot", PASSWORD);
    expect((await dot.backtests.get(id)).status).toBe("cancelled");
    await page.getByRole("link", { name: "Change and run again" }).click();
    await page.getByRole("heading", { name: "New backtest" }).waitFor();
  },
);
