// Ease: presets, keys, undo, drafts, help in place, the first-run hint, and each view by its address.
import type { Page } from "@playwright/test";
import { CANARY, expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ExplainPage } from "./pages/explain";
import { GuidePage } from "./pages/guide";
import { RequestPage } from "./pages/request";

const PRESETS = [
  ["one-request", "One request"],
  ["first-429", "Ten at once meet a 429"],
  ["jitter", "Backoff without jitter, then with"],
  ["token-limit", "Token limit"],
  ["quota", "Quota used up"],
  ["fifty-calls", "Fifty calls under one limit"],
] as const;

const preset = (page: Page, name: string) => page.getByRole("group", { name: "Presets" }).getByRole("link", { name, exact: true });
const toast = (page: Page) => page.getByRole("region", { name: "Notifications" }).getByRole("listitem");
const undo = (page: Page) => toast(page).getByRole("button", { name: "Undo" });
const help = (page: Page) => page.getByRole("dialog", { name: "Help", exact: true });
const hint = (page: Page) => page.getByRole("complementary", { name: "Hint" });
const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });

test("each view has an address of its own, on any static host", async ({ page }) => {
  for (const [address, name] of [
    ["#/request", "Request"],
    ["#/burst", "Burst"],
    ["#/explain", "Explain"],
    ["#/batch", "Batch"],
    ["#/lab", "Lab"],
    ["#/usage", "Usage"],
    ["#/guide", /./],
    ["#/guide?section=handling", /./],
    ["#/nowhere", /./],
    ["", /./],
  ] as const) {
    await page.goto("about:blank");
    await page.goto(`./${address}`);
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    const current = page.getByRole("navigation", { name: "Views" }).locator("[aria-current=page]");
    await expect(current).toHaveText(typeof name === "string" ? name : "Guide");
  }
});

test("a preset chosen in the page runs; the same link as an address only fills in", async ({ page, browser, baseURL }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Prompt").fill("My own prompt.");
  await burst.field("Number of requests").fill("many");
  const href = await preset(page, "Token limit").getAttribute("href");
  expect(href).toContain("#/burst?v=1&");
  await preset(page, "Token limit").click();
  await burst.ended();
  expect(await burst.counts()).toMatchObject({ Succeeded: 4, "Rate limited": 3, "Gave up": 0 });
  await expect(burst.field("Number of requests")).toHaveValue("4");
  await undo(page).click();
  await expect(burst.field("Prompt")).toHaveValue("My own prompt.");
  await expect(burst.field("Number of requests")).toHaveValue("10");
  await expect(toast(page)).toHaveCount(0);

  const other = await browser.newPage({ baseURL });
  await other.goto(`./${href}`);
  const theirs = new BurstPage(other);
  await expect(theirs.field("Max output tokens")).toHaveValue("200");
  await expect(other.locator(".notices .callout")).toContainText("Filled in from a link; nothing was sent");
  expect((await theirs.counts())["HTTP calls"]).toBe(0);
  await other.close();
});

test("all six presets show what they are for", async ({ page }) => {
  const [burst, request] = [new BurstPage(page), new RequestPage(page)];
  for (const [id, name] of PRESETS) {
    await page.goto(id === "one-request" || id === "quota" ? "./#/request" : "./#/burst");
    await preset(page, name).click();
    if (id === "one-request") await expect(request.region("Status")).toContainText("200");
    if (id === "quota") await expect(request.region("Response")).toContainText("Waiting does not help");
    if (id === "first-429") {
      await expect(burst.log).toContainText("Rate limit hit (attempt 1)");
      await burst.stop.click();
    }
    if (id === "token-limit" || id === "fifty-calls") {
      await burst.speed(60);
      await burst.ended();
      const calls = id === "fifty-calls" ? 50 : 4;
      expect(await burst.counts()).toMatchObject({ Succeeded: calls, "Gave up": 0 });
    }
  }
  // The model and the source stay the reader's; a preset costs nothing.
  await expect(page.getByRole("radio", { name: "Simulated", exact: true })).toBeChecked();
});

test("without jitter and with: two runs side by side, one press each", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await preset(page, "Backoff without jitter, then with").click();
  await burst.ended();
  await page.getByRole("radio", { name: "60×", exact: true }).first().check();
  await page.getByRole("button", { name: "Run with full jitter" }).click();
  await burst.ended();
  const table = page.getByRole("table", { name: "The run before, and this one" });
  await expect(table.getByRole("columnheader")).toHaveText(["Fixed delay", "Full jitter (AWS)"]);
  const cells = async (name: string) => (await table.getByRole("row", { name: new RegExp(`^${name}`) }).getByRole("cell").allInnerTexts()).map(Number);
  const [fixed, full] = await cells("Succeeded");
  expect(full).toBeGreaterThan(fixed);
  const [together, apart] = await cells("Retries at the same moment");
  expect(together).toBe(7);
  expect(apart).toBeLessThan(together);
  await expect(page.getByRole("button", { name: "Run with full jitter" })).toHaveCount(0);
});

