// A batch as one of OpenAI's own jobs: sent, watched, found again, merged into the same results.
import type { Page, Route } from "@playwright/test";
import { axe, sideways } from "../fixtures/measure";
import { expect, test } from "../fixtures/test";
import { BatchPage, batchLines } from "./pages/batch";
import { ConnectionDialog } from "./pages/connection";
import { JobPanel } from "./pages/job";

// Jobs take their time, on Live by the clock on the wall.
test.slow();

const parsed = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
const ids = (count: number) => parsed(batchLines(count)).map((line) => line.custom_id);

async function opened(page: Page, speed: 1 | 10 | 60 = 60): Promise<[BatchPage, JobPanel]> {
  const batch = new BatchPage(page);
  await batch.open();
  await batch.speed(speed);
  return [batch, new JobPanel(page)];
}

async function connected(page: Page, origin: string) {
  const connection = new ConnectionDialog(page);
  await connection.connect(`${origin}/v1`);
  await connection.close();
}

test("a file becomes a job at half the price, and its results come in the file's order", async ({ page }) => {
  const [batch, job] = await opened(page);
  await batch.openText("many.jsonl", batchLines(120));
  const ways = job.panel.getByRole("region", { name: "Run here or as a job" });
  await expect(ways.getByRole("row", { name: /^Cost/ })).toContainText(/\$.* to \$.*\$.* to \$.*: saves up to \$/);
  await expect(ways.getByRole("row", { name: /^Time/ })).toContainText("within 24 h");
  await job.send.click();
  await job.stands("(in_progress)");
  await expect(batch.run).toHaveAttribute("aria-disabled", "true");
  await job.stands("Completed");
  expect([await batch.count("Done"), await batch.count("Failed"), await batch.count("Waiting")]).toEqual([120, 0, 0]);
  const { file, text } = await batch.download("Download results");
  expect(file).toBe("many_results.jsonl");
  const results = parsed(text);
  expect(results.map((line) => line.custom_id)).toEqual(ids(120));
  expect(results.every((line) => line.response.status_code === 200 && line.error === null)).toBe(true);
  // The price list of 2026-11-25: gpt-5-nano at $0.05 and $0.40 per million tokens, half of it in a job.
  const tokens = (kind: string) => results.reduce((sum, line) => sum + line.response.body.usage[kind], 0);
  const dollars = (tokens("input_tokens") * 0.05 + tokens("output_tokens") * 0.4) / 1e6 / 2;
  const spent = await page.getByRole("group", { name: "Spent", exact: true }).innerText();
  expect(Number(/\$([\d.]+)/.exec(spent)?.[1])).toBeCloseTo(dollars, 5);
  // The session's totals count them too, at the same half.
  const total = (name: string) => page.getByRole("region", { name: "Totals" }).getByRole("group", { name, exact: true });
  await expect(total("Calls")).toContainText("120");
  await expect(total("Input tokens")).toContainText(tokens("input_tokens").toLocaleString("en"));
  expect(Number(/\$([\d.]+)/.exec(await total("Cost").innerText())?.[1])).toBeCloseTo(dollars, 5);
});

test("a reload in the middle goes on with the same job, and loses nothing", async ({ page }) => {
  const [batch, job] = await opened(page, 10);
  await batch.openText("long.jsonl", batchLines(80));
  await job.send.click();
  await job.stands("(in_progress)");
  const id = /batch_[0-9a-f]+/.exec(await job.panel.innerText())?.[0];
  await expect(batch.kept).toContainText("with OpenAI as a job");
  await page.reload();
  // Nobody has to open it: its results come by themselves.
  await job.stands(id!);
  await batch.speed(60);
  await job.stands("Completed");
  expect(await batch.count("Done")).toBe(80);
  const results = parsed((await batch.download("Download results")).text);
  expect(results.map((line) => line.custom_id)).toEqual(ids(80));
});

