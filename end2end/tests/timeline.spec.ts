// The timeline: zoom, selection, inspection, the level on the same axis, and ten thousand attempts' worth of rows.
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { TimelinePicture } from "./pages/timeline";
import type { Page } from "@playwright/test";

/** Ten against three a minute, to the end under the notebook's policy: some 20 s of simulated time. */
async function ran(page: Page) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");
  const picture = new TimelinePicture(page);
  await picture.group.scrollIntoViewIfNeeded();
  return { burst, picture };
}

test("plus, minus and nought zoom, shift with an arrow moves on", async ({ page }) => {
  const { picture } = await ran(page);
  const whole = await picture.span();
  expect(whole[0]).toBe(0);
  await picture.group.focus();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const zoomed = await picture.span();
  expect(zoomed[1] - zoomed[0]).toBeCloseTo((whole[1] - whole[0]) / 4, 0);
  await page.keyboard.press("Shift+ArrowRight");
  const moved = await picture.span();
  expect(moved[0] - zoomed[0]).toBeCloseTo((zoomed[1] - zoomed[0]) / 4, 0);
  await page.keyboard.press("-");
  expect((await picture.span())[1]).toBeGreaterThan(moved[1]);
  await page.keyboard.press("0");
  expect(await picture.span()).toEqual(whole);
});

test("the wheel with Control zooms about the pointer, and without it the page scrolls", async ({ page }) => {
  const { picture } = await ran(page);
  const [whole, before] = [await picture.span(), await picture.timeAt(0.3)];
  await picture.point(0.3);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300);
  await page.keyboard.up("Control");
  await expect(picture.button("Whole run")).toBeEnabled();
  expect(Math.abs((await picture.timeAt(0.3)) - before)).toBeLessThan(0.11);
  const zoomed = await picture.span();
  expect(zoomed[1] - zoomed[0]).toBeLessThan((whole[1] - whole[0]) / 2);
  await page.mouse.wheel(0, 40);
  expect(await picture.span()).toEqual(zoomed);
});

test("a stretch of time is selected by dragging, or by buttons alone", async ({ page }) => {
  const { picture } = await ran(page);
  const [from, to] = [await picture.timeAt(0.2), await picture.timeAt(0.5)];
  await picture.drag(0.2, 0.5);
  let span = await picture.span();
  expect(Math.abs(span[0] - from)).toBeLessThan(0.11);
  expect(Math.abs(span[1] - to)).toBeLessThan(0.11);
  await picture.button("Whole run").click();
  await expect(picture.button("Later")).toHaveCount(0);

  await picture.button("Zoom in").click();
  await picture.button("Zoom in").click();
  await picture.button("Earlier").click();
  await picture.button("Earlier").click();
  await picture.button("Earlier").click();
  expect((await picture.span())[0]).toBeLessThan(0.01);
  await picture.button("Later").click();
  span = await picture.span();
  expect(span[0]).toBeGreaterThan(0.1);
  await picture.button("Zoom out").click();
  expect((await picture.span())[1] - (await picture.span())[0]).toBeGreaterThan(span[1] - span[0]);
});

test("a click and the keys inspect: the readout says what, when and why", async ({ page }) => {
  const { burst, picture } = await ran(page);
  await picture.group.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  await expect(picture.readout).toHaveText(/^#1 · (Queued|In flight) · [\d.]+ m?s to [\d.]+ m?s \([\d.]+ m?s\) · (Queued|Attempt 1: (200, answered|429, rate limit) after) [\d.]+ m?s$/);
  // How the call ended.
  await page.keyboard.press("End");
  await expect(picture.readout).toHaveText(/^#1 · (Done|Gave up or failed) · at [\d.]+ m?s · (Attempt \d: 200, answered|Gave up after 5 attempts)$/);
  await page.getByRole("button", { name: "Close inspector" }).click();
  await page.mouse.move(0, 0);
  await picture.group.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Attempts" })).toContainText("Request 1 of 10");

  await picture.click(0.004, 9);
  await expect(page.getByRole("region", { name: "Attempts" })).toContainText("Request 10 of 10");
  await expect(picture.summary).toContainText(/^10 requests over [\d.]+ s: .*; \d+ refusals\./);
  await expect(burst.timeline.getByRole("list", { name: "Legend" })).toContainText("Refused");
});

test("the level beneath is on the same axis: three of three a minute are gone at once", async ({ page }) => {
  const burst = new BurstPage(page);
  const picture = new TimelinePicture(page);
  await burst.open();
  for (const [requests, left] of [[1, 2], [2, 1], [3, 0]]) {
    await burst.field("Number of requests").fill(`${requests}`);
    await burst.runToTheEnd("first-429", "none");
    await picture.point(0.1);
    await expect(picture.readout).toContainText(`${left} of 3 requests left`);
  }
});

test("the table has every row, a hundred at a time", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Number of requests").fill("120");
  await burst.runToTheEnd("first-429", "none");
  const picture = new TimelinePicture(page);
  await picture.button("Table").click();
  const twin = page.getByRole("region", { name: "Each request over time as a table" });
  const table = twin.getByRole("table");
  // Each request and what came of it, and the queue where a busy machine made one.
  const rows = Number(await table.getAttribute("aria-rowcount")) - 1;
  expect(rows).toBeGreaterThanOrEqual(240);
  await expect(table.locator("tbody tr")).toHaveCount(100);
  await expect(table.locator("tbody tr").first()).toHaveAttribute("aria-rowindex", "2");
  await expect(table.locator("tbody tr").first()).toContainText("#1");
  await page.getByRole("button", { name: "Last rows" }).click();
  await expect(table.locator("tbody tr")).toHaveCount(rows % 100 || 100);
  await expect(table.locator("tbody tr").last()).toContainText("#120");
  await expect(table.locator("tbody tr").last()).toHaveAttribute("aria-rowindex", `${rows + 1}`);
  await picture.button("Table").click();
  await expect(twin).toBeHidden();
});

test("two thousand requests are one picture and few elements", async ({ page }) => {
  test.slow();
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.field("Number of requests").fill("2000");
  await burst.answeredBy.selectOption("first-429");
  await burst.policy.selectOption("none");
  await burst.run.click();
  await expect(burst.stop).toHaveAttribute("aria-disabled", "true", { timeout: 60_000 });
  expect(await burst.counts()).toMatchObject({ Succeeded: 3, Failed: 1_997, "HTTP calls": 2_000 });
  const picture = new TimelinePicture(page);
  await expect(picture.button("Fit rows")).toHaveAttribute("aria-pressed", "true");
  await expect(picture.summary).toContainText("2000 requests over");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(1_500);
  // Row by row, the last one is a press of End and many of Down away, or a scroll.
  await picture.button("Fit rows").click();
  expect(await picture.group.evaluate((scroller) => scroller.scrollHeight)).toBe(2_000 * 24);
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(1_500);
  await expect(burst.log.locator(".log-line")).toHaveCount(100);
  await page.getByRole("button", { name: "Earlier lines" }).click();
  await expect(page.getByText(/^Lines 1,80\d to 1,90\d of 2,00\d/)).toBeVisible();
});