test("Control and Enter run each view from any field, Escape stops, also in a field", async ({ page }) => {
  const [request, explain] = [new RequestPage(page), new ExplainPage(page)];
  await request.open();
  for (const [index, field] of [request.prompt, page.getByLabel("Max output tokens", { exact: true }), page.getByRole("combobox", { name: "Default model" })].entries()) {
    await field.focus();
    await page.keyboard.press("ControlOrMeta+Enter");
    await expect(request.answers).toHaveCount(index + 1);
  }
  await expect(request.send).toHaveAttribute("aria-keyshortcuts", "Control+Enter Meta+Enter");
  await expect(request.send).toHaveAttribute("title", "Ctrl Enter");

  await page.goto("./#/request?v=1&source=simulated&scenario=slow");
  await request.prompt.focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("button", { name: "Stop all" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(request.region("Response")).toContainText("Stopped");
  await expect(request.prompt).toBeFocused();

  await explain.open();
  await page.getByRole("button", { name: "Tokens 429", exact: true }).click();
  await explain.field.focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.locator("#explain-verdict")).toBeFocused();
});

test("Escape closes the inspector only when nothing runs", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.runToTheEnd("tier-1", "none");
  await page.getByRole("group", { name: "Each request over time" }).focus();
  await page.keyboard.press("ArrowDown");
  const attempts = page.getByRole("region", { name: "Attempts" });
  await expect(attempts).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(attempts).toHaveCount(0);
  // The walk goes on where it was.
  await expect(page.getByRole("group", { name: "Each request over time" })).toBeFocused();
});

test("the question mark lists the keys; single keys can be turned off, and stay off", async ({ page }) => {
  await page.goto("./#/burst");
  await expect(heading(page, "Burst")).toBeVisible();
  await page.keyboard.press("?");
  await expect(help(page)).toContainText("Ctrl Enter");
  await expect(help(page)).toContainText("On a timeline");
  await page.keyboard.press("Escape");
  await expect(help(page)).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(heading(page, "Request")).toBeVisible();
  // In a field they are letters.
  await page.getByRole("textbox", { name: "Prompt" }).fill("");
  await page.getByRole("textbox", { name: "Prompt" }).pressSequentially("gb?");
  await expect(page.getByRole("textbox", { name: "Prompt" })).toHaveValue("gb?");
  await expect(help(page)).toBeHidden();

  await page.getByRole("button", { name: "Help", exact: true }).click();
  await help(page).getByRole("checkbox", { name: "Use single-key shortcuts" }).uncheck();
  await help(page).getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("button", { name: "Help", exact: true })).toBeFocused();
  await page.reload();
  await expect(heading(page, "Request")).toBeVisible();
  await page.keyboard.press("?");
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(heading(page, "Request")).toBeVisible();
  await expect(help(page)).toBeHidden();
});

