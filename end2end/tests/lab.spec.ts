// The Lab: experiments in a worker, their results, charts, replay, plan, rules, and AWS' experiment.
import { expect, test } from "../fixtures/test";
import { LabPage } from "./pages/lab";

// The first-run hint lies over what is pressed here.
test.beforeEach(({ page }) => page.addInitScript(() => localStorage.setItem("sluice.hint", "4")));

test("an experiment shows what each policy came to, and recommends one", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await lab.runToTheEnd();
  // FIELD.md 5.5 and the closed forms: 60 of 100 fit at once, the rest drains in 40 s; two SDK retries bring two more.
  const paced = await lab.figures("Sluice: paced");
  expect(paced.Success).toBe("100.0 %");
  expect(paced["Calls per success"]).toBe("1.00");
  expect(Number(paced["Drain ÷ ideal"])).toBeGreaterThanOrEqual(1);
  expect(Number(paced["Drain ÷ ideal"])).toBeLessThan(1.05);
  const sdk = await lab.figures("openai-python");
  expect(Number.parseFloat(sdk.Success)).toBeGreaterThan(60);
  expect(Number.parseFloat(sdk.Success)).toBeLessThan(66);
  expect(sdk["Drain ÷ ideal"]).toBe("–");
  await expect(page.getByRole("main")).toContainText("Recommended: Sluice: paced, 2 in flight for each client");
  await expect(page.getByRole("main")).toContainText("700 of 700 trials");
  await expect(page.getByRole("status")).toContainText("The experiment is done.");

  // The recommended policy, as a program.
  await page.getByRole("button", { name: "Take the code" }).click();
  const code = page.getByRole("dialog", { name: "This policy as a program" });
  await expect(code).toContainText("Sluice: paced");
  await expect(code).toContainText("max_retries=0");
  await page.keyboard.press("Escape");

  // The same seeds give the same figures.
  const before = await lab.results.innerText();
  await lab.runToTheEnd();
  await expect(lab.results).toHaveText(before.replace(/\s+/g, " ").trim(), { useInnerText: true });
});

test("the charts are of the policy that is chosen, and have their numbers as a table", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await lab.runToTheEnd();
  const charts = lab.region("One trial, in charts");
  const calls = charts.getByRole("figure", { name: "Calls over time" });
  await expect(calls).toContainText("100 calls were let in and 0 refused");
  await lab.results.getByRole("button", { name: "Notebook", exact: true }).click();
  await expect(calls).toContainText(/let in and [1-9]\d* refused/);
  await expect(charts.getByRole("combobox", { name: "Policy" })).toHaveValue("2");
  for (const title of ["Calls over time", "Completions", "Waits", "The bucket's level"]) {
    const chart = charts.locator(".plot-cell").filter({ has: page.getByRole("figure", { name: title }) });
    await chart.getByText("As a table").click();
    const rows = chart.getByRole("table").getByRole("row");
    await expect(rows.nth(1)).toBeVisible();
  }
  // The bucket holds 60, and nobody knows that of another: of the first second's requests 60 are let in.
  const first = charts.locator(".plot-cell").first().getByRole("table").getByRole("row").nth(1);
  await expect(first.getByRole("rowheader")).toHaveText("0 s");
  await expect(first.getByRole("cell").first()).toHaveText("60");
});

test("a trial is played again on the timeline, at the speed of simulated time", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await page.getByRole("button", { name: "The notebook's ten" }).click();
  await lab.ended();
  const replay = lab.region("Replay in real time");
  await replay.getByRole("radio", { name: "60×", exact: true }).check();
  await lab.results.getByRole("button", { name: "Notebook", exact: true }).click();
  await replay.getByRole("button", { name: "Play Notebook" }).click();
  await expect(replay).toContainText("Notebook, seed 1: what each request did in its trial");
  const log = replay.getByRole("log", { name: "Attempts log" });
  await expect(log).toContainText("Rate limit hit (attempt 1). Sleeping for");
  await expect(log).toContainText("Gave up after 5 attempts due to rate limits.", { timeout: 15_000 });
  await expect(replay.getByRole("button", { name: "Stop replay" })).toHaveAttribute("aria-disabled", "true");
  // Nothing of it is a call of this page.
  await expect(page.getByRole("group", { name: "Calls", exact: true })).toContainText("0");
});

test("an experiment can be stopped, by its button and by Escape, and keeps what is over", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await lab.field("Number of requests").fill("2000");
  await lab.field("Concurrency of each").fill("2000");
  await lab.field("Seeds").fill("1000");
  await lab.run.click();
  await expect(lab.results.getByRole("row").nth(2)).toBeVisible({ timeout: 20_000 });
  await lab.stop.click();
  await expect(page.getByRole("progressbar", { name: "Stopped" })).toBeVisible();
  await expect(lab.results.getByRole("row").nth(2)).toBeVisible();
  await lab.run.click();
  await expect(page.getByRole("progressbar", { name: "Running" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("progressbar", { name: "Stopped" })).toBeVisible();
});

test("what cannot be run is said at its field, and nothing is lost", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await lab.runToTheEnd();
  await lab.field("Number of requests").fill("many");
  await lab.run.click();
  await expect(page.getByRole("alert")).toContainText("Number of requests: Enter a number.");
  await expect(lab.field("Number of requests")).toBeFocused();
  await expect(lab.results).toBeVisible();
  await lab.field("Number of requests").fill("10");
  const chosen = page.getByRole("group", { name: "Policies" }).getByRole("checkbox", { checked: true });
  for (let left = await chosen.count(); left > 0; left -= 1) await chosen.first().uncheck();
  await lab.run.click();
  await expect(page.getByRole("alert")).toContainText("choose a policy");
});

