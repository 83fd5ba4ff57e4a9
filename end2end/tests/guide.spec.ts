// The Guide: what the notebook does, done in place, without a key.
import { CANARY, CANARY_LABEL, expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { GuidePage, numberOf } from "./pages/guide";

test.describe("first run without a key", () => {
  test("one click leads to the first 429 and its backoff", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    await guide.provoke.click();
    const log = guide.first.getByRole("log");
    await expect(log).toContainText(/Rate limit hit \(attempt 1\)\. Sleeping for \d\.\d\d seconds/, { timeout: 5_000 });
    // All three that the bucket holds: Stop would take along the one still in flight.
    await expect(log.getByText("Success on attempt 1")).toHaveCount(3);
    const reading = guide.first.getByRole("group", { name: "One 429, explained" });
    await expect(reading).toContainText("Limit 3, Used 3, Requested 1");
    await expect(reading).toContainText("Please try again in 20s");
    await expect(reading).toContainText("(3 used + 1 requested − 3 limit) × 60 s ÷ 3 = 20.0 s: as stated.");
    await guide.first.getByRole("button", { name: "Stop" }).click();
    await expect(guide.provoke).not.toHaveAttribute("aria-busy", "true");
    await expect(guide.first).toContainText("3 of 10 answered and 7 left undone");
  });

  test("the notebook's loop leaves work undone, and says so", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    await guide.provoke.click();
    await guide.speed(guide.first, 60);
    await expect(guide.first).toContainText(/left undone, after \d+ HTTP requests/, { timeout: 15_000 });
    await expect(guide.first.getByRole("log")).toContainText("Gave up after 5 attempts due to rate limits.");
    await expect(guide.first.getByRole("button", { name: "Finish with Sluice's policy" })).toBeVisible();
  });
});

