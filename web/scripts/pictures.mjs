/** Makes the pictures of docs/web-page.md anew, on a stack of its own: `npm run pictures`, or `npm run pictures -- trade run`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { furnish } from "./pictures/furnish.mjs";
import { withPalette } from "./pictures/palette_png.mjs";
import { startStack } from "./pictures/stack.mjs";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const BOTH = ["light", "dark"];
const asked = process.argv.slice(2);

const stack = await startStack();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: process.getuid?.() !== 0,
});
try {
  const { user, password, runs, trade } = await furnish(stack);
  const [run, other] = runs;
  const pages = [
    {
      name: "run",
      path: `/backtests/${run}`,
      schemes: BOTH,
      height: 1180,
      see: (page) => page.getByRole("table", { name: "trades" }),
    },
    { name: "compare", path: `/backtests/compare?runs=${run},${other}` },
    { name: "backtests", path: "/backtests" },
    { name: "new-backtest", path: "/backtests/new?strategy=sma_cross&symbol=AAPL" },
    { name: "strategy", path: "/strategies/sma_cross" },
    { name: "data", path: "/data" },
    { name: "series", path: "/data/MINE/1d" },
    { name: "upload", path: "/data/upload" },
    { name: "settings", path: "/settings?tab=appearance" },
    { name: "welcome", path: "/welcome" },
    {
      name: "trade",
      path: "/trade?symbol=BTC-USD&account=paper&tab=orders",
      schemes: BOTH,
      height: 1000,
      isLive: true,
      make: fillTicket,
    },
    { name: "trade-narrow", path: "/trade?symbol=BTC-USD&account=paper&tab=orders", size: NARROW },
    { name: "dashboard", path: "/", schemes: BOTH },
    { name: "dashboard-narrow", path: "/", size: NARROW },
    { name: "exchange", path: "/exchange", height: 1060, isLive: true },
  ].filter(({ name }) => asked.length === 0 || asked.includes(name));
  mkdirSync(IMAGES, { recursive: true });
  for (const each of pages) await pictures(each, { user, password, trade });
} finally {
  await browser.close();
  await stack.stop();
}

/** A page in each of its schemes; what is live is open in all of them while it happens. */
async function pictures(
  { name, path, schemes = ["light"], size = WIDE, height = size.height, see, make, isLive = false },
  { trade, ...who },
) {
  const open = [];
  for (const scheme of schemes) {
    const context = await browser.newContext({
      baseURL: stack.url,
      viewport: { ...size, height },
      colorScheme: scheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      timezoneId: "UTC",
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => process.stdout.write(`${name}: ${error.message}\n`));
    await signIn(page, who);
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    open.push({ context, page, file: `${name}-${scheme}.png` });
  }
  if (isLive) await trade();
  for (const { context, page, file } of open) {
    await see?.(page).waitFor();
    await make?.(page);
    await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
    await page.waitForTimeout(2_500); // charts, and what comes each second
    await page.mouse.move(0, 0);
    const png = withPalette(await page.screenshot());
    writeFileSync(`${IMAGES}${file}`, png);
    process.stdout.write(`${file}: ${(png.length / 1000).toFixed(0)} kB\n`);
    await context.close();
  }
}

async function signIn(page, { user, password }) {
  await page.goto("/login");
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}

/** An order that is typed, judged, and not sent. */
async function fillTicket(page) {
  const ticket = page.getByRole("form", { name: "Order ticket" });
  const price = await page.locator("[data-row=bid] [data-place=price]").nth(2).textContent();
  await ticket.getByLabel("Type").selectOption("iceberg");
  await ticket.getByLabel("Size").fill("0.5");
  await ticket.getByLabel("Price").fill(price ?? "");
  await ticket.getByLabel("Display").fill("0.1");
  await ticket.getByText("Passes all").waitFor();
}
