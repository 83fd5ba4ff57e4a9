// Share links: what they carry, what they never do, and what a hostile one achieves.
import type { Page } from "@playwright/test";
import { CANARY, api, declareApi, expect, test } from "../fixtures/test";
import { answerWith, record, type Recorder } from "../fixtures/recorder";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

const notice = (page: Page) => page.locator(".notices .callout").last();
const question = (page: Page) => page.getByRole("dialog", { name: "The link asks for another API address" });
const hash = (page: Page) => page.evaluate(() => location.hash);
const goInTab = (page: Page, fragment: string) => page.evaluate((fragment) => void (location.hash = fragment), fragment);

/** Opens the dialog and gives the link in it. */
async function share(page: Page, withPrompt: boolean): Promise<string> {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share these settings" });
  if (withPrompt) await dialog.getByRole("checkbox", { name: "Include the prompt" }).check();
  const link = (await dialog.locator("code, pre").first().innerText()).trim();
  await dialog.getByRole("button", { name: "Close" }).click();
  return link;
}

test("a link brings a request's settings to another browser, and runs nothing", async ({ page, browser, baseURL }) => {
  const request = new RequestPage(page);
  await request.open();
  await request.prompt.fill("Count to 3 & stop?");
  await page.getByLabel("Max output tokens").fill("64");
  await page.getByRole("combobox", { name: "Reasoning effort" }).selectOption("low");
  const without = await share(page, false);
  expect(without).toContain("#/request?v=1");
  expect(without).not.toContain("prompt=");
  const link = await share(page, true);
  expect(link).toContain("prompt=Count%20to%203%20%26%20stop%3F");

  const other = await browser.newPage({ baseURL });
  const theirs = new RequestPage(other);
  await other.goto(link);
  await expect(theirs.prompt).toHaveValue("Count to 3 & stop?");
  await expect(other.getByLabel("Max output tokens")).toHaveValue("64");
  await expect(notice(other)).toContainText("Filled in from a link; nothing was sent");
  await expect(notice(other)).toContainText("Count to 3 & stop?");
  await expect(theirs.answers).toHaveCount(0);
  expect(await hash(other)).toBe("#/request");
  await notice(other).getByRole("button", { name: "Undo" }).click();
  await expect(theirs.prompt).toHaveValue(/Explain what API rate limits are/);
  await expect(other.locator(".notices .callout")).toHaveCount(0);
  await other.close();
});

test("a burst and the simulated limits are shared too", async ({ page, browser, baseURL }) => {
  const burst = new BurstPage(page);
  await page.goto("./#/burst?v=1&scenario=first-429&rpm=5&seed=42&requests=7&concurrency=2&policy=sluice&base_delay=0.5&max_attempts=");
  await expect(burst.field("Number of requests")).toHaveValue("7");
  const link = await share(page, false);
  for (const part of ["scenario=first-429", "rpm=5", "tpm=&", "seed=42", "requests=7", "concurrency=2", "policy=sluice", "base_delay=0.5", "max_attempts="]) {
    expect(`${link}&`).toContain(part);
  }
  const other = await browser.newPage({ baseURL });
  await other.goto(link);
  await expect(new BurstPage(other).field("Concurrency")).toHaveValue("2");
  await other.close();
});

test("what is wrong in a link is named, and the settings stay", async ({ page }) => {
  const request = new RequestPage(page);
  await page.addInitScript(() => Object.defineProperty(window, "polluted", { get: () => ({} as Record<string, unknown>).polluted }));
  for (const [fragment, told] of [
    ["#/request?v=2&prompt=no", "of a version that this page does not know"],
    ["#/request?prompt=no", "does not say its version"],
    [`#/request?v=1&prompt=${"x".repeat(200_000)}`, "has 200"],
    ["#/request?v=1&temperature=hot", "Temperature: the link's value cannot be used"],
    ["#/request?v=1&prompt=%E0%A4%A", "Prompt: the link's value cannot be used"],
    [`#/request?${"[".repeat(4000)}`, "does not say its version"],
    ["#/request?v=1&__proto__[polluted]=1&submit=1", "__proto__polluted, submit"],
  ]) {
    await page.goto("about:blank");
    await page.goto(`./${fragment}`);
    await expect(notice(page)).toContainText("This link changed nothing");
    await expect(notice(page)).toContainText(told);
    await expect(request.prompt).toHaveValue(/Explain what API rate limits are/);
    expect(await hash(page)).toBe("#/request");
    expect(await page.evaluate(() => (window as unknown as { polluted: unknown }).polluted)).toBeUndefined();
  }
});

