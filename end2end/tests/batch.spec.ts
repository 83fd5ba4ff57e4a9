// Batch: a file in, right under the limits, every line accounted for.
import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures/test";
import { BatchPage, batchLines } from "./pages/batch";
import { ConnectionDialog } from "./pages/connection";

const fixture = (name: string) => `../tests/batch/fixtures/${name}`;
const parsed = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));

test("a file is opened, previewed, run under the limits, and its results come in its order", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(60);
  await batch.file.setInputFiles(fixture("batch.jsonl"));
  await expect(batch.firstLines.getByRole("row")).toHaveCount(5);
  await expect(batch.firstLines.getByRole("row", { name: /^turtle / })).toContainText("Give me a funny fact about turtles.");
  await expect(page.getByRole("group", { name: "Requests", exact: true })).toContainText("4");
  await batch.run.click();
  await batch.ended();
  expect([await batch.count("Done"), await batch.count("Failed"), await batch.count("Unknown")]).toEqual([4, 0, 0]);

  const { file, text } = await batch.download("Download results");
  expect(file).toBe("batch_results.jsonl");
  const results = parsed(text);
  expect(results.map((line) => line.custom_id)).toEqual(["turtle", "städte-🐢", "line-000004", "kept"]);
  for (const line of results) {
    expect(line.response.status_code).toBe(200);
    expect(line.response.body.object).toBe("response");
    expect(line.error).toBeNull();
  }
});

test("many lines go at the rate of the limit, and a row opens its answer", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(60);
  await batch.openText("many.jsonl", batchLines(120));
  await batch.run.click();
  await batch.ended();
  expect(await batch.count("Done")).toBe(120);
  await batch.lines.getByRole("button", { name: "a-007" }).click();
  const inspector = page.getByRole("dialog", { name: "Line 7" });
  await expect(inspector).toContainText(/(in)?complete/);
  await expect(inspector).toContainText('"custom_id": "a-007"');
  await page.keyboard.press("Escape");
  // As completed, each line still once.
  await batch.field("Order").selectOption("completed");
  const { text } = await batch.download("Download results");
  expect(new Set(parsed(text).map((line) => line.custom_id)).size).toBe(120);
});

test("bad lines are named with line and column, and stop the batch until they are left out", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(60);
  await batch.file.setInputFiles(fixture("faults.jsonl"));
  const faults = page.getByRole("list", { name: "Bad lines" });
  await expect(faults).toContainText(/Line 2, column 1: `custom_id` "ok-1" is that of line 1 too/);
  // A key in the file is neither shown nor sent.
  await expect(page.locator("body")).not.toContainText("sk-canary");
  await batch.run.click();
  await expect(page.getByRole("alert")).toContainText(/\d+ of its lines cannot be sent/);
  await page.getByRole("button", { name: "Leave them out" }).click();
  await batch.run.click();
  await batch.ended();
  expect(await batch.count("Done")).toBe(2);
  const errors = parsed((await batch.download("Download errors")).text);
  expect(errors.every((line) => line.error.code === "invalid_line" && line.response === null)).toBe(true);
  expect(errors.length).toBe(await batch.count("Left out"));
});

test("the cookbook's lines run, and come back as its processor writes them", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(60);
  await batch.file.setInputFiles(fixture("cookbook.jsonl"));
  await batch.run.click();
  await batch.ended();
  await batch.field("Format").selectOption("cookbook");
  const lines = parsed((await batch.download("Download results")).text);
  const sent = readFileSync(fixture("cookbook.jsonl"), "utf8").trimEnd().split("\n").filter((line) => line.trim());
  expect(lines.length).toBe(sent.length);
  expect(lines[0][0].input).toBe(JSON.parse(sent[0]).input);
  expect(lines[0][1].object).toBe("response");
});

test("Pause settles what is in flight, a reload keeps what is done, and Resume sends the rest", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(10);
  await batch.openText("long.jsonl", batchLines(700));
  await batch.run.click();
  await expect(async () => expect(await batch.count("Done")).toBeGreaterThan(5)).toPass();
  await batch.pause.click();
  await expect(page.getByRole("group", { name: "Paused" })).toContainText("You paused it.");
  expect(await batch.count("In flight")).toBe(0);
  const done = await batch.count("Done");

  await page.reload();
  await expect(page.getByRole("group", { name: "“long.jsonl” is not finished" })).toContainText(`${done} of 700 done`);
  await page.getByRole("button", { name: "Open it" }).click();
  await expect(batch.progress).toHaveAttribute("aria-valuetext", new RegExp(`^${done} of 700, paused`));
  await batch.speed(60);
  await batch.resume.click();
  await batch.ended();
  expect([await batch.count("Done"), await batch.count("Unknown")]).toEqual([700, 0]);
  const results = parsed((await batch.download("Download results")).text);
  expect(new Set(results.map((line) => line.custom_id)).size).toBe(700);
});

