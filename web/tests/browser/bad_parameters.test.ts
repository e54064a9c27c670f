import { expect } from "vitest";
import type { Page } from "playwright-core";
import { browserTest, picture } from "./page";

/** What is said of a field is what describes it, as for readers of screens. */
async function saidOf(page: Page, label: string): Promise<string> {
  const field = page.getByLabel(label, { exact: true });
  await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
  const ids = (await field.getAttribute("aria-describedby")) ?? "";
  const texts = await Promise.all(
    ids
      .split(" ")
      .filter(Boolean)
      .map((each) => page.locator(`[id="${each}"]`).textContent()),
  );
  return texts.join(" ");
}

/** How often a run was asked for. */
function countPosts(page: Page): { readonly answers: number[] } {
  const answers: number[] = [];
  page.on("response", (answer) => {
    const isPost = answer.request().method() === "POST" && new URL(answer.url()).pathname === "/api/v1/backtests";
    if (isPost) answers.push(answer.status());
  });
  return { answers };
}

browserTest("what is wrong with a form is said as one types, and mended input runs", async ({ signedIn }) => {
  const page = await signedIn("dot");
  const { answers } = countPosts(page);
  await page.goto("/backtests/new?symbol=AAPL");
  const run = page.getByRole("button", { name: "Run backtest" });
  const foreseen = page.getByRole("list", { name: "Foreseen" });
  await foreseen.getByText(/bars, .* the strategy decides from bar/).waitFor();

  // The field, before anybody left it: its name, and what it takes.
  await page.getByLabel("fast", { exact: true }).fill("ten");
  expect(await saidOf(page, "fast")).toContain('fast is a number, not "ten".');
  await page.getByLabel("fast", { exact: true }).fill("2.5");
  await expect.poll(() => saidOf(page, "fast")).toContain("fast is a whole number, not 2.5.");
  await page.getByLabel("fast", { exact: true }).fill("0");
  await expect.poll(() => saidOf(page, "fast")).toMatch(/fast = 0 is outside 1 to 1.000\./);
  await foreseen.getByText("fast = 0 is outside").waitFor();
  expect(await run.isDisabled()).toBe(true);
  await page.getByLabel("From (empty: first bar)", { exact: true }).fill("2030-01-01");
  expect(await saidOf(page, "From (empty: first bar)")).toMatch(/AAPL ends on \d{4}-\d\d-\d\d\./);
  await page.getByLabel("Cash", { exact: true }).fill("-5");
  expect(await saidOf(page, "Cash")).toContain("Write an amount above 0");
  await foreseen.getByText("3 fields are to be mended first.").waitFor();
  await picture(page, "form-with-errors");
  await page.getByLabel("Cash", { exact: true }).press("Enter");

  // What only the engine knows, asked while one types: its sentence, and its values.
  await page.getByLabel("From (empty: first bar)", { exact: true }).fill("");
  await page.getByLabel("Cash", { exact: true }).fill("100000");
  await page.getByLabel("fast", { exact: true }).fill("60");
  const sentence = page.getByRole("alert").getByText("fast = 60 must be smaller than slow = 30");
  await sentence.waitFor();
  expect(await run.isDisabled()).toBe(true);
  expect(answers).toEqual([]);

  await page.getByLabel("fast", { exact: true }).fill("15");
  await sentence.waitFor({ state: "detached" });
  await run.click();
  await page.getByRole("heading", { level: 1, name: /sma_cross · AAPL/ }).waitFor();
  await page.getByText("Sharpe").first().waitFor();
  expect(answers).toEqual([202]);
});

browserTest(
  "who is faster than the form is refused by the engine, in its words and at the field",
  async ({ signedIn }) => {
    const page = await signedIn("ada");
    const { answers } = countPosts(page);
    await page.goto("/backtests");
    const count = page.getByText(/^\d+ rows?$/);
    const before = await count.textContent();
    await page.goto("/backtests/new?symbol=AAPL");
    await page.getByLabel("slow", { exact: true }).fill("3");
    await page.getByLabel("slow", { exact: true }).press("Enter");
    await page.getByRole("alert").getByText("fast = 10 must be smaller than slow = 3").waitFor();
    expect(page.url()).toContain("/backtests/new");
    await expect.poll(() => answers).toEqual([422]);
    expect(await page.getByRole("button", { name: "Run backtest" }).isDisabled()).toBe(true);
    await page.getByLabel("slow", { exact: true }).fill("60");
    await page
      .getByRole("list", { name: "Foreseen" })
      .getByText(/bars, .* the strategy decides from bar/)
      .waitFor();
    expect(await page.getByRole("button", { name: "Run backtest" }).isEnabled()).toBe(true);
    await page.goto("/backtests");
    expect(await count.textContent()).toBe(before);
  },
);
