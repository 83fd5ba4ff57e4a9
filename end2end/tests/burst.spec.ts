// Burst: parallel requests, a retry policy, and what comes of it.
import { api, expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";

test("the first 429 and its backoff are one click away", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await page.getByRole("button", { name: "Provoke a 429 at 3 requests per minute" }).click();
  await expect(burst.log).toContainText(/Rate limit hit \(attempt 1\)\. Sleeping for \d+\.\d\d seconds\.\.\./, { timeout: 5_000 });
  await expect(burst.timeline.getByText("Refused").first()).toBeVisible();
  await expect(burst.timeline.getByText("Waiting").first()).toBeVisible();
  // The button is gone; the focus is where the results are.
  await expect(page.locator("#burst-results")).toBeFocused();
});

test("Stop stops at once: the counts freeze and the timeline ends", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.answeredBy.selectOption("first-429");
  await burst.run.click();
  await expect(burst.log).toContainText("Rate limit hit");
  await burst.stop.click();
  await expect(burst.stop).toHaveAttribute("aria-disabled", "true");
  const [counts, text] = [await burst.counts(), await burst.outcome.innerText()];
  expect(counts["Succeeded"] + counts["Gave up"] + counts["Failed"]).toBeLessThan(10);
  await expect(burst.timeline.getByText("Cancelled").first()).toBeVisible();
  // Longer than any first wait of the policy: had one survived, it would have sent by now.
  await page.waitForTimeout(2_000);
  expect(await burst.outcome.innerText()).toBe(text);
});

test("Escape stops too, and Control with Enter runs, from within a field", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.answeredBy.selectOption("slow");
  await burst.field("Prompt").focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(burst.run).toHaveAttribute("aria-busy", "true");
  await page.keyboard.press("Escape");
  await burst.ended();
  await expect(burst.outcome).toContainText("10 stopped");
});

test("the notebook's policy leaves work undone, says why, and one button finishes it", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");

  const before = await burst.counts();
  expect(before["Gave up"]).toBeGreaterThan(0);
  expect(before["Succeeded"] + before["Gave up"] + before["Failed"]).toBe(10);
  expect(before["HTTP calls"]).toBe(before["Succeeded"] + before["Wasted"]);
  await expect(burst.log).toContainText("Gave up after 5 attempts due to rate limits.");
  await expect(burst.log).toContainText("Success on attempt 1");
  const callout = page.getByRole("group", { name: `${before["Gave up"]} of 10 requests are not done` });
  await expect(callout).toContainText("waits 0.5–1.5, 1–3, 2–6, 4–12 s between its 5 attempts, at most 22.5 s in all");
  await expect(callout).toContainText("10 requests at 3 per minute need 140 s: 3 at once, then one every 20 s");

  await burst.finish.click();
  await expect(burst.outcome.getByRole("group", { name: "Succeeded" })).toContainText("10", { timeout: 25_000 });
  await burst.ended();
  const after = await burst.counts();
  expect(after).toMatchObject({ Succeeded: 10, "Gave up": 0, Failed: 0 });
  expect(after["HTTP calls"]).toBe(after["Succeeded"] + after["Wasted"]);
  expect(after["HTTP calls"]).toBeGreaterThan(before["HTTP calls"]);
  await expect(burst.log).toContainText("Taken up again.");
  await expect(burst.finish).toHaveCount(0);
});

test("what no wait cures is said, and not sent again", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Number of requests").fill("3");
  await burst.runToTheEnd("quota-exhausted", "sluice");
  expect(await burst.counts()).toMatchObject({ Failed: 3, "HTTP calls": 3, Wasted: 3, Succeeded: 0 });
  await expect(burst.log).toContainText("Unexpected error:");
  await expect(page.getByText("3 calls met a billing limit: no wait cures it.")).toBeVisible();
  await expect(burst.finish).toHaveCount(0);
});

test("a wait beyond two minutes is a question, with its countdown", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.field("Number of requests").fill("3");
  await burst.runToTheEnd("daily-limit", "sluice");
  const question = page.getByRole("group", { name: "The server asks for a long wait: yours to decide" });
  await expect(question.getByRole("timer")).toContainText(/Allowed in \d+ min \d\d s/);
  await question.getByRole("button", { name: "Wait and send" }).click();
  await burst.ended();
  await expect(burst.outcome.getByRole("group", { name: "Succeeded" })).toContainText("3");
});

