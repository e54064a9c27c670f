/** A page in Chromium, for tests: signs in, takes pictures, and fails a test in which the page complained. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium as engine, type Browser, type Page } from "playwright-core";
import { inject, test } from "vitest";
import { chromium, PASSWORD, type StackPlace } from "./stack";

const PICTURES = fileURLToPath(new URL("../../../build/browser/", import.meta.url));
/** The width of a small laptop, and of a telephone. */
export const WIDTHS = { wide: 1280, narrow: 390 } as const;
/** What the browser itself writes of an answer that is no success; the page shows those. */
const EXPECTED = /^(Failed to load resource|WebSocket connection to .* failed)/;

interface Visit {
  readonly width?: keyof typeof WIDTHS;
  readonly scheme?: "light" | "dark";
}

export interface Tools {
  readonly stack: StackPlace;
  /** A page of somebody who is not signed in, in a browser of its own. */
  readonly visit: (options?: Visit) => Promise<Page>;
  /** A page of a trader, or of Dot, who is an admin, signed in. */
  readonly signedIn: (name: "ada" | "bob" | "cy" | "dot", options?: Visit) => Promise<Page>;
}

interface Fixtures extends Tools {
  readonly browser: Browser;
}

const withTools = test.extend<Fixtures>({
  browser: [
    async ({}, use) => {
      const isRoot = process.getuid?.() === 0;
      const made = await engine.launch({ executablePath: chromium() ?? "", chromiumSandbox: !isRoot });
      await use(made);
      await made.close();
    },
    { scope: "file" },
  ],
  stack: async ({}, use) => {
    const found = inject("stack");
    if (found === undefined) throw new Error("There is no stack.");
    await use(found);
  },
  visit: async ({ browser, stack }, use) => {
    const complaints: string[] = [];
    const contexts: { close: () => Promise<void> }[] = [];
    await use(async ({ width = "wide", scheme = "light" } = {}) => {
      const context = await browser.newContext({
        baseURL: stack.url,
        viewport: { width: WIDTHS[width], height: width === "wide" ? 800 : 844 },
        colorScheme: scheme,
      });
      context.setDefaultTimeout(10_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
      page.on("console", (message) => {
        const isComplaint = ["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text());
        if (isComplaint) complaints.push(message.text());
      });
      return page;
    });
    for (const each of contexts) await each.close();
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join("\n")}`);
  },
  signedIn: async ({ visit }, use) => {
    await use(async (name, options) => {
      const page = await visit(options);
      await page.goto("/login");
      await signIn(page, name, PASSWORD);
      await page.getByRole("heading", { name: "Dashboard" }).waitFor();
      return page;
    });
  },
});

/** `test` with these tools, where Chromium is. */
export const browserTest = withTools.runIf(chromium() !== undefined);

export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Keep a picture of the page in build/browser. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}${name}.png`, animations: "disabled" });
}
