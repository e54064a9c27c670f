/** Drives Chromium for `python -m benchmarks.web`, which starts what it talks to and judges what it prints, as JSON. */
import { chromium, type Page } from "playwright-core";
import { install } from "./page_marks.ts";
import { traced } from "./trace.ts";

interface Wanted {
  readonly row: string;
  readonly url: string;
  readonly browser: string;
  readonly name: string;
  readonly password: string;
  /** A run of a few thousand bars, and one of a million. */
  readonly small: string;
  readonly big: string;
  readonly symbol: string;
  /** A part of the long run, of some thousand bars, as its page's address has it. */
  readonly part: string;
  readonly rounds: number;
  readonly seconds: number;
}

const wanted = JSON.parse(process.argv[2] ?? "") as Wanted;
const STEPS = 50;
const WINDOW_S = 15;
const ROWS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = { route, result, tiles, book, trades };

/** What can be used once all trades are there, not the first ones alone. */
const WHOLE = "input[aria-label='Group trades by']:not([disabled])";
let pending = 0;
/** Tiles that were asked for. */
let asked = 0;

const isRoot = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: wanted.browser, chromiumSandbox: !isRoot });
try {
  const context = await browser.newContext({ baseURL: wanted.url, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(120_000);
  await context.addInitScript(install);
  const page = await context.newPage();
  page.on("request", (request) => {
    pending += 1;
    if (/\/(equity|prices)\?/.test(request.url())) asked += 1;
  });
  for (const end of ["requestfinished", "requestfailed"] as const)
    page.on(end as "requestfinished", () => (pending -= 1));
  const row = ROWS[wanted.row];
  if (row === undefined) throw new Error(`There is no row ${wanted.row}.`);
  process.stdout.write(`${JSON.stringify(await row(page))}\n`);
} finally {
  await browser.close();
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Name").fill(wanted.name);
  await page.getByLabel("Password", { exact: true }).fill(wanted.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}

/** Scripts that a stranger's first page needs, and then the dashboard. */
async function route(page: Page) {
  const scripts = () =>
    page.evaluate(() =>
      performance.getEntriesByType("resource").flatMap((each) => {
        const { name, encodedBodySize } = each as PerformanceResourceTiming;
        return new URL(name).pathname.endsWith(".js") ? [{ path: new URL(name).pathname, bytes: encodedBodySize }] : [];
      }),
    );
  await page.goto("/login");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await settled(page);
  const first = await scripts();
  await signIn(page);
  await settled(page);
  return { first, dashboard: await scripts() };
}

/** From the beginning of a navigation to a finished run until its curve and figures are painted. */
async function result(page: Page) {
  await signIn(page);
  const session = await page.context().newCDPSession(page);
  const times: Record<string, Record<string, number[]>> = {};
  for (const run of ["small", "big"] as const) {
    for (const cache of ["cold", "warm"]) {
      const found: Record<string, number[]> = { curve: [], figures: [], honesty: [], response: [] };
      for (let round = 0; round < wanted.rounds + 1; round += 1) {
        if (cache === "cold") await session.send("Network.clearBrowserCache");
        await page.goto("about:blank");
        await page.goto(`/backtests/${wanted[run]}`, { waitUntil: "commit" });
        await page.waitForFunction(() => Object.values(window.marks.painted).filter((each) => each > 0).length === 3);
        const marks = await page.evaluate(() => ({
          ...window.marks.painted,
          response: (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).responseEnd,
        }));
        // The first one warms what the gateway keeps.
        if (round > 0) for (const [name, at] of Object.entries(marks)) found[name]?.push(at);
      }
      times[`${run} ${cache}`] = found;
    }
  }
  return times;
}

/** Fifty steps of wheel and drag over the charts of a part of a run of a million bars, then zooms to sharper tiles. */
async function tiles(page: Page) {
  await signIn(page);
  await page.goto(`/backtests/${wanted.big}?${wanted.part}`);
  await page.locator(WHOLE).waitFor();
  await settled(page);
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) throw new Error("There is no chart.");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  const before = asked;
  const trace = await traced(page, async () => {
    for (let step = 0; step < STEPS; step += 1) {
      if (step % 10 < 5) await page.mouse.wheel(0, step % 20 < 10 ? -120 : 120);
      else {
        await page.mouse.down();
        await page.mouse.move(x + (step < STEPS / 2 ? 200 : -200), y, { steps: 3 });
        await page.mouse.up();
        await page.mouse.move(x, y);
      }
      await frame(page);
    }
  });
  const panned = asked - before;
  await settled(page);
  const sharper: number[] = [];
  const zooms = await traced(page, async () => {
    for (let round = 0; round < wanted.rounds; round += 1) {
      const had = asked;
      // About twice as near, or as far.
      for (let turn = 0; turn < 9; turn += 1) await page.mouse.wheel(0, round % 4 < 2 ? -240 : 240);
      const from = await page.evaluate(() => performance.now());
      await settled(page);
      if (asked > had) sharper.push((await page.evaluate(() => window.marks.drawnAt)) - from);
    }
  });
  return { trace, panned, zooms, sharper };
}

/** The desk while a hundred orders a second change its book. */
async function book(page: Page) {
  await signIn(page);
  await page.goto(`/trade?symbol=${wanted.symbol}`);
  await page.waitForFunction(() => window.marks.bids.length > 20);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    for (let time = 0; time < 2; time += 1) await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize;
  };
  const window_ = Math.min(WINDOW_S, wanted.seconds / 3);
  const pass = (seconds: number) => page.waitForTimeout(seconds * 1000);
  await pass(Math.min(10, wanted.seconds / 6)); // what is loaded late is there then
  const before = await heap();
  const begun = Date.now();
  const first = await traced(page, () => pass(window_));
  await pass(Math.max(0, wanted.seconds - 2 * window_ - (Date.now() - begun) / 1000 + window_));
  const last = await traced(page, () => pass(window_));
  const bids = await page.evaluate(() => window.marks.bids.splice(0));
  return { first, last, before, after: await heap(), bids, seconds: (Date.now() - begun) / 1000 };
}

/** A log of a hundred thousand trades, scrolled by the wheel. */
async function trades(page: Page) {
  await signIn(page);
  await page.goto(`/backtests/${wanted.big}`);
  const log = page.getByRole("group", { name: "trades", exact: true });
  await log.waitFor();
  await page.locator(WHOLE).waitFor();
  await settled(page);
  await log.scrollIntoViewIfNeeded();
  await log.hover();
  const scroll = async (each: () => Promise<void>) => {
    for (let step = 0; step < 2 * STEPS; step += 1) {
      await page.mouse.wheel(0, step % 10 === 9 ? 20_000 : 400);
      await each();
    }
  };
  const trace = await traced(page, () => scroll(() => frame(page)));
  const blank: number[] = [];
  await scroll(async () => {
    blank.push(await log.evaluate(blankShare));
  });
  return { trace, blank, rows: await log.getByRole("table").getAttribute("aria-rowcount") };
}

/** Which share of the log's height has no row at its place, as it is painted in the next frame. */
function blankShare(element: Element): Promise<number> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => {
      const top = element.getBoundingClientRect().top + element.clientTop;
      const bottom = top + element.clientHeight; // a scrollbar is no row's place
      // Headings stay in sight while the head that they are in may scroll away.
      const headings = [...element.querySelectorAll("th")].map((each) => each.getBoundingClientRect());
      const head = Math.max(top, ...headings.map((each) => each.bottom));
      const heading = headings[0]?.height ?? 0;
      const heights = [...element.querySelectorAll("tbody tr[aria-rowindex]")].map((each) => {
        const row = each.getBoundingClientRect();
        // One that stands where another belongs is none.
        const place = heading + (Number(each.getAttribute("aria-rowindex")) - 2) * row.height - element.scrollTop;
        if (Math.abs(row.top - top - place) > 1) return 0;
        return Math.max(0, Math.min(row.bottom, bottom) - Math.max(row.top, head));
      });
      resolve(1 - heights.reduce((sum, each) => sum + each, 0) / (bottom - head));
    }),
  );
}

function frame(page: Page): Promise<void> {
  return page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())));
}

/** Nothing is asked for any more, and the charts have not been drawn for half a second; at most 15 s. */
async function settled(page: Page): Promise<void> {
  const end = Date.now() + 15_000;
  for (let quiet = 0; quiet < 5 && Date.now() < end;) {
    await page.waitForTimeout(100);
    const isDrawn = await page.evaluate(() => performance.now() - window.marks.drawnAt > 500);
    quiet = pending === 0 && isDrawn ? quiet + 1 : 0;
  }
}
