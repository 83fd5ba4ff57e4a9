// Streamed answers: text as it is written, its pace, its events, a stop in mid-stream, and what goes wrong there.
import { type Locator, type Page } from "@playwright/test";
import { CANARY, expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

/** A long prompt gets a long answer: time to see it grow. */
const LONG = "Tell me about lighthouses. ".repeat(60);

class StreamPage extends RequestPage {
  readonly stream: Locator;
  readonly text: Locator;
  readonly events: Locator;

  constructor(page: Page) {
    super(page);
    this.stream = page.getByRole("checkbox", { name: "Stream", exact: true });
    this.text = this.region("Response").locator(".output-text");
    this.events = this.region("Response").getByRole("region", { name: "Events of the stream" });
  }

  async openStreaming() {
    await this.open();
    await this.stream.check();
  }

  figure(name: "Time to first token" | "Output tokens per second") {
    return this.region("Status").getByRole("group", { name, exact: true });
  }

  async showEvents() {
    await this.region("Response").getByText(/^Events of the stream \(\d+\)$/).click();
  }

  /** Waits until there is text, and then for more of it while the stream is still under way. */
  async seesTextGrow() {
    await expect(this.region("Status")).toContainText("Streaming");
    await expect(this.text).toContainText("[simulated]", { timeout: 30_000 });
    const length = async () => (await this.text.innerText()).length;
    const before = await length();
    await expect.poll(length).toBeGreaterThan(before);
    await expect(this.region("Status")).toContainText("Streaming");
    await expect(this.text).toHaveAttribute("aria-busy", "true");
  }
}

/** Elements that are read aloud whenever they change, and hold the text. */
const spoken = (page: Page) => page.locator("[aria-live], [role=status], [role=log], [role=alert]").filter({ hasText: "[simulated]" });

test("simulated: text appears as it is written, then usage, pace and events by name", async ({ page }) => {
  const [request, connection] = [new StreamPage(page), new ConnectionDialog(page)];
  test.slow();
  await request.openStreaming();
  await connection.simulate("Slow");
  await request.model.fill("gpt-4o-mini");
  await request.ask(LONG);
  await expect(request.region("Response")).toContainText("Waiting for the first words");
  await request.seesTextGrow();
  await expect(spoken(page)).toHaveCount(0);
  await expect(request.figure("Output tokens per second")).toContainText("estimate");
  await expect(page.getByRole("status").filter({ hasText: "Streaming" }).first()).toBeAttached();
  await connection.speedUp("60×");
  await expect(request.region("Status")).toContainText("Done, 200 OK", { timeout: 15_000 });
  await expect(request.figure("Time to first token")).toContainText(/\d (ms|s)$/);
  await expect(request.figure("Output tokens per second")).toContainText(/\d+\.\d$/);
  expect(await request.tokens("Output tokens")).toBeGreaterThan(0);

  await expect(request.region("Raw body")).toContainText("event: response.created");
  await expect(request.region("All headers")).toContainText("text/event-stream");
  await request.showEvents();
  const rows = request.events.getByRole("row");
  await expect(rows.nth(1)).toHaveText(/^\+.*0response\.created$/);
  await expect(rows.last()).toContainText("response.completed");
  expect(await rows.count()).toBeGreaterThan(10);
  await expect(request.region("Status")).not.toContainText("Streaming");
});

test("live: text appears as it is written, and a stop keeps it", async ({ page, startApi }) => {
  const [request, connection] = [new StreamPage(page), new ConnectionDialog(page)];
  const origin = await startApi("--latency-scale", "5");
  await request.openStreaming();
  await connection.connect(`${origin}/v1`, CANARY);
  await connection.close();
  await request.model.fill("gpt-4o-mini");
  await request.ask(LONG);
  await request.seesTextGrow();
  await page.getByRole("button", { name: "Stop this one" }).click();
  await expect(request.region("Status")).toContainText("Stopped by you; it may still be billed");
  await expect(request.text).toContainText("[simulated]");
  await expect(request.region("Response")).toContainText("It may be billed, and its usage is unknown");
  await expect(request.figure("Time to first token")).toContainText(/\d (ms|s)$/);
  await expect(page.getByRole("region", { name: "Totals", exact: true }).getByRole("group", { name: "Cost" })).toContainText("unknown");
  const kept = await request.text.innerText();
  // Nothing goes on in the background.
  await request.showEvents();
  // The rows come once the list is open; the first row is the head.
  await expect(request.events.getByRole("row").nth(1)).toBeVisible();
  const count = await request.events.getByRole("row").count();
  await page.getByRole("radio", { name: "Simulated", exact: true }).check();
  expect(await request.events.getByRole("row").count()).toBe(count);
  expect(await request.text.innerText()).toBe(kept);
  expect(await page.content()).not.toContain(CANARY);
});

test("live: a whole stream tells its usage, from a plain model", async ({ page, startApi }) => {
  const [request, connection] = [new StreamPage(page), new ConnectionDialog(page)];
  await request.openStreaming();
  await connection.connect(`${await startApi()}/v1`);
  await connection.close();
  await request.model.fill("gpt-4o-mini");
  await request.send.click();
  await expect(request.region("Status")).toContainText("Done, 200 OK");
  await expect(request.text).toContainText("[simulated]");
  const total = await request.tokens("Total tokens");
  expect(total).toBe((await request.tokens("Input tokens")) + (await request.tokens("Output tokens")));
  await expect(request.figure("Output tokens per second")).not.toContainText("estimate");
});

for (const source of ["Simulated", "Live"] as const) {
  test(`${source}: a limit in mid-stream is waited out, and what had come is not lost`, async ({ page, startApi }) => {
    const [request, connection] = [new StreamPage(page), new ConnectionDialog(page)];
    await request.openStreaming();
    if (source === "Simulated") {
      await connection.simulate("Limit in mid-stream");
    } else {
      await connection.connect(`${await startApi("--scenario", "mid-stream")}/v1`);
      await connection.close();
    }
    await request.send.click();
    await expect(request.region("Status").getByRole("timer")).toContainText(/next attempt in \d/);
    await expect(request.region("Response")).toContainText("The answer broke off at a rate limit after it had begun");
    await expect(request.region("Response")).not.toContainText("The response failed");
    await expect(request.text).toContainText("[simulated]");
    await expect(request.region("Status")).toContainText("Done, 200 OK", { timeout: 15_000 });
    await expect(request.region("Status").getByRole("listitem").first()).toContainText("the error's text");
    await expect(request.region("Raw body")).toContainText("event: response.completed");
  });
}

test("a box that is not ticked asks for no stream, and the code says what the box says", async ({ page }) => {
  const request = new StreamPage(page);
  await request.open();
  await expect(request.stream).not.toBeChecked();
  await page.getByText("As code", { exact: true }).click();
  await expect(page.getByRole("region", { name: "as Python" })).not.toContainText("stream=True");
  await request.stream.check();
  await expect(page.getByRole("region", { name: "as Python" })).toContainText("stream=True");
  await expect(page.getByRole("region", { name: "as Python" })).toContainText("for event in raw.parse():");
  await expect(page.getByRole("region", { name: "as curl" })).toContainText("curl -iN");
  await request.stream.uncheck();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.region("Raw body")).not.toContainText("event: ");
  await expect(request.region("Status").getByRole("group", { name: "Time to first token" })).toHaveCount(0);
});

test("a burst of streams tells each attempt's time to first token", async ({ page }) => {
  const burst = new BurstPage(page);
  await burst.open();
  await page.getByRole("checkbox", { name: "Stream", exact: true }).check();
  await burst.field("Number of requests").fill("4");
  // With fewer, a reasoning model can end before its first word.
  await burst.field("Max output tokens").fill("4000");
  await burst.answeredBy.selectOption("tier-1");
  await burst.run.click();
  await burst.ended();
  expect(await burst.count("Succeeded")).toBe(4);
  await page.getByRole("group", { name: "Each request over time" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("region", { name: "Attempts", exact: true })).toContainText(/first token after \d/);
});
