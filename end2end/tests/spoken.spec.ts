// What is spoken without being asked: one polite voice, milestones alone, and never a countdown.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ExplainPage } from "./pages/explain";
import { GuidePage } from "./pages/guide";
import { RequestPage } from "./pages/request";

type Word = { at: number; text: string; role: string };

/** Writes down each change in whatever is read aloud, as a screen reader would hear it. */
async function listen(page: Page): Promise<() => Promise<Word[]>> {
  await page.evaluate(() => {
    const words: Word[] = [];
    Object.assign(globalThis, { words });
    // role=log and role=timer have a live value of their own; an attribute says otherwise.
    const polite = "[aria-live=polite], [aria-live=assertive], [role=status]:not([aria-live=off]), [role=alert]:not([aria-live=off]), [role=log]:not([aria-live=off])";
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest(polite);
        const text = region?.textContent?.trim();
        const last = words.at(-1);
        if (region && text && !(last?.text === text && performance.now() - last.at < 50)) {
          words.push({ at: performance.now(), text, role: region.getAttribute("role") ?? "live" });
        }
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { words: Word[] }).words);
}

// The first-run hint speaks as well, and is not what is counted here.
test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem("sluice.hint", "3")));

test("of a hundred requests the milestones are spoken, one every five seconds at most", async ({ page }) => {
  test.setTimeout(90_000);
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Number of requests").fill("100");
  await burst.answeredBy.selectOption("tier-1");
  await burst.policy.selectOption("sluice");
  await burst.speed(10);
  const heard = await listen(page);
  await burst.run.click();
  await expect(burst.stop).toHaveAttribute("aria-disabled", "true", { timeout: 80_000 });
  await expect(page.getByRole("status").filter({ hasText: "Ended." })).toBeAttached({ timeout: 10_000 });
  const words = await heard();
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter((word) => word.role !== "status")).toEqual([]);
  expect(words.at(-1)!.text).toMatch(/^\d+ of 100 requests done.*\. Ended\.$/);
  // A tick of the page's clock may come a little early.
  const pauses = words.slice(1).map((word, index) => word.at - words[index].at);
  expect(pauses.filter((pause) => pause < 4_500), JSON.stringify(words)).toEqual([]);
});

test("a run that is refused says so, and its countdowns are silent", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.answeredBy.selectOption("first-429");
  const heard = await listen(page);
  await burst.run.click();
  await expect(page.getByRole("status").filter({ hasText: "met a rate limit" })).toBeAttached({ timeout: 15_000 });
  const words = await heard();
  expect(words.length).toBeLessThanOrEqual(3);
  // What is left until the next attempt changes ten times a second.
  for (const { text } of words) expect(text).toMatch(/^(\d+ of 10 requests done.*\.)$/);
  await burst.stop.click();
  await burst.ended();
});

test("each view has one polite voice, and one for alarms that is silent", async ({ page }) => {
  const [request, explain] = [new RequestPage(page), new ExplainPage(page)];
  for (const open of [() => new GuidePage(page).open(), () => request.open(), () => new BurstPage(page).open(), () => explain.open()]) {
    await open();
    const voices = page.locator("[aria-live]:not([aria-live=off]):visible, [role=status]:visible");
    await expect(voices.filter({ hasNot: page.locator("dialog *") })).toHaveCount(1);
    await expect(page.getByRole("status")).toHaveCount(1);
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
  await request.open();
  await request.send.click();
  await expect(page.getByRole("status")).toHaveText(/^Request 1: 200 OK$/);
  await explain.open();
  await explain.sample("Requests per minute 429");
  await expect(page.getByRole("status")).toHaveText("Wait 20 s, then it fits");
  await expect(page.getByRole("status")).toHaveCount(1);
  // What counts down has no voice of its own.
  for (const timer of await page.getByRole("timer").all()) await expect(timer).toHaveAttribute("aria-live", "off");
});

test.describe("with less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves by itself", async ({ page }) => {
    const burst = new BurstPage(page);
    await burst.open();
    await burst.answeredBy.selectOption("first-429");
    await burst.run.click();
    await expect(burst.log).toContainText("Rate limit hit", { timeout: 10_000 });
    await expect(burst.run).toHaveAttribute("aria-busy", "true");
    const moving = () => page.evaluate(() => document.getAnimations().map((one) => (one as CSSAnimation).animationName ?? (one as CSSTransition).transitionProperty));
    expect(await moving()).toEqual([]);
    const smooth = () => page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => getComputedStyle(element).scrollBehavior === "smooth").length);
    expect(await smooth()).toBe(0);
    await page.getByRole("button", { name: "Connection", exact: true }).click();
    // Its window is fetched when first opened: until it is there, Escape is meant for the run.
    await expect(page.getByRole("dialog", { name: "Connection" })).toBeVisible();
    expect(await moving()).toEqual([]);
    // Escape closes the window and leaves the run alone.
    await page.keyboard.press("Escape");
    await expect(burst.run).toHaveAttribute("aria-busy", "true");
    await burst.stop.click();
  });
});
