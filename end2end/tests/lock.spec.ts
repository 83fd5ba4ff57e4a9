// The page reaches its own server and one API origin, which a person confirmed: the browser holds it, whatever runs.
import { readdirSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import type { Page } from "@playwright/test";
import { api, CANARY, expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

const STORED = "sluice.api-origin";
const COLLECTOR = "sluice.collector-origin";
const OPENAI = "https://api.openai.com";

/** The origin that the page is locked to, as its guard has it. */
const lockedTo = (page: Page) => page.evaluate(() => (Reflect.get(globalThis, "sluiceGuard") as { apiOrigin: string }).apiOrigin);

/**
 * Tries every way to make a request that a policy governs, and gives the browser time to send it. It governs neither
 * navigation nor `link rel=prefetch` (Chromium 156): those are kept out by what markup may come into the page at all.
 */
async function tryEverything(page: Page, url: string) {
  await page.evaluate(async (url) => {
    const element = (name: string, properties: object) => document.head.append(Object.assign(document.createElement(name), properties));
    const socket = url.replace("http", "ws");
    const ways = [
      () => fetch(`${url}/fetch`),
      () => fetch(`${url}/no-cors`, { mode: "no-cors" }),
      () => fetch(`${url}/keepalive`, { method: "POST", mode: "no-cors", keepalive: true, body: "x" }),
      () => fetch(`${url}/with-a-key`, { headers: { authorization: "Bearer x" } }),
      () => navigator.sendBeacon(`${url}/beacon`, "x"),
      () => (new Image().src = `${url}/image`),
      () => (new Audio(`${url}/audio`).preload = "auto"),
      () => new WebSocket(`${socket}/socket`),
      () => new EventSource(`${url}/events`),
      () => {
        const request = new XMLHttpRequest();
        request.open("GET", `${url}/xhr`);
        request.send();
      },
      () => element("link", { rel: "stylesheet", href: `${url}/style` }),
      () => element("link", { rel: "preload", as: "image", href: `${url}/preload` }),
      () => element("script", { src: `${url}/script` }),
      () => element("iframe", { src: `${url}/frame` }),
      // In the head it would not be shown, and not be loaded.
      () => document.body.append(Object.assign(document.createElement("object"), { data: `${url}/object` })),
      () => new Worker(`${url}/worker`),
      () => import(`${url}/module`),
      () => document.fonts.add(new FontFace("x", `url(${url}/font)`)) && document.fonts.load("1em x"),
      () => {
        const form = Object.assign(document.createElement("form"), { action: `${url}/form`, method: "post", target: "sink" });
        document.body.append(form, Object.assign(document.createElement("iframe"), { name: "sink" }));
        form.submit();
      },
    ];
    for (const way of ways) {
      try {
        await Promise.race([way(), new Promise((resolve) => setTimeout(resolve, 50))]);
      } catch {
        // Refused at once.
      }
    }
  }, url);
  // What was going to be sent has been: a request of our own, made after the others, is back.
  await page.evaluate(() => fetch("./").then((answer) => answer.text()));
}

test.describe("what the page is not locked to", () => {
  test.use({ expectedConsole: /./, expectedTrouble: /^(CSP violation|request to|web socket to|uncaught error)/ });

  test("gets nothing, by no way there is, also once the policy's tags are gone", async ({ page, context, servers }) => {
    const [locked, other] = [await servers.log(), await servers.log()];
    await page.addInitScript(([name, origin]) => localStorage.setItem(name, origin), [STORED, locked.origin]);
    await page.goto("./");
    expect(await lockedTo(page)).toBe(locked.origin);
    await tryEverything(page, other.origin);
    await page.evaluate(() => document.querySelectorAll("meta[http-equiv]").forEach((policy) => policy.remove()));
    await tryEverything(page, other.origin);
    await page.evaluate((url) => fetch(`${url}/allowed`), locked.origin);
    expect(locked.seen).toEqual(["GET /allowed"]);
    expect(other.seen).toEqual([]);

    // Without our policies the same attempts do arrive: the log would have shown them.
    const bare = await context.newPage();
    // From a real server: to a page that a test makes up, the browser grants nothing on this machine.
    await bare.goto(await servers.serve((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>bare</title>")));
    await tryEverything(bare, other.origin);
    const arrived = () => [...new Set(other.seen.map((line) => /\/([a-z-]+)/.exec(line)?.[1]))].sort();
    await expect.poll(arrived).toEqual(
      ["fetch", "no-cors", "keepalive", "with-a-key", "beacon", "image", "audio", "socket", "events", "xhr", "style", "preload", "script", "frame", "object", "module", "font", "form"].sort(),
    );
  });
});

test("at first the page is locked to OpenAI, before any other script", async ({ page }) => {
  await page.goto("./#/request");
  expect(await lockedTo(page)).toBe(OPENAI);
  const policies = await page.evaluate(() => [...document.querySelectorAll<HTMLMetaElement>("meta[http-equiv]")].map((policy) => policy.content));
  expect(policies).toHaveLength(2);
  expect(policies[1]).toBe(`connect-src 'self' ${OPENAI}`);
  const connection = new ConnectionDialog(page);
  await connection.open("Live");
  await expect(connection.dialog).toContainText(`This page is locked to ${OPENAI}`);
  await expect(connection.confirm).toHaveCount(0);
  // The page's own server is always within reach.
  await connection.baseUrl.fill("/openai/v1");
  await expect(connection.confirm).toHaveCount(0);
  await expect(connection.key).toBeEnabled();
});

test("another address takes one click and a reload: drafts stay, the key does not, and nothing goes there before", async ({ page, servers, watch }) => {
  const other = await servers.log();
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await request.prompt.fill("A draft.");
  await connection.connect("/openai/v1");
  await connection.baseUrl.fill(`${other.origin}/v1`);
  await expect(connection.dialog).toContainText(`Use ${other.origin}?`);
  await expect(connection.dialog).toContainText(`one API address, now ${OPENAI}`);
  await expect(connection.key).toBeDisabled();
  await expect(connection.useKey).toHaveAttribute("aria-disabled", "true");
  await connection.confirm.click();
  await expect(connection.dialog).toContainText(`This page is locked to ${other.origin}`);
  await expect(connection.baseUrl).toHaveValue(`${other.origin}/v1`);
  await expect(page.getByRole("radio", { name: "Live", exact: true })).toBeChecked();
  await expect(connection.key).toBeEmpty();
  expect(await lockedTo(page)).toBe(other.origin);
  expect(other.seen).toEqual([]);
  await connection.close();
  await expect(request.prompt).toHaveValue("A draft.");

  // Once given for that address, the key goes there.
  watch.origins.add(other.origin);
  await connection.open("Live");
  await connection.key.fill(CANARY);
  await connection.useKey.click();
  await expect.poll(() => other.seen.join("\n")).toContain(`GET /v1/models Bearer ${CANARY}`);
});

test("the confirmed address is there on the next visit, and its dialog only on the first", async ({ page, context }) => {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.address(`${api.exposed}/v1`);
  await page.reload();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  await expect(connection.dialog).toBeHidden();
  expect(await lockedTo(page)).toBe(api.exposed);
  const next = await context.newPage();
  await next.goto("./#/request");
  expect(await lockedTo(next)).toBe(api.exposed);
});

test("in a browser that keeps nothing for the page the address can be used, and that is said", async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException("denied", "SecurityError"); } });
    }
  });
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.open("Live");
  await connection.baseUrl.fill(`${api.exposed}/v1`);
  await expect(connection.dialog).toContainText("keeps nothing for this page");
  await connection.connect(`${api.exposed}/v1`);
  expect(await lockedTo(page)).toBe(api.exposed);
  // The same entry of the history still holds it.
  await page.reload();
  expect(await lockedTo(page)).toBe(api.exposed);
});

