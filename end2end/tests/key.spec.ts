// The key as a guest: where it is, how long it stays, and that no echo of it stays.
import type { Page } from "@playwright/test";
import { CANARY, api, expect, test } from "../fixtures/test";
import { answerWith, record, type Recorder } from "../fixtures/recorder";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { ExplainPage } from "./pages/explain";
import { RequestPage } from "./pages/request";

/** Everything in the page and in its storage, as text. */
async function everything(page: Page): Promise<string> {
  const inside = await page.evaluate(() => {
    const values = [...document.querySelectorAll("input, textarea")].map((field) => (field as HTMLInputElement).value);
    return JSON.stringify([document.documentElement.outerHTML, values, location.href, history.state, { ...localStorage }, { ...sessionStorage }]);
  });
  return inside + (await page.locator("body").ariaSnapshot());
}

const stored = (page: Page) => page.evaluate(() => ({ session: JSON.stringify({ ...sessionStorage }), local: JSON.stringify({ ...localStorage }) }));
const keep = (page: Page) => page.getByRole("checkbox", { name: /Keep the key in this tab until it is closed/ });
const forgetOnTop = (page: Page) => page.getByRole("button", { name: "Forget key sk-…XyQ1" });

async function connected(page: Page, origin = api.exposed): Promise<ConnectionDialog> {
  const connection = new ConnectionDialog(page);
  await connection.connect(`${origin}/v1`, CANARY);
  return connection;
}

test.describe("a server that echoes the key", () => {
  let echo: Recorder;
  test.beforeEach(async () => {
    echo = await record((request, response) => {
      const key = (request.headers.authorization ?? "").replace("Bearer ", "");
      if (request.url?.endsWith("/models")) return answerWith("")(request, response);
      const unicode = [...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
      response.setHeader("x-echo", `Bearer ${key}`);
      response.setHeader(`x-${key}`.toLowerCase(), "name");
      response.setHeader("x-base64", Buffer.from(`user:${key}`).toString("base64"));
      response.setHeader("content-type", "application/json");
      const body = `{"object":"response","status":"completed","model":"${key}","output":[{"type":"message","content":[{"type":"output_text","text":"plain ${key}, escaped ${unicode}, mixed ${unicode.slice(0, 60)}${key.slice(10)}, url ${encodeURIComponent(key)}, hex ${Buffer.from(key).toString("hex")}"}]}],"usage":null}`;
      // Cut in the middle of the key.
      const at = body.indexOf(key) + 20;
      response.write(body.slice(0, at));
      setTimeout(() => response.end(body.slice(at)), 20);
    });
  });
  test.afterEach(() => echo.close());

  test("in headers, their names, and a body in pieces leaves no trace", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const request = new RequestPage(page);
    await request.open();
    const connection = await connected(page, echo.origin);
    await connection.close();
    await request.model.fill("gpt-5-nano");
    await request.ask("Hi");
    await expect(request.region("Response")).toContainText("plain [key], escaped [key], mixed [key], url [key], hex [key]");
    await expect(request.region("All headers")).toContainText("x-echo");
    const traces = (await everything(page)).toLowerCase();
    for (const part of [CANARY, CANARY.slice(10), Buffer.from(CANARY).toString("hex"), Buffer.from(CANARY).toString("base64").slice(4, 40)]) {
      expect(traces).not.toContain(part.toLowerCase());
    }
    await request.region("Raw body").getByRole("button", { name: /^Copy/ }).first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("plain [key]");
    expect(copied).not.toContain(CANARY.slice(10));
  });
});

test("without the box ticked nothing is stored; with it a reload keeps the key, until it is forgotten", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  let connection = await connected(page);
  await expect(keep(page)).not.toBeChecked();
  await expect(connection.dialog).toContainText("Your key stays in this tab's memory.");
  await expect(connection.dialog).toContainText("Reloading forgets the key.");
  expect((await stored(page)).session).not.toContain("canary");

  await keep(page).check();
  await expect(connection.dialog).toContainText("in its session storage until the tab is closed");
  await expect(connection.dialog).toContainText("Reloading keeps the key; closing the tab forgets it.");
  expect((await stored(page)).session).toContain(CANARY);
  expect((await stored(page)).local).not.toContain("canary");

  await page.reload();
  await expect(forgetOnTop(page)).toBeVisible();
  await request.model.fill("gpt-5-nano");
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");

  connection = new ConnectionDialog(page);
  await connection.open("Live");
  await keep(page).uncheck();
  expect((await stored(page)).session).not.toContain("canary");
  await keep(page).check();
  await connection.close();
  await forgetOnTop(page).click();
  await expect(forgetOnTop(page)).toHaveCount(0);
  expect(await everything(page)).not.toContain(CANARY);
  await page.reload();
  await expect(request.send).toBeVisible();
  await expect(forgetOnTop(page)).toHaveCount(0);
});

test("forgetting the key stops what uses it, and keeps what was received", async ({ page }) => {
  const slow = await record((request, response) => {
    if (request.url?.endsWith("/models")) return answerWith("")(request, response);
    if (slow.seen.filter((line) => line.startsWith("POST")).length === 1) return answerWith("The first answer.")(request, response);
  });
  const request = new RequestPage(page);
  await request.open();
  await (await connected(page, slow.origin)).close();
  await request.model.fill("gpt-5-nano");
  await request.ask("One");
  await expect(request.region("Response")).toContainText("The first answer.");
  await request.ask("Two");
  await expect(request.region("Status")).toContainText("In flight");
  await forgetOnTop(page).click();
  await expect(request.region("Status")).toContainText("Stopped by you; it may still be billed");
  await request.answer(1).click();
  await expect(request.region("Response")).toContainText("The first answer.");
  await request.ask("Three");
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was sent" })).toContainText("Live is not connected");
  slow.close();
});