test("two tabs: one looks at the job, and the other takes over when it goes", async ({ page, context }) => {
  const [batch, job] = await opened(page, 1);
  await batch.openText("shared.jsonl", batchLines(20));
  await job.send.click();
  await job.stands("Validating");
  const other = await context.newPage();
  await new BatchPage(other).open();
  await expect(other.getByRole("group", { name: "“shared.jsonl” runs in another tab" })).toBeVisible();
  await page.close();
  const second = new JobPanel(other);
  await second.stands(/Validating|\(in_progress\)/);
  await new BatchPage(other).speed(60);
  await second.stands("Completed");
});

test("what a cancelled job had run is kept, and the rest is run here", async ({ page }) => {
  const [batch, job] = await opened(page, 10);
  await batch.openText("half.jsonl", batchLines(60));
  await job.send.click();
  await expect(async () => expect(await job.progress.getAttribute("aria-valuetext")).toMatch(/^[1-9]\d* of 60/)).toPass({ timeout: 60_000 });
  await job.cancel.click();
  await job.answer("Cancel the job?", "Cancel the job");
  await job.stands("Cancelled");
  const done = await batch.count("Done");
  expect(done).toBeGreaterThan(0);
  expect(done + (await batch.count("Waiting"))).toBe(60);
  await batch.speed(60);
  await batch.resume.click();
  await batch.ended();
  expect(await batch.count("Done")).toBe(60);
});

test("an account that is out of credit runs nothing, and the panel says why", async ({ page }) => {
  const [batch, job] = await opened(page);
  await new ConnectionDialog(page).simulate("Quota exhausted");
  await batch.speed(60);
  await batch.openText("poor.jsonl", batchLines(5));
  await job.send.click();
  await job.stands("Failed");
  await expect(job.faults).toContainText("Add credit to the account, then send it again.");
  expect(await batch.count("Waiting")).toBe(5);
});

test("what OpenAI would not take as one job is said beforehand", async ({ page }) => {
  const [batch, job] = await opened(page);
  await batch.openText("mixed.jsonl", `${batchLines(2)}\n${batchLines(1, { model: "gpt-5-mini" }).replace("a-001", "b-001")}`);
  await expect(job.panel).toContainText("these lines name 2: gpt-5-mini, gpt-5-nano");
  await expect(job.send).toHaveAttribute("aria-disabled", "true");
  await batch.openText("dear.jsonl", batchLines(200, { model: "gpt-5", max_output_tokens: 4_000 }));
  await batch.field("Spend cap (USD)").fill("0.2");
  await batch.field("Spend cap (USD)").blur();
  await expect(job.panel).toContainText("the spend cap leaves $0.20");
});

test("on Live it asks with the cost, uploads by the browser's own form, and merges what it downloads", async ({ page, startApi }) => {
  const origin = await startApi("--scenario", "tier 3", "--expose-headers", "none", "--batch-turnaround", "8");
  const batch = new BatchPage(page);
  const job = new JobPanel(page);
  await batch.open();
  await connected(page, origin);
  await batch.openText("live.jsonl", batchLines(30));
  const sent: string[] = [];
  let form = "";
  page.on("request", (request) => {
    sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
    if (request.url().endsWith("/v1/files")) form = request.headers()["content-type"] ?? "";
  });
  await job.send.click();
  const question = page.getByRole("dialog", { name: "Send a paid OpenAI Batch job?" });
  await expect(question).toContainText(/30 requests: costs up to \$[\d.]+ \(input estimated\), half the price/);
  await question.getByRole("button", { name: "Send nothing" }).click();
  expect(sent).toEqual([]);
  await job.send.click();
  await job.answer("Send a paid OpenAI Batch job?", "Send the job");
  await job.stands("(in_progress)");
  expect(form).toMatch(/^multipart\/form-data; boundary=/);
  await job.button("Look now").click();
  expect(sent.filter((request) => request.startsWith("POST"))).toEqual(["POST /v1/files", "POST /v1/batches"]);
  await job.stands("Completed");
  expect(await batch.count("Done")).toBe(30);
  const results = parsed((await batch.download("Download results")).text);
  expect(results.map((line) => line.custom_id)).toEqual(ids(30));
  expect(sent.filter((request) => /\/files\/[^/]+\/content$/.test(request))).toHaveLength(1);
});

