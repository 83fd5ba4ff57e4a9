// The built page opens under its own Content-Security-Policy, and says so when it cannot start.
import { expect, test } from "../fixtures/test";

test("the page opens, with a title", async ({ page }) => {
  await page.goto("./");
  await expect(page).toHaveTitle(/Sluice/);
  await expect(page.locator("#crash")).toBeHidden();
  // boot.js empties the first paint just before the program runs.
  await expect(page.locator("#boot-status")).toHaveCount(0);
});

test.describe("a changed program file", () => {
  test.use({ expectedConsole: /integrity|Failed to (find|load)/i });

  for (const kind of ["wasm", "js"]) {
    test(`is refused, with a reason: ${kind}`, async ({ page }) => {
      await page.route(new RegExp(`/sluice-[^/]*\\.${kind}$`), async (route) => {
        const response = await route.fetch();
        const body = await response.body();
        // One more byte; for JavaScript still a valid program.
        await route.fulfill({ response, body: Buffer.concat([body, Buffer.from(kind === "js" ? "\n" : "\0")]) });
      });
      await page.goto("./");
      const alert = page.getByRole("alert");
      await expect(alert).toContainText("Sluice cannot start");
      await expect(alert.getByRole("button", { name: "Reload" })).toBeVisible();
    });
  }
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
