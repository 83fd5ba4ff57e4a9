// The page's own figures, printed and never asserted: from the click to the first 429 and its backoff, and how soon
// the page can be used. Run by `make bench` on the release build.
import { chromium } from "@playwright/test";
import { ARGS, serve } from "./bench_site.mjs";

const RUNS = 5;

async function firstRun(browser, url) {
  const page = await browser.newPage();
  const opened = performance.now();
  await page.goto(url);
  const provoke = page.getByRole("button", { name: "Provoke a 429" }).first();
  await provoke.waitFor();
  const usable = performance.now() - opened;
  const clicked = performance.now();
  await provoke.click();
  await page.getByRole("log").first().getByText("Sleeping for").first().waitFor();
  const backoff = performance.now() - clicked;
  await page.close();
  return { usable, backoff };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

const site = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ARGS,
});
try {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await firstRun(browser, site.url));
  const row = (name, key) => console.log(`${name.padEnd(48)} median ${seconds(median(runs.map((run) => run[key])))}, worst ${seconds(Math.max(...runs.map((run) => run[key])))}`);
  row("from opening the page until it can be used", "usable");
  row("from the click to the first 429 and its backoff", "backoff");
} finally {
  await browser.close();
  site.stop();
}
