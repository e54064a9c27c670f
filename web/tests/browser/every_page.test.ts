import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "vitest";
import { browserTest, picture, WIDTHS } from "./page";

/** Places, and what is there when they are loaded. A page that is added to the rail is added here. */
const PAGES = [
  { path: "/", heading: "Dashboard" },
  { path: "/backtests", heading: "Backtests" },
  { path: "/sweeps", heading: "Sweeps" },
  { path: "/strategies", heading: "Strategies" },
  { path: "/data", heading: "Data" },
  { path: "/trade?symbol=BTC-USD", heading: "BTC-USD" },
  { path: "/exchange", heading: "Exchange" },
  { path: "/settings", heading: "Settings" },
] as const;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

for (const scheme of ["light", "dark"] as const) {
  for (const width of Object.keys(WIDTHS) as (keyof typeof WIDTHS)[]) {
    browserTest(`axe finds nothing serious, and nothing is cut off, ${scheme} and ${width}`, async ({ signedIn }) => {
      const page = await signedIn("ada", { scheme, width });
      for (const { path, heading } of PAGES) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
        await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
        const found = await page.evaluate<Finding[]>(`${AXE}; axe.run().then((found) => found.violations)`);
        const serious = found.filter((each) => each.impact === "serious" || each.impact === "critical");
        expect(serious.map(({ id, nodes }) => [path, id, nodes.map((each) => each.html)])).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect([path, overflow]).toEqual([path, 0]);
        await picture(page, `${heading.toLowerCase()}-${scheme}-${width}`);
      }
    });
  }
}
