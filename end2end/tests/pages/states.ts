// States of the page that must be usable by everybody: reach.spec.ts measures each of them. A new state is one entry.
import { expect, type Page } from "@playwright/test";
import { answerWith, type record, type Recorder } from "../../fixtures/recorder";
import { api } from "../../fixtures/servers";
import { BatchPage, batchLines } from "./batch";
import { BurstPage } from "./burst";
import { ConnectionDialog } from "./connection";
import { ExplainPage } from "./explain";
import { GuidePage } from "./guide";
import { JobPanel } from "./job";
import { LabPage } from "./lab";
import { PolicyCode } from "./policy_code";
import { RequestPage } from "./request";
import { TracesGroup } from "./traces";
import { UsagePage } from "./usage";

export type State = {
  name: string;
  /** Leads there from a page that has shown nothing yet. */
  reach: (page: Page, tools: Tools) => Promise<void>;
  /** A window is open over the page, whose headings are then of no use. */
  isWindow?: boolean;
};

export type Tools = {
  /** Starts a server of the test's own that the page may ask. */
  record: (...answer: Parameters<typeof record>) => Promise<Recorder>;
};

/** The ledger with ten calls, the most retried one looked at. */
async function usageAfterBurst(page: Page) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "notebook");
  const usage = new UsagePage(page);
  await usage.go();
  await usage.history.getByRole("columnheader", { name: "Attempts" }).getByRole("button").click();
  await usage.calls.first().click();
  await expect(usage.inspector.getByRole("table", { name: "Overview" })).toBeVisible();
  return usage;
}

const KEY_IN_PROMPT = "my key is sk-proj-EXAMPLEexample0123456789EXAMPLEexample";

const TPM =
  "Rate limit reached for gpt-4o in organization org-EXAMPLE on tokens per min (TPM): Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s.";

/** Waits for the first refusal of what runs. */
const refused = (page: Page) => expect(page.getByRole("log").first()).toContainText("Rate limit hit", { timeout: 10_000 });

