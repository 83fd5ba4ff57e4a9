// Explain: what is pasted is read, judged, and kept to the page.
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { ExplainPage } from "./pages/explain";
import { RequestPage } from "./pages/request";

const TPM =
  "Rate limit reached for gpt-4o in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s.";

test("a pasted 429 gives its wait, its bucket, its facts and its clients at once", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill(`openai.RateLimitError: Error code: 429 - {'error': {'message': '${TPM}', 'code': 'rate_limit_exceeded'}}`);
  await expect(explain.headline).toHaveText("Wait 18.642 s, then it fits");
  await expect(explain.fact("Earliest fit")).toHaveText("18.642 s");
  await expect(explain.fact("Largest request that fits now")).toHaveText("15,433 tokens");
  await expect(explain.fact("Whose limit")).toHaveText("the organization's");
  await expect(explain.verdict.getByRole("img", { name: /^14,567 of 30,000 tokens used and 24,754 asked for/ })).toBeVisible();
  await expect(explain.client("Sluice")).toContainText("Gets through");
  await expect(explain.client("openai-python")).toContainText("2 attempts too early");
  await expect(explain.client("Notebook's loop")).toContainText("500 ms to 1.5 s");
  await expect(explain.verdict).not.toContainText("org-EXAMPLE");
});

test("every sample has an answer", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  for (const [name, headline] of [
    ["Tokens 429", "Wait 10.384 s, then it fits"],
    ["Requests per minute 429", "Wait 20 s, then it fits"],
    ["Requests per day 429", "Wait 7 min 12 s, then it fits"],
    ["Request too large", "Never: larger than the limit"],
    ["insufficient_quota", "Not by waiting: no credit or budget is left"],
    ["Headers only", "Nothing was refused: 4,787 of 60,000 tokens left"],
    ["curl -i", "Wait 644 ms, then it fits"],
    ["Stream failure", "Wait 11.054 s, then it fits"],
    ["Azure", "Wait 32.574 s, as the server asks"],
    ["Contradictory", "Wait 20.001 s, then it fits"],
  ]) {
    await explain.sample(name);
    await expect(explain.headline, name).toHaveText(headline);
  }
  const callout = explain.verdict.getByRole("group", { name: "This answer contradicts itself" });
  await expect(callout).toContainText("The text states a wait of 20 s, its own numbers give 6 s: 14 s longer.");
});

test("the button and Control with Enter lead to the verdict", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill(TPM);
  await explain.explain.click();
  await expect(page.locator("#explain-verdict")).toBeFocused();
  await explain.field.focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.locator("#explain-verdict")).toBeFocused();
});

test("what is not understood is said, and kept while other views are shown, and over a reload", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill('{"a": [1, 2');
  await expect(explain.headline).toHaveText("Not understood");
  await expect(explain.field).toHaveAccessibleDescription(/cannot be read to its end: .*line 1/);
  await expect(explain.verdict).toContainText("What can be pasted: an error body in JSON");
  await new BurstPage(page).open();
  await explain.open();
  await expect(explain.field).toHaveValue('{"a": [1, 2');
  await page.reload();
  await expect(explain.field).toHaveValue('{"a": [1, 2');
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(explain.headline).toHaveCount(0);
  await expect(explain.verdict).toHaveText(/the wait, the limit, and what to do\.\s*$/);
});

test("a long paste is explained whole, and only its beginning is in the field", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.field.fill(`${"x".repeat(1_000_000)} ${TPM}`);
  await expect(explain.headline).toHaveText("Wait 18.642 s, then it fits");
  await expect(explain.field).toHaveAccessibleDescription(/^1\.0 MB pasted, read whole; the first 64\.0 kB are shown\./);
  await expect(explain.field).toHaveValue("x".repeat(64_000));
  await expect(explain.field).not.toBeEditable();
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(explain.field).toBeEditable();
});

test("of two errors the last is explained, and the other named", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  const perDay = "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.";
  await explain.field.fill(`${TPM}\n${perDay}`);
  await expect(explain.headline).toHaveText("Wait 7 min 12 s, then it fits");
  await expect(explain.verdict).toContainText("The last answer is explained; left out before it: 429.");
  await explain.field.fill("<!doctype html><title>Log in</title>");
  await expect(explain.headline).toHaveText("A web page, not an answer of the API");
});

test("it works without a network, and sends nothing", async ({ page, context }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  await context.setOffline(true);
  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.url()));
  await explain.field.fill(`HTTP/2 429 \r\nretry-after: 19\r\n\r\n{"error":{"message":"${TPM}","code":"rate_limit_exceeded"}}`);
  await expect(explain.headline).toHaveText("Wait 18.642 s, then it fits");
  expect(sent).toEqual([]);
});

test("a key in the paste is shown nowhere else, and can be taken out", async ({ page }) => {
  const explain = new ExplainPage(page);
  await explain.open();
  const key = "sk-proj-EXAMPLEexample0123456789";
  await explain.field.fill(`> authorization: Bearer ${key}\nHTTP/1.1 401\n\n{"error":{"message":"Incorrect API key provided: ${key}.","code":"invalid_api_key"}}`);
  await expect(explain.headline).toHaveText("Never with this key: it was refused, or is missing");
  await expect(explain.verdict).not.toContainText("EXAMPLEexample");
  await explain.verdict.getByRole("button", { name: "Take the key out of the field" }).click();
  await expect(explain.field).not.toHaveValue(/EXAMPLEexample/);
  await expect(explain.headline).toHaveText("Never with this key: it was refused, or is missing");
});

test("the verdict is copied as text", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const explain = new ExplainPage(page);
  await explain.open();
  await explain.sample("Tokens 429");
  await explain.verdict.getByRole("button", { name: "Copy verdict" }).click();
  await expect(explain.verdict.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^Wait 10\.384 s, then it fits\n/);
  expect(copied).toContain("Earliest fit: 10.384 s (computed");
  expect(copied).not.toContain("org-EXAMPLE");
});

test("a failed request and a refused call of a burst hand their answer over", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await new ConnectionDialog(page).simulate("Quota exhausted");
  await request.send.click();
  await request.region("Response").getByRole("button", { name: "Explain this 429" }).click();
  const explain = new ExplainPage(page);
  await expect(explain.headline).toHaveText("Not by waiting: no credit or budget is left");
  await expect(explain.field).toHaveValue(/^HTTP\/1\.1 429\n/);

  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "none");
  await burst.timeline.getByRole("group", { name: "Each request over time" }).focus();
  for (let call = 0; call < 6; call++) await page.keyboard.press("ArrowDown");
  await page.getByRole("region", { name: "Attempts" }).getByRole("button", { name: "Explain this 429" }).click();
  await expect(explain.headline).toHaveText("Wait 20 s, then it fits");
  await expect(explain.fact("Limit")).toHaveText("3 requests per minute");
});
