// Texts of all scripts, in answers and in errors: each paragraph runs its own way, and none rearranges what is beside it.
import type { Locator, Page } from "@playwright/test";
import { record, type Recorder } from "../fixtures/recorder";
import { sideways } from "../fixtures/measure";
import { declareApi, expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { ExplainPage } from "./pages/explain";
import { RequestPage } from "./pages/request";

const ARABIC = "حدود المعدل تحمي الخدمة: 3 طلبات في الدقيقة.";
const HEBREW = "מגבלות קצב שומרות על השירות.";
const FAMILY = "👩‍👩‍👧‍👦";
/** A letter with three marks, which must stay one cluster. */
const MARKS = "a\u0301\u0323\u0308";
const LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(4);
/** "abc" that would read "cba", and an isolate that is never closed. */
const OVERRIDE = "\u202Eabc\u2067";
const TEXT = `${ARABIC}\n${HEBREW}\nEnglish after them.\n${FAMILY} ${MARKS} 漢字かな交じり文 ${LONG_WORD}\nbefore ${OVERRIDE} after\u0007`;

const json = (response: import("node:http").ServerResponse, status: number, value: unknown) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
};

const ERROR = { error: { message: `${ARABIC} ${OVERRIDE} Please try again in 20s.`, type: "requests", code: "rate_limit_exceeded" } };

let server: Recorder;
test.beforeEach(async () => {
  server = await record((request, response) => {
    if (request.url?.endsWith("/models")) return json(response, 200, { object: "list", data: [{ id: "gpt-4o", object: "model" }] });
    if (request.url?.includes("/error/")) return json(response, 400, { error: { message: `${ARABIC} ${OVERRIDE}`, type: "invalid_request_error", code: "bad_\u202Ecode" } });
    const output = [{ type: "message", content: [{ type: "output_text", text: TEXT }] }];
    json(response, 200, { object: "response", status: "completed", model: "gpt-4o", output, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } });
  });
});
test.afterEach(() => server.close());

async function live(page: Page, path: string): Promise<RequestPage> {
  declareApi(page, server.origin);
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${server.origin}${path}/v1`);
  await connection.close();
  return request;
}

/** Where a part of a text is drawn. */
function place(text: Locator, part: string) {
  return text.evaluate((element, part) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent!.indexOf(part);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + part.length);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      return { fromLeft: left - box.left, fromRight: box.right - right, width: right - left, top, bottom };
    }
    throw new Error(`"${part}" is not there`);
  }, part);
}

/** Whether the text, or the nearest box around it with a direction of its own, runs from the right. */
const direction = (text: Locator) => text.evaluate((element) => getComputedStyle(element).direction);

test("an answer's paragraphs run their own way", async ({ page }) => {
  const request = await live(page, "");
  await request.send.click();
  const text = request.region("Response").locator(".output-text");
  await expect(text).toContainText("English after them.");
  // The right-to-left lines begin at the right, the English one at the left.
  const [arabic, hebrew, english] = [await place(text, ARABIC), await place(text, HEBREW), await place(text, "English after them.")];
  expect(arabic.fromRight).toBeLessThan(4);
  expect(hebrew.fromRight).toBeLessThan(4);
  expect(english.fromLeft).toBeLessThan(4);
  // A family is one picture, a letter with its marks one letter.
  const [family, emoji] = [await place(text, FAMILY), await place(text, MARKS)];
  expect(family.width).toBeLessThan(60);
  expect(emoji.width).toBeLessThan(20);
  expect(await sideways(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await sideways(page)).toEqual([]);
  // The override turns its own line around and no other: the next control keeps its place and its name.
  const copy = request.region("Response").getByRole("button", { name: "Copy text" });
  await expect(copy).toBeVisible();
});

test("an error in another script is isolated from the words around it", async ({ page }) => {
  const request = await live(page, "/error");
  await request.send.click();
  const response = request.region("Response");
  const message = response.locator(".request-message");
  await expect(message).toContainText(ARABIC);
  expect(await direction(message)).toBe("rtl");
  const [kept, label] = [response.getByText("Kept:"), response.getByText("Code:")];
  expect(await direction(kept)).toBe("ltr");
  // "Code:" stands before the code, whose override ends with it.
  const code = await label.evaluate((element) => {
    const [label, code] = [document.createRange(), element.querySelector("code")!.getBoundingClientRect()];
    label.selectNodeContents(element.firstChild!);
    return { label: label.getBoundingClientRect().right, code: code.left, isolated: getComputedStyle(element.querySelector("code")!).unicodeBidi };
  });
  expect(code.label).toBeLessThanOrEqual(code.code);
  expect(code.isolated).toMatch(/isolate|plaintext/);
  await expect(request.region("Raw body")).toContainText(ARABIC);
  expect(await sideways(page)).toEqual([]);

  // The same in a burst: its log and its inspector.
  const burst = new BurstPage(page);
  await page.getByRole("link", { name: "Burst", exact: true }).click();
  await burst.field("Number of requests").fill("2");
  await burst.run.click();
  await burst.ended();
  const line = burst.log.locator(".log-text").filter({ hasText: ARABIC }).first();
  await expect(line).toBeVisible();
  const who = await burst.log.locator(".log-who").first().boundingBox();
  const said = await line.boundingBox();
  expect(who!.x + who!.width).toBeLessThanOrEqual(said!.x + 1);
  await burst.timeline.getByRole("group", { name: "Each request over time" }).focus();
  await page.keyboard.press("ArrowDown");
  const told = page.getByRole("region", { name: "Attempts" }).locator(".attempt-message").first();
  expect(await direction(told)).toBe("rtl");
});

test("Explain quotes a message in its own direction, and its own words in theirs", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill(JSON.stringify(ERROR));
  const quote = explain.verdict.locator(".explain-quote");
  await expect(quote).toContainText(ARABIC);
  expect(await direction(quote)).toBe("rtl");
  expect(await direction(explain.headline)).toBe("ltr");
  await expect(explain.headline).toHaveText("Wait 20.001 s, as the server asks");
  expect(await sideways(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await sideways(page)).toEqual([]);
});

test.describe("in a locale with other separators", () => {
  test.use({ locale: "de-DE" });

  test("numbers are written, and read, as the locale writes them", async ({ page }) => {
    const explain = new ExplainPage(page);
    await explain.open();
    await explain.sample("Tokens 429");
    await expect(explain.headline).toHaveText("Wait 10,384 s, then it fits");
    await expect(explain.fact("Limit")).toContainText("30.000 tokens");
    const burst = new BurstPage(page);
    await burst.open();
    const delay = burst.field("Base delay");
    await delay.fill("0,5");
    await delay.press("Tab");
    await expect(delay).toHaveValue("0,5");
    await expect(delay).toHaveAttribute("aria-valuenow", "0.5");
    await expect(page.locator(".field-error")).toHaveCount(0);
  });
});
