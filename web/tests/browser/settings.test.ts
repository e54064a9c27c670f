import { expect } from "vitest";
import { browserTest } from "./page";

browserTest("a key is shown once, works, and does not once it is revoked", async ({ signedIn, stack }) => {
  const page = await signedIn("cy");
  await page.goto("/settings?tab=keys");
  await page.getByLabel("Name").fill("nightly");
  await page.getByRole("button", { name: "Make key" }).click();
  const secret = (await page.getByText(/^ax_/).first().textContent()) ?? "";
  const ask = async () =>
    (await fetch(`${stack.url}/api/v1/series`, { headers: { Authorization: `Bearer ${secret}` } })).status;
  expect(await ask()).toBe(200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  expect(await page.getByText(secret).count()).toBe(0);
  await page.getByRole("button", { name: "Revoke nightly" }).click();
  await page.getByRole("button", { name: "Really revoke nightly" }).click();
  await page.getByRole("cell", { name: "revoked", exact: true }).waitFor();
  expect(await ask()).toBe(401);
});

browserTest("colours and clock are kept in the browser", async ({ signedIn }) => {
  const page = await signedIn("cy");
  await page.goto("/settings?tab=appearance");
  await page.getByText("Green and red").click();
  await page.getByText("Dark", { exact: true }).click();
  await page.reload();
  const root = page.locator("html");
  expect(await root.getAttribute("data-gain-loss")).toBe("green-red");
  expect(await root.getAttribute("data-mantine-color-scheme")).toBe("dark");
});
