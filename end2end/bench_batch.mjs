// Batch against the referee: 1,000 requests with mixed lengths, driven through the release page in Chromium, over HTTP/2
// (Caddy in front) and, for one scenario, over HTTP/1.1. Prints efficiency beside the physical minimum; asserts nothing.
//
//   node end2end/bench_batch.mjs [S1 "S4 visible" bare …]      from the root, after `make build`; SEEDS=1,2,3,4,5
//
// S8's neighbour takes 30 % of the limit in bursts of one second; its least time is that of all requests that were let
// through, its and ours. "bare" is no scenario: the CPU of a page that does nothing but the requests, evenly spaced, each
// with two durable records, in twenty lines of plain JavaScript. CPU is that of the page's main thread (CDP's
// ThreadTime); its worker does nothing while the page can be seen.
//
// REFEREE names the folder with mockapi.py and make_workload.py (../shared/referee where it is there), PYTHON a Python
// with aiohttp, CADDY the server.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connectLive, freePort, lockTo, serve } from "./bench_site.mjs";
import { newProfile, RealBrowser } from "./real_browser.mjs";

const S1 = "--rpm 3000 --tpm 1e9 --burst-seconds 1 --latency-ms 200 --latency-sigma 0.3";
const BOTH = "--rpm 3000 --tpm 960000 --burst-seconds 1";
const FAULTS = "--latency-ms 300 --latency-sigma 0.8 --fault-rate 0.02 --fault-kinds 500,503";
const HALVED = "--change-at 10 --change-factor 0.5";
const MUTE = "--retry-after none --rate-headers off";
const SCENARIOS = {
  "S1 visible": [`${S1} --expose-headers all`, 98, 5],
  "S1 hidden": [`${S1} --expose-headers none`, 98, 15],
  "S2 visible": ["--rpm 60000 --tpm 960000 --burst-seconds 1 --latency-ms 200 --latency-sigma 0.3 --expose-headers all", 98, 5],
  "S2 hidden": ["--rpm 60000 --tpm 960000 --burst-seconds 1 --latency-ms 200 --latency-sigma 0.3 --expose-headers none", 98, 15],
  "S3 visible": [`${BOTH} ${FAULTS} --expose-headers all`, 94, 15],
  "S4 visible": [`${BOTH} --latency-ms 200 --latency-sigma 0.3 ${HALVED} --expose-headers all`, 98, 20],
  "S5 visible": [`${S1} --charge-rejected 1 --expose-headers all`, 97.5, 10],
  "S6 hidden": [`${S1} ${MUTE} --expose-headers none`, 97.5, 20],
  "S7 hidden": [`${BOTH} ${FAULTS} ${HALVED} --charge-rejected 1 ${MUTE} --expose-headers none`, 95, 40],
  "S8 visible": [`${S1} --expose-headers all`, 95, 40],
  "S8 hidden": [`${S1} --expose-headers none`, 95, 40],
  "S1 visible, HTTP/1.1": [`${S1} --expose-headers all`, undefined, undefined],
};

const referee = resolve(process.env.REFEREE ?? "../shared/referee");
if (!existsSync(join(referee, "mockapi.py"))) {
  console.log(`Batch against the referee: skipped, there is no mockapi.py in ${referee} (REFEREE names its folder).`);
  process.exit(0);
}
const python = process.env.PYTHON ?? ".venv/bin/python";
const caddy = process.env.CADDY ?? "caddy";
const seeds = (process.env.SEEDS ?? "1,2,3,4,5").split(",").map(Number);
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const workload = join(folder, "workload.jsonl");
execFileSync(python, [join(referee, "make_workload.py"), "--out", workload]);

async function until(check, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await check().catch(() => false)) return;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error(`${what} did not start`);
}

