import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import { browserTest, picture } from "./page";
import { killGateway, PASSWORD } from "./stack";

browserTest(
  "the gateway is killed, the page says so, and goes on without being asked to",
  async ({ signedIn, stack }) => {
    const page = await signedIn("ada");
    await page.goto("/trade?symbol=BTC-USD");
    const book = page.getByRole("table", { name: "Order book of BTC-USD" });
    await book.getByText("59 990.00").waitFor();
    const marks = page.getByText(/^Not updated; as of/);
    const tops = () =>
      page.evaluate(() =>
        [...document.querySelectorAll("h1, dt, [role=table], [role=tablist], canvas, input")].map((each) => {
          const { x, y, width } = each.getBoundingClientRect();
          // A chart's axis is as wide as the prices that come.
          return (each.tagName === "CANVAS" ? [y] : [x, y, width]).map(Math.round).join();
        }),
      );
    const before = await tops();
    killGateway(stack.url);
    await page.getByText("Offline").waitFor();
    await picture(page, "offline");
    await book.getByText("59 990.00").waitFor(); // what was known stays
    // The page, its chart, its ladder, its tape and its tables are each said to be old, and nothing moves for that.
    expect(await marks.count()).toBe(5);
    expect(await tops()).toEqual(before);
    await page.getByText("Offline").waitFor({ state: "detached", timeout: 45_000 });
    await marks.first().waitFor({ state: "detached" });
    expect(await tops()).toEqual(before);
    const bob = connect({ urls: [stack.url] });
    await bob.login("bob", PASSWORD);
    const { id } = await bob.orders.submit({ symbol: "BTC-USD", side: "buy", quantity: "0.04", price: "59985.5" });
    await book.getByText("59 985.50").waitFor();
    await bob.orders.cancel(id ?? "");
  },
);
