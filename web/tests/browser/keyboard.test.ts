/** A day at the desk without a mouse. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture } from "./page";
import { PASSWORD } from "./stack";

/** Keeps how whatever can have the focus looks without it, so that one can tell whether the focus is seen. */
async function watchFocus(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const looks = new WeakMap<Element, string>();
    const lookOf = (element: Element) =>
      [element, element.parentElement, element.parentElement?.parentElement]
        .map((each) => (each == null ? undefined : getComputedStyle(each)))
        .map((style) => [style?.outline, style?.boxShadow, style?.borderColor, style?.backgroundColor].join())
        .join(";");
    Object.assign(window, {
      rememberLooks: () => {
        for (const each of document.querySelectorAll("a, button, input, select, textarea, [tabindex]"))
          if (!each.contains(document.activeElement)) looks.set(each, lookOf(each));
      },
      isFocusSeen: () => {
        const element = document.activeElement;
        return element !== null && looks.has(element) && looks.get(element) !== lookOf(element);
      },
    });
  });
}

interface Watched {
  readonly rememberLooks: () => void;
  readonly isFocusSeen: () => boolean;
}

/** The name of what has the focus, as readers of screens say it. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing";
    const labels = "labels" in element ? [...((element as HTMLInputElement).labels ?? [])] : [];
    const by = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
    const named = by.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const label = element.getAttribute("aria-label") ?? (named || labels.map((each) => each.textContent).join(" "));
    return (label || element.textContent).replaceAll(/\s+/g, " ").replace(/ \*$/, "").trim();
  });
}

/** Press Tab until something of that name has the focus; each stop on the way must be seen. */
async function tabTo(page: Page, name: string | RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const stops: string[] = [];
  while (stops.length < 90) {
    await page.evaluate(() => (window as unknown as Watched).rememberLooks());
    await page.keyboard.press(key);
    const stop = await focused(page);
    stops.push(stop);
    const seen = () => page.evaluate(() => (window as unknown as Watched).isFocusSeen());
    if (stop !== "nothing") await expect.poll(seen, { message: `The focus is not seen on: ${stop}` }).toBe(true);
    if (typeof name === "string" ? stop === name : name.test(stop)) return;
  }
  throw new Error(`Tab does not lead to ${String(name)}, but to:\n${stops.join("\n")}`);
}

async function goByPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+K");
  await expect.poll(() => focused(page)).toBe("Search");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

browserTest("sign in, run a backtest and open its result with the keyboard only", async ({ visit }) => {
  const page = await visit();
  await watchFocus(page);
  await page.goto("/login");
  await expect.poll(() => focused(page)).toBe("Name");
  await page.keyboard.type("ada");
  await tabTo(page, "Password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();

  // The first stop leads past the rail.
  await tabTo(page, "Skip to the content");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("content");

  // The palette closes without going anywhere, and one is where one was.
  await tabTo(page, /./);
  const before = await focused(page);
  await page.keyboard.press("Control+K");
  await expect.poll(() => focused(page)).toBe("Search");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expect.poll(() => focused(page)).toBe(before);

  await goByPalette(page, "Run a backtest");
  await page.getByRole("heading", { level: 1, name: "New backtest" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await tabTo(page, "Strategy");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("rsi_rev");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByRole("combobox", { name: "Strategy" }).inputValue()).toBe("rsi_reversion");
  await tabTo(page, "Symbols");
  await page.keyboard.type("AAPL");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape"); // closes the list, and leaves the choice
  await tabTo(page, "Cash");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("50000");
  await page
    .getByRole("list", { name: "Foreseen" })
    .getByText(/bars, /)
    .waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /rsi_reversion · AAPL/ }).waitFor();
  await page.getByText("Sharpe").first().waitFor();

  await goByPalette(page, "Backtests");
  await page.getByRole("heading", { level: 1, name: "Backtests" }).waitFor();
  await tabTo(page, /rsi_reversion/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /rsi_reversion · AAPL/ }).waitFor();
  await tabTo(page, "Trades");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => focused(page)).toBe("Monthly");
});

browserTest("trade, cancel and kill with the keyboard only", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await watchFocus(page);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  await goByPalette(page, "Trade");
  await page.getByRole("form", { name: "Order ticket" }).waitFor();
  await tabTo(page, "Symbol");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("BTC-USD");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /^BTC-USD/ }).waitFor();

  // The ticket.
  await tabTo(page, "Size");
  await page.keyboard.type("0.12");
  await tabTo(page, "Price");
  await page.keyboard.type("58600");
  await page.keyboard.press("ArrowUp");
  const sent = page.getByRole("list", { name: "Sent orders" });
  await page.getByText(/^Passes all \d+ checks/).waitFor();
  await page.keyboard.press("Enter");
  await sent.getByText("0.12 open").first().waitFor();

  // The ladder: up to a price, to the ticket with it, and the order is one Enter away.
  await tabTo(page, "Order book of BTC-USD", "Shift+Tab");
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("ArrowDown");
  await picture(page, "ladder-by-keyboard");
  await page.keyboard.press("b");
  await expect.poll(() => focused(page)).toBe("Buy 0.12 BTC-USD");
  await page.getByText(/^Passes all \d+ checks/).waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => sent.getByText("0.12 open").count()).toBe(2);

  // Both go.
  const orders = page.getByRole("button", { name: "Cancel order buy 0.12 BTC-USD" });
  await expect.poll(() => orders.count()).toBe(2);
  await tabTo(page, "Cancel order buy 0.12 BTC-USD");
  await page.keyboard.press("Enter");
  await expect.poll(() => orders.count()).toBe(1);
  // The focus is on the next one, and where the orders were when there is none.
  expect(await focused(page)).toBe("Cancel order buy 0.12 BTC-USD");
  await tabTo(page, "Change order buy 0.12 BTC-USD", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe("Price");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Change order" }).waitFor({ state: "detached" });
  await expect.poll(() => focused(page)).toBe("Change order buy 0.12 BTC-USD");
  await page.getByRole("row", { name: /buy limit .* open/ }).waitFor(); // not changing any more
  await tabTo(page, "Cancel order buy 0.12 BTC-USD");
  await page.keyboard.press("Enter");
  await page.getByText("No order is open").waitFor();
  expect(await focused(page)).toBe("Open orders");

  // The kill switch: what it asks has the focus and keeps it, Escape leaves everything as it was.
  await tabTo(page, "Kill", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe("Keep trading");
  await tabTo(page, "Kill account");
  await tabTo(page, "Keep trading");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Kill switch" }).waitFor({ state: "detached" });
  await expect.poll(() => focused(page)).toBe("Kill");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe("Keep trading");
  await tabTo(page, "Kill account");
  await page.keyboard.press("Enter");
  await page.getByText("Killed: no new orders").waitFor();
  await expect.poll(() => focused(page)).toBe("Revive");
  await page.keyboard.press("Enter");
  await tabTo(page, "Revive account");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Kill", exact: true }).waitFor();
  await expect.poll(() => focused(page)).toBe("Kill");
});