test("an unfinished batch of the very same file is offered in place of a second run", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.openText("long.jsonl", batchLines(700));
  await batch.run.click();
  await expect(async () => expect(await batch.count("Done")).toBeGreaterThan(5)).toPass();
  await batch.pause.click();
  await expect(page.getByRole("group", { name: "Paused" })).toBeVisible();
  const done = await batch.count("Done");
  await batch.button("Open another file").click();
  await batch.openText("other.jsonl", batchLines(3));
  await expect(batch.firstLines.getByRole("row")).toHaveCount(4);
  const offered = page.getByRole("group", { name: "This file was begun before, as “long.jsonl”" });
  await expect(offered).toBeHidden();
  // Under another name it is the same file.
  await batch.openText("copy.jsonl", batchLines(700));
  await expect(offered).toContainText(`${done} of 700 done`);
  await page.getByRole("button", { name: "Open it" }).click();
  await expect(batch.progress).toHaveAttribute("aria-valuetext", new RegExp(`^${done} of 700, paused`));
});

test("what was cancelled has its own figure, and stands in the errors file with OpenAI's code", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.openText("stopped.jsonl", batchLines(700));
  // So few that none has met the limit by then.
  await batch.field("Most in flight").fill("20");
  await batch.field("Most in flight").blur();
  await batch.run.click();
  await expect(async () => expect(await batch.count("Done")).toBeGreaterThan(5)).toPass();
  await batch.cancel.click();
  await page.getByRole("dialog", { name: "Cancel the batch?" }).getByRole("button", { name: "Cancel the batch" }).click();
  await expect(batch.progress).toHaveAttribute("aria-valuetext", /cancelled$/);
  // What was in flight is settled first.
  await expect.poll(async () => [(await batch.count("Done")) + (await batch.count("Cancelled")), await batch.count("Left out")]).toEqual([700, 0]);
  const cancelled = await batch.count("Cancelled");
  const errors = parsed((await batch.download("Download errors")).text);
  expect(errors.map((line) => line.error.code)).toEqual(Array(cancelled).fill("batch_cancelled"));
  expect(errors.at(-1).custom_id).toBe("a-700");
});

test("two tabs, one runner: the second waits until the first lets go", async ({ page, context }) => {
  const first = new BatchPage(page);
  await first.open();
  await first.openText("shared.jsonl", batchLines(600));
  await first.run.click();
  await expect(first.progress).toBeVisible();
  const other = await context.newPage();
  const second = new BatchPage(other);
  await second.open();
  await expect(second.kept.getByRole("listitem").filter({ hasText: "shared.jsonl" })).toContainText("open in another tab");
  await other.getByRole("button", { name: "Open it" }).click();
  await expect(other.getByRole("group", { name: "“shared.jsonl” runs in another tab" })).toBeVisible();
  await first.pause.click();
  await expect(page.getByRole("group", { name: "Paused" })).toBeVisible();
  await first.button("Open another file").click();
  await expect(second.resume).toBeEnabled();
});

test("a spend cap stops the batch before it is exceeded", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(60);
  await batch.openText("dear.jsonl", batchLines(200, { model: "gpt-5", max_output_tokens: 4_000 }));
  // Nothing could be sent under it.
  await batch.field("Spend cap (USD)").fill("0");
  await expect(page.getByText("At least 0.0001")).toBeVisible();
  await batch.field("Spend cap (USD)").fill("0.2");
  await batch.run.click();
  await expect(page.getByRole("group", { name: "Paused" })).toContainText("spend cap", { timeout: 20_000 });
  expect(await batch.count("Done")).toBeGreaterThan(0);
  expect(await batch.count("Waiting")).toBeGreaterThan(0);
});

test("CSV takes a template over its columns, and text is one prompt a line", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.openText("words.csv", "word,language\nbridge,French\ntea,German\n");
  await page.getByLabel("Prompt template").fill("Translate {{word}} into {{language}}.");
  await page.getByLabel("Prompt template").blur();
  await expect(batch.firstLines).toContainText("Translate tea into German.");
  await page.getByText("Paste a text instead").click();
  await page.getByLabel("Pasted requests", { exact: true }).fill("One.\nTwo.\nThree.");
  await page.getByRole("button", { name: "Open text" }).click();
  await expect(batch.firstLines.getByRole("row")).toHaveCount(4);
});

