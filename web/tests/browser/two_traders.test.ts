/** Two people trade with each other, each in a browser of their own, through the whole exchange. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture } from "./page";

const DESK = "/trade?symbol=BTC-USD";
const book = (page: Page) => page.getByRole("table", { name: "Order book of BTC-USD" });
const ticket = (page: Page) => page.getByRole("form", { name: "Order ticket" });
const sent = (page: Page) => page.getByRole("list", { name: "Sent orders" });

async function write(page: Page, side: "Buy" | "Sell", size: string, price: string): Promise<void> {
  await ticket(page).getByRole("radio", { name: side }).check({ force: true });
  await ticket(page).getByLabel("Size").fill(size);
  await ticket(page).getByLabel("Price").fill(price);
}

async function send(page: Page, side: "Buy" | "Sell", size: string, price: string): Promise<void> {
  await write(page, side, size, price);
  await ticket(page)
    .getByText(/^Passes all \d+ checks/)
    .waitFor();
  await ticket(page)
    .getByRole("button", { name: `${side} ${size} BTC-USD` })
    .click();
}

async function quantityHeld(page: Page): Promise<number> {
  await page.getByRole("tab", { name: "Positions" }).click();
  const row = page.getByRole("table", { name: "positions" }).getByRole("row", { name: /^BTC-USD/ });
  await row.waitFor();
  return Number((await row.getByRole("cell").nth(1).textContent())?.replace("−", "-"));
}

browserTest("two traders see each other's orders, fills and positions", async ({ signedIn }) => {
  const [ada, bob] = [await signedIn("ada"), await signedIn("bob")];
  await Promise.all([ada.goto(DESK), bob.goto(DESK)]);
  const before = await Promise.all([quantityHeld(ada), quantityHeld(bob)]);

  // Ada bids; her row is there at once, and Bob's book has it.
  await ada.getByRole("tab", { name: /^Open orders/ }).click();
  await send(ada, "Buy", "0.07", "60004.00");
  await ada
    .getByRole("table", { name: "open orders" })
    .getByRole("row", { name: /buy limit .*0.07/ })
    .waitFor();
  await sent(ada).getByText("0.07 open").waitFor();
  await book(bob).getByRole("row", { name: "0.07 60 004.00" }).waitFor();
  // She is alone at that price, so first in the queue.
  await book(ada)
    .getByRole("row", { name: /0.07 60\s004.00.*0.07.*first/ })
    .waitFor();

  // Bob takes a part: one click on the ladder fills his ticket, Enter sends it.
  await book(bob).getByRole("row", { name: "0.07 60 004.00" }).locator("[data-place=ask]").click();
  expect(await ticket(bob).getByLabel("Price").inputValue()).toBe("60004.00");
  expect(await ticket(bob).getByRole("radio", { name: "Sell" }).isChecked()).toBe(true);
  await ticket(bob).getByLabel("Size").fill("0.03");
  await ticket(bob)
    .getByText(/^Passes all \d+ checks/)
    .waitFor();
  await bob.keyboard.press("Enter");
  await sent(bob).getByText("Filled at 60 004").waitFor();

  // Both see what happened, where they look.
  await sent(ada).getByText("0.03 filled at 60 004, 0.04 open").waitFor();
  await book(bob).getByRole("row", { name: "0.04 60 004.00" }).waitFor();
  for (const page of [ada, bob]) {
    await page
      .getByRole("table", { name: "Trades of BTC-USD" })
      .getByRole("row", { name: /60\s004.00 0.03/ })
      .waitFor();
    await page.getByRole("tab", { name: "Fills" }).click();
    await page
      .getByRole("table", { name: "fills" })
      .getByRole("row", { name: /BTC-USD .* 0.03 60\s004.00/ })
      .waitFor();
  }
  expect(await quantityHeld(ada)).toBeCloseTo(before[0] + 0.03, 8);
  expect(await quantityHeld(bob)).toBeCloseTo(before[1] - 0.03, 8);
  await picture(ada, "trade-light");

  // She cancels the rest: it leaves both books, and the history says why.
  await ada.getByRole("tab", { name: /^Open orders/ }).click();
  await ada.getByRole("button", { name: "Cancel order buy 0.04 BTC-USD" }).click();
  await book(bob).getByRole("row", { name: "0.04 60 004.00" }).waitFor({ state: "detached" });
  await ada.getByRole("tab", { name: "History" }).click();
  await ada
    .getByRole("table", { name: "orders" })
    .getByRole("row", { name: /0.07 0.03 60\s004.00 .*cancelled by owner/ })
    .waitFor();
});

browserTest("an order is changed by dragging its line, if it is as it was seen", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto(`${DESK}&tab=orders`);
  await send(page, "Buy", "0.02", "60003.00");
  const orders = page.getByRole("table", { name: "open orders" });
  await orders.getByRole("row", { name: /0.02 0.00 60\s003.00 .*open/ }).waitFor();
  const chart = page.getByRole("figure", { name: "Prices of BTC-USD" });
  const box = await chart.boundingBox();
  if (box === null) throw new Error("The chart is not there.");
  // Where the pointer says that a line can be taken.
  const middle = box.x + box.width / 2;
  const isLine = async (y: number) => {
    await page.mouse.move(middle, y);
    return chart.evaluate((element) => element.querySelector("div")?.style.cursor === "ns-resize");
  };
  let line = box.y + 8;
  while (line < box.y + box.height && !(await isLine(line))) line += 4;
  await page.mouse.move(middle, line);
  await page.mouse.down();
  await page.mouse.move(middle, line + 24, { steps: 6 });
  await page.mouse.up();
  await orders.getByRole("row", { name: /0.02 0.00 60\s003.00/ }).waitFor({ state: "detached" });
  await orders.getByRole("row", { name: /0.02 0.00 (60\s00|59\s9)\S+ .*open/ }).waitFor();
  await page.getByRole("button", { name: /^Cancel order buy 0.02/ }).click();
  await page.getByText("No order is open").waitFor();
});

browserTest("the kill switch takes two steps, cancels, refuses, and is taken back", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto(`${DESK}&tab=orders`);
  await send(page, "Buy", "0.02", "59000.00");
  await sent(page).getByText("0.02 open").waitFor();
  await page.getByRole("button", { name: "Kill", exact: true }).click();
  await page.getByText(/^Cancels (the|all)/).waitFor();
  await page.getByRole("button", { name: "Kill account" }).click();
  await page.getByText("Killed: no new orders").waitFor();
  await page.getByText("No order is open").waitFor();
  await write(page, "Buy", "0.02", "59001.00");
  await ticket(page)
    .getByText(/Would be refused: The kill switch is on/)
    .waitFor();
  await page.getByRole("button", { name: "Revive", exact: true }).click();
  await page.getByRole("button", { name: "Revive account" }).click();
  await page.getByRole("button", { name: "Kill", exact: true }).waitFor();
  await ticket(page)
    .getByText(/^Passes all \d+ checks/)
    .waitFor();
});

browserTest("the Exchange page says how the exchange does", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto("/exchange");
  await page.getByText("every part is up").waitFor();
  const row = page.getByRole("table", { name: "instruments" }).getByRole("row", { name: /BTC-USD/ });
  expect(await row.textContent()).toContain("continuous");
  await page
    .getByRole("figure", { name: /^Commands, latencies/ })
    .locator("canvas")
    .first()
    .waitFor();
});