test("a policy of one's own is edited, compared, shared and removed", async ({ page, browser, baseURL }) => {
  const lab = new LabPage(page);
  await lab.open();
  await page.getByRole("combobox", { name: "A policy of your own, from" }).selectOption("notebook-as-written");
  await page.getByRole("button", { name: "Edit a copy" }).click();
  const editor = page.getByRole("dialog", { name: "A policy of your own" });
  await editor.getByLabel("Name", { exact: true }).fill("Mine");
  await editor.getByLabel("Max attempts", { exact: true }).fill("4");
  await editor.getByRole("combobox", { name: "Over the retries of" }).selectOption("openai-node");
  await editor.getByRole("combobox", { name: "Retry budget" }).selectOption("finagle");
  await editor.getByRole("button", { name: "Use this policy" }).click();
  await expect(editor).toBeHidden();
  await lab.runToTheEnd();
  expect(Object.keys(await lab.figures("Mine")).length).toBe(10);
  await lab.tab("Rules and layers").click();
  // 4 attempts of its own over 3 of the SDK's.
  await expect(lab.region("Mine")).toContainText("Where every attempt fails: 12 HTTP requests in 2 layers");
  await expect(lab.region("Mine")).toContainText("12 requests go out where its loop counts 4");

  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.getByRole("dialog", { name: "Share these settings" }).locator("code").first().innerText();
  const other = await browser.newPage({ baseURL });
  await other.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  await other.goto(`./${new URL(link).hash}`);
  await expect(other.getByRole("main")).toContainText("Filled in from a link; nothing was sent");
  await expect(other.getByRole("button", { name: "Edit Mine" })).toBeVisible();
  await other.close();

  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove Mine" }).click();
  await expect(page.getByRole("button", { name: "Edit Mine" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Edit Mine" })).toBeVisible();
});

test("the plan follows the fields, and tells what one change would bring", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await page.getByRole("button", { name: "Tokens bind" }).click();
  await lab.ended();
  await lab.tab("Plan").click();
  const plan = lab.region("Plan");
  await expect(plan.getByRole("group", { name: "What binds" })).toContainText("Tokens per minute");
  // 100,000 tokens a minute at 2,048 each (the larger of input and max output).
  await expect(plan.getByRole("group", { name: "Sustained rate" })).toContainText("48.8");
  await expect(lab.region("What one change would bring")).toContainText("max output tokens 2048 →");
  await lab.field("Max output tokens").fill("256");
  await expect(plan.getByRole("group", { name: "Sustained rate" })).not.toContainText("48.8");
});

test("the scorecards are those of the rules, with what breaks them", async ({ page }) => {
  const lab = new LabPage(page);
  await lab.open();
  await lab.tab("Rules and layers").click();
  const ours = lab.region("Sluice: Retry-After floor + full jitter");
  await expect(ours).toContainText("8 of 8 rules");
  const notebook = lab.region("Notebook");
  await expect(notebook).toContainText("3 of 8 rules");
  const billing = notebook.getByRole("row").filter({ hasText: "Billing errors are never retried" });
  await expect(billing).toContainText("broken");
  await billing.getByText("The call", { exact: true }).click();
  await expect(billing).toContainText("The server says: 429 insufficient_quota");
  await notebook.getByText("Where every attempt fails: 5 HTTP requests").click();
  await expect(notebook).toContainText("Attempt 5: HTTP request 5");
});

test("AWS' experiment runs here, and full jitter calls least but for equal jitter", async ({ page }) => {
  test.slow();
  const lab = new LabPage(page);
  await lab.open();
  await lab.tab("AWS’ experiment").click();
  await lab.field("Runs of each cell").fill("3");
  await page.getByRole("button", { name: "Run AWS’ experiment" }).click();
  await expect(page.getByRole("main")).toContainText("285 of 285 runs", { timeout: 45_000 });
  const chart = page.locator(".plot-cell").filter({ has: page.getByRole("figure", { name: "Calls until all have won" }) });
  await chart.getByText("As a table").click();
  const row = chart.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "10", exact: true }) });
  const [none, , , full] = (await row.getByRole("cell").allInnerTexts()).map(Number);
  // aws_reference.csv: 51.6 calls without a backoff, 38.6 with full jitter.
  expect(none).toBeGreaterThan(44);
  expect(none).toBeLessThan(60);
  expect(full).toBeLessThan(none);
});

test.describe("where the worker cannot be had", () => {
  test.use({ expectedConsole: /integrity|net::ERR/i, expectedTrouble: /ERR_|failed/i });

  test("a worker that is not what was built with the page is not started", async ({ page }) => {
    const lab = new LabPage(page);
    await page.route(/lab_worker-/, (route) => route.fulfill({ contentType: "text/javascript", body: "postMessage(1)" }));
    await lab.open();
    await lab.run.click();
    await expect(page.getByRole("alert")).toContainText("could not be fetched, or is not the file this page was built with");
    // The next press is a new try.
    await page.unroute(/lab_worker-/);
    await lab.runToTheEnd();
  });
});