test("what is pasted is opened as it comes", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const batch = new BatchPage(page);
  await batch.open();
  await page.getByText("Paste a text instead").click();
  await page.evaluate(() => navigator.clipboard.writeText("One.\nTwo."));
  await page.getByLabel("Pasted requests", { exact: true }).press("ControlOrMeta+v");
  await expect(batch.firstLines.getByRole("row")).toHaveCount(3);
  // What is typed waits for its button.
  await page.getByLabel("Pasted requests", { exact: true }).press("End");
  await page.keyboard.type("\nThree.");
  await expect(batch.firstLines.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "Open text" }).click();
  await expect(batch.firstLines.getByRole("row")).toHaveCount(4);
});

test("a template that does not fit leaves the file open, and is mended in its place", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.openText("words.csv", "word,prompt\nbridge,Explain bridges.\ntea,Explain tea.\n");
  const template = page.getByRole("textbox", { name: "Prompt template" });
  await template.fill("Translate {{nope}}.");
  await template.blur();
  await expect(page.getByRole("alert")).toContainText(/The prompt template does not fit the file.*\{\{nope\}\}/);
  await expect(batch.firstLines).toContainText("Explain tea.");
  await batch.run.click();
  await expect(page.getByRole("alert")).toContainText("mend it, or empty it");
  await template.fill("Translate {{word}}.");
  await template.blur();
  await expect(batch.firstLines).toContainText("Translate tea.");
  // Another file, which it does not fit, is opened all the same.
  await batch.openText("cities.csv", "city,prompt\nOslo,Describe Oslo.\n");
  await expect(batch.firstLines).toContainText("Describe Oslo.");
  await expect(template).toHaveValue("Translate {{word}}.");
});

test("a file that was mended is read when it is chosen again", async ({ page }) => {
  const batch = new BatchPage(page);
  await batch.open();
  const choose = async (text: string) => {
    const chooser = page.waitForEvent("filechooser");
    await batch.file.click();
    await (await chooser).setFiles({ name: "same.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(text) });
  };
  await choose(batchLines(3));
  await expect(batch.firstLines.getByRole("row")).toHaveCount(4);
  await choose(batchLines(2));
  await expect(batch.firstLines.getByRole("row")).toHaveCount(3);
});

test("over HTTP/1.1 six go at a time, and Pause calls the others back", async ({ page, startApi }) => {
  const origin = await startApi("--scenario", "tier-1", "--latency-scale", "2");
  const [batch, connection] = [new BatchPage(page), new ConnectionDialog(page)];
  await batch.open();
  await connection.connect(`${origin}/v1`);
  await connection.close();
  await batch.openText("live.jsonl", batchLines(60));
  await batch.run.click();
  await page.getByRole("dialog", { name: "Send 60 requests to the live API?" }).getByRole("button", { name: "Send them" }).click();
  await expect(page.getByText("The browser itself is the queue")).toBeVisible();
  expect(await batch.count("In flight")).toBeLessThanOrEqual(6);
  await batch.pause.click();
  await expect(page.getByRole("group", { name: "Paused" })).toBeVisible();
  const done = await batch.count("Done");
  expect(done).toBeLessThan(60);
  expect(await batch.count("Waiting")).toBe(60 - done);
  // Going on is as paid as beginning was.
  await batch.resume.click();
  const question = page.getByRole("dialog", { name: `Send ${60 - done} requests to the live API?` });
  await expect(question).toContainText("Costs up to $");
  await question.getByRole("button", { name: "Send nothing" }).click();
  expect(await batch.count("Waiting")).toBe(60 - done);
});

test.describe("without a network", () => {
  // The worker that keeps time hidden cannot be fetched then: the page keeps it itself.
  test.use({ expectedConsole: /ERR_INTERNET_DISCONNECTED/ });

  test("on Live it asks first; without a network it waits, and uses up no attempt", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 3", "--expose-headers", "none");
    const [batch, connection] = [new BatchPage(page), new ConnectionDialog(page)];
    await batch.open();
    await connection.connect(`${origin}/v1`);
    await connection.close();
    await batch.openText("live.jsonl", batchLines(30));
    await page.context().setOffline(true);
    await batch.run.click();
    const question = page.getByRole("dialog", { name: "Send 30 requests to the live API?" });
    await expect(question).toContainText("Costs up to $");
    await question.getByRole("button", { name: "Send them" }).click();
    await expect(page.getByRole("group", { name: "Offline" })).toContainText("no attempt is used up");
    await page.context().setOffline(false);
    await batch.ended();
    expect([await batch.count("Done"), await batch.count("Failed"), await batch.count("Unknown")]).toEqual([30, 0, 0]);
  });
});
