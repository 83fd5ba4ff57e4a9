// Lighthouse on the release build, served compressed as a static host does: five runs as a phone on a slow network, one
// as a desktop. Prints medians and what falls short, by name; asserts nothing. Run by `make bench`, from the root:
//   node end2end/lighthouse.mjs [DIST]
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { createSite } from "./servers/site.mjs";

const RUNS = 5;
// Between runs, in seconds: a shared machine gives less to who has just taken much.
const PAUSE = Number(process.env.LIGHTHOUSE_PAUSE ?? 5);
const dist = process.argv[2] ?? "dist";
const FIGURES = {
  "first-contentful-paint": "FCP",
  "speed-index": "SI",
  "largest-contentful-paint": "LCP",
  "total-blocking-time": "TBT",
  "cumulative-layout-shift": "CLS",
};
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

/** The site as createSite serves it, its files compressed once beforehand. */
function compressed() {
  const [site, kept] = [createSite({ dist, headers: true }), new Map()];
  return (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = join(dist, path.endsWith("/") ? `${path}index.html` : path);
    if (existsSync(file) && /\.(css|html|js|json|svg|wasm)$/.test(extname(file)) && /\bbr\b/.test(request.headers["accept-encoding"] ?? "")) {
      const { end } = response;
      response.end = () => {
        if (!kept.has(file)) kept.set(file, brotli(readFileSync(file)));
        return end.call(response, kept.get(file));
      };
      response.setHeader("content-encoding", "br");
      response.setHeader("vary", "accept-encoding");
    }
    site(request, response);
  };
}

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const score = (category) => (category.score === null ? "–" : Math.round(category.score * 100));

/** One run in a browser of its own: nothing is kept from the run before. */
async function run(url, config, tries = 3) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromeFlags: FLAGS, logLevel: "silent" });
  try {
    const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error", output: "json" }, config);
    if (!lhr.runtimeError) return lhr;
    // A browser that was just started may not record the page's first moment: Lighthouse asks to be run again.
    if (tries === 1 || lhr.runtimeError.code !== "NO_NAVSTART") throw new Error(lhr.runtimeError.message);
  } finally {
    await chrome.kill();
  }
  return run(url, config, tries - 1);
}

function tell(name, runs) {
  const of = (id) => runs.map(({ audits }) => audits[id].numericValue);
  const shown = Object.entries(FIGURES).map(([id, short]) => `${short} ${short === "CLS" ? median(of(id)).toFixed(3) : `${Math.round(median(of(id)))} ms`}`);
  const all = runs.map(({ categories }) => score(categories.performance));
  const speed = Math.round(median(runs.map(({ environment }) => environment.benchmarkIndex)));
  console.log(`${name}: performance ${median(all)} (${all.join(", ")}); ${shown.join(", ")}`);
  const [last] = runs.slice(-1);
  const others = Object.values(last.categories).filter(({ id }) => id !== "performance");
  console.log(`  ${others.map((category) => `${category.title.toLowerCase()} ${score(category)}`).join(", ")}`);
  for (const category of Object.values(last.categories)) {
    for (const { id, weight } of category.auditRefs) {
      const audit = last.audits[id];
      if (weight === 0 || audit.score === null || audit.score >= 0.9) continue;
      console.log(`  short: ${category.title}: ${audit.title} (${id}) ${audit.displayValue ?? ""}`);
      for (const { node } of audit.details?.items ?? []) if (node) console.log(`    ${node.selector}`);
    }
  }
  const tasks = last.audits["long-tasks"]?.details?.items ?? [];
  if (tasks.length > 0) console.log(`  long tasks of the last run: ${tasks.map(({ duration }) => `${Math.round(duration)} ms`).join(", ")}`);
  const network = last.audits["network-requests"].details.items;
  const transferred = network.reduce((sum, item) => sum + (item.transferSize ?? 0), 0);
  // Lighthouse slows this machine down by a factor: what else runs on it counts in full. A calm desktop has 1,500 and more.
  console.log(`  ${network.length} requests, ${transferred.toLocaleString("en-US")} bytes; this machine's speed: ${speed}`);
  const element = last.audits["largest-contentful-paint-element"]?.details?.items?.[0]?.items?.[0]?.node;
  if (element) console.log(`  largest paint: ${element.selector}`);
}

const server = createServer(compressed());
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
try {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const runs = [];
  for (let number = 0; number < RUNS; number += 1) {
    if (number > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE * 1_000));
    runs.push(await run(url));
  }
  tell(`Lighthouse ${runs[0].lighthouseVersion}, mobile, median of ${RUNS}`, runs);
  tell("Lighthouse, desktop", [await run(url, desktopConfig)]);
} finally {
  server.closeAllConnections();
  server.close();
}
