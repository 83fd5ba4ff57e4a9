// What every test relies on: a key that is left anywhere is found there.
import { findKey, holdsKey } from "../fixtures/canary";
import { CANARY, expect, test } from "../fixtures/test";

const PLACES: Record<string, (key: string) => unknown> = {
  "the document": (key) => document.body.append(document.createComment(key)),
  "a field": (key) => (document.querySelector("input")!.value = key),
  // Without an event: the page takes a key out of an address that it is told of.
  "the address": (key) => history.replaceState(null, "", `#${key}`),
  "the history": (key) => history.replaceState({ deep: [key] }, ""),
  "the title": (key) => (document.title = key),
  "a global": (key) => (window.name = key),
  "cookies": (key) => (document.cookie = `a=${key}`),
  "local storage": (key) => localStorage.setItem("a", key),
  "session storage": (key) => sessionStorage.setItem(key, "a"),
  "the accessibility tree": (key) => (document.body.ariaLabel = key),
  "performance entries": (key) => performance.mark(key),
  "the cache": async (key) => (await caches.open("a")).put("./a", new Response(key)),
  "IndexedDB": (key) =>
    new Promise<void>((resolve) => {
      const opening = indexedDB.open("a");
      opening.onupgradeneeded = () => opening.result.createObjectStore("a").put({ bytes: new TextEncoder().encode(key) }, 1);
      opening.onsuccess = () => {
        opening.result.close();
        resolve();
      };
    }),
};

test.describe("a key that is left", () => {
  test.afterEach(async ({ page, context, watch }) => {
    // Planted on purpose: the check that follows must find nothing again.
    watch.forget();
    await context.clearCookies();
    await page.goto("about:blank");
  });

  for (const [place, plant] of Object.entries(PLACES)) {
    test(`in ${place} is found`, async ({ page }) => {
      await page.goto("./#/request");
      await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
      expect(await findKey(page)).toEqual([]);
      await page.evaluate(plant, CANARY);
      expect(await findKey(page)).toContain(place);
      await page.evaluate(() => {
        window.name = "";
        localStorage.clear();
        sessionStorage.clear();
      });
    });
  }

  test("in what was logged, copied, sent or downloaded is found", async ({ page, context, watch }) => {
    await page.goto("./#/request");
    expect(await watch.leaks(context)).toEqual([]);
    await page.evaluate((key) => console.debug(`at ${key.slice(12, 30)}`), CANARY);
    expect(await watch.leaks(context)).toEqual(["the console"]);
    watch.forget();
    await page.evaluate((key) => navigator.clipboard.writeText(`curl ${key}`).catch(() => {}), CANARY);
    expect(await watch.leaks(context)).toEqual(["the clipboard"]);
    watch.forget();
    await page.evaluate((key) => fetch("./", { method: "POST", body: key }), CANARY);
    expect(await watch.leaks(context)).toContain("a request");
    watch.forget();
    const download = page.waitForEvent("download");
    await page.evaluate((key) => Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([key])), download: "a.csv" }).click(), CANARY);
    await download;
    expect(await watch.leaks(context)).toContain("a download");
  });
});

test("parts of a key are found, and its base64; its last four characters may be shown", () => {
  for (const text of [CANARY.toUpperCase(), CANARY.slice(-14), btoa(`x${CANARY}`), btoa(`Bearer ${CANARY}`), btoa(`xy${CANARY}z`)]) {
    expect(holdsKey(text), text).toBe(true);
  }
  expect(holdsKey(`sk-…${CANARY.slice(-4)}`)).toBe(false);
});

test("a test fails that leaves the key behind", async ({ page }) => {
  test.fail();
  await page.goto("./");
  await page.evaluate((key) => localStorage.setItem("a", key), CANARY);
});

for (const [what, provoke] of Object.entries({
  "asks a third party": () => void fetch("https://api.openai.com/v1/models").catch(() => {}),
  "breaks the policy": () => void document.head.append(Object.assign(document.createElement("style"), { textContent: "a{}" })),
  "logs an error": () => console.error("a"),
})) {
  test(`a test fails whose page ${what}`, async ({ page }) => {
    test.fail();
    await page.goto("./");
    await page.evaluate(provoke);
  });
}
