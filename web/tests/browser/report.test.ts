/** Exported reports, opened from disk without a network: what they show is what the gateway answers. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { connect, type BacktestMessage } from "@arbitrax/client";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { formatNumber, formatPercent } from "../../src/format/number";
import { browserTest, picture, type Tools } from "./page";
import { PASSWORD } from "./stack";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARBITRAX = fileURLToPath(new URL("../../../.venv/bin/arbitrax", import.meta.url));
const PYTHON = fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
/** Three symbols, of which one is sold short, and an account that pays for that. */
const SEVERAL = `
import sys
import numpy as np
import arbitrax as ax

class Mixed(ax.Strategy):
    def portfolio(self, panel):
        found = np.full(panel.shape, np.nan)
        found[20::40] = [0.5, -0.25, 0.25]
        return found

shape = (800, 3)
close = 50 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, shape), axis=0))
panel = ax.Panel(("ONE", "TWO", "THREE"), "1d", np.arange(800) * 86_400_000_000_000, *[close] * 4, np.full(shape, 1e6))
ax.backtest(Mixed(), panel, account=ax.Account(borrow_rate=0.05)).report(sys.argv[1])
`;
const TABS = [
  "Trades",
  "Monthly",
  "Drawdowns",
  "Distribution",
  "MAE/MFE",
  "Rolling",
  "Exposure",
  "Orders",
  "Events",
  "All metrics",
  "Assumptions",
];

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

async function runsOfAda({ url }: Tools["stack"]) {
  const ada = connect({ urls: [url] });
  await ada.login("ada", PASSWORD);
  const runs: BacktestMessage[] = [];
  for await (const each of ada.backtests.list({ status: "succeeded" })) runs.push(each);
  return { ada, runs };
}

/** The file as a reader would open it; whatever it asks for is noted. */
async function opened(page: Page, path: string): Promise<readonly string[]> {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.context().setOffline(true);
  await page.goto(pathToFileURL(path).href);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return asked;
}

/** A file that a command writes on the machine of the stack. */
function written({ home }: Tools["stack"], ...words: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "arbitrax-report-")), "report.html");
  execFileSync(ARBITRAX, [...words, path], { env: { ...process.env, ARBITRAX_HOME: home }, stdio: "pipe" });
  return path;
}

/** Without a stack: a report of a run that no store knows. */
function writtenOfSeveral(): string {
  const path = join(mkdtempSync(join(tmpdir(), "arbitrax-report-")), "several.html");
  execFileSync(PYTHON, ["-c", SEVERAL, path], { stdio: "pipe" });
  return path;
}

/** How many pixels of each canvas are not empty. */
async function pixelsOf(canvases: Locator): Promise<readonly number[]> {
  return canvases.evaluateAll((all) =>
    (all as HTMLCanvasElement[]).map((canvas) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let count = 0;
      for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 0) count += 1;
      return count;
    }),
  );
}

const reports = new Map<string, string>();

function exported(stack: Tools["stack"], run: string): string {
  const path = reports.get(run) ?? written(stack, "backtest", "report", run, "--out");
  reports.set(run, path);
  return path;
}

async function expectNothingSerious(page: Page, where: string): Promise<void> {
  const found = await page.evaluate<Finding[]>(`${AXE}; axe.run().then((found) => found.violations)`);
  const serious = found.filter((each) => each.impact === "serious" || each.impact === "critical");
  expect(serious.map(({ id, nodes }) => [where, id, nodes.map((each) => each.html)])).toEqual([]);
}

