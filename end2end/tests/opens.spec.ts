// The built page opens under its own Content-Security-Policy, and says so when it cannot start.
import { expect, test } from "../fixtures/test";

test("the page opens, with a title", async ({ page }) => {
  await page.goto("./");
  await expect(page).toHaveTitle(/Sluice/);
  await expect(page.locator("#crash")).toBeHidden();
  // The program puts the view in its place.
  await expect(page.locator("#boot-status")).toHaveCount(0);
});

test("without WebAssembly it says what is missing", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  await page.goto("./");
  await expect(page.getByRole("alert")).toContainText("WebAssembly");
});

test("the chosen theme is there before the program", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("sluice.theme", "dark"));
  await page.goto("./");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
