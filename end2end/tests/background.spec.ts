// What goes on while the page is hidden: its timers are kept by a worker of its own.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { audit, auditedLines } from "../fixtures/audit";
import { newProfile, RealBrowser } from "../real_browser.mjs";
import { expect, test } from "../fixtures/test";
import { BatchPage } from "./pages/batch";
import { ConnectionDialog } from "./pages/connection";

test("the clock's worker is fetched by nobody at first, is the file that was built, and runs under the page's policy", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url()));
  await page.goto("./");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const link = page.locator('link[rel="clock-worker"]');
  const [href, integrity] = [(await link.getAttribute("href")) ?? "", await link.getAttribute("integrity")];
  expect(href).toMatch(/^\.\/clock_worker-[0-9a-f]{16}\.js$/);
  expect(integrity).toBe(`sha384-${createHash("sha384").update(readFileSync(`../dist/${href}`)).digest("base64")}`);
  expect(asked.filter((url) => url.includes("clock_worker"))).toEqual([]);

  // Set anew, the earlier wait is over without a word; null ends the last one.
  const heard = await page.evaluate(async (address) => {
    const worker = new Worker(address);
    const next = () => new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
    await next();
    const began = performance.now();
    worker.postMessage(10);
    worker.postMessage(60);
    const answer = await next();
    const took = performance.now() - began;
    worker.postMessage(10);
    worker.postMessage(null);
    const more = await Promise.race([next(), new Promise((done) => setTimeout(() => done("nothing"), 100))]);
    worker.terminate();
    return { answer, took, more };
  }, href);
  expect(heard).toEqual({ answer: null, took: expect.any(Number), more: "nothing" });
  expect(heard.took).toBeGreaterThanOrEqual(59);
});

test("hidden for three minutes, a batch keeps its rate @long", async ({ servers, baseURL }) => {
  const [visible, hidden] = [Number(process.env.SLUICE_VISIBLE ?? 60), Number(process.env.SLUICE_HIDDEN ?? 180)];
  test.setTimeout((visible + hidden + 120) * 1_000);
  const perSecond = 20;
  const origin = await servers.simulatedApi("--audit", "--rpm", `${perSecond * 60}`, "--burst-requests", `${perSecond}`, "--tpm", "0", "--latency-scale", "0.1");
  const profile = newProfile();
  const browser = await RealBrowser.start(profile.folder);
  try {
    const page = await browser.drive();
    const [batch, connection] = [new BatchPage(page), new ConnectionDialog(page)];
    await batch.open(baseURL);
    await connection.connect(`${origin}/v1`);
    await connection.close();
    const lines = perSecond * (visible + hidden + 60);
    await batch.openText("hidden.jsonl", auditedLines(lines, "h"));
    await batch.run.click();
    await page.getByRole("dialog", { name: / to the live API\?$/ }).getByRole("button", { name: "Send them" }).click();
    await expect(async () => expect(await batch.count("Done")).toBeGreaterThan(perSecond)).toPass();
    // From here on nobody holds the page to be visible.
    await browser.letGo();
    const tab = await browser.tab(baseURL ?? "");
    const state = () => tab.evaluate("document.visibilityState");
    const timers = () => tab.evaluate("new Promise((done) => { let count = 0; const end = performance.now() + 5000; const next = () => (performance.now() > end ? done(count) : (count += 1, setTimeout(next, 50))); next(); })");
    /** Answers a second, by the server's account, while that many seconds pass; and in each tenth of them. */
    const rate = async (seconds: number) => {
      const { now_ms: from } = await audit(origin);
      await new Promise((go) => setTimeout(go, seconds * 1_000));
      const { now_ms: to, requests } = await audit(origin);
      const tenths = Array<number>(10).fill(0);
      for (const { status, ended_ms } of requests) {
        if (status === 200 && ended_ms !== null && ended_ms >= from && ended_ms < to) tenths[Math.floor((10 * (ended_ms - from)) / (to - from))] += 1;
      }
      const perSecond = (answers: number, share: number) => (answers * 1_000) / ((to - from) * share);
      return { found: perSecond(tenths.reduce((sum, answers) => sum + answers, 0), 1), tenths: tenths.map((answers) => perSecond(answers, 0.1)) };
    };
    const measured = async (seconds: number, wanted: "visible" | "hidden") => {
      expect(await state()).toBe(wanted);
      const count = await timers();
      const { found, tenths } = await rate(seconds);
      expect(await state()).toBe(wanted);
      console.log(`${wanted} for ${seconds} s: ${found.toFixed(2)} answers a second (by tenths of the time ${tenths.map((tenth) => tenth.toFixed(1)).join(", ")}); a timer of 50 ms came ${count} times in 5 s`);
      return { found, count };
    };
    await tab.toFront();
    const seen = await measured(visible, "visible");
    await browser.openTab();
    const unseen = await measured(hidden, "hidden");
    // The browser does hold the page's own timers back.
    expect(unseen.count).toBeLessThan(seen.count / 5);
    expect(Math.abs(unseen.found / seen.found - 1)).toBeLessThanOrEqual(0.05);
    const twice = new Set<string | null>();
    const once = new Set<string | null>();
    for (const { custom_id, status } of (await audit(origin)).requests) if (status === 200) (once.has(custom_id) ? twice : once).add(custom_id);
    expect([...twice]).toEqual([]);
  } finally {
    await browser.kill();
    profile.remove();
  }
});