browserTest(
  "a report from disk shows the gateway's numbers and asks nothing of a network",
  async ({ stack, visit }) => {
    const { ada, runs } = await runsOfAda(stack);
    const run = runs.at(-1);
    if (run?.result === null || run === undefined) throw new Error("Ada has no run.");
    const figures = await ada.backtests.figures(run.id);
    const page = await visit();
    const asked = await opened(page, exported(stack, run.id));
    await page.getByRole("region", { name: "Honesty" }).getByRole("button").click();
    const honesty = await ada.backtests.honesty(run.id);
    await page.getByText((honesty["costs"] as { sentence: string }).sentence).waitFor();
    const value = (name: string) => figures.figures.find((each) => each.name === name)?.value ?? NaN;
    const strip = page.getByRole("definition");
    expect(await strip.filter({ hasText: formatPercent(value("cagr"), 2, true) }).count()).toBeGreaterThan(0);
    expect(await strip.filter({ hasText: formatNumber(value("sharpe"), { digits: 2 }) }).count()).toBeGreaterThan(0);
    await page.getByRole("tab", { name: "All metrics" }).click();
    const rows = await page
      .getByRole("tabpanel")
      .getByRole("row")
      .evaluateAll((all) =>
        all.map((row) => [row.querySelector("th")?.textContent, row.querySelector("td")?.textContent]),
      );
    const shown = new Map(rows.map(([label, text]) => [label, text]));
    for (const { label, value: known, unit } of figures.figures) {
      const digits = unit === "days" || unit === "count" ? 0 : 2;
      const isShare = unit === "percent" || unit === "probability";
      const text = known === null ? "n/a" : isShare ? formatPercent(known) : formatNumber(known, { digits });
      expect([label, shown.get(label)]).toEqual([label, unit === "days" && known !== null ? `${text} d` : text]);
    }
    await page.getByRole("tab", { name: "Trades" }).click();
    const trades = page.getByRole("table", { name: "trades" });
    const known: unknown[] = [];
    for await (const each of ada.backtests.table(run.id, "trades")) known.push(each);
    expect(await trades.getAttribute("aria-rowcount")).toBe(String(known.length + 1));
    expect(asked.filter((each) => !/^(file|data|blob):/.test(each))).toEqual([]);
  },
);

browserTest("a report tells of exposure, and how the value at risk stood its test", async ({ stack, visit }) => {
  const { ada, runs } = await runsOfAda(stack);
  const run = runs.at(-1)?.id ?? "";
  const page = await visit();
  await opened(page, exported(stack, run));
  await page.getByRole("tab", { name: "Exposure" }).click();
  const { exposure } = await ada.backtests.account(run);
  const last = formatPercent(exposure.long.at(-1) ?? NaN, 1);
  expect(await page.getByRole("figure", { name: "Exposure" }).textContent()).toContain(`Long ${last}`);
  await page.getByRole("tab", { name: "Events" }).click();
  await page.getByText("Nothing happened to the account besides trades").waitFor();
  await page.getByRole("tab", { name: "Distribution" }).click();
  const known: string[] = [];
  for await (const { level, exceptions, p_value: p } of ada.backtests.table(run, "var_backtest"))
    known.push(`${formatPercent(Number(level), 0)} ${String(exceptions)} ${formatPercent(Number(p))}`);
  const rows = page.getByRole("table", { name: "value at risk, tested" }).getByRole("row");
  const shown = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => [1, 4, 6].map((at) => row.querySelectorAll("td")[at]?.textContent).join(" ")),
  );
  expect(shown).toEqual(known);
});

browserTest("a report of several symbols has their weights, and what shorts cost", async ({ visit }) => {
  const page = await visit();
  await opened(page, writtenOfSeveral());
  await page.getByRole("tab", { name: "Exposure" }).click();
  const figure = page.getByRole("figure", { name: "Exposure" });
  const legend = (await figure.textContent()) ?? "";
  for (const name of ["Long", "Short", "Gross", "Net", "ONE", "TWO", "THREE"]) expect(legend).toContain(name);
  await page.getByRole("tab", { name: "Events" }).click();
  const totals = page.getByRole("table", { name: "events counted" });
  expect(await totals.getByRole("row").nth(1).textContent()).toMatch(/^borrow fee.*\u2212/);
  await page
    .getByRole("row", { name: /TWO .* borrowed at/ })
    .first()
    .waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.getByRole("heading", { name: "Symbols", exact: true }).waitFor();
  await page.getByRole("heading", { name: "Events", exact: true }).waitFor();
});