test("a lane opens its attempts: status, waits, headers and body", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");
  await page.getByRole("group", { name: "Each request over time" }).focus();
  for (let row = 0; row < 10; row++) await page.keyboard.press("ArrowDown");
  const attempts = page.getByRole("region", { name: "Attempts" });
  await expect(attempts).toContainText("Request 10 of 10");
  await expect(attempts).toContainText("429 rate limit");
  await expect(attempts).toContainText(/Planned to wait [\d.]+ m?s \(the policy's backoff\), waited [\d.]+ m?s\./);
  await attempts.getByText("Rate-limit headers").first().click();
  await expect(attempts.getByRole("table", { name: "Rate-limit headers" }).first()).toContainText("x-ratelimit-limit-requests");
  await attempts.getByText("Body", { exact: true }).first().click();
  await expect(attempts.getByText("rate_limit_exceeded").first()).toBeVisible();
  await attempts.getByRole("button", { name: "Previous" }).click();
  await expect(attempts).toContainText("Request 9 of 10");
});

test("another scenario and another policy give another outcome", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.runToTheEnd("tier-1", "none");
  expect(await burst.counts()).toMatchObject({ Succeeded: 10, "Rate limited": 0, "HTTP calls": 10, Wasted: 0 });
  await burst.runToTheEnd("first-429", "none");
  expect(await burst.counts()).toMatchObject({ Succeeded: 3, "Rate limited": 7, Failed: 7, "HTTP calls": 10, Wasted: 7 });
  await expect(page.getByText("No retries: each request goes out once")).toBeVisible();
});

test("concurrency holds calls back in the queue", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Concurrency").fill("2");
  await burst.answeredBy.selectOption("slow");
  await burst.run.click();
  await expect(burst.outcome).toContainText("2 in flight, 8 queued");
  await burst.stop.click();
});

test("results stay over a change of view, settings over a reload", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Number of requests").fill("4");
  await burst.field("Prompt").fill("Name one tortoise.");
  await burst.runToTheEnd("tier-1", "openai-python");
  const [outcome, log] = [await burst.outcome.innerText(), await burst.log.innerText()];

  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Request" }).click();
  await expect(burst.run).toHaveCount(0);
  await page.goBack();
  await expect(burst.run).toBeVisible();
  expect(await burst.outcome.innerText()).toBe(outcome);
  expect(await burst.log.innerText()).toBe(log);
  await page.goForward();
  await expect(burst.run).toHaveCount(0);
  await page.goBack();

  await page.reload();
  await expect(burst.field("Number of requests")).toHaveValue("4");
  await expect(burst.field("Prompt")).toHaveValue("Name one tortoise.");
  await expect(burst.policy).toHaveValue("openai-python");
  await expect(burst.answeredBy).toHaveValue("tier-1");
});

test("a run goes on while another view is shown", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(10);
  await burst.answeredBy.selectOption("first-429");
  await burst.run.click();
  await expect(burst.log).toContainText("Rate limit hit");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Request" }).click();
  await expect(page.getByRole("button", { name: "Stop all" })).toBeVisible();
  await page.waitForTimeout(1_000);
  await page.goBack();
  await burst.speed(60);
  await burst.ended();
  const counts = await burst.counts();
  expect(counts["Succeeded"] + counts["Gave up"]).toBe(10);
});

test("a number that cannot be taken stays, and nothing runs with another", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  const field = burst.field("Number of requests");
  for (const [text, error] of [["2001", "At most 2000"], ["0", "At least 1"], ["abc", "Enter a number"], ["1.5", "Whole numbers only"]] as const) {
    await field.fill(text);
    await burst.run.click();
    await expect(field).toHaveValue(text);
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toBeFocused();
    await expect(page.getByRole("alert")).toContainText(`Number of requests: ${error}.`);
  }
  await burst.field("Prompt").focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(field).toBeFocused();
  expect(await burst.count("HTTP calls")).toBe(0);
  await field.fill("3");
  await burst.runToTheEnd("tier-1", "none");
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await burst.count("HTTP calls")).toBe(3);
});

test("a limit that cannot be taken says which one is in use", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/burst");
  await connection.open("Simulated");
  const limit = connection.dialog.getByRole("spinbutton", { name: "Requests per minute" });
  await limit.fill("7");
  await limit.fill("-5");
  await limit.blur();
  await expect(limit).toHaveValue("-5");
  await expect(connection.dialog).toContainText("At least 0. Still in use: 7");
});

test("Escape in a list of models leaves the burst running", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.answeredBy.selectOption("slow");
  await burst.run.click();
  await page.getByRole("combobox", { name: "Default model" }).press("Escape");
  await page.waitForTimeout(200);
  await expect(burst.run).toHaveAttribute("aria-busy", "true");
  await burst.stop.click();
});

