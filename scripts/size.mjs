// Prints the size of every file of the site and fails above the budget. Usage: node scripts/size.mjs dist
//
// The first load is what opening the landing view fetches: index.html and the files that it names. The rest is fetched
// when it is first used; end2end/tests/parts.spec.ts holds that the page does so. The exact token counter is a program of
// its own with a large vocabulary, for those who ask for it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// Bytes after brotli at its best, as a static host sends them. Above the budget the page has grown, and the gate closes.
const BUDGET = { "first load": 250_000, "its wasm": 200_000, "all but the counter": 1_900_000, "the token counter": 849_999 };

// Its button says "0.8 MB".
const COUNTER = /^(o200k|token_worker)-/;

const dist = process.argv[2] ?? "dist";
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

const page = readFileSync(join(dist, "index.html"), "utf8").replace(/<!--[^]*?-->/g, "");
// A browser fetches the manifest and larger icons only to install the page, and the workers when they are first used.
const named = [...page.matchAll(/<(?:link|script)\b[^>]*>/g)]
  .filter(([tag]) => !/rel="(manifest|apple-touch-icon|token-counter|lab-worker|clock-worker)"/.test(tag))
  .map(([tag]) => /\b(?:href|src)="\.\/([^"]+)"/.exec(tag)?.[1]);
const first = new Set(["index.html", ...named]);

const rows = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    const name = path.slice(dist.length + 1);
    return { name, isFirst: first.has(name), raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes).length };
  })
  .sort((a, b) => b.brotli - a.brotli);

const line = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(11) : cell.padEnd(40))).join(""));
const number = (value) => value.toLocaleString("en-US");
const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);
const print = (title, rows) => {
  line([title, "raw", "gzip", "brotli"]);
  for (const row of rows) line([`  ${row.name}`, number(row.raw), number(row.gzip), number(row.brotli)]);
  line(["  together", number(sum(rows, "raw")), number(sum(rows, "gzip")), number(sum(rows, "brotli"))]);
};
const firstRows = rows.filter((row) => row.isFirst);
print("first load", firstRows);
print("when it is used", rows.filter((row) => !row.isFirst && !COUNTER.test(row.name)));
print("on request: exact token counts", rows.filter((row) => COUNTER.test(row.name)));

const wasm = firstRows.filter((row) => row.name.endsWith(".wasm"));
if (wasm.length === 0) throw new Error(`no wasm in ${dist}: not a build of the page`);
const sizes = {
  "first load": firstRows,
  "its wasm": wasm,
  "all but the counter": rows.filter((row) => !COUNTER.test(row.name)),
  "the token counter": rows.filter((row) => COUNTER.test(row.name)),
};
let status = 0;
for (const [what, budget] of Object.entries(BUDGET)) {
  const size = sum(sizes[what], "brotli");
  console.log(`${what}: ${number(size)} bytes (brotli) is ${size <= budget ? "within" : "ABOVE"} the budget of ${number(budget)}`);
  if (size > budget) status = 1;
}
process.exit(status);
