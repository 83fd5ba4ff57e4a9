// The page's own figures, printed and never asserted: from the click to the first 429 and its backoff, and how soon
// the page can be used. Run by `make bench` on the release build.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { chromium } from "@playwright/test";

const RUNS = 5;

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function serve() {
  const port = await freePort();
  const server = spawn("node", ["end2end/servers/static.mjs", "--dist", "dist", "--port", `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout.once("data", resolve));
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.kill() };
}

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
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
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