test.describe("a server that fails at the worst moment", () => {
  test.use({ expectedConsole: /net::ERR_|Failed to load resource/ });

  const failed = (errors: object[]) => async (route: Route) => {
    const response = await route.fetch();
    const body = { ...(await response.json()), status: "failed", errors: { object: "list", data: errors } };
    await route.fulfill({ response, json: body });
  };

  test("a file that is rejected names its errors by the lines of the file", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 3");
    const batch = new BatchPage(page);
    const job = new JobPanel(page);
    await batch.open();
    await connected(page, origin);
    await batch.openText("wrong.jsonl", `${batchLines(2)}\n\n${batchLines(3).split("\n")[2]}`);
    const told = [
      { code: "invalid_json_line", message: "This line is not parseable as valid JSON.", param: null, line: 3 },
      { code: "token_limit_exceeded", message: "Enqueued token limit reached.", param: null, line: null },
    ];
    await page.route(`${origin}/v1/batches/*`, failed(told));
    await job.send.click();
    await job.answer("Send a paid OpenAI Batch job?", "Send the job");
    await job.stands("Failed");
    await expect(job.faults.getByRole("listitem")).toHaveText([
      "Line 4 (a-003): This line is not parseable as valid JSON. (invalid_json_line) Mend the line, and open the file again.",
      /^Enqueued token limit reached\. \(token_limit_exceeded\) Wait until other jobs/,
    ]);
    expect(await batch.count("Waiting")).toBe(3);
  });

  test("a file that does not get through is not said to be on its way", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 3");
    const batch = new BatchPage(page);
    const job = new JobPanel(page);
    await batch.open();
    await connected(page, origin);
    await batch.openText("stuck.jsonl", batchLines(4));
    await page.route(`${origin}/v1/files`, (route) => route.abort());
    await job.send.click();
    await job.answer("Send a paid OpenAI Batch job?", "Send the job");
    await expect(page.getByRole("alert").filter({ hasText: "The file was not uploaded" })).toBeVisible();
    await job.stands("Not uploaded yet");
    await job.stands("there is no job and nothing is billed");
    await expect(job.panel).not.toContainText("on its way");
    await expect(job.goOn).toBeEnabled();
  });

  test("a job whose creation is not answered is looked for in the list, and not created twice", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 3");
    const batch = new BatchPage(page);
    const job = new JobPanel(page);
    await batch.open();
    await connected(page, origin);
    await batch.openText("lost.jsonl", batchLines(4));
    let created = 0;
    await page.route(`${origin}/v1/batches`, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      created += 1;
      await route.fetch();
      await route.abort();
    });
    await job.send.click();
    await job.answer("Send a paid OpenAI Batch job?", "Send the job");
    await job.stands("Looking for the job");
    await job.stands(/batch_[0-9a-f]+/);
    expect(created).toBe(1);
  });

  test("where the list has no such job, a person decides", async ({ page, startApi }) => {
    const origin = await startApi("--scenario", "tier 3");
    const batch = new BatchPage(page);
    const job = new JobPanel(page);
    await batch.open();
    await connected(page, origin);
    await batch.openText("unknown.jsonl", batchLines(4));
    let created = 0;
    await page.route(`${origin}/v1/batches`, async (route) => {
      if (route.request().method() !== "POST" || created > 0) return route.fallback();
      created += 1;
      await route.abort();
    });
    await job.send.click();
    await job.answer("Send a paid OpenAI Batch job?", "Send the job");
    await expect(page.getByRole("alert").filter({ hasText: "Nobody knows whether the job was created" })).toBeVisible({ timeout: 60_000 });
    await job.button("Create it again").click();
    await job.answer("Create the job again?", "Create it again");
    await job.stands(/batch_[0-9a-f]+/);
  });
});

test("at 390 px nothing scrolls sideways, and axe finds nothing, before, while and after", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const [batch, job] = await opened(page, 10);
  const look = async () => expect([...(await sideways(page)), ...(await axe(page))]).toEqual([]);
  await batch.openText("phone.jsonl", batchLines(40));
  await expect(job.send).toBeEnabled();
  await look();
  await job.send.click();
  await job.stands("(in_progress)");
  await look();
  await batch.speed(60);
  await job.stands("Completed");
  await look();
});
