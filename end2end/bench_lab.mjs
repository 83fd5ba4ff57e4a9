// How fast the Lab is in the page, printed and never asserted: its worker alone, and experiments as a person runs them,
// with what the page's own thread does meanwhile. Run by `make bench` on the release build.
// Usage: node end2end/bench_lab.mjs
import { readdirSync } from "node:fs";
import { chromium } from "@playwright/test";
import { ARGS, serve } from "./bench_site.mjs";

const RUNS = 5;

// 1,000 clients under full jitter, each with ten requests, on a limiter; a million attempts. Orders are sluice::lab::Order.
const HERD = `{"Experiment":[{
  "limits":{"rpm":1000,"tpm":null,"rpd":null,"algorithm":"TokenBucket","burst_requests":null,"burst_tokens":null,"charge":"Larger","charge_rejected":false,"settle":false,
    "latency":{"first_token":{"secs":0,"nanos":400000000},"spread":0.35,"tokens_per_second":150.0,"refusal":{"secs":0,"nanos":60000000},"scale":1.0},"headers_visible":true},
  "workload":{"requests":10000,"arrival":"AtOnce","input_tokens":{"Constant":20},"output_tokens":{"Constant":64},"max_output_tokens":64},
  "clients":{"count":1000,"concurrency":1,"neighbours":[]},
  "policies":[{"name":"Full jitter","retry":{"max_attempts":4294967295,
    "backoff":{"Exponential":{"base":{"secs":1,"nanos":0},"factor":2.0,"cap":{"secs":60,"nanos":0},"jitter":{"at_zero":0.0,"at_one":1.0},"floor":{"secs":0,"nanos":0}}},
    "retry_on":"Curable","hint":"Ignore","max_delay":{"secs":18446744073709551615,"nanos":999999999},"deadline":null,"inner":null},"budget":null,"guard":null,"pacing":null}],
  "seeds":{"first":1,"count":25}},{"worker":0,"workers":1}]}`;

/** Carries an order out in a worker of its own; a warm run comes first. */
async function attempts(page, order) {
  const script = readdirSync("dist").find((name) => name.startsWith("lab_worker-"));
  return page.evaluate(
    async ({ script, order, runs }) => {
      const worker = new Worker(`./${script}`);
      const carryOut = (id) =>
        new Promise((resolve) => {
          const begun = performance.now();
          worker.onmessage = ({ data: [its, report] }) => {
            const { calls, is_over } = JSON.parse(report);
            if (its === id && is_over) resolve({ calls, seconds: (performance.now() - begun) / 1000 });
          };
          worker.postMessage([id, order]);
        });
      await carryOut(0);
      const found = [];
      for (let run = 1; run <= runs; run += 1) found.push(await carryOut(run));
      worker.terminate();
      return found;
    },
    { script, order, runs: RUNS },
  );
}

/** Presses `button`, waits for `text`, and gives the time between, with the longest task of the page's thread. */
async function timed(page, button, text) {
  return page.evaluate(
    ({ button, text }) =>
      new Promise((resolve) => {
        let longest = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
        }).observe({ type: "longtask" });
        const begun = performance.now();
        [...document.querySelectorAll("button")].find((one) => one.textContent.includes(button)).click();
        const look = () => {
          if (!document.querySelector("main").textContent.includes(text)) return setTimeout(look, 5);
          const took = performance.now() - begun;
          setTimeout(() => resolve({ took, longest }), 200);
        };
        look();
      }),
    { button, text },
  );
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const line = (what, figures) => console.log(`${what.padEnd(64)} ${figures}`);
const longest = ({ longest }) => (longest ? `longest task ${Math.round(longest)} ms` : "no task above 50 ms");

const site = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
try {
  const page = await browser.newPage();
  await page.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  await page.goto(`${site.url}#/lab`);
  await page.getByRole("heading", { name: "Lab", level: 1 }).waitFor();
  const found = await attempts(page, HERD);
  const rates = found.map(({ calls, seconds }) => calls / seconds);
  line("1,000 clients, full jitter, limiter: attempts a second, one worker", `median ${Math.round(median(rates)).toLocaleString("en-US")}, best ${Math.round(Math.max(...rates)).toLocaleString("en-US")}`);
  for (const what of ["cold", "warm"]) {
    const run = await timed(page, "Run experiment", "700 of 700 trials");
    line(`100 seeds × 7 policies × 100 requests, ${what}`, `${(run.took / 1000).toFixed(2)} s, ${longest(run)}`);
    await page.getByRole("button", { name: "The notebook's ten" }).click();
    await page.getByText("600 of 600 trials").waitFor();
    await page.getByRole("button", { name: "100 at once, 60 a minute" }).click();
    await page.getByText("700 of 700 trials").waitFor();
    // The text of the run before must not be taken for that of the next.
    await page.getByRole("button", { name: "The notebook's ten" }).click();
    await page.getByText("600 of 600 trials").waitFor();
    await page.getByRole("button", { name: "Reset fields" }).click();
  }
  await page.getByRole("tab", { name: "AWS’ experiment" }).click();
  for (let run = 1; run <= 2; run += 1) {
    const grid = await timed(page, "Run AWS’ experiment", "9,500 of 9,500 runs");
    line(`AWS' whole grid, 15.0 million calls, run ${run}`, `${(grid.took / 1000).toFixed(1)} s, ${longest(grid)}`);
    await page.getByLabel("Runs of each cell", { exact: true }).fill("1");
    await page.getByRole("button", { name: "Run AWS’ experiment" }).click();
    await page.getByText("95 of 95 runs").waitFor();
    await page.getByLabel("Runs of each cell", { exact: true }).fill("100");
  }
} finally {
  await browser.close();
  site.stop();
}
