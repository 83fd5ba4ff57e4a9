// How fast tokens are counted in the page's worker, printed and never asserted. Run by `make bench` on the release build.
// The corpus is the golden texts, shuffled: 60 languages, code, emoji and noise, harder on caches than one language is.
// Usage: node end2end/bench_tokens.mjs DIST
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const RUNS = 9;
const MIXED_BYTES = 4_000_000;

const dist = process.argv[2] ?? "dist";
const golden = readFileSync(new URL("../tests/tokens/golden.jsonl", import.meta.url), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const until = (bytes, next) => {
  let text = "";
  for (let size = 0; size < bytes; ) {
    const part = `${next()}\n`;
    size += Buffer.byteLength(part);
    text += part;
  }
  return text;
};
let state = 7;
const pick = (list) => list[(state = (Math.imul(state, 1103515245) + 12345) >>> 0) % 65_536 % list.length];
const ofKind = (kind) => golden.filter(([its]) => its === kind).map(([, text]) => text);
const corpora = { mixed: until(MIXED_BYTES, () => pick(golden)[1]) };
for (const kind of ["english", "code", "cyrillic", "chinese", "thai", "noise"]) corpora[kind] = until(1_000_000, () => pick(ofKind(kind)));
corpora["1 MB of a"] = "a".repeat(1_000_000);

const server = spawn("node", [new URL("servers/static.mjs", import.meta.url).pathname, "--dist", dist, "--port", "4190"], { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve) => server.stdout.once("data", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
try {
  const page = await browser.newPage();
  await page.goto("http://127.0.0.1:4190/");
  const worker = readdirSync(dist).find((name) => name.startsWith("token_worker-"));
  const load = await page.evaluate(async (name) => {
    const begun = performance.now();
    const worker = (globalThis.counter = new Worker(`./${name}`));
    globalThis.count = (id, text) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => (data[0] === id && data[2] === 1 ? resolve(data[1]) : typeof data === "string" && resolve(data));
        worker.postMessage([id, text]);
      });
    await globalThis.count(1, "hello");
    return performance.now() - begun;
  }, worker);
  console.log(`${"counter loaded, tables built".padEnd(32)} ${Math.round(load)} ms`);
  for (const [name, text] of Object.entries(corpora)) {
    // Warm: the first run is thrown away, of the rest the best counts, since other work on the machine only slows.
    const { tokens, times } = await page.evaluate(
      async ({ text, runs }) => {
        const times = [];
        let tokens;
        for (let run = 0; run <= runs; run += 1) {
          const begun = performance.now();
          tokens = await globalThis.count(run + 2, text);
          times.push(performance.now() - begun);
        }
        return { tokens, times: times.slice(1) };
      },
      { text, runs: RUNS },
    );
    const bytes = Buffer.byteLength(text);
    const speed = (ms) => `${(bytes / 1000 / ms).toFixed(1)} MB/s`;
    const sorted = times.toSorted((a, b) => a - b);
    console.log(`${name.padEnd(12)} ${(bytes / 1e6).toFixed(1)} MB, ${tokens} tokens: best ${speed(sorted[0])}, median ${speed(sorted[RUNS >> 1])} of ${RUNS}`);
  }
} finally {
  await browser.close();
  server.kill();
}
