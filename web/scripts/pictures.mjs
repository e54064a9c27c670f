/** Makes the pictures of docs/ anew, on a stack of its own: `npm run pictures`, or `npm run pictures -- trade run`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { furnish } from "./pictures/furnish.mjs";
import { pages, signIn } from "./pictures/pages.mjs";
import { withPalette } from "./pictures/palette_png.mjs";
import { startStack } from "./pictures/stack.mjs";
import { steadyCanvases, steadyPicture } from "./pictures/steady.mjs";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const WIDE = { width: 1280, height: 800 };
/** Of a page that is pictured as high as it is. */
const [LEAST_HEIGHT, MOST_HEIGHT] = [480, 1400];
const SCHEMES = ["light", "dark"];
const MINUTE = 60_000;
const asked = process.argv.slice(2);

const stack = await startStack();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: process.getuid?.() !== 0,
});
const contexts = new Map();
let [began, bytes] = [0, 0];
try {
  const furnished = await furnish(stack);
  const all = pages({ ...furnished, firstPassword: stack.firstPassword(), report });
  const unknown = asked.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`There is no picture ${unknown.join(", ")}.`);
  const wanted = all.filter(({ name }) => asked.length === 0 || asked.includes(name));
  mkdirSync(IMAGES, { recursive: true });
  began = Math.ceil((Date.now() + MINUTE / 2) / MINUTE) * MINUTE;
  const live = [];
  for (const each of wanted.filter((page) => page.isLive)) live.push([each, await open(each)]);
  if (live.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, began - Date.now()));
    await furnished.trade();
  }
  for (const [each, page] of live) await picture(each, page);
  for (const each of wanted.filter((page) => !page.isLive)) await picture(each, await open(each));
  process.stdout.write(`${(bytes / 1e6).toFixed(2)} MB in all\n`);
} finally {
  await browser.close();
  await stack.stop();
}

/** The page, opened by whoever sees it. */
async function open({ name, path, size = WIDE, ...rest }) {
  const as = "as" in rest ? rest.as : "ada";
  const page = await (await contextOf(as)).newPage();
  page.on("pageerror", (error) => process.stdout.write(`${name}: ${error.message}\n`));
  await page.setViewportSize(size);
  await page.goto(typeof path === "string" ? path : await path());
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

/** Signed in once; nobody is a browser of its own each time. */
async function contextOf(user) {
  const known = contexts.get(user);
  if (known !== undefined) return known;
  const context = await browser.newContext({
    baseURL: stack.url,
    colorScheme: SCHEMES[0],
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(30_000);
  await steadyCanvases(context, began);
  if (user !== undefined) {
    contexts.set(user, context);
    const page = await context.newPage();
    await signIn(page, user);
    await page.close();
  }
  return context;
}

/** In each scheme, with the same on it. */
async function picture({ name, size = WIDE, height, make, part }, page) {
  await loaded(page);
  await make?.(page);
  await page.evaluate(() => window.scrollTo(0, 0)); // what was clicked may be far below
  await page.waitForTimeout(500);
  await loaded(page);
  const fit =
    size === WIDE ? (height ?? Math.min(Math.max(await heightOf(page), LEAST_HEIGHT), MOST_HEIGHT)) : size.height;
  await page.setViewportSize({ ...size, height: part === undefined ? fit : 2400 });
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForTimeout(1_200); // charts, and what comes each second
    const file = `${name}-${scheme}.png`;
    const png = withPalette(await steadyPicture(page, began, part));
    writeFileSync(`${IMAGES}${file}`, png);
    bytes += png.length;
    process.stdout.write(`${file}: ${(png.length / 1000).toFixed(0)} kB\n`);
  }
  await page.close();
}

async function loaded(page) {
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
}

/** Of what is on it, with the space around. */
function heightOf(page) {
  return page.evaluate(() => {
    const main = document.querySelector("main");
    const below = [...(main?.querySelectorAll("*") ?? [])].map((each) => each.getBoundingClientRect().bottom);
    return Math.ceil(Math.max(...below) + window.scrollY) + 24;
  });
}

/** The report of a run, as a file. */
function report(run) {
  const file = join(stack.home, `${run}.html`);
  stack.run(["backtest", "report", run, "--out", file]);
  return pathToFileURL(file).href;
}