test("each section of the notebook has its heading", async ({ page }) => {
  const guide = new GuidePage(page);
  await guide.open();
  const headings = page.getByRole("heading", { level: 2, name: /^\d\. / });
  await expect(headings).toHaveText([/What are rate limits/, /Set-up/, /basic call/, /Tracking usage/, /Handling/, /Summary/]);
  for (const link of await page.getByRole("link", { name: /OpenAI's dashboard|rate-limit guide/ }).all()) {
    await expect(link).toHaveAttribute("rel", "noopener noreferrer");
  }
  await page.getByRole("navigation", { name: "Guide contents" }).getByRole("link", { name: /Handling/ }).click();
  await expect(headings.filter({ hasText: "Handling" })).toBeInViewport();
  await page.reload();
  await expect(headings.filter({ hasText: "Handling" })).toBeInViewport();
});

test("a wait can be worked out from a limit", async ({ page }) => {
  const guide = new GuidePage(page);
  await guide.open();
  await page.getByText("Work out a wait from your own numbers").click();
  const sums = page.getByRole("group", { name: "Work out a wait" });
  await expect(sums.getByRole("group", { name: "Wait" })).toContainText("644 ms");
  await sums.getByRole("spinbutton", { name: "Limit", exact: true }).fill("10000");
  await sums.getByRole("spinbutton", { name: "Used", exact: true }).fill("8782");
  await sums.getByRole("spinbutton", { name: "Requested", exact: true }).fill("8172");
  await expect(sums.getByRole("group", { name: "Wait" })).toContainText("41.7 s");
  await sums.getByRole("spinbutton", { name: "Requested", exact: true }).fill("10001");
  await expect(sums.getByRole("group", { name: "Wait" })).toContainText("never fits");
});

test.describe("set-up", () => {
  test("says what the notebook would raise, and goes on with the simulated API", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(1);
    await expect(cell.result).toContainText("RuntimeError: OPENAI_API_KEY is not set.");
    await cell.runToEnd();
    await expect(cell.result).toContainText(/\d+ models to choose from/);
    await expect(cell.printed("Printed by the notebook")).toContainText("Available models: ['gpt-5-nano', ");
    await expect(cell.result).toContainText(/2026-12-11: gpt-5-nano, /);
  });

  test("takes a pasted .env, shows no key, and forgets it", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(1);
    const field = cell.region.getByLabel("Paste or drop your .env");
    const env = `# mine\nexport OPENAI_API_KEY='${CANARY}'\nDEBUG=1\n`;
    // Copied by the person, elsewhere: not by the page, whose copies are watched.
    await page.evaluate((text) => Clipboard.prototype.writeText.call(navigator.clipboard, text), env);
    await field.focus();
    await page.keyboard.press("Control+V");
    await expect(cell.region).toContainText(`Found OPENAI_API_KEY: ${CANARY_LABEL}`);
    await expect(cell.region).toContainText("https://api.openai.com and nowhere else");
    await expect(field).toHaveValue("");
    expect(await page.content()).not.toContain("sk-canary");
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href)).not.toContain("canary");
    await cell.region.getByRole("button", { name: "Forget it" }).click();
    await expect(cell.region).not.toContainText(CANARY_LABEL);
    await field.fill("DATABASE_PASSWORD=hunter2");
    await cell.region.getByRole("button", { name: "Read it" }).click();
    await expect(cell.region).toContainText("It sets DATABASE_PASSWORD, but not OPENAI_API_KEY");
    expect(await page.content()).not.toContain("hunter2");
  });

  test("a typed .env is read on Run, and the notebook would go on with its key", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(1);
    await cell.region.getByLabel("Paste or drop your .env").fill(`OPENAI_API_KEY=${CANARY}`);
    await cell.runToEnd();
    await expect(cell.result).toContainText(`The notebook would go on with ${CANARY_LABEL}`);
    await expect(cell.result).not.toContainText("RuntimeError");
    await expect(cell.result).toContainText("Simulated API, scenario “Tier 1”, policy “No retries”.");
    expect(await page.content()).not.toContain("sk-canary");
  });

  test("takes a dropped .env and connects with it", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 1", "--expose-headers", "all");
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(1);
    const drop = async () => {
      const dropped = await page.evaluateHandle((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], ".env", { type: "text/plain" }));
        return data;
      }, `OPENAI_BASE_URL=${origin}/v1\nOPENAI_API_KEY=${CANARY}\n`);
      await cell.region.getByLabel("Paste or drop your .env").dispatchEvent("drop", { dataTransfer: dropped });
      await expect(cell.region).toContainText(`It will be sent to ${origin} and nowhere else`);
    };
    await drop();
    // The page is locked to OpenAI: another address takes a reload, which forgets the key.
    await expect(cell.region.getByRole("button", { name: "Connect to Live" })).toHaveCount(0);
    await cell.region.getByRole("button", { name: "Use this address and reload" }).click();
    const connection = new ConnectionDialog(page);
    await expect(connection.baseUrl).toHaveValue(`${origin}/v1`);
    await connection.close();
    await drop();
    await cell.region.getByRole("button", { name: "Connect to Live" }).click();
    await expect(page.getByRole("radio", { name: "Live" })).toBeChecked();
    await cell.runToEnd();
    await expect(cell.result).toContainText(`The key ${CANARY_LABEL}, held in memory only, is used`);
    await expect(cell.result).toContainText(/\d+ models to choose from/);

    // The cheapest living one, whichever that is today.
    await expect(page.getByRole("combobox", { name: "Default model" })).toHaveValue(/^gpt-/);

    // The same cells, over HTTP: nothing is asked before one call, many calls are asked about.
    await guide.cell(2).runToEnd();
    await expect(guide.cell(2).result).toContainText("200 OK");
    await expect(guide.cell(2).result).toContainText(`Live API at ${origin}/v1`);
    await guide.cell(4).runToEnd();
    const retryAfter = guide.cell(4).result.getByRole("row").filter({ has: page.getByText("retry-after", { exact: true }) });
    await expect(retryAfter).toContainText("hidden by CORS, or not sent");
    await expect(guide.first).toContainText(/ten real requests go out at once, to .*Costs up to .*You are asked before they are sent\./);
    await guide.cell(5).run();
    const question = page.getByRole("dialog", { name: "Send 10 requests to the live API?" });
    await expect(question).toBeVisible();
    await question.getByRole("button", { name: "Send nothing" }).click();
    await expect(guide.cell(5).result).toContainText("Not known yet");
  });
});

