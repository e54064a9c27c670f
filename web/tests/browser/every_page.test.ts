/** Each page in both themes, on a laptop and on a telephone: axe, nothing cut off, and how it looks. Runs first, as the stack was furnished. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import type { Page } from "playwright-core";
import { lookOf, type Changing } from "./look";
import { browserTest, signIn, WIDTHS } from "./page";
import { slowRun } from "./slow_run";
import { firstPassword, PASSWORD, type StackPlace } from "./stack";

interface Place {
  readonly name: string;
  readonly path: string;
  readonly heading?: string | RegExp;
  /** What is done there before it is looked at. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly changing?: Changing;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 300_000;
/** High enough for most of what pages have. */
const HEIGHT = 1_200;

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** Places of whoever is signed in. A page that is added to the rail is added here. */
async function places(stack: StackPlace): Promise<readonly Place[]> {
  const ada = connect({ urls: [stack.url] });
  await ada.login("ada", PASSWORD);
  const runs: string[] = [];
  for await (const each of ada.backtests.list()) runs.push(each.id);
  return [
    // An exchange that did nothing for a minute has no latency.
    { name: "dashboard", path: "/", heading: "Dashboard", changing: { covered: ['div:has(> a[href="/exchange"])'] } },
    { name: "backtests", path: "/backtests", heading: "Backtests" },
    {
      name: "result",
      path: `/backtests/${runs.at(-1) ?? ""}`,
      heading: /sma_cross · AAPL/,
      prepare: (page) =>
        page.getByRole("figure", { name: "Equity, drawdown and prices" }).locator("canvas").first().waitFor(),
    },
    {
      name: "compare",
      path: `/backtests/compare?runs=${runs.join(",")}`,
      heading: "Compare runs",
      prepare: (page) => page.locator("canvas").first().waitFor(),
    },
    { name: "form", path: "/backtests/new?symbol=AAPL", heading: "New backtest", prepare: foreseen },
    { name: "form-with-errors", path: "/backtests/new?symbol=AAPL", heading: "New backtest", prepare: typeNonsense },
    { name: "sweeps", path: "/sweeps", heading: "Sweeps" },
    { name: "strategies", path: "/strategies", heading: "Strategies" },
    { name: "strategy", path: "/strategies/sma_cross", heading: "sma_cross" },
    { name: "data", path: "/data", heading: "Data" },
    { name: "series", path: "/data/AAPL/1d", heading: "AAPL · 1d" },
    { name: "ingest", path: "/data/ingest", heading: "Ingest" },
    { name: "upload", path: "/data/upload", heading: "Upload CSV" },
    { name: "trade", path: "/trade?symbol=BTC-USD", heading: "BTC-USD", changing: { covered: ["canvas"] } },
    {
      name: "exchange",
      path: "/exchange",
      heading: "Exchange",
      // Sessions of shares begin and end, and who quotes them is refused then.
      changing: {
        numbers: true,
        covered: [
          "canvas",
          "dl",
          ...["Latency", "Refusals", "Instruments"].map((each) => `section[aria-label^=${each}]`),
        ],
      },
    },
    { name: "settings", path: "/settings", heading: "Settings" },
    { name: "welcome", path: "/welcome", heading: "Welcome" },
    {
      name: "not-found",
      path: "/nothing/is/here",
      prepare: (page) => page.getByText("There is no such page").waitFor(),
    },
    {
      name: "no-such-run",
      path: "/backtests/bt_00000000000000000000000000",
      prepare: (page) => page.getByText("Not found", { exact: true }).waitFor(),
    },
  ];
}

async function foreseen(page: Page): Promise<void> {
  await page
    .getByRole("list", { name: "Foreseen" })
    .getByText(/bars, .* the strategy decides from bar/)
    .waitFor();
}

async function typeNonsense(page: Page): Promise<void> {
  await page.getByLabel("fast", { exact: true }).fill("ten");
  await page.getByLabel("Cash", { exact: true }).fill("-5");
  await page.getByText("2 fields are to be mended first.").waitFor();
}