test("what is cleared comes back by Undo, by keys alone, and the focus goes where it was", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await request.ask("Hello");
  const calls = page.getByRole("region", { name: "Totals" }).getByRole("group", { name: "Calls", exact: true });
  await expect(calls).toContainText("1");
  const reset = page.getByRole("button", { name: "Reset totals" });
  await reset.focus();
  await page.keyboard.press("Enter");
  await expect(calls).toContainText("0");
  await expect(toast(page)).toContainText("totals are reset");
  await undo(page).focus();
  await page.keyboard.press("Enter");
  await expect(calls).toContainText("1");
  await expect(reset).toBeFocused();

  // Put away, it can still be taken back.
  await page.getByRole("button", { name: "Reset fields" }).click();
  await expect(request.prompt).not.toHaveValue("Hello");
  await toast(page).getByRole("button", { name: "Dismiss" }).click();
  await expect(toast(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Reset fields" })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(request.prompt).toHaveValue("Hello");
  await expect(page.getByRole("button", { name: "Reset fields" })).toBeFocused();
});

test("drafts outlive a reload, a key does not", async ({ page }) => {
  const [request, burst, explain] = [new RequestPage(page), new BurstPage(page), new ExplainPage(page)];
  await request.open();
  await request.prompt.fill("My prompt");
  await page.getByRole("textbox", { name: "Instructions" }).fill("Be brief.");
  await page.getByLabel("Max output tokens", { exact: true }).fill("77");
  await page.getByRole("checkbox", { name: "Stream" }).check();
  await burst.open();
  await burst.field("Prompt").fill("Theirs");
  await burst.policy.selectOption("equal-jitter");
  await explain.open();
  await explain.field.fill("HTTP/2 429");
  await page.reload();
  await expect(explain.field).toHaveValue("HTTP/2 429");
  await burst.open();
  await expect(burst.field("Prompt")).toHaveValue("Theirs");
  await expect(burst.policy).toHaveValue("equal-jitter");
  await request.open();
  await expect(request.prompt).toHaveValue("My prompt");
  await expect(page.getByRole("textbox", { name: "Instructions" })).toHaveValue("Be brief.");
  await expect(page.getByLabel("Max output tokens", { exact: true })).toHaveValue("77");
  await expect(page.getByRole("checkbox", { name: "Stream" })).toBeChecked();

  await explain.open();
  await explain.field.fill(`HTTP/2 401\n\nIncorrect API key provided: ${CANARY}`);
  await page.reload();
  await expect(explain.field).toHaveValue("");
});

test("a text to explain is shared only when asked for, and without a key", async ({ page, browser, baseURL }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill("HTTP/2 429\n\nRate limit reached");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share these settings" });
  const link = async () => (await dialog.locator("code, pre").first().innerText()).trim();
  expect(await link()).not.toContain("text=");
  await dialog.getByRole("checkbox", { name: "Include the text" }).check();
  expect(await link()).toContain("text=HTTP");
  const other = await browser.newPage({ baseURL });
  await other.goto(await link());
  await expect(new ExplainPage(other).field).toHaveValue("HTTP/2 429\n\nRate limit reached");
  await other.close();
});

test("the hint is there once, for those who have run nothing", async ({ page, browser, baseURL }) => {
  const guide = new GuidePage(page);
  await guide.open();
  await expect(hint(page)).toContainText("Start here");
  await expect(page.getByRole("status").filter({ hasText: "Hint: Start here" })).toBeAttached();
  await guide.provoke.click();
  await expect(hint(page)).toContainText("That was a 429");
  await hint(page).getByRole("button", { name: "Next" }).click();
  await expect(hint(page)).toContainText("Now compare");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Burst" }).click();
  await expect(hint(page)).toHaveCount(0);
  await page.goto("about:blank");
  await guide.open();
  await expect(hint(page)).toHaveCount(0);

  const other = await browser.newPage({ baseURL });
  await other.goto("./#/request?v=1&prompt=Hi");
  await expect(new RequestPage(other).send).toBeVisible();
  await expect(hint(other)).toHaveCount(0);
  await other.close();
});

test("a term says what it means where it stands, by keys alone", async ({ page }) => {
  await page.goto("./#/burst");
  await expect(page.getByLabel("Concurrency", { exact: true })).toBeVisible();
  const button = page.getByRole("button", { name: "What is concurrency?" });
  await button.focus();
  await page.keyboard.press("Enter");
  const text = page.getByRole("dialog", { name: "concurrency" });
  await expect(text).toContainText("in flight or waiting at the same time");
  await expect(text).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Escape");
  await expect(text).toBeHidden();
  await expect(button).toBeFocused();

  // One at a time; a figure's own name is the button.
  await button.click();
  await page.getByRole("button", { name: "What is cost?" }).click();
  await expect(text).toBeHidden();
  await expect(page.getByRole("dialog", { name: "cost" })).toBeVisible();
  await page.getByRole("dialog", { name: "cost" }).getByRole("link", { name: "More in the Guide" }).click();
  await expect(page).toHaveURL(/#\/guide\?section=tracking$/);
  for (const name of ["What is retry policy?", "What is concurrency?", "What is cost?"]) {
    await page.goto("./#/burst");
    const box = await page.getByRole("button", { name }).boundingBox();
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(24);
  }
});

test("on a phone the strip of views shows the one that is open", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ["Usage", "Guide", "Lab"]) {
    await page.goto(`./#/${name.toLowerCase()}`);
    const link = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name, exact: true });
    await expect(link).toHaveAttribute("aria-current", "page");
    await expect(link).toBeInViewport({ ratio: 1 });
  }
});

test("on a phone the band is one row, and everything is a press away", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("./#/burst");
  await expect(heading(page, "Burst")).toBeVisible();
  const height = await page.locator(".topbar").evaluate((element) => element.getBoundingClientRect().height);
  expect(height).toBeLessThan(60);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Default model" })).toBeVisible();
  await page.getByRole("button", { name: "Help", exact: true }).click();
  await expect(help(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help(page)).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
