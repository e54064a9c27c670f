/** Exported reports, opened from disk without a network: what they show is what the gateway answers. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { connect, type BacktestMessage } from "@arbitrax/client";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { formatNumber, formatPercent } from "../../src/format/number";
import { browserTest, picture, type Tools } from "./page";
import { PASSWORD } from "./stack";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARBITRAX = fileURLToPath(new URL("../../../.venv/bin/arbitrax", import.meta.url));
const TABS = [
  "Trades",
  "Monthly",
  "Drawdowns",
  "Distribution",
  "MAE/MFE",
  "Rolling",
  "Orders",
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

browserTest("a report zooms, groups and tells of a part without its gateway", async ({ stack, visit }) => {
  const { runs } = await runsOfAda(stack);
  const page = await visit();
  await opened(page, exported(stack, runs.at(-1)?.id ?? ""));
  const drawn = await page.evaluate(() => {
    const canvas = document.querySelector("canvas");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 0) count += 1;
    return count;
  });
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
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  for (const name of ["Monthly", "Distribution", "All metrics", "Assumptions", "Run card", "Trades"])
    await page.getByRole("heading", { name, exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe("light");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.getByRole("tab", { name: "Trades" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe("dark");
});
