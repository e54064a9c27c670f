/** Ends with how many browser tests did not run; with BROWSER_TESTS=all none may be left out. */
import type { Reporter, TestModule } from "vitest/node";
import { chromium } from "./stack";

export default class NotRun implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = modules.reduce((sum, each) => sum + [...each.children.allTests("skipped")].length, 0);
    const why = chromium() === undefined ? ": Chromium is not installed (Debian: apt-get install chromium)" : "";
    if (count > 0 && process.env["BROWSER_TESTS"] === "all") process.exitCode = 1;
    process.stdout.write(`Browser tests that did not run: ${count}${count === 0 ? "" : why}\n`);
  }
}
