// After the first load the page opens without a network, is never older than it need be, and never changes under a reader.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Host, anotherBuild, buildIn, keptBuilds, untilKept } from "../fixtures/builds";
import { api, expect, test as base } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { ExplainPage } from "./pages/explain";
import { RequestPage } from "./pages/request";

// What is not there is asked for, and the browser reports that.
const test = base.extend<{ host: Host }>({
  host: async ({ servers, watch }, use) => {
    const host = await new Host({ relay: api.exposed }).start(servers);
    watch.origins.add(host.origin);
    await use(host);
    host.clean();
  },
});
test.use({ serviceWorkers: "allow", expectedConsole: /net::ERR_|status of 503|Failed to load resource/ });

const started = (page: Page) => expect(page.getByRole("navigation").first()).toBeVisible();
const notice = (page: Page) => page.getByRole("status").filter({ hasText: "A new version of Sluice is ready" });

async function openAndKeep(page: Page, host: Host) {
  await page.goto(host.url);
  await started(page);
  await untilKept(page);
}

/** Comes back to the page in a tab of its own, as somebody does who has closed it. */
async function again(page: Page, url: string) {
  await page.goto("about:blank");
  await page.goto(url);
  await started(page);
}

test("without a network every view opens, and a burst runs", async ({ page, context, host }) => {
  await openAndKeep(page, host);
  host.mood = "gone";
  await context.setOffline(true);
  await again(page, host.url);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await again(page, `${host.url}#/request`);
  const request = new RequestPage(page);
  await request.send.click();
  await expect(page.getByRole("region", { name: "Response", exact: true })).toContainText("Answered by");
  await page.getByRole("link", { name: "Explain", exact: true }).click();
  await expect(new ExplainPage(page).field).toBeVisible();
  await page.getByRole("link", { name: "Burst", exact: true }).click();
  const burst = new BurstPage(page);
  await burst.run.click();
  await expect(page.getByRole("region", { name: "Outcome" })).toContainText("Succeeded");
  await expect(page.getByRole("region", { name: "Timeline" })).toBeVisible();
});

test("a server that breaks down is not asked to show the page", async ({ page, host }) => {
  await openAndKeep(page, host);
  host.mood = "broken";
  await again(page, host.url);
  await expect(page).toHaveTitle(/Sluice/);
});

test("a new version is told of, and taken by a click; until then the page stays and keeps its own files", async ({ page, host }) => {
  await openAndKeep(page, host);
  const first = buildIn(host.dist);
  const styles = await page.locator("link[rel=stylesheet]").getAttribute("href");
  host.deploy("The second build");
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect(notice(page)).toBeVisible();
  await expect.poll(() => keptBuilds(page)).toEqual([first, buildIn(host.dist)].sort());
  expect(await page.title()).not.toContain("second");

  // The server has them no more.
  host.asked.length = 0;
  const status = await page.evaluate(async (url) => (await fetch(url)).status, styles ?? "");
  expect(status).toBe(200);
  expect(host.asked).toEqual([]);
  for (const view of ["Request", "Burst", "Explain", "Batch", "Guide"]) {
    await page.getByRole("navigation").getByRole("link", { name: view, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await expect(page.getByRole("alert")).toHaveCount(0);

  await notice(page).getByRole("button", { name: "Reload" }).click();
  await expect.poll(() => page.evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=sluice-build]")?.content)).toBe(buildIn(host.dist));
  await started(page);
  await expect(notice(page)).toBeHidden();
  // No page is of the first build any more.
  await expect.poll(() => keptBuilds(page)).toEqual([buildIn(host.dist)]);
});

test("the notice can be put off; a page of the old build in another tab keeps its files", async ({ page, context, host }) => {
  await openAndKeep(page, host);
  const first = buildIn(host.dist);
  host.deploy("The second build");
  const second = await context.newPage();
  await second.goto(host.url);
  await started(second);
  await expect(notice(page)).toBeVisible();
  await notice(page).getByRole("button", { name: "Later" }).click();
  await expect(page.locator("#update")).toBeHidden();
  await expect(notice(second)).toBeHidden();
  await expect.poll(() => keptBuilds(second)).toEqual([first, buildIn(host.dist)].sort());
  // Once the old page is closed, the next start clears up after it.
  await page.close();
  await second.reload();
  await started(second);
  await expect.poll(() => keptBuilds(second)).toEqual([buildIn(host.dist)]);
});

test("whoever comes back gets the newest page, also before its files are kept", async ({ page, host }) => {
  await openAndKeep(page, host);
  host.deploy("The second build");
  await again(page, host.url);
  expect(await page.evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=sluice-build]")?.content)).toBe(buildIn(host.dist));
  await expect(notice(page)).toBeHidden();
  await expect.poll(() => keptBuilds(page)).toEqual([buildIn(host.dist)]);
  host.mood = "gone";
  await again(page, host.url);
  expect(await page.evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=sluice-build]")?.content)).toBe(buildIn(host.dist));
});

test("a build whose files are not what it says is not kept", async ({ page, host }) => {
  await openAndKeep(page, host);
  const first = buildIn(host.dist);
  host.deploy("The second build");
  // As a host does that puts something of its own into every page.
  const wrong = anotherBuild("The third build");
  execFileSync("cp", [`${wrong}/index.html`, `${host.dist}/index.html`]);
  rmSync(wrong, { recursive: true });
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update().then((registration) => new Promise((done) => {
    const worker = registration.installing;
    if (!worker || worker.state === "redundant") return done(undefined);
    worker.addEventListener("statechange", () => worker.state === "redundant" && done(undefined));
  })));
  host.mood = "gone";
  await again(page, host.url);
  expect(await page.evaluate(() => document.querySelector<HTMLMetaElement>("meta[name=sluice-build]")?.content)).toBe(first);
});

test("what somebody else put into the cache is not shown", async ({ page, host }) => {
  await openAndKeep(page, host);
  const kept = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]);
    const names = (await cache.keys()).map(({ url }) => url);
    for (const url of names) await cache.put(url, new Response("<!doctype html><title>Not Sluice</title>", { headers: { "content-type": "text/html" } }));
    return names.length;
  });
  expect(kept).toBeGreaterThan(8);
  await again(page, host.url);
  await expect(page).toHaveTitle(/· Sluice$/);
  host.mood = "gone";
  await page.goto("about:blank");
  await page.goto(host.url).catch(() => {});
  await expect(page).not.toHaveTitle(/Not Sluice/);
});

