// The page is fetched in parts: little at first, the rest when it is first used. A part that cannot be had, or is not what
// was built, costs that part alone.
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { GuidePage } from "./pages/guide";

const html = readFileSync("../dist/index.html", "utf8");
const names = readdirSync("../dist");
// Workers have programs of their own.
const later = names.filter((name) => name.endsWith(".wasm") && !html.includes(name) && !/^(o200k|lab_engine)[_-]/.test(name));
const glue = names.find((name) => /^sluice-\w+\.js$/.test(name)) ?? "";
const table = (name: string) => JSON.parse(new RegExp(`^const ${name} = (.*);$`, "m").exec(readFileSync(`../dist/${glue}`, "utf8"))?.[1] ?? "{}");
const needs: Record<string, string[]> = table("NEEDS");
const files: Record<string, { file: string; integrity: string }> = table("FILES");

/** The files of the page's own that a page asks for, by name. */
function record(page: Page) {
  const asked = new Set<string>();
  page.on("request", (request) => {
    const name = new URL(request.url()).pathname.split("/").pop() ?? "";
    if (names.includes(name)) asked.add(name);
  });
  return asked;
}

const view = (page: Page, name: string) => page.getByRole("navigation", { name: "Views" }).getByRole("link", { name });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const told = (page: Page, text: string | RegExp) => page.getByRole("main").locator(".callout", { hasText: text }).first();
// Not with the pointer, which would fetch the part by itself.
const press = (page: Page, name: string) => view(page, name).evaluate((link: HTMLElement) => link.click());

/** A sign of a reader, again while the program that listens for one still starts. */
const wheel = (page: Page) =>
  expect(async () => {
    await page.mouse.wheel(0, 100);
    const came = page.getByRole("region", { name: "Cell 1:" }).or(told(page, /could not be loaded|integrity check/));
    await expect(came.first()).toBeAttached({ timeout: 500 });
  }).toPass();

/** What makes a part needed, and what shows that it is there. */
const uses: Record<string, { go: (page: Page) => Promise<unknown>; there: (page: Page) => ReturnType<Page["locator"]> }> = {
  request: { go: (page) => press(page, "Request"), there: (page) => heading(page, "Request") },
  burst: { go: (page) => press(page, "Burst"), there: (page) => heading(page, "Burst") },
  explain: { go: (page) => press(page, "Explain"), there: (page) => heading(page, "Explain") },
  batch: { go: (page) => press(page, "Batch"), there: (page) => heading(page, "Batch") },
  lab: { go: (page) => press(page, "Lab"), there: (page) => heading(page, "Lab") },
  usage: { go: (page) => press(page, "Usage"), there: (page) => heading(page, "Usage") },
  guide: { go: (page) => wheel(page), there: (page) => page.getByRole("region", { name: "Cell 1:" }) },
  connection: {
    go: (page) => page.getByRole("button", { name: "Connection", exact: true }).evaluate((button: HTMLElement) => button.click()),
    there: (page) => page.getByRole("dialog", { name: "Connection" }),
  },
  share: {
    go: (page) => page.getByRole("button", { name: "Share", exact: true }).evaluate((button: HTMLElement) => button.click()),
    there: (page) => page.getByRole("dialog", { name: "Share these settings" }),
  },
  first: {
    go: (page) => new GuidePage(page).provoke.evaluate((button: HTMLElement) => button.click()),
    there: (page) => page.getByRole("region", { name: "First 429" }).getByRole("log"),
  },
};

/** What a reader does to try again: press what is offered, or once more what failed. */
async function retry(page: Page, part: string) {
  const again = page.getByRole("button", { name: "Try again" });
  if (["request", "burst", "explain", "batch", "lab", "usage", "guide"].includes(part)) await again.first().click();
  else await uses[part].go(page);
}

test("opening the guide fetches what index.html names, and nothing else", async ({ page }) => {
  const asked = record(page);
  await page.goto("./#/guide");
  await expect(new GuidePage(page).provoke).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect([...asked].filter((name) => later.includes(name))).toEqual([]);
  expect(later.length).toBeGreaterThan(5);
});

test("every later file is one of the glue script's table, and needed by a part", () => {
  expect(Object.values(files).map(({ file }) => file).sort()).toEqual([...later].sort());
  expect([...new Set(Object.values(needs).flat())].sort()).toEqual(Object.keys(files).sort());
  for (const { file, integrity } of Object.values(files)) {
    expect(file).toMatch(/^[a-z_0-9]+-[0-9a-f]{16}\.wasm$/);
    expect(integrity).toMatch(/^sha384-/);
  }
});