/** The least time for the workload, by the referee's own reckoning. */
function minimum(flags, seed) {
  const program = `
import json, sys
sys.path.insert(0, sys.argv[1])
import mockapi
o = mockapi.args_parser().parse_args(sys.argv[3:])
lines = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
print(mockapi.physical_minimum(o, [(line["custom_id"], line["body"]) for line in lines])["t_min_s"])`;
  return Number(execFileSync(python, ["-c", program, referee, workload, ...flags.split(" "), "--seed", `${seed}`]).toString());
}

async function start(flags, seed, secure) {
  const port = await freePort();
  const server = spawn(python, [join(referee, "mockapi.py"), "--port", `${port}`, ...flags.split(" "), "--seed", `${seed}`], { stdio: "ignore" });
  const direct = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${direct}/_stats`)).ok, "the referee");
  if (!secure) return { origin: direct, direct, stop: () => server.kill() };
  const front = await freePort();
  const config = join(folder, `Caddyfile-${front}`);
  writeFileSync(config, `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tservers {\n\t\tprotocols h1 h2\n\t}\n}\nhttps://localhost:${front} {\n\tbind 127.0.0.1\n\ttls internal\n\treverse_proxy 127.0.0.1:${port} {\n\t\tflush_interval -1\n\t}\n}\n`);
  const proxy = spawn(caddy, ["run", "--config", config, "--adapter", "caddyfile"], { stdio: "ignore", env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder } });
  const stop = () => (server.kill(), proxy.kill());
  await until(async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    return (await fetch(`https://localhost:${front}/_stats`)).ok;
  }, "Caddy");
  return { origin: `https://localhost:${front}`, direct, stop };
}

/** A second client on the same limit: 15 requests each second, those refused once more when told to. Gives what stops it,
    and how many of its requests were answered and refused by then. */
function neighbour(origin) {
  let stopped = false;
  let [answered, refused] = [0, 0];
  const body = JSON.stringify({ model: "gpt-5-nano", input: "Hello", max_output_tokens: 16, metadata: { custom_id: "neighbour" } });
  const one = async () => {
    while (!stopped) {
      const response = await fetch(`${origin}/v1/responses`, { method: "POST", headers: { authorization: "Bearer sk-neighbour-0123456789", "content-type": "application/json" }, body }).catch(() => undefined);
      await response?.text();
      if (response?.status !== 429) return void (answered += response?.ok ? 1 : 0);
      refused += 1;
      await new Promise((go) => setTimeout(go, 1_000 * Number(response.headers.get("retry-after") ?? 1)));
    }
  };
  const burst = () => Array.from({ length: 15 }, one);
  burst();
  const timer = setInterval(burst, 1_000);
  return () => {
    stopped = true;
    clearInterval(timer);
    return { answered, refused };
  };
}