test("after an idle hour the key is gone; a press begins the hour anew", async ({ page }) => {
  await page.clock.install();
  await page.goto("./#/request");
  await (await connected(page)).close();
  await page.clock.fastForward("59:00");
  await page.getByRole("heading", { name: "Request", level: 1 }).click();
  await page.clock.fastForward("59:00");
  await expect(forgetOnTop(page)).toBeVisible();
  await page.clock.fastForward("01:05");
  await expect(forgetOnTop(page)).toHaveCount(0);
  await expect(page.getByRole("alert").filter({ hasText: "The key was forgotten" })).toContainText("60 idle minutes");
});

test("the idle time is a setting, and can be none", async ({ page }) => {
  await page.clock.install();
  await page.goto("./#/request");
  const connection = await connected(page);
  await connection.dialog.getByRole("combobox", { name: "Forget the key after" }).selectOption("never");
  await connection.close();
  await page.clock.fastForward("10:00:00");
  await expect(forgetOnTop(page)).toBeVisible();
});

test("a page that is put away holds no key, and says so when it is brought back", async ({ page }) => {
  await page.goto("./#/request");
  await (await connected(page)).close();
  const transition = (name: string, persisted: boolean) =>
    page.evaluate(([name, persisted]) => dispatchEvent(new PageTransitionEvent(name as string, { persisted: persisted as boolean })), [name, persisted]);
  await transition("pagehide", false);
  await expect(forgetOnTop(page)).toBeVisible();
  await transition("pagehide", true);
  await expect(forgetOnTop(page)).toHaveCount(0);
  await transition("pageshow", true);
  await expect(page.getByRole("alert").filter({ hasText: "The key was forgotten" })).toContainText("You left this page and came back");
});

test("a key in a prompt is asked about before it goes to a live API, and marked in copied code", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const server = await record(answerWith("Fine."));
  const request = new RequestPage(page);
  const posts = () => server.seen.filter((line) => line.startsWith("POST")).length;
  await request.open();
  await (await connected(page, server.origin)).close();
  await request.model.fill("gpt-5-nano");
  await request.ask("Why is sk-other-EXAMPLE00000000000000 refused?");
  const question = page.getByRole("dialog", { name: "Your prompt contains an API key" });
  await expect(question.getByRole("button", { name: "Send nothing" })).toBeVisible();
  expect(posts()).toBe(0);
  await question.getByRole("button", { name: "Send nothing" }).click();
  await expect(question).toBeHidden();
  expect(posts()).toBe(0);
  await page.getByText("As code").click();
  await expect(page.getByRole("region", { name: "as curl" })).toContainText("Why is [key] refused?");
  await page.getByRole("button", { name: "Copy as curl" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("Bearer $OPENAI_API_KEY");
  expect(copied).not.toContain("sk-other");
  await request.send.click();
  await question.getByRole("button", { name: "Send it all the same" }).click();
  await expect(request.region("Response")).toContainText("Fine.");
  expect(posts()).toBe(1);
  server.close();
});

test("a key that is refused stops a burst", async ({ page }) => {
  let posts = 0;
  const server = await record((request, response) => {
    if (request.url?.endsWith("/models")) return answerWith("")(request, response);
    posts += 1;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `Incorrect API key provided: sk-canar${"*".repeat(30)}XyQ1. You can find your key.`, code: "invalid_api_key", type: "invalid_request_error" } }));
  });
  const burst = new BurstPage(page);
  await burst.open();
  await (await connected(page, server.origin)).close();
  await page.getByRole("combobox", { name: "Default model" }).fill("gpt-5-nano");
  await burst.field("Number of requests").fill("5");
  await burst.field("Concurrency").fill("1");
  await burst.run.click();
  await expect(burst.log).toContainText("The key was refused in another call of this run");
  await expect(burst.log).not.toContainText("sk-canar*");
  await expect(burst.run).toBeEnabled();
  expect(posts).toBe(1);
  server.close();
});

test("no link opens a window that could reach this one", async ({ page }) => {
  for (const view of ["guide", "request", "burst"]) {
    await page.goto(`./#/${view}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const open = await page.locator('a[target="_blank"]').evaluateAll((links) => links.filter((link) => !/\bnoopener\b/.test(link.getAttribute("rel") ?? "")).length);
    expect(open, view).toBe(0);
  }
});

test("Forget key takes the key out of what was pasted into Explain", async ({ page }) => {
  const [connection, explain] = [new ConnectionDialog(page), new ExplainPage(page)];
  await page.goto("./#/request");
  await connection.connect(`${api.exposed}/v1`);
  await connection.close();
  await explain.open();
  await explain.field.fill(`HTTP/1.1 401 Unauthorized\n\n{"error":{"message":"Incorrect API key provided: ${CANARY}."}}`);
  await page.getByRole("button", { name: /^Forget / }).click();
  await expect(explain.field).not.toHaveValue(new RegExp(CANARY));
  await expect(explain.field).toHaveValue(/Incorrect API key provided/);
});
