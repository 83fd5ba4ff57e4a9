// One build works under any path of any host: files, deep links, share links, and without a network.
import { Host, untilKept } from "../fixtures/builds";
import { expect, test as base } from "../fixtures/test";
import { BurstPage } from "./pages/burst";

const BASE = "/some/deep/path/";
const VIEWS = ["Guide", "Request", "Burst", "Explain", "Batch"];

const test = base.extend<{ host: Host }>({
  host: async ({ servers, watch }, use) => {
    const host = await new Host({ base: BASE, headers: true }).start(servers);
    watch.origins.add(host.origin);
    await use(host);
    host.clean();
  },
});
test.use({ serviceWorkers: "allow", expectedConsole: /net::ERR_|Failed to load resource/ });

test("a deep link leads to each view, and nothing is asked for outside the path", async ({ page, host }) => {
  for (const view of VIEWS) {
    await page.goto("about:blank");
    await page.goto(`${host.url}#/${view.toLowerCase()}`);
    await expect(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view, exact: true })).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page).toHaveTitle(`${view} · Sluice`);
  }
  await untilKept(page);
  expect(host.asked.filter((asked) => !asked.startsWith(`GET ${BASE}`))).toEqual([]);
});

test("the links of the page stay under it", async ({ page, host }) => {
  await page.goto(host.url);
  await expect(page.getByRole("navigation").first()).toBeVisible();
  const own = await page.locator("a[href]").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href).filter((href) => new URL(href).origin === location.origin));
  expect(own.length).toBeGreaterThan(6);
  expect(own.filter((href) => !href.startsWith(host.url))).toEqual([]);
});

test("a share link made there is one to there, and fills in", async ({ page, host }) => {
  await page.goto(`${host.url}#/burst?v=1&source=simulated&answered_by=token-bound&requests=7`);
  await expect(new BurstPage(page).field("Number of requests")).toHaveValue("7");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const link = await page.getByRole("dialog", { name: "Share these settings" }).locator("code").first().innerText();
  expect(link).toMatch(new RegExp(`^${host.url}#/burst\\?v=1&.*requests=7`));
});

test("it opens without a network, also from a deep link", async ({ page, context, host }) => {
  await page.goto(host.url);
  await untilKept(page);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(host.url);
  host.mood = "gone";
  await context.setOffline(true);
  await page.goto("about:blank");
  await page.goto(`${host.url}#/explain`);
  await expect(page.getByRole("textbox", { name: "Paste an error" })).toBeVisible();
});

test("two copies on one host keep their files apart", async ({ page, servers, watch }) => {
  const [one, other] = [new Host({ base: "/one/" }), new Host({ base: "/other/" })];
  const origin = await servers.serve((request, response) => {
    const host = request.url?.startsWith("/one/") ? one : other;
    Reflect.get(host, "answer").call(host, request, response);
  });
  watch.origins.add(origin);
  for (const path of ["/one/", "/other/"]) {
    await page.goto(origin + path);
    await expect(page.getByRole("navigation").first()).toBeVisible();
    await untilKept(page);
  }
  const kept = await page.evaluate(async () => (await caches.keys()).map((name) => name.split(" ")[1]).sort());
  expect(kept).toEqual([`${origin}/one/`, `${origin}/other/`]);
});
