// Usage: the ledger of all views, looked through, kept, deleted; a call in whole.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { kept, keptRows, UsagePage } from "./pages/usage";

// The first-run hint lies over what is pressed here.
test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem("sluice.hint", "4")));

const PROMPT = "Give me a funny fact about marmots.";

/** Waits until the rows of so many calls are on the disk: the last one may be written before the first. */
const callsAreKept = (page: Page, calls: number) =>
  expect.poll(async () => new Set((await keptRows(page)).match(/"#\d+"/g)).size).toBe(calls);

/** Ten requests at three a minute under the notebook's policy, and what came of them. */
async function burst(page: Page, requests = 10) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.field("Number of requests").fill(String(requests));
  await burst.field("Prompt").fill(PROMPT);
  await burst.runToTheEnd("first-429", "notebook");
  return burst.counts();
}

test("what views send stands in the ledger, and its totals are theirs", async ({ page }) => {
  const counts = await burst(page);
  const usage = new UsagePage(page);
  await usage.go();
  await usage.expectCalls(10);
  const band = page.getByRole("region", { name: "Totals", exact: true });
  for (const name of ["Calls", "Input tokens", "Output tokens", "Total tokens"]) {
    const shown = band.getByRole("group", { name, exact: true }).locator(".stat-value");
    expect(await usage.stat(name === "Calls" ? "Answered calls" : name), name).toBe((await shown.innerText()).trim());
  }
  expect(await usage.stat("Answered calls")).toBe(String(counts.Succeeded));
  expect(await usage.stat("Attempts wasted")).toBe(String(counts["HTTP calls"] - counts.Succeeded));
  expect(await usage.stat("Cost")).toMatch(/^\$0\.\d+ USD, simulated$/);
  await expect(usage.history.getByRole("row").filter({ hasText: "Succeeded" })).toHaveCount(counts.Succeeded);

  await page.getByRole("combobox", { name: "Result" }).selectOption("Succeeded");
  await usage.expectCalls(counts.Succeeded);
  await page.getByRole("button", { name: "Show all" }).click();
  await usage.search.fill("#10");
  await usage.expectCalls(1);
  await usage.search.fill("nothing of it");
  await expect(page.getByText("No call is as the filters above ask.")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();

  await usage.history.getByRole("columnheader", { name: "Attempts" }).getByRole("button").click();
  await expect(usage.history.getByRole("columnheader", { name: "Attempts" })).toHaveAttribute("aria-sort", "descending");
  const attempts = await usage.history.getByRole("row").locator("td:nth-of-type(4)").allInnerTexts();
  const numbers = attempts.map((text) => Number.parseInt(text, 10));
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(counts["HTTP calls"]);

  await usage.tab("Added up").click();
  const sums = page.getByRole("region", { name: "Calls added up" });
  await expect(sums.getByRole("row").filter({ hasText: "gpt-5-nano" }).getByRole("cell").nth(1)).toHaveText(String(counts.Succeeded));
  await usage.tab("Over time").click();
  await expect(page.getByRole("figure", { name: "HTTP requests" })).toContainText(`${counts["HTTP calls"]} HTTP requests`);
});

test("a call is looked at in whole, and keys go from one to the next", async ({ page }) => {
  await burst(page);
  const usage = new UsagePage(page);
  await usage.go();
  await usage.history.getByRole("columnheader", { name: "Attempts" }).getByRole("button").click();
  await usage.calls.first().click();
  await expect(usage.inspector).toContainText("1 of 10");
  await expect(usage.inspector.getByRole("table", { name: "Overview" })).toContainText("Burst");
  await usage.inspector.getByRole("tab", { name: "Attempts" }).click();
  const attempts = usage.inspector.getByRole("list", { name: "Attempts" }).getByRole("listitem");
  await expect(attempts.first()).toContainText("429");
  await expect(attempts.first()).toContainText(/Planned to wait .+ \(.+\), waited .+\./);
  await expect(attempts).toHaveCount(5);
  await usage.inspector.getByRole("tab", { name: "Headers" }).click();
  await expect(usage.inspector).toContainText("x-ratelimit-limit-requests");
  await usage.inspector.getByRole("tab", { name: "Body" }).click();
  await expect(usage.inspector).toContainText("Prompt and answer were not kept.");
  await usage.inspector.getByRole("tab", { name: "Usage" }).click();
  await expect(usage.inspector).toContainText("Attempt 1: a failure: it adds no tokens and is no call.");

  await usage.inspector.getByRole("button", { name: "Next" }).click();
  await expect(usage.inspector).toContainText("2 of 10");
  await page.getByRole("region", { name: "History, rows" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(usage.inspector).toContainText("3 of 10");
  await page.keyboard.press("End");
  await expect(usage.inspector).toContainText("10 of 10");
  await expect(usage.calls.last()).toBeFocused();
  await usage.inspector.getByRole("button", { name: "Close inspector" }).click();
  await expect(usage.inspector).toBeHidden();
  await expect(usage.calls.last()).toBeFocused();
  // A press anywhere in a row opens it, keys go on from the row that has the focus, and Escape closes.
  await usage.history.getByRole("row").nth(3).getByRole("cell").nth(2).click();
  await expect(usage.inspector).toContainText("3 of 10");
  await usage.calls.nth(4).focus();
  await page.keyboard.press("ArrowDown");
  await expect(usage.inspector).toContainText("6 of 10");
  await expect(usage.calls.nth(5)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(usage.inspector).toBeHidden();
  await expect(usage.calls.nth(5)).toBeFocused();
});

test("the ledger outlives the page, and prompts stand in it only where a person says so", async ({ page }) => {
  await burst(page, 3);
  await callsAreKept(page, 3);
  expect(await kept(page)).not.toContain("marmots");
  await page.reload();
  const usage = new UsagePage(page);
  await usage.open();
  await usage.expectCalls(3);
  // The band counts from the page's opening on.
  const band = page.getByRole("region", { name: "Totals", exact: true });
  await expect(band.getByRole("group", { name: "Calls", exact: true })).toContainText("0");

  await page.getByRole("checkbox", { name: "Keep prompts and answers" }).check();
  await burst(page, 1);
  await usage.go();
  await usage.expectCalls(4);
  await usage.calls.first().click();
  await usage.inspector.getByRole("tab", { name: "Body" }).click();
  await expect(usage.inspector).toContainText("marmots");
  await usage.inspector.getByRole("tab", { name: "Overview" }).click();
  await usage.inspector.getByText("As code").click();
  for (const language of ["curl", "Python", "TypeScript"]) {
    await expect(usage.inspector.getByRole("region", { name: `as ${language}` })).toContainText("marmots");
  }
  await expect.poll(() => kept(page)).toContain("marmots");
});

test("what is deleted is gone from the disk, unless it is taken back in time", async ({ page }) => {
  await burst(page, 2);
  await callsAreKept(page, 2);
  const usage = new UsagePage(page);
  await usage.go();
  const remove = page.getByRole("button", { name: "Delete simulated calls" });
  await remove.click();
  await usage.expectCalls(0);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await usage.expectCalls(2);
  await remove.click();
  await usage.expectCalls(0);
  // A page that is opened later deletes it for good, if the minute has not passed before.
  await page.reload();
  await usage.open();
  await usage.expectCalls(0);
  await expect.poll(() => kept(page)).toBe("");
});

test("a tab sees what another one sends", async ({ page, context }) => {
  const usage = new UsagePage(page);
  await usage.open();
  await usage.expectCalls(0);
  const other = await context.newPage();
  await other.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  await burst(other, 3);
  await usage.expectCalls(3);
  await other.close();
});
