/** Orders of every kind at the desk: what they were sent with is seen while they wait. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, picture } from "./page";

const DESK = "/trade?symbol=BTC-USD&tab=orders";
const ticket = (page: Page) => page.getByRole("form", { name: "Order ticket" });
const openOrders = (page: Page) => page.getByRole("table", { name: "open orders" });

/** Fill in the ticket, by the labels of its fields, and send it. */
async function send(page: Page, side: "Buy" | "Sell", type: string, fields: Readonly<Record<string, string>>) {
  await ticket(page).getByRole("radio", { name: side }).check({ force: true });
  await ticket(page).getByLabel("Type").selectOption(type);
  for (const [label, text] of Object.entries(fields)) {
    if (label === "Time in force") await ticket(page).getByLabel(label).selectOption(text);
    else await ticket(page).getByLabel(label).fill(text);
  }
  await ticket(page)
    .getByText(/^Passes all \d+ checks/)
    .waitFor();
  await ticket(page)
    .getByRole("button", { name: new RegExp(`^${side} \\S+ BTC-USD$`) })
    .click();
}

async function cancelAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Cancel all" }).press("Enter");
  await page.getByText("No order is open").waitFor();
  // The button went with the rows, the focus did not.
  const name = page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  expect(await name).toBe("Open orders");
}

browserTest("what an order was sent with is seen of it while it waits", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto(DESK);
  await send(page, "Buy", "iceberg", { Size: "0.5", Price: "59000", Display: "0.1" });
  await openOrders(page)
    .getByRole("row", { name: /buy iceberg GTC 0.50 .*0.10 shown/ })
    .waitFor();
  await send(page, "Buy", "peg", { Size: "0.01", "Price at most": "59500", "Behind the best": "5" });
  await openOrders(page)
    .getByRole("row", { name: /buy peg GTC 0.01 .*5.00 behind the best/ })
    .waitFor();
  await send(page, "Sell", "trailing_stop", { Size: "0.01", "Trailing distance": "250" });
  await openOrders(page)
    .getByRole("row", { name: /sell trailing stop GTC 0.01 .*trailing by 250.00/ })
    .waitFor();
  await cancelAll(page);
});

browserTest("a stop has a line, by which its trigger is dragged", async ({ signedIn }) => {
  const page = await signedIn("ada", { scheme: "dark" });
  await page.goto(DESK);
  await send(page, "Sell", "stop_limit", { Size: "0.01", Trigger: "59960", Price: "59930" });
  const row = openOrders(page).getByRole("row", { name: /sell stop limit/ });
  await row.getByText("59 960.00").waitFor();
  await picture(page, "stop-line");
  const chart = page.getByRole("figure", { name: "Prices of BTC-USD" });
  const box = await chart.boundingBox();
  if (box === null) throw new Error("The chart is not there.");
  // From above: the trigger's line is the first where the pointer says that a line can be taken.
  const middle = box.x + box.width / 2;
  const isLine = async (y: number) => {
    await page.mouse.move(middle, y);
    return chart.evaluate((element) => element.querySelector("div")?.style.cursor === "ns-resize");
  };
  let line = box.y + 8;
  while (line < box.y + box.height && !(await isLine(line))) line += 4;
  await page.mouse.move(middle, line);
  await page.mouse.down();
  await page.mouse.move(middle, line - 20, { steps: 5 });
  await page.mouse.up();
  await row.getByText("59 960.00").waitFor({ state: "detached" });
  await row.getByText(/^59\s9[6-9]\d\.\d\d$/).waitFor();
  await row.getByText("59 930.00").waitFor();
  await row.getByText("open", { exact: true }).waitFor();
  await cancelAll(page);
});

browserTest("an order ends at the time that was chosen, and may only reduce", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto(DESK);
  await ticket(page).getByLabel("Reduce only").check();
  await send(page, "Sell", "limit", {
    "Time in force": "gtd",
    "Until, UTC": "2199-12-01T09:30",
    Size: "0.01",
    Price: "60900",
  });
  await page
    .getByRole("list", { name: "Sent orders" })
    .getByText(/^Sell 0.01 BTC-USD at 60\s900.00, until 2199-12-01 09:30, reduce only/)
    .waitFor();
  await openOrders(page)
    .getByRole("row", { name: /sell limit GTD 0.01 .*until 2199-12-01 09:30, reduce only/ })
    .waitFor();
  await picture(page, "ticket-until");
  // A purchase would not reduce what is held, and a time that is over is none to wait for.
  await ticket(page).getByRole("radio", { name: "Buy" }).check({ force: true });
  await ticket(page).getByLabel("Price").fill("59000");
  await ticket(page)
    .getByText(/Would be refused: Reduce-only/)
    .waitFor();
  await ticket(page).getByLabel("Reduce only").uncheck();
  await ticket(page).getByLabel("Until, UTC").fill("2020-12-01T09:30");
  await ticket(page)
    .getByText(/^Would be refused: Its time was over.$/)
    .waitFor();
  await cancelAll(page);
});