test("an address of no view leads to the Guide", async ({ page }) => {
  await new BurstPage(page).open();
  await page.evaluate(() => (location.hash = "#/nonsense"));
  await expect(page).toHaveTitle(/^Guide/);
  await expect(page).toHaveURL(/#\/guide$/);
});

test("what cannot be run is said, and nothing is sent", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Prompt").fill(" ");
  await burst.run.click();
  await expect(page.getByRole("alert")).toContainText("Prompt: write what each request should ask.");
  expect(await burst.count("HTTP calls")).toBe(0);
});

test("a run of a hundred is announced in a few words, not line by line", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(10);
  await burst.field("Number of requests").fill("100");
  await page.evaluate(() => {
    const region = document.querySelector("[role=status]")!;
    const heard = { words: [] as string[], since: 0 };
    document.addEventListener("click", () => (heard.since ||= performance.now()), { capture: true });
    new MutationObserver(() => heard.words.push(region.textContent!)).observe(region, {
      characterData: true,
      childList: true,
      subtree: true,
    });
    Object.assign(window, { heard });
  });
  await burst.answeredBy.selectOption("first-429");
  await burst.run.click();
  // Past the first pause between two announcements; other voices of the page are not the run's.
  const heard = () =>
    page.evaluate(() => {
      const { words, since } = (window as unknown as { heard: { words: string[]; since: number } }).heard;
      return { words: words.filter((text) => / of 100 requests done/.test(text)), ms: performance.now() - since };
    });
  await expect.poll(async () => (await heard()).ms, { timeout: 20_000 }).toBeGreaterThan(6_000);
  const { words, ms } = await heard();
  // One at once, and one for each five seconds that have passed.
  expect(words.length).toBeGreaterThan(0);
  expect(words.length, words.join("\n")).toBeLessThanOrEqual(1 + Math.floor(ms / 4_750));
  await expect(burst.log).toHaveAttribute("aria-live", "off");
});

for (const [width, height] of [[390, 844], [1440, 900]]) {
  test(`nothing is wider than the page at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const burst = new BurstPage(page);
    await burst.open();
    await burst.speed(60);
    await burst.runToTheEnd("first-429", "notebook");
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider).toBeLessThanOrEqual(0);
  });
}

test.describe("live", () => {
  test("many paid calls are asked about first, with what they can cost", async ({ page }) => {
    const burst = new BurstPage(page);
    await burst.open();
    await new ConnectionDialog(page).connect(`${api.exposed}/v1`);
    await new ConnectionDialog(page).close();
    await expect(page.getByText(/Costs up to \$0\.\d+ \(input estimated\), in at most 50 HTTP requests/).first()).toBeVisible();
    await burst.run.click();
    const question = page.getByRole("dialog", { name: "Send 10 requests to the live API?" });
    await question.getByRole("button", { name: "Send nothing" }).click();
    await expect(question).toBeHidden();
    expect(await burst.count("HTTP calls")).toBe(0);
    await burst.run.click();
    await question.getByRole("button", { name: "Send them" }).click();
    await burst.ended();
    expect(await burst.counts()).toMatchObject({ Succeeded: 10, "HTTP calls": 10 });
    // Five are not many.
    await burst.field("Number of requests").fill("5");
    await burst.run.click();
    await burst.ended();
    expect(await burst.counts()).toMatchObject({ Succeeded: 5, "HTTP calls": 5 });
    // Simulated time can be sped up again, though the last run was live.
    await page.getByRole("radio", { name: "Simulated", exact: true }).check();
    await burst.speed(10);
  });

  test("where headers are hidden, the limit is learnt from the refusal, and Stop aborts", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "first 429", "--expose-headers", "none");
    const burst = new BurstPage(page);
    await burst.open();
    await new ConnectionDialog(page).connect(`${origin}/v1`);
    await new ConnectionDialog(page).close();
    await burst.field("Number of requests").fill("5");
    await burst.policy.selectOption("sluice");
    await burst.run.click();
    await expect(burst.log).toContainText(/Rate limit hit \(attempt 1\)\. Sleeping for (1\d|2\d)\.\d\d seconds/, { timeout: 15_000 });
    await expect(burst.outcome).toContainText("3 succeeded, 2 waiting");
    // (5 − 3) · 60 / 3 s
    await expect(burst.outcome.getByRole("group", { name: "Ideal drain time" })).toContainText("40");
    await burst.stop.click();
    await burst.ended();
    await expect(burst.outcome).toContainText("2 stopped");
    await page.getByRole("group", { name: "Each request over time" }).focus();
    for (let row = 0; row < 5; row++) await page.keyboard.press("ArrowDown");
    const attempts = page.getByRole("region", { name: "Attempts" });
    // It follows once the keys rest.
    await expect(attempts).toContainText("Request 5 of 5");
    await attempts.getByText("Rate-limit headers").first().click();
    await expect(attempts).toContainText("hidden by CORS, or not sent");
  });
});
