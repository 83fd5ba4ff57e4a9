// The Live path over real HTTP: a page on another origin than the API, and the relay on its own.
import type { Page } from "@playwright/test";
import { findKey } from "../fixtures/canary";
import { api, CANARY, CANARY_LABEL, expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

async function paste(page: Page, text: string) {
  await new ConnectionDialog(page).key.evaluate((field, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

test("with headers exposed, all of them are read", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.exposed}/v1`);
  await connection.close();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("500");
  await expect(request.limitHeader("retry-after")).toContainText("hidden by CORS, or not sent");
  await expect(page.getByRole("meter", { name: "Requests remaining" })).toHaveAttribute("aria-valuetext", /of 500/);
  expect(await request.tokens("Total tokens")).toBeGreaterThan(0);
});

test("with headers hidden, they are called hidden: not absent, and not zero", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.hidden}/v1`);
  await connection.close();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.region("Rate-limit headers")).toContainText("hidden is not absent");
  for (const name of ["x-ratelimit-limit-requests", "x-ratelimit-remaining-tokens", "retry-after"]) {
    await expect(request.limitHeader(name)).toContainText("hidden by CORS");
  }
  await expect(request.region("All headers")).toContainText("x-request-id");
  await expect(page.getByRole("meter", { name: "Requests remaining" })).toHaveAttribute("aria-valuetext", /hidden/);
  expect(await request.tokens("Total tokens")).toBeGreaterThan(0);
});

test("through the page's own relay, all headers are read", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect("/openai/v1");
  await connection.close();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("500");
  await expect(request.limitHeader("retry-after")).toContainText("not sent");
});

test.describe("a failure that the browser hides", () => {
  test.use({ expectedConsole: /blocked by CORS|net::ERR_/ });

  test("names the wrong key first", async ({ page, startApi }) => {
    const origin = await startApi("--expose-headers", "none", "--require-key", "sk-right");
    const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
    await request.open();
    await connection.address(`${origin}/v1`);
    await connection.key.fill(CANARY);
    await connection.useKey.click();
    await expect(connection.dialog).toContainText("The models could not be loaded");
    await expect(connection.dialog).toContainText("A refused key looks like this");
    await connection.close();
    await request.model.fill("gpt-5-nano");
    await request.send.click();
    await expect(request.region("Status")).toContainText("No answer that can be read");
    await expect(request.region("Response")).toContainText("A wrong or revoked key looks exactly like this");
    await expect(request.region("Response")).toContainText("may be billed");
    await expect(request.answers).toHaveCount(1);
  });
});

test("Live without a connection says what to do, and sends nothing", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await new ConnectionDialog(page).open("Live");
  await new ConnectionDialog(page).close();
  await request.model.fill("gpt-5-nano");
  await request.send.click();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was sent" })).toContainText("Connection");
  await expect(request.answers).toHaveCount(0);
});

test("the key leaves no trace, and a reload forgets it", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.exposed}/v1`);
  await expect(connection.key).toHaveValue("");
  await expect(connection.dialog).toContainText(CANARY_LABEL);
  expect(await findKey(page)).toEqual([]);
  await connection.close();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await page.getByText("As code").click();
  await expect(page.getByRole("region", { name: "as curl" })).toContainText(api.exposed);
  expect(await findKey(page)).toEqual([]);
  await page.reload();
  await connection.open("Live");
  await expect(connection.dialog).not.toContainText("Connected");
  await expect(connection.key).toHaveAttribute("type", "password");
  await expect(connection.key).toHaveAttribute("autocomplete", "off");
  await expect(connection.key).not.toHaveAttribute("name");
});

test("what is typed into the wrong field is not stored, a used address is", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  await connection.baseUrl.fill(CANARY);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(CANARY);
  await connection.connect(`${api.exposed}/v1`);
  await page.reload();
  await connection.open("Live");
  await expect(connection.baseUrl).toHaveValue(`${api.exposed}/v1`);
});

test("an address that is not applied yet is not said to be in use", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.connect(`${api.exposed}/v1`);
  await expect(connection.dialog).toContainText(`It is sent only to ${api.exposed}.`);
  await connection.baseUrl.fill("https://other.example/v1");
  await expect(connection.useKey).toHaveAttribute("aria-disabled", "true");
  await expect(connection.key).toBeDisabled();
  await connection.close();
  await page.getByRole("button", { name: "Connection", exact: true }).click();
  await expect(connection.dialog).toContainText(`In use: ${api.exposed}/v1. Not applied yet: https://other.example/v1.`);
  await expect(connection.dialog).toContainText(`It is sent only to ${api.exposed}.`);
});

