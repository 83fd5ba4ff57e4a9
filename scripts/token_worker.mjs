// Puts the token counter beside the page: its program and its worker's script, under names with their hashes. The page
// finds the script by a link of its own, with the integrity it must have; the script knows the program's.
// Usage: node scripts/token_worker.mjs FOLDER-OF-WASM-BINDGEN DIST
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [built, dist] = process.argv.slice(2);
const integrity = (content) => `sha384-${createHash("sha384").update(content).digest("base64")}`;
function put(name, kind, content) {
  const hashed = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}.${kind}`;
  writeFileSync(join(dist, hashed), content);
  return hashed;
}

const program = readFileSync(join(built, "tokens_bg.wasm"));
const values = { PROGRAM: put("o200k", "wasm", program), INTEGRITY: integrity(program) };
const glue = readFileSync(join(built, "tokens.js"), "utf8");
const source = readFileSync(new URL("../tokenizer/worker.js", import.meta.url), "utf8");
const worker = `${glue}\n${source.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name])}`;
const name = put("tokens_worker", "js", worker);

const page = join(dist, "index.html");
const html = readFileSync(page, "utf8");
const link = `<link rel="token-counter" href="./${name}" integrity="${integrity(worker)}" />`;
if (!html.includes("</head>")) throw new Error("index.html has no head");
writeFileSync(page, html.replace("</head>", `${link}\n</head>`));