interface Way {
  readonly width: keyof typeof WIDTHS;
  readonly scheme: "light" | "dark";
}
const WAYS: readonly Way[] = [
  { width: "wide", scheme: "light" },
  { width: "wide", scheme: "dark" },
  { width: "narrow", scheme: "light" },
  { width: "narrow", scheme: "dark" },
];

/** Sizes of type: of tables and labels, of text, of the one figure that matters. */
const SIZES = ["13px", "14px", "20px"];

/** What is written in another size. */
async function oddlySized(page: Page): Promise<readonly string[]> {
  return page.evaluate((known) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { width, height } = range.getBoundingClientRect();
      // What only screen readers read is a pixel.
      if (node.data.trim() === "" || width < 2 || height < 2 || node.parentElement === null) continue;
      const size = getComputedStyle(node.parentElement).fontSize;
      if (!known.includes(size)) found.push(`${size}: ${node.data.trim()}`);
    }
    return found;
  }, SIZES);
}

/** What axe looks for: a theme has other colours, and nothing else. */
function axeOf({ scheme }: Way): string {
  return JSON.stringify({
    resultTypes: ["violations"],
    ...(scheme === "dark" ? { runOnly: ["color-contrast", "link-in-text-block"] } : {}),
  });
}

/** Look at a place in every way; return what is wrong with it. */
async function lookAt(page: Page, place: Place, isKept = true): Promise<readonly unknown[]> {
  const wrong: unknown[] = [];
  await page.setViewportSize({ width: WIDTHS.wide, height: HEIGHT });
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(place.path);
  if (place.heading !== undefined) await page.getByRole("heading", { level: 1, name: place.heading }).waitFor();
  await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
  await place.prepare?.(page);
  for (const way of WAYS) {
    await turn(page, way);
    const found = await page.evaluate<Finding[]>(`${AXE}; axe.run(${axeOf(way)}).then((found) => found.violations)`);
    const serious = found.filter((each) => each.impact === "serious" || each.impact === "critical");
    wrong.push(...serious.map(({ id, nodes }) => [place.name, way, id, nodes.map((each) => each.html)]));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) wrong.push([place.name, way, "is wider than the screen by", overflow]);
    wrong.push(...(await oddlySized(page)).map((each) => [place.name, way, each]));
    if (!isKept || (way.width === "narrow" && way.scheme === "dark")) continue; // of three the pictures are kept
    const look = await lookOf(page, `${place.name}-${way.scheme}-${way.width}`, place.changing);
    if (look !== undefined) wrong.push(look);
  }
  return wrong;
}

async function turn(page: Page, { width, scheme }: Way): Promise<void> {
  await page.setViewportSize({ width: WIDTHS[width], height: HEIGHT });
  await page.emulateMedia({ colorScheme: scheme });
  await expect.poll(() => page.locator("html").getAttribute("data-mantine-color-scheme")).toBe(scheme);
}

browserTest(
  "every page of who is signed in: axe, width, looks",
  { timeout: PATIENCE_MS },
  async ({ signedIn, stack }) => {
    const page = await signedIn("ada");
    for (const each of await places(stack)) expect.soft(await lookAt(page, each)).toEqual([]);
  },
);

browserTest("the doors: axe, width, looks", async ({ stack, visit }) => {
  const page = await visit();
  expect.soft(await lookAt(page, { name: "login", path: "/login", heading: "Sign in" })).toEqual([]);
  await page.goto("/login");
  await signIn(page, "admin", firstPassword(stack.home));
  await page.getByRole("heading", { name: "Choose your password" }).waitFor();
  expect
    .soft(await lookAt(page, { name: "first-password", path: "/password", heading: "Choose your password" }))
    .toEqual([]);
});

browserTest("a run in progress: axe and width", async ({ signedIn, stack }) => {
  const page = await signedIn("dot");
  const { id, cancel } = await slowRun(stack);
  const prepare = () => page.locator("canvas").first().waitFor();
  expect(
    await lookAt(page, { name: "in-progress", path: `/backtests/${id}`, heading: /Slow/, prepare }, false),
  ).toEqual([]);
  await page.getByRole("button", { name: "Cancel run" }).waitFor(); // it ran all the time
  await cancel();
});