browserTest("a report zooms, groups and tells of a part without its gateway", async ({ stack, visit }) => {
  const { runs } = await runsOfAda(stack);
  const page = await visit();
  await opened(page, exported(stack, runs.at(-1)?.id ?? ""));
  const [drawn] = await pixelsOf(page.locator("canvas").first());
  expect(drawn).toBeGreaterThan(1_000);
  const begins = page.getByRole("slider", { name: "Range of time, begins" });
  await begins.focus();
  await page.keyboard.press("PageDown");
  await page.getByText("deepest drawdown").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByText("Draw over the small curve").waitFor();
  expect(await page.getByRole("tab", { name: "Log" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Re-run" }).count()).toBe(0);
  expect(await page.getByRole("link").allTextContents()).toEqual(["TradingView Lightweight Charts™"]);
});

for (const scheme of ["light", "dark"] as const) {
  for (const width of ["wide", "narrow"] as const) {
    browserTest(
      `axe finds nothing serious in a report, ${scheme} and ${width}`,
      async ({ stack, visit }) => {
        const { runs } = await runsOfAda(stack);
        const page = await visit({ scheme, width });
        await opened(page, exported(stack, runs.at(-1)?.id ?? ""));
        await picture(page, `report-${scheme}-${width}`);
        for (const tab of TABS) {
          await page.getByRole("tab", { name: tab }).click();
          await expectNothingSerious(page, tab);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect([tab, overflow]).toEqual([tab, 0]);
        }
      },
      180_000,
    );
  }
}

browserTest("a comparison from disk shows its runs beside each other", async ({ stack, visit }) => {
  const { ada, runs } = await runsOfAda(stack);
  const first = runs.at(-1)?.id ?? "";
  const { id } = await ada.backtests.submit({ strategy: "sma_cross", symbols: ["AAPL"], parameters: { fast: 5 } });
  await ada.backtests.wait(id);
  const page = await visit();
  await opened(page, written(stack, "backtest", "compare", first, id, "--report"));
  await page.getByRole("row", { name: /^fast 10 5/ }).waitFor();
  const sharpe = (await ada.backtests.figures(id)).figures.find((each) => each.name === "sharpe")?.value ?? NaN;
  await page
    .getByRole("row", { name: /^Sharpe ratio/ })
    .getByText(formatNumber(sharpe, { digits: 2 }))
    .waitFor();
  await expectNothingSerious(page, "comparison");
});

browserTest("a report on paper has every part", async ({ stack, visit }) => {
  const { runs } = await runsOfAda(stack);
  const page = await visit({ scheme: "dark" });
  await opened(page, exported(stack, runs.at(-1)?.id ?? ""));
  // Charts of tabs are drawn unseen, after what is looked at first.
  await expect.poll(() => page.locator("[inert] figure:has(canvas)").count()).toBe(2);
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))),
  );
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const parts = ["Monthly", "Drawdowns", "Rolling", "Exposure", "Distribution", "Value at risk, tested"];
  for (const name of [...parts, "All metrics", "Assumptions", "Run card", "Trades", "Orders"])
    await page.getByRole("heading", { name, exact: true }).waitFor();
  for (const name of ["Equity", "Rolling", "Exposure"]) {
    const pictures = page.getByRole("region", { name, exact: true }).locator("figure > canvas");
    const [drawn, ...more] = await pixelsOf(pictures);
    expect([name, more.length, (drawn ?? 0) > 1_000]).toEqual([name, 0, true]);
  }
  expect(await page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe("light");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.getByRole("tab", { name: "Trades" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe("dark");
});
