/** Every page, who sees it, and what is done there before it is pictured. */
import { PASSWORD, prices } from "./furnish.mjs";

/** Of the result of one symbol, and those that have more to show for a portfolio on margin. */
const TABS = "trades monthly drawdowns distribution excursions rolling orders metrics assumptions card log";
const TABS_OF_SEVERAL = "symbols exposure events";
const NARROW = { width: 390, height: 844 };

/**
 * Pages that are open while there is trading come first, then those that show what came of it. `height` is the most that is
 * shown; else a page is pictured as high as it is. `part` is what alone is pictured.
 */
export function pages({ runs, reported, wait, ingest, firstPassword, report }) {
  const [run, other, several] = runs;
  return [
    {
      name: "trade",
      path: "/trade?symbol=BTC-USD&account=paper&tab=orders",
      height: 1000,
      isLive: true,
      make: fillTicket,
    },
    { name: "exchange", path: "/exchange", isLive: true },
    { name: "trade-narrow", path: "/trade?symbol=BTC-USD&account=paper&tab=orders", size: NARROW },
    { name: "dashboard", path: "/" },
    { name: "dashboard-narrow", path: "/", size: NARROW },
    { name: "search", path: "/backtests", height: 600, make: search },

    { name: "login", path: "/login", as: undefined, height: 600 },
    {
      name: "first-password",
      path: "/login",
      as: undefined,
      height: 640,
      make: (page) => firstLogin(page, firstPassword),
    },
    { name: "welcome", path: "/welcome", as: "cy" },
    { name: "first-dashboard", path: "/", as: "cy" },

    { name: "backtests", path: "/backtests" },
    { name: "new-backtest", path: "/backtests/new?strategy=sma_cross&symbol=AAPL", make: foreseen },
    { name: "run", path: `/backtests/${run}`, height: 1180, make: drawn },
    ...TABS.split(" ").map((tab) => tabOf(run, tab)),
    ...TABS_OF_SEVERAL.split(" ").map((tab) => tabOf(several, tab)),
    { name: "compare", path: `/backtests/compare?runs=${run},${other}`, height: 1100, make: drawn },
    { name: "run-in-progress", path: async () => `/backtests/${await wait()}`, as: "dot", make: drawn },
    { name: "report", path: () => report(reported[0]), height: 1180, make: drawn },
    { name: "report-portfolio", path: () => report(reported[1]), height: 1380, make: openSymbols },

    { name: "sweeps", path: "/sweeps", height: 480 },
    { name: "strategies", path: "/strategies" },
    { name: "strategy", path: "/strategies/sma_cross", height: 1000 },

    { name: "data", path: "/data" },
    { name: "series", path: "/data/MINE/1d" },
    { name: "upload", path: "/data/upload", make: drop },
    { name: "ingest", path: async () => (await ingest(), "/data/ingest?source=synthetic") },

    { name: "settings-profile", path: "/settings?tab=profile" },
    { name: "settings-appearance", path: "/settings?tab=appearance" },
    { name: "settings-keys", path: "/settings?tab=keys" },
    { name: "settings-vendors", path: "/settings?tab=vendors", as: "dot" },
    { name: "settings-users", path: "/settings?tab=users", as: "dot" },
  ];
}

function tabOf(run, tab) {
  return { name: `run-${tab}`, path: `/backtests/${run}?tab=${tab}`, make: drawn, part: tabPanel };
}

/** The tabs and what is below them, as much as is looked at without scrolling. */
async function tabPanel(page) {
  const list = await page.getByRole("tablist").first().boundingBox();
  const end = await page
    .getByRole("tabpanel")
    .first()
    .evaluate((panel) =>
      Math.max(...[...panel.querySelectorAll("*")].map((each) => each.getBoundingClientRect().bottom)),
    );
  return { x: list.x - 12, y: list.y - 8, width: list.width + 24, height: Math.min(end - list.y, 640) + 16 };
}

async function drawn(page) {
  await page.locator("canvas").first().waitFor();
}

async function openSymbols(page) {
  await drawn(page);
  await page.getByRole("tab", { name: "Symbols" }).click();
  await page.getByRole("table", { name: "symbols" }).waitFor();
}

async function foreseen(page) {
  await page
    .getByRole("list", { name: "Foreseen" })
    .getByText(/bars, .* the strategy decides from bar/)
    .waitFor();
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

async function search(page) {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("textbox").fill("aapl");
  await page.waitForTimeout(800);
}

async function firstLogin(page, password) {
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Choose your password" }).waitFor();
}

/** A file, as from another window. */
async function drop(page) {
  const dataTransfer = await page.evaluateHandle((text) => {
    const made = new DataTransfer();
    made.items.add(new File([text], "theirs_1d.csv", { type: "text/csv" }));
    return made;
  }, prices());
  await page.getByRole("group", { name: "Drop a file of bars here" }).dispatchEvent("drop", { dataTransfer });
  await page.getByRole("button", { name: /^Store .* as / }).waitFor();
}

export async function signIn(page, user) {
  await page.goto("/login");
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}
