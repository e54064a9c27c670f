import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { browserTest } from "./page";
import { PASSWORD } from "./stack";

browserTest(
  "bars of histograms are chosen by a tap or the keyboard, and leave their trades",
  async ({ signedIn, stack }) => {
    const ada = connect({ urls: [stack.url] });
    await ada.login("ada", PASSWORD);
    const ids: string[] = [];
    for await (const each of ada.backtests.list({ strategy: "rsi_reversion" })) ids.push(each.id);
    const page = await signedIn("ada", { width: "narrow" });
    await page.goto(`/backtests/${ids.at(-1) ?? ""}?tab=distribution`);
    const bar = (name: RegExp) => page.getByRole("figure", { name }).locator(".recharts-bar-rectangle path");
    const ofTrades = bar(/^Returns of trades/).last();
    await ofTrades.waitFor();
    await page.getByRole("figure", { name: /^Returns of trades/ }).scrollIntoViewIfNeeded();
    const { x, y, width } = (await ofTrades.boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.click(x + width / 2, y - 40); // above it: the whole column counts
    await page.getByRole("button", { name: /^Show \d+ trade/ }).waitFor();
    expect(page.url()).toContain("trade-return=");
    // The arrow keys go on from there, and Enter lets it go again.
    await page
      .getByRole("figure", { name: /^Returns of trades/ })
      .locator("svg[tabindex]")
      .first()
      .focus();
    for (const key of ["ArrowLeft", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: /^All returns/ }).waitFor({ state: "detached" });
    await bar(/^Returns:/)
      .first()
      .click();
    await page.getByRole("button", { name: /^Show \d+ trade/ }).click();
    await page.getByText(/^Only trades held in a bar that returned/).waitFor();
    expect(page.url()).toContain("run-return=");
  },
  120_000,
);
