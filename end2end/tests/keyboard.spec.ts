// All of the page without a mouse: every control is reached, seen and left again, and what opens gives the focus back.
import type { Page } from "@playwright/test";
import { focused, tabThrough, toTheTop } from "../fixtures/measure";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ExplainPage } from "./pages/explain";
import { GuidePage } from "./pages/guide";
import { RequestPage } from "./pages/request";
import { STATES } from "./pages/states";

test.describe.configure({ mode: "parallel" });

/** Presses Tab until the control with that name has the focus. */
async function tabTo(page: Page, name: RegExp, most = 120) {
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press("Tab");
    if (name.test((await focused(page))?.name ?? "")) return;
  }
  throw new Error(`no control ${name} within ${most} stops`);
}

/** The states that are walked through, and how wide the page then is: the bands differ. */
const WALKED = [
  ["guide at rest", 1280],
  ["request answered, all of it open", 1280],
  ["request answered, all of it open", 390],
  ["burst done, with work left and the inspector open", 768],
  ["explain with a contradiction", 1280],
  ["a link was opened", 1280],
] as const;

for (const [name, width] of WALKED) {
  test(`every stop is seen, has a ring, and lets go: ${name}, ${width} px`, async ({ page }) => {
    test.slow();
    await page.setViewportSize({ width, height: 700 });
    await STATES.find((state) => state.name === name)!.reach(page, { record: () => Promise.reject(new Error("not here")) });
    await toTheTop(page);
    const stops = await tabThrough(page);
    expect(stops.length).toBeGreaterThan(15);
    expect(stops.filter((stop) => stop.ring < 2).map(({ name, ring }) => `${name}: ${ring} px`), "a ring of 2 px at least").toEqual([]);
    expect(stops.filter((stop) => stop.contrast < 3).map(({ name, contrast }) => `${name}: ${contrast.toFixed(2)}`), "3:1 at least").toEqual([]);
    expect(stops.filter((stop) => !stop.isSeen).map((stop) => stop.name), "not all under something else").toEqual([]);
    // Backwards the bands at the top must not cover it either.
    const back: string[] = [];
    for (let count = 0; count < stops.length; count += 1) {
      await page.keyboard.press("Shift+Tab");
      const stop = await focused(page);
      if (stop && !stop.isSeen) back.push(stop.name);
    }
    expect(back, "not under a band on the way back").toEqual([]);
  });
}

test("the first stop leads past the bands, and the views are links", async ({ page }) => {
  await new GuidePage(page).open();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.querySelector("main")!.contains(document.activeElement))).toBe(true);

  await toTheTop(page);
  await tabTo(page, /^a Burst/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Burst", level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("Burst · Sluice");
});

test("a request is written, sent, read and copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const request = new RequestPage(page);
  await request.open();
  await tabTo(page, /Prompt/);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("Say hello.");
  await tabTo(page, /^button Send/);
  await page.keyboard.press("Enter");
  await expect(request.region("Status")).toContainText("200 OK");
  await tabTo(page, /^tab #1/);
  await tabTo(page, /Copy text/);
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("[simulated]");
  await tabTo(page, /^summary/);
  await page.keyboard.press("Enter");
});

test("a burst is run, inspected, stopped and closed again", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await tabTo(page, /First 429 \(3 RPM\)/);
  await page.keyboard.press("Enter");
  await tabTo(page, /Run burst/);
  await page.keyboard.press("Enter");
  await expect(burst.log).toContainText("Rate limit hit", { timeout: 10_000 });
  await tabTo(page, /Each request over time/);
  await page.keyboard.press("ArrowDown");
  const inspector = page.getByRole("region", { name: "Attempts" });
  await expect(inspector).toContainText("Request 1 of 10");
  for (let row = 0; row < 5; row += 1) await page.keyboard.press("ArrowDown");
  await expect(inspector).toContainText("Request 6 of 10");
  await tabTo(page, /Close inspector/);
  await page.keyboard.press("Enter");
  await expect(inspector).toHaveCount(0);
  // What had the focus is gone: it is not lost to the page.
  expect(await focused(page)).toBeDefined();
  await page.keyboard.press("Escape");
  await burst.ended();
});

test("an answer is pasted and explained", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await tabTo(page, /Paste an error/);
  await page.keyboard.insertText("429");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.locator("#explain-verdict")).toBeFocused();
  await tabTo(page, /Copy verdict/);
});

for (const [opener, title] of [
  ["Connection", "Connection"],
  ["Share", "Share these settings"],
] as const) {
  test(`the window "${title}" keeps the focus and gives it back`, async ({ page }) => {
    await new RequestPage(page).open();
    const button = page.getByRole("button", { name: opener, exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: title });
    await expect(dialog).toBeVisible();
    const seen = new Set<string>();
    for (let count = 0; count < 60; count += 1) {
      const stop = await focused(page);
      // Between the last stop and the first the browser's own controls have their turn.
      if (stop) {
        expect(stop.isInside, stop.name).toBe(true);
        seen.add(stop.name);
      }
      await page.keyboard.press("Tab");
    }
    expect([...seen].some((name) => name.includes("Close"))).toBe(true);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(button).toBeFocused();
  });
}
