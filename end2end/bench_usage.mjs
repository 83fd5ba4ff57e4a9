// How Usage does with 100,000 calls, printed and never asserted: opening it, scrolling, filtering, sorting, and the tasks
// of the page's thread meanwhile. Run by `make bench` on the release build.
// Usage: node end2end/bench_usage.mjs
import { chromium } from "@playwright/test";
import { ARGS, serve } from "./bench_site.mjs";

const CALLS = 100_000;
const RUNS = 3;

/** Writes rows as sluice::usage::write_rows does, a record for each 32 calls as a page keeps them, over a month. */
async function fill(page, calls) {
  await page.evaluate(async (calls) => {
    const opening = indexedDB.open("sluice-usage", 1);
    opening.onupgradeneeded = () => {
      for (const store of ["labels", "records", "files"]) opening.result.createObjectStore(store);
    };
    const database = await new Promise((done) => (opening.onsuccess = () => done(opening.result)));
    const now = Date.now() * 1000;
    const days = 30;
    const day = 86_400_000_000;
    const models = ["gpt-5-nano", "gpt-5-mini", "gpt-4o", "o3"];
    let id = 1n;
    for (let ago = days; ago >= 0; ago -= 1) {
      const at = now - ago * day;
      const name = new Date(at / 1000).toISOString().slice(0, 10);
      const journal = `rows/simulated/${name}/00000000000000ff-0`;
      const transaction = database.transaction(["labels", "records"], "readwrite");
      transaction.objectStore("labels").put("", journal);
      const records = Math.ceil(calls / (days + 1) / 32);
      for (let record = 0; record < records; record += 1) {
        const rows = Array.from({ length: 32 }, (_, place) => {
          const number = record * 32 + place;
          const failed = number % 7;
          const answered = failed < 5;
          return [
            (id++).toString(16).padStart(32, "0"), 0, place, 2, 1, null, 2 + (number % 4), `Request ${number + 1}`,
            Math.min(at + number * 20_000_000, now), 400_000 + failed * 1_300_000, failed * 1_000_000, failed + 1, failed, 0,
            answered ? 1 : 0, answered ? [20 + (number % 300), 64, 84 + (number % 300), 0, 0, 0] : [0, 0, 0, 0, 0, 0],
            0, answered ? 200 : 429, answered ? "success" : "rate_limit", answered ? 1 : 2, null,
          ];
        });
        const text = JSON.stringify({ version: 1, api: "simulated", record, names: ["00000000000000aa", "simulated", ...models], rows });
        transaction.objectStore("records").put(text, [journal, record]);
      }
      await new Promise((done) => (transaction.oncomplete = done));
    }
    database.close();
  }, calls);
}

/** Does `act` and gives how long it took until `done`, with the longest task of the page's thread. */
async function timed(page, act) {
  await page.evaluate(() => {
    window.longest = 0;
    window.watch ??= new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    });
    window.watch.observe({ type: "longtask" });
  });
  const begun = performance.now();
  await act();
  const took = performance.now() - begun;
  await page.waitForTimeout(300);
  return { took, longest: await page.evaluate(() => window.longest) };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const line = (what, runs) => {
  const longest = Math.max(...runs.map(({ longest }) => longest));
  const tasks = longest ? `longest task ${Math.round(longest)} ms` : "no task above 50 ms";
  console.log(`${what.padEnd(64)} ${(median(runs.map(({ took }) => took)) / 1000).toFixed(2)} s, ${tasks}`);
};

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  await page.goto(`${site.url}#/guide`);
  await page.getByRole("navigation", { name: "Views" }).waitFor();
  await fill(page, CALLS);
  const found = { open: [], scroll: [], filter: [], sort: [], search: [], time: [] };
  const all = page.getByText(/^10\d,\d{3} calls\.$/);
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto("about:blank");
    await page.goto(`${site.url}#/guide`);
    const link = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Usage" });
    await link.hover();
    await page.waitForTimeout(2_000);
    found.open.push(await timed(page, async () => {
      await link.click();
      await all.waitFor();
    }));
    const rows = page.getByRole("region", { name: "History, rows" });
    found.scroll.push(await timed(page, async () => {
      await rows.hover();
      for (let step = 0; step < 60; step += 1) {
        await page.mouse.wheel(0, 40_000);
        await page.waitForTimeout(16);
      }
    }));
    found.filter.push(await timed(page, async () => {
      await page.getByRole("combobox", { name: "Result" }).selectOption("Failed");
      await page.getByText(/ of 10\d,\d{3} calls\.$/).waitFor();
    }));
    await page.getByRole("button", { name: "Show all" }).click();
    await all.waitFor();
    found.sort.push(await timed(page, async () => {
      for (const name of ["Cost", "Model", "Took", "Call"]) {
        await page.getByRole("columnheader", { name, exact: true }).getByRole("button").click();
        await page.waitForTimeout(100);
      }
    }));
    found.search.push(await timed(page, async () => {
      await page.getByRole("textbox", { name: "Search calls" }).pressSequentially("request 1234", { delay: 60 });
      await page.getByText(/ of 10\d,\d{3} calls\.$/).waitFor();
    }));
    await page.getByRole("button", { name: "Show all" }).click();
    found.time.push(await timed(page, async () => {
      await page.getByRole("tab", { name: "Over time" }).click();
      await page.getByRole("figure", { name: "HTTP requests" }).waitFor();
    }));
  }
  line("100,000 calls: from the press to all of them there", found.open);
  line("scrolling through 60 screens", found.scroll);
  line("filtering by result", found.filter);
  line("sorting by four columns, a tenth of a second between", found.sort);
  line("searching, twelve letters typed", found.search);
  line("the charts over time", found.time);
} finally {
  await browser.close();
  site.stop();
}
