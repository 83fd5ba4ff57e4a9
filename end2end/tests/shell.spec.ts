// The frame of index.html is there before the program, stays as it is, and nothing in it moves.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";

const WIDTHS = [
  [1440, 900],
  [1024, 768],
  [768, 1024],
  [412, 823],
  [390, 844],
  [320, 640],
];

type Paint = { shifts: string[]; largest: string };

/** What the browser saw move, and what it takes for the largest part of the page, since the page began. */
function watchPaints(page: Page) {
  return page.addInitScript(() => {
    const paint: Paint = { shifts: [], largest: "" };
    Reflect.set(globalThis, "paint", paint);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[] })[]) {
        const moved = entry.sources.map(({ node, previousRect, currentRect }) => `${(node as Element)?.className || node?.nodeName} ${previousRect.x},${previousRect.y} → ${currentRect.x},${currentRect.y}`);
        paint.shifts.push(`${entry.value}: ${moved.join("; ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { element: Element | null })[]) {
        paint.largest = entry.element?.closest(".welcome") ? "the welcome" : `${entry.element?.tagName} ${entry.element?.textContent?.slice(0, 60)}`;
      }
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
}

/** What was seen once the program runs and the browser has painted it. */
async function paintOf(page: Page): Promise<Paint> {
  await expect(page.getByRole("navigation").first()).toBeVisible();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
  return page.evaluate(() => Reflect.get(globalThis, "paint") as Paint);
}

/** Holds the program back until the frame alone has been painted, as on a slow connection. */
async function holdProgram(page: Page) {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  return () => release();
}

for (const [width, height] of WIDTHS) {
  test(`nothing moves while the page starts, and the headline holds the largest paint, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await watchPaints(page);
    const release = await holdProgram(page);
    await page.goto("./", { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    release();
    const paint = await paintOf(page);
    expect(paint.shifts).toEqual([]);
    expect(paint.largest).toBe("the welcome");
  });

  test(`nor on a deep link, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await watchPaints(page);
    const release = await holdProgram(page);
    await page.goto("./#/burst", { waitUntil: "commit" });
    await expect(page.getByText("Loading…")).toBeVisible();
    await expect(page.locator(".welcome")).toBeHidden();
    release();
    expect((await paintOf(page)).shifts).toEqual([]);
  });
}

test("the headline that was painted first is the one that stays", async ({ page }) => {
  const release = await holdProgram(page);
  await page.goto("./", { waitUntil: "commit" });
  const heading = page.getByRole("heading", { level: 1 });
  await heading.evaluate((element) => Reflect.set(element, "first", true));
  release();
  await expect(page.getByRole("navigation").first()).toBeVisible();
  expect(await heading.evaluate((element) => Reflect.get(element, "first"))).toBe(true);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Request", exact: true }).click();
  await expect(heading).toHaveText("Request");
  await page.goBack();
  await expect(heading).toHaveText("See a rate limit happen, then beat it");
});

test("reading order is the order of the document", async ({ page }) => {
  await page.goto("./");
  // The view is filled in last.
  await expect(page.getByRole("region", { name: "First 429" })).toBeVisible();
  const order = await page.evaluate(() => {
    const all = [...document.querySelectorAll("#skip, .topbar, nav[aria-label=Views], .meterband, main, h1, .welcome-presets, [aria-label='First 429']")];
    return all.map((element) => element.id || element.className || element.tagName);
  });
  expect(order).toEqual(["skip", "topbar", "nav", "meterband", "work", "welcome-title", "welcome-presets", "guide-hero"]);
});

test("there are six presets, each a share link that is filled in and not run", async ({ page }) => {
  await page.goto("./");
  const presets = await page.getByRole("list", { name: /^Start with/ }).getByRole("link").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  expect(new Set(presets).size).toBe(6);
  for (const preset of presets) {
    await page.goto("about:blank");
    await page.goto(preset);
    await expect(page.locator(".notices")).toContainText("Filled in from a link; nothing was sent");
    await expect(page.locator(".welcome")).toBeHidden();
  }
});

test("one that is chosen before the program runs is taken up by it", async ({ page }) => {
  const release = await holdProgram(page);
  await page.goto("./", { waitUntil: "commit" });
  await page.getByRole("list", { name: /^Start with/ }).getByRole("link", { name: /^Ten at once meet a 429/ }).click();
  release();
  const burst = new BurstPage(page);
  await expect(burst.field("Number of requests")).toHaveValue("10");
  await expect(page.locator(".notices")).toContainText("nothing was sent");
  await expect(page.locator(".welcome")).toBeHidden();
});

test("the skip link leads to the view, before and after the program is there", async ({ page }) => {
  const release = await holdProgram(page);
  await page.goto("./");
  for (let round = 0; round < 2; round += 1) {
    await page.keyboard.press("Tab");
    await page.evaluate(() => document.getElementById("skip")?.focus());
    await page.keyboard.press("Enter");
    await expect(page.locator("#work")).toBeFocused();
    expect(await page.evaluate(() => location.hash)).toBe("");
    release();
    await expect(page.getByRole("navigation").first()).toBeVisible();
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the headline, the presets and what is missing are there to read", async ({ page }) => {
    await page.goto("./#/burst");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: /429/ }).first()).toBeVisible();
    // Playwright reads no text in it.
    await expect(page.locator("noscript p")).toBeVisible();
    await expect(page.getByText("Loading…")).toBeHidden();
  });
});
