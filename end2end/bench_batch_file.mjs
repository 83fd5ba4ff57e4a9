// A large file in Batch, on the release page in Chromium: how soon its first rows are there, the longest task until it is
// indexed, the memory, and how the page digests 500 answers a second. Printed beside the goals, never asserted.
//
//   node end2end/bench_batch_file.mjs [open | own | live]      from the root, after `make build`; RUNS=3
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { ARGS, connectLive, freePort, lockTo, serve } from "./bench_site.mjs";
import { newProfile, RealBrowser } from "./real_browser.mjs";
import { CATEGORIES, mainThread } from "./trace.mjs";

const LINES = 100_000;
/** Bytes of a line: prompts of a paragraph, and as large as a file may be. */
const FILES = { "100,000 lines of 450 bytes (45 MB)": 450, "100,000 lines of 2,000 bytes (200 MB)": 2_000 };
const PER_SECOND = 500;
/** So many answers of the page's own API, each after 0.61 s at the median, are 500 a second. */
const IN_FLIGHT = 320;
/** How long answers are counted, and then traced, in seconds. */
const [COUNTED, TRACED] = [15, 5];
const runs = Number(process.env.RUNS ?? 3);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (name, value, goal = "") => console.log(`  ${name.padEnd(58)}${value.padStart(14)}${goal.padStart(12)}`);
const MB = 1_000_000;

/** A file of OpenAI Batch lines, each of so many bytes. */
async function write(bytes) {
  const path = join(folder, `${bytes}.jsonl`);
  const file = createWriteStream(path);
  const words = "what the limits are, how they refill, and which of them binds when many requests are sent at once; ".repeat(30);
  let piece = [];
  for (let line = 1; line <= LINES; line += 1) {
    const id = `row-${String(line).padStart(6, "0")}`;
    const around = (input) => `{"custom_id":"${id}","method":"POST","url":"/v1/responses","body":{"model":"gpt-5-nano","input":"${input}","max_output_tokens":32}}\n`;
    piece.push(around(`Question ${id}: ${words}`.slice(0, bytes - around("").length)));
    if (piece.length === 1_000) {
      if (!file.write(piece.join(""))) await once(file, "drain");
      piece = [];
    }
  }
  file.end();
  await once(file, "close");
  return path;
}

/** Runs in the page before its own scripts: notes the times of what is seen, and the tasks over 50 ms. */
function watch() {
  const seen = (globalThis.seen = { long: [] });
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))).observe({ type: "longtask", buffered: true });
  const marks = {
    rows: () => document.querySelector('[aria-label="First lines of the file"] tbody tr'),
    indexed: () => document.querySelector(".batch-opened"),
    estimated: () => /\d/.test(document.querySelector('[role=group][aria-label="Requests"] .stat-value')?.textContent ?? ""),
  };
  const look = () => {
    for (const [mark, isThere] of Object.entries(marks)) if (seen[mark] === undefined && isThere()) seen[mark] = performance.now() - seen.chosen;
    if (seen.estimated === undefined) requestAnimationFrame(look);
  };
  addEventListener("change", ({ target }) => target.type === "file" && ((seen.chosen = performance.now()), look()), true);
}

/** What the page holds, in bytes: JavaScript's heap, the program's memory, the renderer's resident set now and at most. */
async function memory(session, renderers) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { result } = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const sum = "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }";
  const wasm = await session.send("Runtime.callFunctionOn", { objectId: objects.objectId, functionDeclaration: sum, returnByValue: true });
  return { heap: usedSize, wasm: wasm.result.value, ...resident(renderers) };
}

/** The renderers' process ids, by a session with the browser. */
async function renderers(browser) {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** The largest renderer's resident set, where the system tells (Linux). */
function resident(pids) {
  let largest = { now: 0, most: 0 };
  for (const pid of pids) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const of = (name) => 1_024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      if (of("VmHWM") > largest.most) largest = { now: of("VmRSS"), most: of("VmHWM") };
    } catch {
      // Another system, or a renderer that has just gone.
    }
  }
  return largest;
}

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });

/** Batch in the page, connected to a server if there is one. */
async function prepare(page, site, origin) {
  if (origin) await lockTo(page.context(), origin);
  await page.addInitScript(watch);
  await page.goto(`${site.url}#/batch`);
  await page.getByRole("heading", { name: "Batch", level: 1 }).waitFor();
  if (origin) await connectLive(page, origin);
}

/** Runs `work` under a trace; gives the longest task by the clock and by the processor, in milliseconds. */
async function longestTask(browser, page, work) {
  await browser.startTracing(page, { categories: CATEGORIES, screenshots: false });
  await work();
  const { tasks, worked } = mainThread(await browser.stopTracing());
  return { clock: Math.max(0, ...tasks), cpu: Math.max(0, ...worked) };
}

async function choose(page, path) {
  // By its path: a browser that is connected to would be sent the whole file.
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", { expression: "document.querySelector('input.batch-file')" });
  await session.send("DOM.setFileInputFiles", { files: [path], objectId: result.objectId });
  await page.waitForFunction(() => globalThis.seen.estimated !== undefined, undefined, { timeout: 120_000, polling: 500 });
  await session.detach();
}

async function opening(site) {
  for (const [name, bytes] of Object.entries(FILES)) {
    const path = await write(bytes);
    const found = [];
    for (let run = 0; run < runs; run += 1) {
      // A browser of its own each time: what a renderer once held it may keep.
      const browser = await launch();
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await prepare(page, site);
        const session = await page.context().newCDPSession(page);
        const pids = await renderers(await browser.newBrowserCDPSession());
        const before = await memory(session, pids);
        await page.evaluate(() => (globalThis.seen.long.length = 0));
        const longest = await longestTask(browser, page, () => choose(page, path));
        const seen = await page.evaluate(() => globalThis.seen);
        found.push({ ...seen, longest, over: seen.long.length, before, after: await memory(session, pids) });
      } finally {
        await browser.close();
      }
    }
    const of = (read) => found.map(read);
    const seconds = (read) => `${(median(of(read)) / 1_000).toFixed(2)} s`;
    const held = (read) => `${Math.round(median(of(read)) / MB)} MB`;
    console.log(name);
    row("first rows", seconds((run) => run.rows), "< 2 s");
    row("indexed", seconds((run) => run.indexed));
    row("estimated", seconds((run) => run.estimated));
    row(`longest task until then, the worst of ${runs}`, `${Math.max(...of((run) => run.longest.clock)).toFixed(1)} ms`, "≤ 50 ms");
    row("  the same in processor time", `${Math.max(...of((run) => run.longest.cpu)).toFixed(1)} ms`);
    row("  tasks above 50 ms by the page's own account, at most", `${Math.max(...of((run) => run.over))}`);
    row("JavaScript's heap and the program's memory", held(({ after }) => after.heap + after.wasm), "< 300 MB");
    row("  of that the program's", held(({ after }) => after.wasm));
    row("  before the file", held(({ before }) => before.heap + before.wasm));
    row("the renderer's resident set, and the most of it", `${held(({ after }) => after.now)}, ${held(({ after }) => after.most)}`);
  }
}

/** Lines that have ended, by the page's own figures. */
const SETTLED = `(() => {
  const of = (name) => Number(document.querySelector('[role=group][aria-label="' + name + '"] .stat-value')?.textContent.replace(/\\D/g, "") ?? 0);
  return { at: performance.now(), done: of("Done"), failed: of("Failed"), long: globalThis.seen.long.length };
})()`;