test.describe("ahead of its use", () => {
  test.use({ expectedConsole: /ERR_INTERNET_DISCONNECTED/ });

  test("a part is fetched when a pointer or the focus comes to what needs it", async ({ page }) => {
    const asked = record(page);
    const failed: string[] = [];
    page.on("requestfailed", (request) => failed.push(request.url()));
    await new GuidePage(page).open();
    await view(page, "Burst").hover();
    await expect(() => expect([...asked]).toContain(files.burst.file)).toPass();
    await page.getByRole("button", { name: "Share", exact: true }).focus();
    await expect(() => expect([...asked]).toContain(files.share.file)).toPass();
    await expect(heading(page, "Burst")).toHaveCount(0);
    await page.waitForLoadState("networkidle");
    // All that is needed is here: without a network it works.
    await page.context().setOffline(true);
    await view(page, "Burst").click();
    await expect(heading(page, "Burst")).toBeVisible();
    // The browser itself may look for the icon again.
    expect(failed.filter((url) => url.endsWith(".wasm"))).toEqual([]);
    await page.context().setOffline(false);
  });
});

test("the address of a section leads to it, though it is fetched first", async ({ page }) => {
  await page.goto("./#/guide?section=handling");
  const section = page.getByRole("heading", { level: 2, name: /^5\. / });
  await expect(section).toBeFocused();
  await expect(section).toBeInViewport();
  await expect(page.getByRole("region", { name: "Cell 1:" })).toBeAttached();
});

test("the guide's headings are there before its sections are", async ({ page }) => {
  await page.goto("./#/guide");
  await expect(page.getByRole("heading", { level: 2, name: /^\d\. / })).toHaveCount(6);
  await expect(page.getByRole("region", { name: "Cell 1:" })).toHaveCount(0);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("region", { name: "Cell 1:" })).toBeAttached();
  await expect(page.getByRole("heading", { level: 2, name: /^\d\. / })).toHaveCount(6);
});

test.describe("a part that cannot be had", () => {
  test.use({ expectedConsole: /integrity|Failed to (load|find|fetch)|preload|ERR_/i });

  test("is named where it was changed, and can be had again", async ({ page, servers, watch }) => {
    test.setTimeout(180_000);
    let target = "";
    const site = await servers.site({ tamper: (name: string) => name === target });
    watch.origins.add(site);
    for (const [name, { file }] of Object.entries(files)) {
      const part = Object.keys(uses).find((part) => needs[part]?.includes(name));
      // What only a kept key, a link or a key in a prompt needs has no control of its own here.
      if (!part) continue;
      target = file;
      await page.goto("about:blank");
      await page.goto(site);
      await expect(new GuidePage(page).provoke).toBeVisible();
      await uses[part].go(page);
      const message = told(page, `the integrity check of ${file} failed`);
      await expect(message, `${part} without ${file}`).toBeVisible({ timeout: 15_000 });
      await expect(page.locator("#crash")).toBeHidden();
      // The very same server, without it.
      target = "";
      await retry(page, part);
      await expect(uses[part].there(page), part).toBeVisible({ timeout: 15_000 });
    }
  });

  for (const [part, { go, there }] of Object.entries(uses)) {
    test(`${part}: without a network it says so, and all else goes on`, async ({ page }) => {
      await page.goto("./");
      await expect(new GuidePage(page).provoke).toBeVisible();
      await page.context().setOffline(true);
      await go(page);
      const message = told(page, /could not be fetched: there seems to be no connection\. Everything else goes on/);
      await expect(message).toContainText(/could not be loaded/);
      // Whoever pressed something hears of it.
      if (part !== "guide") await expect(message).toHaveRole("alert");
      await expect(page.locator("#crash")).toBeHidden();
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.getByRole("button", { name: /^Theme/ }).click();
      await page.context().setOffline(false);
      await retry(page, part);
      await expect(there(page)).toBeVisible();
    });
  }

  test("is told with what the server says where it is gone", async ({ page }) => {
    await page.route(`**/${files.burst.file}`, (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.goto("./#/burst");
    await expect(told(page, `the server answers 404 for ${files.burst.file}`)).toContainText("reload the page");
    await press(page, "Explain");
    await expect(heading(page, "Explain")).toBeVisible();
  });
});
