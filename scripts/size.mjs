// Prints the size of every file of the site and fails above the budget. Usage: node scripts/size.mjs dist
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// Bytes after brotli at its best, as a static host sends them. GOAL is where the page is to get; above BUDGET it
// has grown, and the gate closes. Lower BUDGET with every gain.
const GOAL = { total: 250_000, wasm: 200_000 };
const BUDGET = { total: 621_000, wasm: 588_000 };
// The token counter, which is loaded by those who ask for it. The button says "0.8 MB".
const ON_REQUEST = /^(tokens_worker|o200k)-/;
const ON_REQUEST_BUDGET = 849_999;

const dist = process.argv[2] ?? "dist";
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

const rows = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    return { name: path.slice(dist.length + 1), raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes).length };
  })
  .sort((a, b) => b.brotli - a.brotli);
const first = rows.filter((row) => !ON_REQUEST.test(row.name));
const sum = (key) => first.reduce((total, row) => total + row[key], 0);
const total = { name: "total", raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") };

const line = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(11) : cell.padEnd(40))).join(""));
const number = (value) => value.toLocaleString("en-US");
line(["bytes", "raw", "gzip", "brotli"]);
for (const row of [...rows, total]) line([row.name, number(row.raw), number(row.gzip), number(row.brotli)]);

const wasm = first.filter((row) => row.name.endsWith(".wasm")).reduce((sum, row) => sum + row.brotli, 0);
if (wasm === 0) throw new Error(`no wasm in ${dist}: not a build of the page`);
let status = 0;
for (const [what, size, budget, goal] of [["total", total.brotli, BUDGET.total, GOAL.total], ["wasm", wasm, BUDGET.wasm, GOAL.wasm]]) {
  const verdict = size <= budget ? "within" : "ABOVE";
  console.log(`${what}: ${number(size)} is ${verdict} the budget of ${number(budget)} bytes (brotli); the goal is ${number(goal)}`);
  if (size > budget) status = 1;
}
const later = rows.filter((row) => ON_REQUEST.test(row.name)).reduce((sum, row) => sum + row.brotli, 0);
console.log(`on request: ${number(later)} of at most ${number(ON_REQUEST_BUDGET)} bytes (brotli), not in the total`);
if (later > ON_REQUEST_BUDGET) status = 1;
process.exit(status);