/** A page that does the requests and nothing else. */
const BARE = async ([origin, lines]) => {
  const database = await new Promise((go) => {
    const opening = indexedDB.open("bare", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("records");
    opening.onsuccess = () => go(opening.result);
  });
  let number = 0;
  const write = (text) =>
    new Promise((go) => {
      const transaction = database.transaction(["records"], "readwrite", { durability: "strict" });
      transaction.objectStore("records").add(text, number++);
      transaction.oncomplete = go;
      transaction.commit();
    });
  const one = async (line) => {
    await write(line.slice(0, 60));
    const headers = { authorization: "Bearer sk-bench-0123456789abcdef", "content-type": "application/json" };
    const response = await fetch(`${origin}/v1/responses`, { method: "POST", headers, body: JSON.stringify(JSON.parse(line).body), cache: "no-store" });
    await write(await response.text());
  };
  const start = performance.now();
  for (const [index, line] of lines.entries()) {
    const wait = start + index * 20.2 - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    void one(line);
  }
};

/** CPU time of the page's main thread so far, in seconds. */
async function cpu(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ThreadTime")?.value ?? 0;
}

async function run(site, api, name) {
  const profile = newProfile();
  const browser = await RealBrowser.start(profile.folder, ["--ignore-certificate-errors"]);
  try {
    const page = await browser.drive();
    await lockTo(page.context(), api.origin);
    await page.goto(`${site.url}#/batch`);
    await connectLive(page, api.origin);
    await page.getByLabel("Requests file", { exact: true }).setInputFiles(workload);
    await page.getByText("1,000 requests").first().waitFor();
    const tab = await browser.tab(site.url);
    await tab.send("Performance.enable");
    await fetch(`${api.direct}/_reset`, { method: "POST" });
    const before = await cpu(tab);
    if (name === "bare") {
      void tab.evaluate(`void (${BARE})(${JSON.stringify([api.origin, readFileSync(workload, "utf8").trim().split("\n")])})`);
    } else {
      await page.getByRole("button", { name: "Run batch" }).click();
      await page.getByRole("button", { name: "Send them" }).click();
    }
    await browser.letGo();
    const stop = name.startsWith("S8") ? neighbour(api.direct) : () => ({ answered: 0, refused: 0 });
    const stats = async () => (await fetch(`${api.direct}/_stats`)).json();
    let last = await stats();
    // The neighbour's requests have one custom_id.
    const ours = name.startsWith("S8") ? 1_001 : 1_000;
    for (let waited = 0; waited < 240 && last.answered_ids < ours; waited += 1) {
      await new Promise((go) => setTimeout(go, 500));
      last = await stats();
    }
    return { ...last, cpu: (await cpu(tab)) - before, neighbour: stop() };
  } finally {
    await browser.kill();
    profile.remove();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const site = await serve();
// What is no scenario is run where it is asked for by its name.
if (wanted.length === 0 || wanted.includes("bare")) SCENARIOS.bare = ["--rpm 60000 --tpm 1e9 --latency-ms 200 --latency-sigma 0.3 --expose-headers all", undefined, undefined];
try {
  console.log(`${"scenario".padEnd(24)}${"least s".padStart(9)}${"took s".padStart(9)}${"efficiency".padStart(12)}${"goal".padStart(8)}${"429s".padStart(7)}${"goal".padStart(7)}${"answered".padStart(10)}${"page CPU s".padStart(12)}`);
  for (const [name, [flags, goal, most]] of Object.entries(SCENARIOS)) {
    if (wanted.length > 0 && !wanted.some((one) => name.startsWith(one))) continue;
    const rows = [];
    for (const seed of seeds) {
      const api = await start(flags, seed, !name.endsWith("HTTP/1.1"));
      try {
        const stats = await run(site, api, name);
        // 50 a second, after a burst of as many.
        const least = name.startsWith("S8") ? (1_000 + stats.neighbour.answered - 50) / 50 : minimum(flags, seed);
        const refused = stats.rejected.requests + stats.rejected.tokens - stats.neighbour.refused;
        rows.push({ least, took: stats.last_done_s, refused, answered: Math.min(stats.answered_ids, 1_000), twice: stats.duplicate_ids.filter((id) => id !== "neighbour").length, cpu: stats.cpu });
      } finally {
        api.stop();
      }
    }
    const of = (key) => median(rows.map((row) => row[key]));
    const efficiency = median(rows.map(({ least, took }) => (100 * least) / took));
    const answered = Math.min(...rows.map(({ answered }) => answered));
    const twice = Math.max(...rows.map(({ twice }) => twice));
    console.log(`${name.padEnd(24)}${of("least").toFixed(2).padStart(9)}${of("took").toFixed(2).padStart(9)}${`${efficiency.toFixed(1)} %`.padStart(12)}${(goal ? `≥ ${goal}` : "").padStart(8)}${`${of("refused")}`.padStart(7)}${(most ? `≤ ${most}` : "").padStart(7)}${`${answered}${twice ? ` (${twice} twice)` : ""}`.padStart(10)}${of("cpu").toFixed(2).padStart(12)}`);
  }
} finally {
  site.stop();
  rmSync(folder, { recursive: true, force: true });
}