async function openLive(page: Page, tools: Tools, answer = answerWith("Hello.")): Promise<RequestPage> {
  const server = await tools.record(answer);
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${server.origin}/v1`);
  await connection.close();
  return request;
}

export const STATES: State[] = [
  {
    name: "guide at rest",
    reach: (page) => new GuidePage(page).open(),
  },
  {
    name: "guide with a first 429 that waits",
    reach: async (page) => {
      await new GuidePage(page).open();
      await new GuidePage(page).provoke.click();
      await refused(page);
    },
  },
  {
    name: "guide with a run that has ended",
    reach: async (page) => {
      const guide = new GuidePage(page);
      await guide.open();
      await guide.provoke.click();
      await guide.speed(guide.first, 60);
      await expect(guide.first).toContainText(/left undone, after \d+ HTTP requests/, { timeout: 20_000 });
    },
  },
  {
    name: "an address of no view",
    reach: async (page) => {
      await page.goto("./#/nowhere");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    },
  },
  {
    name: "request at rest",
    reach: (page) => new RequestPage(page).open(),
  },
  {
    name: "request with wrong fields",
    reach: async (page) => {
      const request = new RequestPage(page);
      await request.open();
      await request.prompt.fill("");
      await page.getByLabel("Max output tokens", { exact: true }).fill("many");
      await request.send.click();
      await expect(page.locator(".field-error").first()).toBeVisible();
    },
  },
  {
    name: "request answered, all of it open",
    reach: async (page) => {
      const request = new RequestPage(page);
      await request.open();
      await request.send.click();
      await expect(request.region("Status")).toContainText("200 OK");
      for (const summary of await page.locator("main summary").all()) await summary.click();
    },
  },
  {
    name: "request in mid-stream",
    reach: async (page) => {
      const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
      await request.open();
      await connection.simulate("Slow");
      await request.model.fill("gpt-4o-mini");
      await page.getByRole("checkbox", { name: "Stream", exact: true }).check();
      await request.ask("Tell me about lighthouses. ".repeat(200));
      await expect(request.region("Status")).toContainText("Streaming");
    },
  },
  {
    name: "request refused, waiting",
    reach: async (page) => {
      const request = new RequestPage(page);
      await request.open();
      await new ConnectionDialog(page).simulate("First 429");
      for (let sent = 0; sent < 4; sent += 1) await request.send.click();
      await expect(request.region("Status")).toContainText("429 Too many requests, waiting");
    },
  },
  {
    name: "request failed",
    reach: async (page) => {
      const request = new RequestPage(page);
      await request.open();
      await new ConnectionDialog(page).simulate("Quota exhausted");
      await request.send.click();
      await expect(request.region("Status")).toContainText("429");
    },
  },
  {
    name: "request on Live, headers hidden",
    reach: async (page) => {
      const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
      await request.open();
      await connection.connect(`${api.hidden}/v1`);
      await connection.close();
      await request.send.click();
      await expect(request.region("Rate-limit headers")).toContainText("hidden is not absent");
    },
  },
  {
    name: "burst at rest",
    reach: (page) => new BurstPage(page).open(),
  },
  {
    name: "burst under way",
    reach: async (page) => {
      const burst = new BurstPage(page);
      await burst.open();
      await burst.answeredBy.selectOption("first-429");
      await burst.run.click();
      await refused(page);
    },
  },
  {
    name: "burst done, with work left and the inspector open",
    reach: async (page) => {
      const burst = new BurstPage(page);
      await burst.open();
      await burst.speed(60);
      await burst.runToTheEnd("first-429", "notebook");
      await burst.timeline.getByRole("group", { name: "Each request over time" }).focus();
      for (let call = 0; call < 6; call += 1) await page.keyboard.press("ArrowDown");
      const attempts = page.getByRole("region", { name: "Attempts" });
      await expect(attempts).toBeVisible();
      for (const summary of (await attempts.locator("summary").all()).slice(0, 2)) await summary.click();
    },
  },
  {
    name: "burst's policy as a program",
    isWindow: true,
    reach: async (page) => {
      await new BurstPage(page).open();
      const code = new PolicyCode(page);
      await code.open.click();
      await expect(code.text).toContainText("OPENAI_API_KEY");
    },
  },
  {
    name: "burst's timeline as a table",
    reach: async (page) => {
      const burst = new BurstPage(page);
      await burst.open();
      await burst.speed(60);
      await burst.runToTheEnd("first-429", "none");
      await burst.timeline.getByRole("button", { name: /table/i }).click();
      await expect(burst.timeline.getByRole("table")).toBeVisible();
    },
  },
  {
    name: "explain at rest",
    reach: (page) => new ExplainPage(page).open(),
  },
  {
    name: "explain with a verdict",
    reach: async (page) => {
      const explain = new ExplainPage(page);
      await explain.open();
      await explain.field.fill(`openai.RateLimitError: Error code: 429 - {'error': {'message': '${TPM}', 'code': 'rate_limit_exceeded'}}`);
      await expect(explain.headline).toHaveText("Wait 18.642 s, then it fits");
    },
  },
  {
    name: "explain with a contradiction",
    reach: async (page) => {
      const explain = new ExplainPage(page);
      await explain.open();
      await explain.sample("Contradictory");
      await expect(explain.verdict).toContainText("This answer contradicts itself");
    },
  },
  {
    name: "explain with what is not understood",
    reach: async (page) => {
      const explain = new ExplainPage(page);
      await explain.open();
      await explain.field.fill('{"a": [1, 2');
      await expect(explain.headline).toHaveText("Not understood");
    },
  },
  {
    name: "connection, simulated",
    isWindow: true,
    reach: async (page) => {
      await new RequestPage(page).open();
      await new ConnectionDialog(page).open("Simulated");
    },
  },
  {
    name: "connection, live, with a key that is wrong",
    isWindow: true,
    reach: async (page) => {
      const connection = new ConnectionDialog(page);
      await new RequestPage(page).open();
      await connection.open("Live");
      await connection.key.fill("not a key");
      await connection.useKey.click();
      await expect(connection.dialog.locator(".field-error, .callout").first()).toBeVisible();
    },
  },
  {
    name: "share",
    isWindow: true,
    reach: async (page) => {
      await new RequestPage(page).open();
      await page.getByRole("button", { name: "Share", exact: true }).click();
      await expect(page.getByRole("dialog", { name: "Share these settings" })).toBeVisible();
    },
  },
  {
    name: "help, with the keys",
    isWindow: true,
    reach: async (page) => {
      await new RequestPage(page).open();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Help", exact: true })).toBeVisible();
    },
  },
  {
    name: "a term explained",
    reach: async (page) => {
      await new BurstPage(page).open();
      await page.getByRole("button", { name: "What is concurrency?" }).click();
      await expect(page.getByRole("dialog", { name: "concurrency" })).toBeVisible();
    },
  },
  {
    name: "something can be undone",
    reach: async (page) => {
      const request = new RequestPage(page);
      await request.open();
      await request.send.click();
      await expect(request.region("Status")).toContainText("200 OK");
      await page.getByRole("button", { name: "Reset totals" }).click();
      await expect(page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo" })).toBeVisible();
    },
  },
  {
    name: "a link was opened",
    reach: async (page) => {
      await page.goto("./#/burst?v=1&scenario=first-429&rpm=5&seed=42&requests=7&concurrency=2&policy=sluice&base_delay=0.5&max_attempts=");
      await expect(page.locator(".notices")).toContainText("Filled in from a link");
    },
  },
  {
    name: "a link asks for another address",
    isWindow: true,
    reach: async (page) => {
      await page.goto("./#/request?v=1&model=gpt-4o&base=https%3A%2F%2Fapi.example.com%2Fv1");
      await expect(page.getByRole("dialog", { name: "The link asks for another API address" })).toBeVisible();
    },
  },
  {
    name: "a key in the prompt",
    isWindow: true,
    reach: async (page, tools) => {
      const request = await openLive(page, tools);
      await request.ask(KEY_IN_PROMPT);
      await expect(page.getByRole("dialog", { name: "Your prompt contains an API key" })).toBeVisible();
    },
  },
  {
    name: "many paid calls are asked about",
    isWindow: true,
    reach: async (page, tools) => {
      await openLive(page, tools);
      const burst = new BurstPage(page);
      await page.getByRole("link", { name: "Burst", exact: true }).click();
      await burst.run.click();
      await expect(page.getByRole("dialog", { name: /^Send 10 requests to the live API\?$/ })).toBeVisible();
    },
  },
  {
    name: "the program has stopped",
    reach: async (page) => {
      await new RequestPage(page).open();
      await page.evaluate(() => document.dispatchEvent(new CustomEvent("sluice:panic", { detail: "src/main.rs:12" })));
      await expect(page.getByRole("alert").filter({ hasText: "Sluice has stopped" })).toBeVisible();
    },
  },
  {
    name: "batch at rest",
    reach: (page) => new BatchPage(page).open(),
  },
  {
    name: "batch with a file and its bad lines",
    reach: async (page) => {
      const batch = new BatchPage(page);
      await batch.open();
      await batch.file.setInputFiles("../tests/batch/fixtures/faults.jsonl");
      await expect(page.getByRole("list", { name: "Bad lines" })).toBeVisible();
      for (const summary of await page.locator("main summary").all()) await summary.click();
    },
  },
  {
    name: "batch that runs",
    reach: async (page) => {
      const batch = new BatchPage(page);
      await batch.open();
      await batch.openText("many.jsonl", batchLines(900));
      await batch.run.click();
      await expect(page.getByRole("region", { name: "Limits as learned" })).toBeVisible({ timeout: 20_000 });
    },
  },
  {
    name: "batch that has ended, kept",
    reach: async (page) => {
      const batch = new BatchPage(page);
      await batch.open();
      await batch.speed(60);
      await batch.openText("some.jsonl", batchLines(60));
      await batch.run.click();
      await batch.ended();
      await expect(batch.kept).toContainText("60 of 60 done");
    },
  },
  {
    name: "batch with OpenAI as a job",
    reach: async (page) => {
      const [batch, job] = [new BatchPage(page), new JobPanel(page)];
      await batch.open();
      await batch.openText("some.jsonl", batchLines(60));
      await job.send.click();
      await job.stands("(in_progress)");
    },
  },
  {
    name: "lab at rest, all of it open",
    reach: async (page) => {
      await new LabPage(page).open();
      for (const summary of await page.locator("main summary").all()) await summary.click();
    },
  },
  {
    name: "lab with results, charts and their tables",
    reach: async (page) => {
      const lab = new LabPage(page);
      await lab.open();
      await lab.runToTheEnd();
      for (const summary of await page.locator("main .plot-cell summary").all()) await summary.click();
    },
  },
  {
    name: "lab with a plan",
    reach: async (page) => {
      const lab = new LabPage(page);
      await lab.open();
      await lab.tab("Plan").click();
      await expect(lab.region("Plan")).toBeVisible();
    },
  },
  {
    name: "lab with rules, examples and layers",
    reach: async (page) => {
      const lab = new LabPage(page);
      await lab.open();
      await lab.tab("Rules and layers").click();
      for (const summary of await lab.region("Notebook").locator("summary").all()) await summary.click();
    },
  },
  {
    name: "lab with AWS' experiment run",
    reach: async (page) => {
      const lab = new LabPage(page);
      await lab.open();
      await lab.tab("AWS’ experiment").click();
      await lab.field("Runs of each cell").fill("1");
      await page.getByRole("button", { name: "Run AWS’ experiment" }).click();
      await expect(page.getByRole("main")).toContainText("95 of 95 runs", { timeout: 20_000 });
    },
  },
  {
    name: "lab with a policy being edited",
    isWindow: true,
    reach: async (page) => {
      await new LabPage(page).open();
      await page.getByRole("button", { name: "Edit a copy" }).click();
      await expect(page.getByRole("dialog", { name: "A policy of your own" })).toBeVisible();
    },
  },
  {
    name: "usage with nothing in it",
    reach: async (page) => {
      const usage = new UsagePage(page);
      await usage.open();
      await expect(page.getByText("No call is in the ledger yet.")).toBeVisible();
    },
  },
  {
    name: "usage with a call looked at",
    reach: async (page) => {
      await usageAfterBurst(page);
      await new UsagePage(page).inspector.getByRole("tab", { name: "Attempts" }).click();
    },
  },
  {
    name: "usage over time and against the limits",
    reach: async (page) => {
      const usage = await usageAfterBurst(page);
      await usage.tab("Over time").click();
      await expect(page.getByRole("figure", { name: "HTTP requests" })).toBeVisible();
      for (const summary of await page.locator("main .plot-cell summary").all()) await summary.click();
    },
  },
  {
    name: "usage added up",
    reach: async (page) => {
      const usage = await usageAfterBurst(page);
      await usage.tab("Added up").click();
      await expect(page.getByRole("region", { name: "Calls added up" })).toBeVisible();
    },
  },
  {
    name: "usage with traces that wait for consent",
    isWindow: true,
    reach: async (page) => {
      const traces = new TracesGroup(page);
      await traces.open();
      await traces.send.click();
      await expect(traces.consent).toBeVisible();
    },
  },
  {
    name: "usage with traces of a sample that could not be written",
    reach: async (page) => {
      const traces = new TracesGroup(page);
      await traces.open();
      await traces.content("Of a sample of calls");
      await traces.group.getByText("Project, and what the collector needs").click();
      await traces.export.click();
      await expect(traces.group).toContainText("There is no call to tell of.");
    },
  },
];
