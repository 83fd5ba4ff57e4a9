// The timeline under load, on the release build: main-thread work a frame and the delay of real inputs with 10,000
// attempts on screen, and the longest task at 50 answers a second. Printed with what the machine is, never asserted.
import { cpus, loadavg } from "node:os";
import { chromium } from "@playwright/test";
import { serve, ARGS } from "./bench_site.mjs";
import { CATEGORIES, mainThread, p98, percentile, watchInputs } from "./trace.mjs";

// What of a delay is the browser's own drawing differs from one session to the next.
const SESSIONS = 5;

const ms = (value) => `${value.toFixed(1)} ms`.padStart(9);
const row = (name, values) => console.log(`${name.padEnd(52)}${values}`);

function tell(name, trace) {
  const { clock, cpu, tasks } = mainThread(trace);
  const figures = (values) => `p50 ${ms(percentile(values, 0.5))}  p95 ${ms(percentile(values, 0.95))}  max ${ms(Math.max(0, ...values))}`;
  row(`${name}: main thread a frame, of ${clock.length}`, figures(clock));
  row("  the same in processor time", figures(cpu));
  row("  longest task", ms(Math.max(0, ...tasks)));
}

/** Runs `work` under a trace and gives the trace. */
async function traced(browser, page, work) {
  await browser.startTracing(page, { categories: CATEGORIES, screenshots: false });
  try {
    await work();
  } finally {
    var trace = await browser.stopTracing();
  }
  return trace;
}

async function open(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchInputs);
  await page.goto(`${url}#/burst`);
  await page.getByRole("button", { name: "Run burst" }).waitFor();
  return page;
}

async function set(page, { requests, concurrency = "", scenario, policy, speed }) {
  await page.getByLabel("Number of requests", { exact: true }).fill(`${requests}`);
  await page.getByLabel("Concurrency", { exact: true }).fill(`${concurrency}`);
  await page.getByRole("combobox", { name: "Answered by" }).selectOption(scenario);
  await page.getByRole("combobox", { name: "Retry policy" }).selectOption(policy);
  await page.getByRole("radio", { name: `${speed}×`, exact: true }).check();
}

const calls = async (page) => {
  const text = await page.getByRole("region", { name: "Outcome" }).getByRole("group", { name: "HTTP calls", exact: true }).innerText();
  return Number(text.replace(/\D/g, ""));
};

// As fast as a person can: a key that is held repeats 30 times a second, and nobody clicks oftener than ten times.
const KEY_EVERY_MS = 33;
const CLICK_EVERY_MS = 100;

/** Does `act`, and gives it at least `ms` in all. */
async function paced(page, ms, act) {
  const began = performance.now();
  await act();
  await page.waitForTimeout(Math.max(0, ms - (performance.now() - began)));
}

/** What a person does with a picture: look around, point, click, walk, zoom, scroll, open, read as a table. */
async function session(page) {
  const frame = page.locator(".timeline-frame");
  const at = async (across, down) => {
    const box = await frame.boundingBox();
    return [box.x + box.width * across, box.y + box.height * down];
  };
  const click = (place) => paced(page, CLICK_EVERY_MS, () => (Array.isArray(place) ? page.mouse.click(...place) : place.click()));
  const picture = page.getByRole("group", { name: "Each request over time" });
  await picture.scrollIntoViewIfNeeded();
  for (let step = 0; step < 60; step += 1) await page.mouse.move(...(await at(0.15 + step * 0.012, 0.1 + (step % 20) * 0.03)));
  for (let step = 0; step < 15; step += 1) await click(await at(0.14 + step * 0.02, 0.15 + step * 0.04));
  await picture.focus();
  const keys = ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "End", "ArrowUp", "Home", "+", "ArrowDown", "+", "Shift+ArrowRight", "-", "0", "Enter"];
  for (let round = 0; round < 5; round += 1) for (const key of keys) await paced(page, KEY_EVERY_MS, () => page.keyboard.press(key));
  await page.mouse.move(...(await at(0.4, 0.4)));
  await page.keyboard.down("Control");
  for (const delta of [-300, -300, 200, -300, 200, -200]) await page.mouse.wheel(0, delta);
  await page.keyboard.up("Control");
  await click(page.getByRole("button", { name: "Whole run" }));
  await click(page.getByRole("button", { name: "Fit rows" }));
  await page.mouse.move(...(await at(0.4, 0.4)));
  for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, 300);
  for (let step = 0; step < 5; step += 1) await click(await at(0.2 + step * 0.05, 0.3 + step * 0.05));
  await click(page.getByRole("button", { name: "Fit rows" }));
  const table = page.getByRole("button", { name: "Table", exact: true });
  await click(table);
  for (let step = 0; step < 5; step += 1) await click(page.getByRole("button", { name: "Later rows" }));
  await click(table);
  await page.mouse.move(...(await at(0.2, 0.3)));
  await page.mouse.down();
  await page.mouse.move(...(await at(0.35, 0.3)), { steps: 10 });
  await page.mouse.up();
  await page.keyboard.press("0");
}

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
try {
  console.log(`On ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0].toFixed(1)}, Chromium ${browser.version()}, software rendering`);
  const page = await open(browser, site.url);

  await set(page, { requests: 2_000, concurrency: 40, scenario: "tier-5", policy: "none", speed: 1 });
  await page.getByRole("button", { name: "Run burst" }).click();
  await page.waitForTimeout(3_000);
  const [before, began] = [await calls(page), performance.now()];
  const steady = await traced(browser, page, () => page.waitForTimeout(10_000));
  const rate = ((await calls(page)) - before) / ((performance.now() - began) / 1_000);
  tell(`${rate.toFixed(0)} answers a second`, steady);
  await page.getByRole("button", { name: "Stop burst" }).click();

  await set(page, { requests: 2_000, scenario: "first-429", policy: "notebook", speed: 60 });
  const rush = await traced(browser, page, async () => {
    await page.getByRole("button", { name: "Run burst" }).click();
    await page.waitForTimeout(8_000);
  });
  tell("2,000 begin at once", rush);
  await page.getByRole("button", { name: "Finish with Sluice's policy" }).waitFor({ timeout: 300_000 });
  await page.getByRole("button", { name: "Finish with Sluice's policy" }).click();
  await page.waitForTimeout(2_000);
  const attempts = (await calls(page)).toLocaleString("en");
  tell(`${attempts} attempts, looked at`, await traced(browser, page, () => session(page)));
  // A trace costs what it watches: delays are taken without one.
  const delays = [];
  for (let number = 1; number <= SESSIONS; number += 1) {
    const busy = await page.evaluate(() => globalThis.inputs());
    await session(page);
    const inputs = await page.evaluate(() => globalThis.inputs());
    const own = { told: inputs.told.slice(busy.told.length), count: inputs.count - busy.count };
    row(`  session ${number}: delay of ${own.count} clicks and keys (INP)`, `p98 ${ms(p98(own))}  max ${ms(Math.max(16, ...own.told))}`);
    delays.push(p98(own));
  }
  row(`INP p98 of ${SESSIONS} sessions`, `median ${ms(percentile(delays, 0.5))}  max ${ms(Math.max(...delays))}`);
  row("  elements in the page", `${await page.evaluate(() => document.querySelectorAll("*").length)}`);
} finally {
  await browser.close();
  site.stop();
}
