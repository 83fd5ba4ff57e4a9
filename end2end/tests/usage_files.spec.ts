// What of the ledger leaves the page as files, and a session file that is opened again and played.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { UsagePage } from "./pages/usage";

// The first-run hint lies over what is pressed here.
test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem("sluice.hint", "4")));

async function usageAfterBurst(page: Page) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");
  const counts = await burst.counts();
  const usage = new UsagePage(page);
  await usage.go();
  await usage.expectCalls(10);
  return { usage, counts };
}

/** Presses a button and gives the text of the file that comes of it. */
async function file(page: Page, name: string) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

test("the calls that are looked at are exported, each format as what it is", async ({ page }) => {
  const { counts } = await usageAfterBurst(page);
  const csv = await file(page, "Export CSV");
  expect(csv.name).toMatch(/^sluice_\d{4}-\d{2}-\d{2}_calls\.csv$/);
  const rows = csv.text.trim().split("\r\n");
  const heads = rows[0].split(",");
  expect(rows.length).toBe(11);
  const attempts = rows.slice(1).map((row) => Number(row.split(",")[heads.indexOf("attempts")]));
  expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(counts["HTTP calls"]);

  const json = JSON.parse((await file(page, "Export JSON")).text);
  expect(json.calls.length).toBe(10);
  const lines = (await file(page, "Export JSONL")).text.trim().split("\n").map((line) => JSON.parse(line));
  expect(lines).toEqual(json.calls);
  expect(json.calls.filter(({ end }: { end: unknown }) => end === "succeeded").length).toBe(counts.Succeeded);

  const har = JSON.parse((await file(page, "Export HAR")).text);
  expect(har.log.version).toBe("1.2");
  expect(har.log.entries.length).toBe(counts["HTTP calls"]);
  expect(har.log.entries.filter(({ response }: { response: { status: number } }) => response.status === 200).length).toBe(counts.Succeeded);

  // A filter filters exports too.
  await page.getByRole("combobox", { name: "Result" }).selectOption("Succeeded");
  expect((await file(page, "Export CSV")).text.trim().split("\r\n").length).toBe(1 + counts.Succeeded);
});

test("a session file opens in another browser, plays its run again, and is saved as it was", async ({ page, browser, baseURL }) => {
  await usageAfterBurst(page);
  const session = await file(page, "Save session file");
  const context = await browser.newContext({ baseURL });
  const other = await context.newPage();
  await other.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  const usage = new UsagePage(other);
  await usage.open();
  const choose = async (name: string, text: string) => {
    const [chooser] = await Promise.all([
      other.waitForEvent("filechooser"),
      other.getByRole("button", { name: "Open session file" }).click(),
    ]);
    await chooser.setFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  };
  await choose("broken.json", session.text.slice(0, session.text.length / 2));
  await expect(other.getByRole("alert").filter({ hasText: "broken.json" })).toBeVisible();
  await choose("mine.json", session.text);
  await expect(other.getByText("Session file “mine.json”")).toBeVisible();
  await usage.expectCalls(10);
  const again = JSON.parse((await file(other, "Save session file")).text);
  expect(again.calls).toEqual(JSON.parse(session.text).calls);

  await usage.calls.first().click();
  await usage.inspector.getByRole("button", { name: "Replay its run" }).click();
  const replay = other.getByRole("region", { name: "Replay", exact: true });
  await expect(replay.getByRole("group", { name: "Each request over time" })).toBeVisible();
  await expect(replay.getByRole("log", { name: "Attempts log" })).toContainText("Success on attempt 1");

  await other.getByRole("button", { name: "Back to the ledger" }).click();
  await usage.expectCalls(0);
  await context.close();
});
