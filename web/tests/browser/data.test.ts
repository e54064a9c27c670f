import { connect } from "@arbitrax/client";
import { expect } from "vitest";
import type { Page } from "playwright-core";
import { browserTest, picture } from "./page";
import { PASSWORD } from "./stack";

/** Settled prices beside last ones, as a vendor of futures writes them; one of no worth. */
const SETTLED = [
  "Day;Last;Settle;Open;High;Low;Vol",
  "2024-01-02;187.1;187.0;186.0;188.4;183.9;82488700",
  "2024-01-03;184.2;184.0;184.2;185.9;183.4;58414500",
  "2024-01-04;181.9;181.8;182.2;183.1;180.9;71983600",
  "2024-01-05;181.2;181.1;182.0;182.8;180.2;62303300",
  "2024-01-08;185.6;185.5;182.1;185.6;181.5;59144500",
  "2024-01-09;0;0;183.9;185.1;182.7;42841800",
  "",
].join("\n");

/** As from another window: the page gets the file with the drop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (file) => {
      const made = new DataTransfer();
      made.items.add(new File([file.text], file.name, { type: "text/csv" }));
      return made;
    },
    { name, text },
  );
  await page.getByRole("group", { name: "Drop a file of bars here" }).dispatchEvent("drop", { dataTransfer });
}

browserTest("a file is dropped, its columns are corrected, and its bars are stored", async ({ signedIn }) => {
  const page = await signedIn("ada");
  await page.goto("/data");
  await page.getByRole("link", { name: "Upload CSV" }).click();
  await drop(page, "settled_1d.csv", SETTLED);
  const close = page.getByRole("combobox", { name: "What the column Settle is" });
  await close.waitFor();
  expect(await page.getByRole("combobox", { name: "What the column Last is" }).inputValue()).toBe("close");
  await close.selectOption("close");
  await page
    .getByRole("combobox", { name: "What the column Last is" })
    .getByRole("option", { name: "not used" })
    .waitFor({
      state: "attached",
    });
  expect(await page.getByLabel("Symbol").inputValue()).toBe("SETTLED");
  await picture(page, "upload");
  await page.getByRole("button", { name: /^Store \d+ B as SETTLED$/ }).click();
  const row = page.getByRole("row", { name: /^SETTLED done 1d file .* 5 0 1 / });
  await row.waitFor();
  await row.getByRole("link", { name: "SETTLED" }).click();
  await page.getByRole("heading", { level: 1, name: "SETTLED · 1d" }).waitFor();
  await page.getByRole("img", { name: "Coverage of SETTLED 1d: 2024-01-02 to 2024-01-08, complete" }).waitFor();
  await page.getByRole("table", { name: "rows set aside" }).getByText("2024-01-09 has close 0").waitFor();
  await picture(page, "series-of-a-file");
});

browserTest("a gap is filled with one click", async ({ signedIn, stack }) => {
  const ada = connect({ urls: [stack.url] });
  await ada.login("ada", PASSWORD);
  const page = await signedIn("ada");
  await page.goto("/data/ingest?symbol=SYN-GAP&source=synthetic&start=2020-01-02&end=2020-03-31");
  await page.getByRole("button", { name: "Ingest" }).click();
  await page.getByRole("row", { name: /^SYN-GAP done/ }).waitFor();
  const { id } = await ada.ingestions.submit({
    symbols: ["SYN-GAP"],
    source: "synthetic",
    start: "2020-06-01",
    end: "2020-12-31",
  });
  await expect.poll(async () => (await ada.ingestions.get(id)).status, { timeout: 20_000 }).toBe("succeeded");
  await page.goto("/data/SYN-GAP/1d");
  await page.getByRole("button", { name: "Backfill: 2020-04-01 to 2020-05-29" }).click();
  await page.getByText("No session lacks a bar between its first and its last.").waitFor();
  await page.getByRole("img", { name: "Coverage of SYN-GAP 1d: 2020-01-02 to 2020-12-31, complete" }).waitFor();
});