test("on Live without a connection a cell says what to do, and keeps what it had", async ({ page }) => {
  const guide = new GuidePage(page);
  await guide.open();
  const cell = guide.cell(2);
  await cell.runToEnd();
  await page.getByRole("radio", { name: "Live" }).check({ force: true });
  await expect(page.getByRole("dialog", { name: "Connection" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(cell.region.getByText("Runs on Live")).toBeVisible();
  await cell.run();
  await expect(cell.result.getByRole("alert")).toContainText("Live is not connected: open Connection");
  await expect(cell.result).toContainText("200 OK");
  await expect(cell.result).toContainText("Simulated API, scenario “Tier 1”");
  await expect(guide.first).toContainText("It is not connected yet");
  await expect(guide.first).not.toContainText("No key needed");

  // Many calls are not asked about before it is known that they cannot be sent.
  await guide.provoke.click();
  await expect(guide.first.getByRole("alert")).toContainText("Live is not connected");
  await cell.result.getByRole("button", { name: "Open Connection" }).click();
  await expect(page.getByRole("dialog", { name: "Connection" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("radio", { name: "Simulated" }).check({ force: true });
  await expect(cell.result.getByRole("alert")).toHaveCount(0);
});

test.describe("the cells", () => {
  test("a basic call: text, and usage that adds up", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(2);
    await cell.region.getByLabel("Prompt").fill('Say "hello".');
    await expect(cell.region.getByRole("region", { name: /^Code \d$/ })).toContainText('input="Say \\"hello\\"."');
    await cell.runToEnd();
    const [input, output, total] = [await cell.stat("Input tokens"), await cell.stat("Output tokens"), await cell.stat("Total tokens")];
    expect(input).toBeGreaterThan(0);
    expect(output).toBeGreaterThan(0);
    expect(input + output).toBe(total);
    await expect(cell.printed("print(response.usage)")).toContainText(`total_tokens=${total})`);
    await expect(cell.result).toContainText("simulated", { ignoreCase: true });
  });

  test("a cell's scenario changes what comes of it", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(2);
    await cell.runToEnd();
    await expect(cell.result).toContainText("200 OK");
    await cell.scenario("Quota exhausted");
    await cell.runToEnd();
    await expect(cell.result).toContainText("429 Too many requests");
    await expect(cell.result).toContainText("Waiting does not help");
    await cell.scenario("Request too large");
    await cell.runToEnd();
    await expect(cell.result).toContainText("Request too large");
    await cell.scenario("Tier 1");
    await cell.runToEnd();
    await expect(cell.result).toContainText("200 OK");
  });

  test("tracking: totals are the sum of three calls", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(3);
    await cell.runToEnd(20_000);
    const calls = cell.result.getByRole("listitem").filter({ hasText: "input +" });
    await expect(calls).toHaveCount(3);
    let sum = 0;
    for (const call of await calls.all()) {
      const [, input, output, total] = /([\d,]+) input \+ ([\d,]+) output = ([\d,]+) tokens/.exec(await call.innerText())!;
      expect(numberOf(input) + numberOf(output)).toBe(numberOf(total));
      sum += numberOf(total);
    }
    const totals = cell.result.getByRole("table", { name: "Totals of this cell" }).getByRole("row").nth(1);
    await expect(totals.getByRole("cell").nth(0)).toHaveText("3");
    expect(numberOf(await totals.getByRole("cell").nth(3).innerText())).toBe(sum);
    await expect(cell.printed("token_stats.summary()")).toContainText(`'total_tokens': ${sum}, 'num_calls': 3}`);
  });

  test("tracking in a scenario with a daily limit: the third call is refused", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(3);
    await cell.scenario("Daily limit");
    await cell.runToEnd(20_000);
    await expect(cell.result).toContainText("requests per day");
    await expect(cell.printed("token_stats.summary()")).toContainText("'num_calls': 2}");
  });

  test("headers: names, values, and what the filter passes over", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(4);
    await cell.runToEnd();
    const row = (name: string) => cell.result.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
    await expect(row("x-ratelimit-limit-requests")).toContainText("500");
    await expect(row("x-ratelimit-remaining-requests")).toContainText("499");
    await expect(row("x-ratelimit-reset-requests")).toContainText("120ms");
    await expect(row("x-ratelimit-limit-tokens")).toContainText("200000");
    await expect(row("retry-after")).toContainText("not sent");
    await expect(row("x-request-id")).toContainText("req_");
    await cell.scenario("Quota exhausted");
    await cell.runToEnd();
    await expect(cell.result).toContainText("error.response.headers");
  });

  test("provoking: three of NUM_REQUESTS are answered, the rest refused", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(5);
    await cell.region.getByLabel("NUM_REQUESTS").fill("7");
    await expect(cell.region.getByRole("region", { name: /^Code \d$/ })).toContainText("NUM_REQUESTS = 7");
    await cell.runToEnd();
    expect([await cell.stat("Answered"), await cell.stat("Refused with 429"), await cell.stat("HTTP calls")]).toEqual([3, 4, 7]);
    await expect(cell.result).toContainText("Please try again in 20s");
    await cell.scenario("Tier 1");
    await cell.runToEnd();
    expect([await cell.stat("Answered"), await cell.stat("Refused with 429")]).toEqual([7, 0]);
  });

  test("backoff: each policy ends as it does", async ({ page }) => {
    test.slow();
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(6);
    await cell.region.getByLabel("NUM_REQUESTS").fill("6");
    await cell.region.getByLabel("max_attempts").fill("3");
    const code = cell.region.getByRole("region", { name: /^Code \d$/ });
    await expect(code).toContainText("max_attempts: int = 3");
    await cell.run();
    await guide.speed(cell.result, 60);
    await expect(cell.result).toHaveAttribute("aria-busy", "false", { timeout: 15_000 });
    await expect(cell.result.getByRole("log")).toContainText("Gave up after 3 attempts due to rate limits.");
    expect([await cell.stat("Succeeded"), await cell.stat("Gave up"), await cell.stat("HTTP calls")]).toEqual([3, 3, 12]);

    await cell.region.getByRole("combobox", { name: "Retry policy" }).selectOption("sluice");
    await expect(code).toContainText("retry-after");
    await cell.runToEnd(30_000);
    expect([await cell.stat("Succeeded"), await cell.stat("Gave up")]).toEqual([6, 0]);
  });

  test("a result keeps still while it runs: the table, the focus, each element", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    for (const number of [5, 6, 7]) {
      const cell = guide.cell(number);
      await cell.scenario(number === 5 ? "Slow" : "First 429");
      await cell.run();
      const table = cell.result.getByRole("button", { name: "Table" }).first();
      await table.click();
      const button = (await table.elementHandle())!;
      const twin = cell.result.getByRole("region", { name: "Each request over time as a table" });
      await expect(twin).toBeVisible();
      await expect(cell.result).toHaveAttribute("aria-busy", "true");
      await page.waitForTimeout(700);
      expect(await button.evaluate((node) => node.isConnected && node === document.activeElement)).toBe(true);
      await expect(twin).toBeVisible();
      const stop = cell.region.getByRole("button", { name: "Stop", exact: true });
      if (await stop.count()) await stop.click();
    }
  });

  test("the summary counts as seen what was seen, and not what was begun", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const seen = (what: string) => page.getByRole("listitem").filter({ hasText: what });
    await guide.cell(5).scenario("Tier 1");
    await guide.cell(5).runToEnd();
    await expect(seen("Provoked a 429 without retries")).toContainText("not yet");
    await guide.cell(5).scenario("First 429");
    await guide.cell(5).runToEnd();
    await expect(seen("Provoked a 429 without retries")).toContainText("done");
    await expect(seen("Saw a 429 and read its numbers")).toContainText("done");
    await expect(seen("Backed off with jitter")).toContainText("not yet");
  });

  test("the herd: without jitter all come back at once, with it they spread", async ({ page }) => {
    const guide = new GuidePage(page);
    await guide.open();
    const cell = guide.cell(7);
    await cell.region.getByLabel("NUM_REQUESTS").fill("30");
    await cell.run();
    const peak = async (name: string) =>
      /(\d+) at/.exec(await cell.result.getByRole("group", { name, exact: true }).getByRole("group", { name: "Most retries within 250 ms" }).innerText())?.[1] ?? "0";
    await expect.poll(async () => Number(await peak("Without jitter")), { timeout: 5_000 }).toBeGreaterThan(15);
    await expect.poll(async () => Number(await peak("With jitter")), { timeout: 5_000 }).toBeGreaterThan(0);
    expect(Number(await peak("With jitter"))).toBeLessThan(Number(await peak("Without jitter")));
    await cell.region.getByRole("button", { name: "Stop" }).click();
    await expect(page.getByRole("button", { name: "Stop all" })).toHaveCount(0);
  });
});

test("results outlive a change of view, settings a reload", async ({ page }) => {
  const guide = new GuidePage(page);
  await guide.open();
  await guide.cell(2).region.getByLabel("Prompt").fill("What is a bucket?");
  await guide.cell(5).region.getByLabel("NUM_REQUESTS").fill("4");
  await guide.cell(5).runToEnd();
  const views = page.getByRole("navigation", { name: "Views" });
  await views.getByRole("link", { name: "Request" }).click();
  await expect(guide.provoke).toHaveCount(0);
  await page.goBack();
  await expect(guide.provoke).toBeVisible();
  expect(await guide.cell(5).stat("HTTP calls")).toBe(4);
  await page.reload();
  await guide.arrive();
  await expect(guide.cell(2).region.getByLabel("Prompt")).toHaveValue("What is a bucket?");
  await expect(guide.cell(5).region.getByLabel("NUM_REQUESTS")).toHaveValue("4");
  await expect(guide.cell(5).result).toContainText("Not known yet");
});
