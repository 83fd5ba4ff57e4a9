// What a newcomer must not stumble over: what answers, where a press leads, and where one was.
import type { Page } from "@playwright/test";
import { CANARY_LABEL, expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { GuidePage } from "./pages/guide";
import { RequestPage } from "./pages/request";
import { TimelinePicture } from "./pages/timeline";

const hint = (page: Page) => page.getByRole("complementary", { name: "Hint" });
// As a finger does: Playwright's own click first scrolls what lies in the scroll padding.
const go = (page: Page, view: string) =>
  page
    .getByRole("navigation", { name: "Views" })
    .getByRole("link", { name: view, exact: true })
    .evaluate((link: HTMLElement) => link.click());
const scrolled = (page: Page) => page.evaluate(() => window.scrollY);

test("Request tells what answers, changed limits included, and leads to where it is changed", async ({ page }) => {
  const [request, connection, burst] = [new RequestPage(page), new ConnectionDialog(page), new BurstPage(page)];
  await request.open();
  await expect(page.getByText("Answered by: Simulated, Tier 1: 500 requests, 200,000 tokens a minute")).toBeVisible();
  await page.getByRole("button", { name: "Change what answers" }).click();
  await connection.dialog.getByRole("combobox", { name: "Scenario" }).selectOption({ label: "Quota exhausted" });
  await connection.close();
  await page.getByRole("button", { name: "Reset fields" }).click();
  await page.reload();
  await expect(page.getByText("Answered by: Simulated, Quota exhausted: no credit")).toBeVisible();
  await connection.simulate("Tier 1");
  await connection.open("Simulated");
  await connection.dialog.getByLabel("Requests per minute", { exact: true }).fill("20");
  await page.keyboard.press("Tab");
  await connection.close();
  await expect(page.getByText("Tier 1, changed: 20 requests, 200,000 tokens a minute")).toBeVisible();
  await burst.open();
  await burst.answeredBy.selectOption("");
  await expect(burst.answeredBy.getByRole("option").first()).toHaveText("This session's: Tier 1, changed");
  await expect(page.getByText("Tier 1, changed: 20 requests, 200,000 tokens a minute")).toBeVisible();
});

test("Live without a key keeps a model, and leads to Connection", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.open("Live");
  await connection.close();
  await expect(request.model).toHaveValue("gpt-5-nano");
  await expect(page.getByText("Answered by: Live, not connected")).toBeVisible();
  await request.send.click();
  const refusal = page.getByRole("alert").filter({ hasText: "Nothing was sent" });
  await expect(refusal).toContainText("Live is not connected");
  await refusal.getByRole("button", { name: "Open Connection" }).click();
  await connection.connect("/openai/v1");
  await expect(connection.dialog.getByText(/^Connected: \d+ models$/)).toBeInViewport();
  await expect(connection.dialog.getByText(`In use: ${CANARY_LABEL}.`)).toBeAttached();
  await connection.dialog.getByRole("button", { name: "Test connection" }).click();
  await expect(connection.dialog.getByText(/^Tested: /)).toBeInViewport();
  await connection.close();
  await expect(refusal).toHaveCount(0);
});

test("each view is found as far down as it was left, and a section's link leads to its heading", async ({ page }) => {
  const guide = new GuidePage(page);
  await guide.open();
  await page.goto("./#/guide?section=handling");
  const heading = page.getByRole("heading", { name: /^5\. / });
  await expect(heading).toBeFocused();
  const bands = await page.locator(".meterband").evaluate((band) => band.getBoundingClientRect().bottom);
  const top = () => heading.evaluate((heading) => heading.getBoundingClientRect().top);
  await expect.poll(top).toBeGreaterThanOrEqual(bands - 1);
  expect(await top()).toBeLessThan(bands + 120);
  const contents = page.getByRole("navigation", { name: "Guide contents" });
  await expect(contents.getByRole("link", { name: /^5\. / })).toHaveAttribute("aria-current", "true");

  await page.evaluate(() => window.scrollBy(0, 700));
  const before = await scrolled(page);
  await go(page, "Burst");
  await expect.poll(() => scrolled(page)).toBe(0);
  await page.goBack();
  await expect.poll(async () => Math.abs((await scrolled(page)) - before)).toBeLessThan(40);
  await go(page, "Request");
  await go(page, "Guide");
  await expect.poll(async () => Math.abs((await scrolled(page)) - before)).toBeLessThan(40);
  await page.evaluate(() => void (location.hash = "#/guide?section=basic"));
  await expect(page.getByRole("heading", { name: /^3\. / })).toBeInViewport();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("what Provoke brings comes into sight, and no hint lies over the button", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    await expect(hint(page)).toHaveCount(0);
    await guide.provoke.click();
    await expect(page.locator("#first-result")).toBeInViewport({ ratio: 0.3 });
    await expect(hint(page)).toContainText("In Burst, press a bar");
    const bar = (await hint(page).boundingBox())!;
    expect(bar.height).toBeLessThan(110);
    expect(Math.round(bar.y + bar.height)).toBe(844);
  });
});

test("a message with Undo and a hint stand one above the other", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await expect(hint(page)).toContainText("Start here");
  await request.prompt.fill("Another prompt.");
  await page.getByRole("button", { name: "Reset fields" }).click();
  const toast = (await page.locator(".toast").boundingBox())!;
  const below = (await hint(page).boundingBox())!;
  expect(toast.y + toast.height).toBeLessThanOrEqual(below.y);
});

test("every burst can be run the same under another policy, and is put beside it", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");
  await page.getByRole("button", { name: "Run with Sluice's policy", exact: true }).click();
  await burst.ended();
  const table = page.getByRole("table", { name: "The run before, and this one" });
  await expect(table.getByRole("columnheader")).toHaveText(["Notebook", "Sluice: Retry-After floor + full jitter"]);
});

test("what the keys have reached is read out, wherever the mouse rests", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "none");
  const picture = new TimelinePicture(page);
  await picture.point(0.5, 1);
  // A time first: that of the pointer.
  await expect(picture.readout).toHaveText(/^[\d.]+ m?s · /);
  await picture.group.focus();
  await page.keyboard.press("End");
  await expect(picture.readout).not.toHaveText(/^[\d.]+ m?s · /);
  await picture.point(0.4, 1);
  await expect(picture.readout).toHaveText(/^[\d.]+ m?s · /);
});