/** Digests answers, and tells at what rate and with which longest task: those of a server, else of the page's own API. */
async function digesting(site, name, server) {
  const path = join(folder, "450.jsonl");
  const profile = newProfile();
  const browser = await RealBrowser.start(profile.folder);
  try {
    const page = await browser.drive();
    await prepare(page, site, server?.origin);
    if (!server) await simulateFast(page);
    await choose(page, path);
    if (!server) {
      await page.getByLabel("Most in flight", { exact: true }).fill(`${IN_FLIGHT}`);
      await page.getByLabel("Most in flight", { exact: true }).blur();
    }
    await page.getByRole("button", { name: "Run batch" }).click();
    if (server) await page.getByRole("button", { name: "Send them" }).click();
    await page.waitForFunction(() => /[1-9]/.test(document.querySelector('[role=group][aria-label="Done"] .stat-value')?.textContent ?? ""));
    await browser.letGo();
    const tab = await browser.tab(site.url);
    await tab.send("Performance.enable");
    const worked = async () => (await tab.send("Performance.getMetrics")).metrics.find(({ name }) => name === "ThreadTime").value;
    // What the beginning brings at once is no rate.
    await new Promise((go) => setTimeout(go, 3_000));
    const [from, before] = [await tab.evaluate(SETTLED), await worked()];
    await new Promise((go) => setTimeout(go, COUNTED * 1_000));
    const [to, after] = [await tab.evaluate(SETTLED), await worked()];
    // A trace costs time itself: it is taken apart.
    const { tasks, worked: cpu } = mainThread(await traced(browser, TRACED));
    const held = await memory(tab, await renderers(browser));
    const [answers, took] = [to.done - from.done, (to.at - from.at) / 1_000];
    console.log(name);
    row("answers digested a second", (answers / took).toFixed(0), `${PER_SECOND}`);
    row("failed", `${to.failed}`);
    row(`longest task in ${TRACED} s`, `${Math.max(0, ...tasks).toFixed(1)} ms`, "≤ 50 ms");
    row("  the same in processor time", `${Math.max(0, ...cpu).toFixed(1)} ms`);
    row(`  tasks above 50 ms in ${Math.round(took)} s, by the page's own account`, `${to.long - from.long}`);
    row("the main thread's processor time: share, and for an answer", `${Math.round((100 * (after - before)) / took)} %, ${((1_000 * (after - before)) / answers).toFixed(2)} ms`);
    row("JavaScript's heap and the program's memory", `${Math.round((held.heap + held.wasm) / MB)} MB`, "< 300 MB");
    row("the renderer's resident set, and the most of it", `${Math.round(held.now / MB)} MB, ${Math.round(held.most / MB)} MB`);
  } finally {
    await browser.kill();
    profile.remove();
  }
}

/** The page's own API, with limits that do not bind. */
async function simulateFast(page) {
  await page.getByRole("button", { name: "Connection", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Connection" });
  await dialog.getByRole("combobox", { name: "Scenario" }).selectOption({ label: "Tier 5" });
  await dialog.getByRole("button", { name: "Close" }).click();
}

async function traced(browser, seconds) {
  await browser.send("Tracing.start", { transferMode: "ReturnAsStream", traceConfig: { includedCategories: CATEGORIES } });
  await new Promise((go) => setTimeout(go, seconds * 1_000));
  const over = browser.event("Tracing.tracingComplete");
  await browser.send("Tracing.end");
  const { stream } = await over;
  const parts = [];
  for (let part = {}; !part.eof; parts.push(Buffer.from(part.data, part.base64Encoded ? "base64" : "utf8"))) {
    part = await browser.send("IO.read", { handle: stream, size: 4 << 20 });
  }
  return Buffer.concat(parts);
}

async function startServer() {
  const port = await freePort();
  const args = ["--port", `${port}`, "--rpm", `${PER_SECOND * 60}`, "--burst-requests", `${PER_SECOND}`, "--tpm", "0", "--rpd", "0", "--tpd", "0", "--latency-scale", "0"];
  const server = spawn(process.env.SIMULATED_API ?? "target/release/simulated_api", args, { stdio: "ignore" });
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${origin}/healthz`).then(({ ok }) => ok, () => false)) return { origin, stop: () => server.kill() };
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error("simulated_api did not start");
}

const only = process.argv[2];
const wants = (part) => !only || only === part;
const site = await serve();
try {
  console.log(`A large file in Batch, on ${cpus().length} × ${cpus()[0].model.trim()}, load ${loadavg()[0].toFixed(1)}, median of ${runs}`);
  if (wants("open")) await opening(site);
  else await write(450);
  if (wants("own")) await digesting(site, `The page's own API, ${IN_FLIGHT} requests in flight`);
  if (wants("live")) {
    const server = await startServer();
    try {
      await digesting(site, `Live at ${PER_SECOND} answers a second (simulated_api, six connections)`, server);
    } finally {
      server.stop();
    }
  }
} finally {
  site.stop();
  rmSync(folder, { recursive: true, force: true });
}