test("requests to the API pass by, and nothing of them is kept", async ({ page, host }) => {
  await openAndKeep(page, host);
  await again(page, `${host.url}#/request`);
  const connection = new ConnectionDialog(page);
  const fromWorker: string[] = [];
  page.on("response", (response) => response.url().includes("/openai/") && fromWorker.push(`${response.fromServiceWorker()}`));
  await connection.connect("/openai/v1");
  await connection.close();
  await new RequestPage(page).send.click();
  await expect(page.getByRole("region", { name: "Response", exact: true })).toContainText("Answered by");
  expect(new Set(fromWorker)).toEqual(new Set(["false"]));
  // A GET, as a download of results is, with a key and without.
  const shown = await page.evaluate(async (key) => {
    const [with_, without] = await Promise.all([fetch("./openai/v1/models", { headers: { authorization: `Bearer ${key}` } }), fetch("./openai/v1/models")]);
    return [with_.status, without.status];
  }, "sk-sim");
  expect(shown).toEqual([200, 401]);
  const urls = await page.evaluate(async () => {
    const all = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url, headers }) => `${url} ${[...headers]}`)));
    return all.flat();
  });
  expect(urls.length).toBeGreaterThan(8);
  expect(urls.filter((url) => /openai|authorization|\?/.test(url))).toEqual([]);
});

test("the worker keeps the files of the build, and answers for nothing else", async ({ page, host }) => {
  const sw = readFileSync("../dist/sw.js", "utf8");
  expect(sw).not.toMatch(/\{\{|importScripts|eval\(|https?:/);
  await openAndKeep(page, host);
  await again(page, host.url);
  const answered: Record<string, boolean> = {};
  page.on("response", (response) => (answered[new URL(response.url()).pathname] = response.fromServiceWorker()));
  await page.evaluate(() => Promise.all(["./sw.js?x", "./manifest.json", "./missing.js", "./_headers", "./icons/icon-192.png?x", "./icons/icon-512.png"].map((url) => fetch(url))));
  expect(answered).toEqual({ "/sw.js": false, "/manifest.json": true, "/missing.js": false, "/_headers": false, "/icons/icon-192.png": false, "/icons/icon-512.png": true });
});

test("a request to an API does not come by the worker", async ({ page, host }) => {
  await openAndKeep(page, host);
  await again(page, host.url);
  // The rule that sent it past the worker, if any did.
  const passed = (method: string) =>
    page.evaluate(async (method) => {
      const told = new Promise<unknown>((tell) =>
        new PerformanceObserver((list) => {
          const entry = list.getEntries().find(({ name }) => name.endsWith(`?${method}`));
          if (entry) tell(Reflect.get(entry, "workerMatchedSourceType"));
        }).observe({ type: "resource" }),
      );
      await (await fetch(`./openai/v1/responses?${method}`, { method })).text();
      return told;
    }, method);
  expect(await passed("GET")).toBe("");
  expect(await passed("POST")).toBe("network");
  expect(await passed("DELETE")).toBe("network");
});

test.describe("in a frame", () => {
  test.use({ expectedConsole: /Failed to load resource/ });

  test("in another page's frame nothing is registered", async ({ page, host, servers, watch }) => {
    const elsewhere = await servers.serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>Elsewhere</title><iframe src="${host.url}" title="framed"></iframe>`));
    watch.origins.add(elsewhere);
    await page.goto(elsewhere);
    await expect(page.frameLocator("iframe").getByRole("navigation").first()).toBeVisible();
    await page.goto(`${host.url}manifest.json`);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  });
});

test.describe("other ways", () => {
  test.use({ expectedConsole: /TrustedScriptURL/, expectedTrouble: /^CSP violation: require-trusted-types-for blocked/ });

  test("no script but a worker's registration gets at sw.js", async ({ page, host }) => {
    await page.goto(host.url);
    await started(page);
    const thrown = await page.evaluate(async () => {
      const tries = [
        () => (document.createElement("script").src = "./sw.js"),
        () => new Worker("./sw.js"),
        () => navigator.serviceWorker.register("./other.js"),
        () => navigator.serviceWorker.register("./deep/sw.js"),
        () => navigator.serviceWorker.register("https://xss.invalid/sw.js"),
      ];
      const names = [];
      for (const attempt of tries) names.push(await Promise.resolve().then(attempt).then(() => "allowed", (error: Error) => error.name));
      return names;
    });
    expect(thrown).toEqual(["TypeError", "TypeError", "TypeError", "TypeError", "TypeError"]);
  });
});