test("another address of the origin in use is applied with the key in use", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  const useAddress = connection.dialog.getByRole("button", { name: "Use this address", exact: true });
  await page.goto("./#/request");
  await connection.connect(`${api.exposed}/v1`);
  await connection.baseUrl.fill(`${api.exposed}/other/v1`);
  await expect(connection.dialog).toContainText("“Use this address” applies it, with the key in use.");
  // What is known of the other address is not shown beside this one.
  await expect(connection.dialog.getByText(/^Connected:/)).toBeHidden();
  await expect(connection.dialog.getByRole("button", { name: "Go on without one" })).toBeHidden();
  await connection.dialog.getByRole("button", { name: "Test connection" }).click();
  await expect(connection.dialog).toContainText(`Tested: ${api.exposed}/other/v1 with the key ${CANARY_LABEL}.`);
  await connection.close();
  const told = page.locator(".notices").getByRole("alert");
  await expect(told).toContainText(`Not applied: ${api.exposed}/other/v1`);
  await expect(told).toContainText(`Requests still go to ${api.exposed}/v1.`);
  await page.getByRole("button", { name: "Connection", exact: true }).click();
  await expect(told).toHaveCount(0);
  await useAddress.click();
  await expect(connection.baseUrl).toBeFocused();
  await expect(connection.dialog).toContainText(`${api.exposed}/other/v1 with the key ${CANARY_LABEL}`);
  await connection.baseUrl.fill(`${api.exposed}/v1`);
  await connection.baseUrl.press("Enter");
  await expect(connection.dialog.getByText(/^Connected: \d+ models$/)).toBeVisible();
  // The key is for one origin: through the page's own server it is given anew.
  await connection.baseUrl.fill("/openai/v1");
  await expect(useAddress).toBeHidden();
  await connection.useKey.click();
  await expect(connection.dialog).toContainText(`The key in use is for ${api.exposed} alone, and is not used for this address`);
});

test("a key typed as an address is not repeated", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  await connection.baseUrl.fill(CANARY);
  await expect(connection.dialog).toContainText('enter it under "API key"');
  expect(await page.locator("body").innerText()).not.toContain(CANARY);
  // Closed with it, the dialog does not keep it either.
  await connection.close();
  await page.getByRole("button", { name: "Connection", exact: true }).click();
  await expect(connection.baseUrl).toHaveValue("https://api.openai.com/v1");
});

test("without a key for OpenAI the simulator is offered", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  await connection.useKey.click();
  await expect(connection.dialog).toContainText("There is no key.");
  await connection.dialog.getByRole("button", { name: "Use the simulated API" }).click();
  await expect(connection.dialog.getByRole("combobox", { name: "Scenario" })).toBeVisible();
  await expect(page.locator("#connection-simulated")).toBeFocused();
});

test("with all headers exposed, an answer without limits is not said to hide them", async ({ page, startApi }) => {
  const origin = await startApi("--expose-headers", "all", "--require-key", "sk-right");
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.exposed}/v1`);
  await connection.address(`${origin}/v1`);
  await connection.key.fill(CANARY);
  await connection.useKey.click();
  await expect(connection.dialog).toContainText("The models could not be loaded");
  // The model of the server before, and its last day, went with that server.
  await expect(connection.dialog).not.toContainText("answering");
  await connection.close();
  await expect(page.getByRole("combobox", { name: "Default model" })).toHaveValue("");
  await request.model.fill("gpt-5-nano");
  await request.send.click();
  await expect(request.region("Status")).toContainText("401");
  await expect(request.limitHeader("retry-after")).toContainText("hidden by CORS, or not sent");
  await expect(request.region("Rate-limit headers")).not.toContainText("hidden is not absent");
  await expect(page.getByRole("meter", { name: "Requests remaining" })).toHaveAttribute("aria-valuetext", /or not sent$/);
});

test("at 320 pixels the paths and the model's name can be read", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  const cut = await connection.dialog.locator(".connection-scroll").evaluate((box) => box.scrollWidth - box.clientWidth);
  expect(cut).toBeLessThanOrEqual(0);
  await connection.close();
  await page.getByRole("radio", { name: "Simulated", exact: true }).check();
  await page.getByRole("button", { name: "More", exact: true }).click();
  const model = page.getByRole("combobox", { name: "Default model" });
  expect(await model.evaluate((field) => field.scrollWidth - field.clientWidth)).toBeLessThanOrEqual(0);
});

test("a pasted .env file gives its key, and what was done is said", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.address(`${api.exposed}/v1`);
  await paste(page, `# mine\nOTHER=1\nexport OPENAI_API_KEY="${CANARY}"\n`);
  await connection.useKey.click();
  await expect(connection.dialog.getByText(/^Connected: \d+ models$/)).toBeVisible();
  await expect(connection.dialog).toContainText("taken out of a .env text");
  expect(await findKey(page)).toEqual([]);
});

test("what cannot be a key, or an address, is refused with its reason", async ({ page }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  await connection.key.fill("sk-abc“def");
  await connection.useKey.click();
  await expect(connection.dialog).toContainText(/character 7/i);
  await connection.baseUrl.fill("http://example.com/v1");
  await expect(connection.dialog).toContainText("https://example.com");
  await expect(connection.dialog.getByText(/^Connected/)).toHaveCount(0);
});

test("Live says what a send costs at most, before it is sent", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.exposed}/v1`);
  await connection.close();
  await request.model.fill("gpt-5-nano");
  await page.getByLabel("Max output tokens").fill("1000");
  await expect(page.getByText(/Costs up to about \$0\.0004/)).toBeVisible();
});

test("a model's last day is said where it is chosen", async ({ page }) => {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(`${api.exposed}/v1`);
  await connection.close();
  await request.model.fill("gpt-5-nano");
  await expect(page.getByText("gpt-5-nano stops answering on 2026-12-11", { exact: true })).toBeVisible();
});
