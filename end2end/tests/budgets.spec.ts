// Budgets stop what would cost more; prices are a person's own.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { MoneyPage } from "./pages/money";
import { keptRows } from "./pages/usage";

// The first-run hint lies over what is pressed here.
test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem("sluice.hint", "4")));

const band = (page: Page, name: string) =>
  page.getByRole("region", { name: "Totals", exact: true }).getByRole("group", { name, exact: true }).locator(".stat-value");

/** A burst in a scenario of 10,000 requests a minute: all of it would be answered. */
async function burst(page: Page, requests: number, concurrency: number) {
  const burst = new BurstPage(page);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Burst" }).click();
  await burst.field("Number of requests").fill(String(requests));
  await burst.field("Concurrency").fill(String(concurrency));
  await burst.answeredBy.selectOption("tier-4");
  return burst;
}

test("a budget of calls is a hard stop, kept to the call: what is in flight counts", async ({ page }) => {
  const money = new MoneyPage(page);
  await money.open();
  await expect(money.budgets).toContainText("No budget yet");
  await money.addBudget("Simulated", "Day (UTC)", "20", "calls");
  await expect(money.meter("Left of today's budget (Simulated)")).toHaveAttribute("aria-valuetext", /^20 of 20 calls left/);

  const run = await burst(page, 200, 10);
  // Before it is sent: 200 are more than are left.
  await expect(page.getByRole("list", { name: "Budgets" })).toContainText("At most 200 calls, and 20 calls left of today's budget (Simulated)");
  await run.run.click();
  await run.ended();
  const answered = await run.count("Succeeded");
  expect(answered).toBe(20);
  expect(await run.count("HTTP calls")).toBe(20);
  await expect(page.getByRole("group", { name: "180 of 200 requests are not done" })).toContainText(
    "Today's budget (Simulated) is taken up",
  );
  await expect(page.getByText(/^100 % of today's budget: 20 of 20 calls \(Simulated\)$/)).toBeVisible();
  await expect(band(page, "Calls")).toHaveText(String(answered));

  // Nothing starts after it: another run is held back in whole.
  await run.run.click();
  await run.ended();
  expect(await run.count("HTTP calls")).toBe(0);
  // What was never sent is no call, and hinders no export of those that were.
  await page.getByRole("group", { name: "200 of 200 requests are not done" }).getByRole("link", { name: "Budgets in Usage" }).click();
  await expect(page.getByText("20 calls.", { exact: true })).toBeVisible();
  await expect(page.getByRole("cell", { name: "Under way" })).toHaveCount(0);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  expect((await readFile(await (await download).path(), "utf8")).trim().split("\n").length).toBeGreaterThan(20);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Burst" }).click();

  // Over a reload too, from the history that is kept.
  await expect.poll(async () => (await keptRows(page)).split('"success"').length - 1).toBe(answered);
  await page.reload();
  const again = await burst(page, 5, 5);
  await again.run.click();
  await again.ended();
  expect(await again.count("HTTP calls")).toBe(0);

  // Removed, it holds nothing back, and Undo brings it back.
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Usage" }).click();
  await money.budgets.getByRole("button", { name: "Remove today's budget (Simulated)" }).click();
  await expect(money.budgets).toContainText("No budget yet");
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(money.meter("Left of today's budget (Simulated)")).toBeVisible();
});

test("a burst of 200 at once is cut off at a budget in USD by what is in flight", async ({ page }) => {
  const money = new MoneyPage(page);
  await money.open();
  await money.addBudget("Simulated", "Session: since the page was opened", "0.0000000001", "USD");
  const run = await burst(page, 200, 200);
  await run.run.click();
  await run.ended();
  const sent = await run.count("HTTP calls");
  // The first answer reaches it: whatever has not gone out by then never does.
  expect(sent).toBeLessThanOrEqual(200);
  await run.run.click();
  await run.ended();
  expect(await run.count("HTTP calls")).toBe(0);
});

test("an amount that is none is not taken, and a change is", async ({ page }) => {
  const money = new MoneyPage(page);
  await money.open();
  await money.addBudget("Live", "Month (UTC)", "many", "USD");
  await expect(money.budgets).toContainText("Enter a number");
  await money.addBudget("Live", "Month (UTC)", "5", "USD");
  await expect(money.meter("Left of this month's budget (Live)")).toHaveAttribute("aria-valuetext", /^\$5\.00 of \$5\.00 left/);
  await money.budgets.getByRole("button", { name: "Change this month's budget (Live)" }).click();
  const fields = money.budgets.getByRole("group", { name: "This budget" });
  await fields.getByLabel("Budget amount").fill("7.5");
  await fields.getByRole("button", { name: "Save budget" }).click();
  await expect(money.meter("Left of this month's budget (Live)")).toHaveAttribute("aria-valuetext", /^\$7\.50 of \$7\.50 left/);
});

test("a price of one's own changes every cost that is shown", async ({ page }) => {
  const money = new MoneyPage(page);
  await money.open();
  const run = await burst(page, 3, 3);
  await run.run.click();
  await run.ended();
  // The band follows a moment later.
  await expect(band(page, "Calls")).toHaveText(String(await run.count("Succeeded")));
  const before = await band(page, "Cost").innerText();
  const input = Number((await band(page, "Input tokens").innerText()).replace(/\D/g, ""));
  const output = Number((await band(page, "Output tokens").innerText()).replace(/\D/g, ""));

  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Usage" }).click();
  // The model in use comes first.
  await expect(money.prices.getByRole("rowheader").first()).toHaveText("gpt-5-nano");
  await money.setPrice("gpt-5-nano", { input: "100", output: "1000" });
  await expect(money.row("gpt-5-nano")).toContainText("$100.00");
  await expect(money.row("gpt-5-nano")).toContainText("yours");
  const cost = (input * 100 + output * 1000) / 1e6;
  // Two significant digits below a dollar.
  const shown = async () => Number((await band(page, "Cost").innerText()).replace(/[^\d.]/g, ""));
  await expect.poll(shown).toBeCloseTo(cost, 2);
  expect(await band(page, "Cost").innerText()).not.toBe(before);

  // It outlives a reload, and goes again.
  await page.reload();
  await expect(money.row("gpt-5-nano")).toContainText("yours");
  await money.row("gpt-5-nano").getByRole("button", { name: "Remove" }).click();
  await expect(money.row("gpt-5-nano")).toContainText("built in");
});

test("prices come from a file, bad rows are named, and go into one", async ({ page }) => {
  const money = new MoneyPage(page);
  await money.open();
  await money.importPrices("mine.csv", "model,input,cached,output\nmine-1,1,0.125,2\nmine-2,-1,0,1\nmine-3,cheap,0,1\n");
  const faults = money.prices.getByRole("alert", { name: "2 rows cannot be taken" });
  await expect(faults).toContainText("Line 3, mine-2: input is negative (-1).");
  await expect(faults).toContainText("Line 4, mine-3: input is not a number (cheap).");
  await expect(money.row("mine-1")).toHaveCount(0);
  await faults.getByRole("button", { name: "Take the good one" }).click();
  await expect(money.row("mine-1")).toContainText("$0.125");
  await expect(money.row("mine-1")).toContainText("mine.csv");

  await money.importPrices(
    "model_prices_and_context_window.json",
    '{"sample_spec":{"mode":"one of"},"other":{"input_cost_per_token":5e-08,"output_cost_per_token":4e-07,"mode":"chat"},"image":{"mode":"image_generation"}}',
  );
  await expect(money.row("other")).toContainText("$0.05");
  await expect(money.row("other")).toContainText("LiteLLM");

  const saving = page.waitForEvent("download");
  await money.prices.getByRole("button", { name: "Export prices" }).click();
  const file = await readFile(await (await saving).path(), "utf8");
  expect(JSON.parse(file).models["mine-1"]).toMatchObject({ input: 1, cached_input: 0.125, output: 2, source: "mine.csv" });
});