test.describe("a key in the address", () => {
  // The browser's own record of the address it was told to open: only this page can read it, until it is left.
  test.use({ expectedTrouble: /^the key is in performance entries$/ });

  test("is taken out, warned about and not used", async ({ page }) => {
    const request = new RequestPage(page);
    const warned = async () => {
      await expect(notice(page)).toContainText("An API key, or something like one, stood in this address");
      const traces = await page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, location.href, { ...localStorage }, { ...sessionStorage }]));
      expect(traces).not.toContain("canary");
      await expect(page.getByRole("button", { name: /^Forget key/ })).toHaveCount(0);
    };
    await page.goto(`./#/request?v=1&key=${CANARY}&prompt=Hello`);
    await warned();
    await expect(request.prompt).toHaveValue("Hello");
    expect(await hash(page)).toBe("#/request");
    await page.goto("about:blank");
    await page.goto(`./#/?settings={"key":"${CANARY}","url":"https://evil.example"}`);
    await warned();
    await page.goto("./#/burst");
    await goInTab(page, `#/request?v=1&api_key=${CANARY}`);
    await warned();
    await expect(request.send).toBeVisible();
  });

  test.describe("in its query", () => {
    // Which the browser has already sent to whoever serves the page.
    test.use({ expectedTrouble: /^the key is in (performance entries|a request)$/ });

    test("is taken out too", async ({ page }) => {
      await page.goto(`./?api_key=${CANARY}&theme=dark#/burst`);
      await expect(notice(page)).toContainText("An API key, or something like one, stood in this address");
      expect(await page.evaluate(() => location.search)).toBe("");
      expect(await hash(page)).toBe("#/burst");
    });
  });

});

test("a link about a live API does not switch to one", async ({ page }) => {
  await page.goto("./#/request?v=1&source=live&prompt=Hi");
  await expect(notice(page)).toContainText("A link does not switch to one");
  await expect(page.getByRole("radio", { name: "Simulated", exact: true })).toBeChecked();
});

test.describe("a link to another API", () => {
  let evil: Recorder;
  test.beforeEach(async () => {
    evil = await record(answerWith("Thank you."));
  });
  test.afterEach(() => evil.close());

  test("reaches nothing before a click, and the present address is the default", async ({ page }) => {
    const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
    await request.open();
    await connection.connect(`${api.exposed}/v1`, CANARY);
    await connection.close();
    await goInTab(page, `#/request?v=1&prompt=Hi&base=${encodeURIComponent(`${evil.origin}/v1`)}`);
    await expect(question(page)).toContainText(new URL(api.exposed).host);
    await expect(question(page)).toContainText(new URL(evil.origin).host);
    await expect(question(page).getByRole("button", { name: "Keep current" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(question(page)).toBeHidden();
    await request.send.click();
    await expect(request.region("Status")).toContainText("200 OK");
    expect(evil.seen).toEqual([]);
  });

  test("forgets the key when it is accepted, and never gets it", async ({ page }) => {
    const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
    await request.open();
    await connection.connect(`${api.exposed}/v1`, CANARY);
    await page.getByRole("checkbox", { name: /Keep the key in this tab/ }).check();
    await connection.close();
    await goInTab(page, `#/request?v=1&source=live&base=${encodeURIComponent(`${evil.origin}/v1`)}`);
    declareApi(page, evil.origin);
    const reloaded = page.waitForEvent("load");
    await question(page).getByRole("button", { name: "Use the link's address" }).click();
    await reloaded;
    await expect(request.send).toBeVisible();
    // The confirmed address waits for its key.
    await expect(connection.dialog.getByRole("button", { name: "Forget key" })).toBeDisabled();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("canary");
    expect(evil.seen).toEqual([]);
    await expect(connection.baseUrl).toHaveValue(`${evil.origin}/v1`);
    await expect(connection.key).toHaveValue("");
    expect(evil.seen.join()).not.toContain("canary");
  });

  test("shows punycode as it is, and refuses what can be no address", async ({ page }) => {
    await page.goto("./#/request?v=1&base=https%3A%2F%2Fxn--penai-fdg.example%2Fv1");
    await expect(question(page)).toContainText("xn--penai-fdg.example");
    await expect(question(page)).toContainText("letters from other alphabets");
    await question(page).getByRole("button", { name: "Keep current" }).click();
    for (const base of ["https://оpenai.example/v1", "javascript:alert(1)", "http://evil.example/v1", "https://a@evil.example/v1", "//evil.example"]) {
      await page.goto("about:blank");
      await page.goto(`./#/request?v=1&base=${encodeURIComponent(base)}`);
      await expect(notice(page)).toContainText("Base URL: the link's address was not used.");
      await expect(question(page)).toBeHidden();
    }
  });
});

test("a page around this one sets nothing, by its address or by messages", async ({ page, baseURL }) => {
  await page.setContent(`<iframe src="${baseURL}#/request?v=1&prompt=FRAMED" width="1200" height="900" title="framed"></iframe>`);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator(".notices .callout")).toContainText("nothing of the link was used");
  await page.evaluate(() => frames[0].postMessage({ prompt: "FRAMED", key: "x", settings: { prompt: "FRAMED" } }, "*"));
  await page.evaluate((url) => void ((document.querySelector("iframe") as HTMLIFrameElement).src = url), `${baseURL}#/request?v=1&prompt=FRAMED2`);
  await expect(frame.getByRole("textbox", { name: "Prompt" })).toHaveValue(/Explain what API rate limits are/);
});