/** Runs the guard of the built page as a browser would that keeps `stored` and `state`; gives the API it locks to. */
const guardWith = (stored: unknown, state: unknown) => guarded({ [STORED]: stored }, state).apiOrigin;

function guarded(stored: Record<string, unknown>, state: unknown = null): { apiOrigin: string; collectorOrigin: string } {
  const policies: { content?: string }[] = [];
  const page = {
    URL,
    addEventListener: () => {},
    document: { createElement: () => ({}), head: { append: (policy: object) => policies.push(policy) } },
    history: { state },
    localStorage: { getItem: (name: string) => stored[name] ?? null },
  };
  const guard = readdirSync("../dist").find((name) => /^guard-.*\.js$/.test(name));
  const locked = runInNewContext(`${readFileSync(`../dist/${guard}`, "utf8")}; sluiceGuard`, page);
  const origins = [locked.apiOrigin, locked.collectorOrigin].filter(Boolean).join(" ");
  expect(policies.map((policy) => policy.content)).toEqual([`connect-src 'self' ${origins}`]);
  return locked;
}

test("a kept origin that is not exactly one is not used", () => {
  const doubtful = [
    null, undefined, 0, {}, ["https://example.com"], "", "null", "*", "https:", "https://*", "https://*.example", "http://example.com",
    "https://example.com/", "https://example.com/v1", "https://user@example.com", "https://a.example https://b.example",
    "https://a.example; script-src *", "https://a.example\nhttps://b.example", " https://example.com", "https://example.com\n",
    "HTTPS://EXAMPLE.COM", "https://example.com:443", "https://example.com:99999", "https://example.com:0443", "https://xn--a b",
    "https://b\u00fccher.example", "http://127.1", "http://0x7f000001", "http://127.0.0.1.example", "http://localhost.example", "http://[::1]:80",
    "https://1.2.3", "data:text/plain,x", "javascript:alert(1)", "blob:https://example.com/x", '"https://example.com"', "'self'", "'unsafe-inline'",
    `https://${"a".repeat(300)}.example`,
  ];
  for (const origin of doubtful) {
    expect(guardWith(origin, null), `${origin} in the storage`).toBe(OPENAI);
    expect(guardWith(null, { apiOrigin: origin }), `${origin} in the history`).toBe(OPENAI);
    expect(guarded({ [COLLECTOR]: origin }), `${origin} as a collector`).toMatchObject({ apiOrigin: OPENAI, collectorOrigin: "" });
  }
  for (const origin of ["https://example.com", "https://a_b-c.internal:8443", "http://localhost:11434", "http://127.0.0.1", "https://10.0.0.7:8443"]) {
    expect(guardWith(origin, null)).toBe(origin);
    expect(guardWith(null, { apiOrigin: origin })).toBe(origin);
    expect(guarded({ [COLLECTOR]: origin })).toMatchObject({ apiOrigin: OPENAI, collectorOrigin: origin });
  }
  // What a history's entry holds is the API's alone.
  expect(guarded({}, { collectorOrigin: "https://example.com" }).collectorOrigin).toBe("");
});

test.describe("a page that cannot lock itself", () => {
  test.use({ expectedTrouble: /^uncaught error: no$/ });

  test("does not start, and says so", async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(HTMLMetaElement.prototype, "content", { set: () => { throw new TypeError("no"); } });
    });
    await page.goto("./");
    await expect(page.getByRole("alert")).toContainText("did not let the page lock itself to one API address");
    await expect(page.getByRole("navigation")).toHaveCount(0);
  });
});
