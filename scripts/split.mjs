// Cuts the release build into parts: what the landing view needs at once, and files that are fetched when they are first
// used (src/platform/lazy.rs declares where). The order is wasm-split-cli, wasm-bindgen, wasm-opt: the first needs the
// linker's relocations, and the second changes what it must not see uncut. Run by scripts/after_build.sh; needs wasm-split-cli, wasm-bindgen, wasm-opt
// and wasm-merge on PATH. Usage: node scripts/split.mjs PROGRAM.wasm STAGING_FOLDER CACHE_FOLDER
//
// Trunk has run wasm-bindgen on the uncut program; the program and the glue script that it made are replaced.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { grouped } from "./split/group.mjs";
import { slimmed } from "./split/slim.mjs";
import { bare, passingOn, weight } from "./split/wasm.mjs";
import { FEATURES } from "./wasm_features.mjs";

const LINK = "__wasm_split.js";
// What a program that is to be cut imports its lazy functions from; one built with SLUICE_SPLIT=no stays in one piece.
const SPLIT_POINTS = "__wasm_split_placeholder__";
// What all parts import memory, table and stack pointer from; and those that several pieces were merged into.
const SHARED = "__wasm_split";
const PASSED_ON = "sluice_parts";
// Parts that run for minutes, or go through a hundred thousand rows: what they need and the first load does not is made
// fast, not small.
const HOT = ["batch", "usage"];
const SCRIPTS = ["split.mjs", "split/group.mjs", "split/slim.mjs", "split/wasm.mjs", "split/loader.js", "wasm_features.mjs"].map((name) => new URL(name, import.meta.url));

const [program, staging, cache] = process.argv.slice(2);
const run = promisify(execFile);
const sha = (kind, content) => createHash(kind).update(content);
const fail = (why) => {
  throw new Error(why);
};

/** The folder of what the program was cut into, from the cache where nothing that makes it has changed. */
async function prepared() {
  const key = [program, ...SCRIPTS].reduce((hash, file) => hash.update(readFileSync(file)), sha("sha256", process.env.PATH));
  const done = join(cache, key.digest("hex").slice(0, 16));
  if (existsSync(done)) return done;
  rmSync(cache, { recursive: true, force: true });
  const making = join(cache, "making");
  const pieces = join(making, "pieces");
  mkdirSync(pieces, { recursive: true });
  const isCut = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(program))).some(({ module }) => module === SPLIT_POINTS);
  if (isCut) await run("wasm-split-cli", [program, pieces, "--out-name", "sluice"]);
  await run("wasm-bindgen", [isCut ? join(pieces, "sluice.wasm") : program, "--target", "web", "--no-typescript", "--keep-lld-exports", "--out-dir", making, "--out-name", "sluice"]);
  slim(making);
  const { shared, groups } = isCut ? read(pieces) : { shared: [], groups: [] };
  const jobs = [() => optimize(join(making, "sluice_bg.wasm"), join(making, "sluice_bg.wasm"), ...FIRST_LOAD), ...groups.map((group) => () => merge(pieces, group, making))];
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job();
  }));
  writeFileSync(join(making, "parts.json"), JSON.stringify({ shared, files: groups.map(({ name, parts }) => ({ name, parts: [...parts] })) }));
  renameSync(making, done);
  return done;
}

function slim(folder) {
  const [program, script] = ["sluice_bg.wasm", "sluice.js"].map((name) => join(folder, name));
  const { module, glue } = slimmed({ module: readFileSync(program), glue: readFileSync(script, "utf8") });
  writeFileSync(program, module);
  writeFileSync(script, glue);
}

/** What the link script says: what the pieces share, and which parts need which of them, put together into groups. */
function read(folder) {
  const link = readFileSync(join(folder, LINK), "utf8");
  const shared = /const \{ ([^}]*?),? \} = initSync/.exec(link)?.[1].split(",").map((name) => name.trim()).filter(Boolean);
  if (!shared) fail(`${LINK} does not say what the parts share: is it of another version of wasm-split-cli?`);
  const chunks = new Map([...link.matchAll(/^\/\* (.*) \*\/\nconst __(chunk_\d+) = /gm)].map(([, parts, name]) => [name, parts.split(", ")]));
  const parts = new Set([...link.matchAll(/^export const __wasm_split_load_(\w+) = /gm)].map(([, name]) => name));
  const groups = readdirSync(folder)
    .filter((file) => file.endsWith(".wasm") && file !== "sluice.wasm")
    .map((file) => file.slice(0, -".wasm".length))
    .map((name) => ({ pieces: [name], parts: new Set(chunks.get(name) ?? [name.replace(/^split_/, "")]), size: weight(readFileSync(join(folder, `${name}.wasm`))) }));
  for (const { pieces, parts: needing } of groups) if ([...needing].some((name) => !parts.has(name))) fail(`${LINK} does not say who needs ${pieces}`);
  let number = 0;
  const named = grouped(groups).map((group) => ({ ...group, name: group.parts.size === 1 ? [...group.parts][0] : `shared_${++number}` }));
  return { shared, groups: named };
}

async function merge(pieces, { name, parts, pieces: own }, folder) {
  const paths = own.map((piece) => join(pieces, `${piece}.wasm`));
  const into = join(folder, `${name}.wasm`);
  const level = HOT.some((part) => parts.has(part)) ? "-O3" : "-Oz";
  if (paths.length === 1) return optimize(paths[0], into, level);
  // One that has all that is shared, or what can be passed on would not be enough for the others.
  const most = paths.map((path) => readFileSync(path)).sort((a, b) => imports(b) - imports(a))[0];
  const passing = join(pieces, `${name}.passing.wasm`);
  writeFileSync(passing, passingOn(most, SHARED, PASSED_ON));
  const merged = join(pieces, `${name}.merged.wasm`);
  await run("wasm-merge", [passing, SHARED, ...paths.flatMap((path, at) => [path, own[at]]), "-o", merged, ...FEATURES, "--enable-multimemory"]);
  await optimize(merged, into, level);
}

const imports = (module) => WebAssembly.Module.imports(new WebAssembly.Module(module)).length;
// A second look at functions taken apart and put together again finds what the first left.
const AGAIN = ["--flatten", "--rereloop", "-Os", "-Os", "--reorder-locals"];
// What is there from the start: with -Os a little smaller once compressed than with -Oz, and a tenth fewer functions, each
// of which the browser compiles when it is first called; large ones that are called once stay functions, which compress
// the better beside their like. For the parts -Oz is smaller. Below 1,024 is nothing but the stack's very end, so that
// offsets can be part of loads and stores.
const FIRST_LOAD = ["-Os", "--one-caller-inline-max-function-size", "40", "--low-memory-unused", ...AGAIN];
// By name, functions made from the same generic one stand together, and compress the better for it.
const optimize = (path, into, ...how) => run("wasm-opt", [...(how.length ? how : ["-Oz"]), "--reorder-functions-by-name", ...FEATURES, path, "-o", into]);

/** Puts the files in the place of those that Trunk made, under names with the hash of their content. */
function publish(folder) {
  const { shared, files } = JSON.parse(readFileSync(join(folder, "parts.json"), "utf8"));
  const page = readFileSync(join(staging, "index.html"), "utf8");
  const tag = (pattern) => pattern.exec(page)?.[0] ?? fail(`no ${pattern} in index.html`);
  const [glueTag, programTag] = [/<link rel="modulepreload"[^>]*>/, /<link rel="preload"[^>]*type="application\/wasm"[^>]*>/].map(tag);
  for (const replaced of [glueTag, programTag]) rmSync(join(staging, /href="\.\/([^"]*)"/.exec(replaced)[1]));

  const placed = files.map(({ name, parts }) => ({ name, parts, ...place(name, "", bare(readFileSync(join(folder, `${name}.wasm`)))) }));
  const table = Object.fromEntries(placed.map(({ name, file, integrity }) => [name, { file, integrity }]));
  const parts = [...new Set(placed.flatMap(({ parts }) => parts))].sort();
  const needs = Object.fromEntries(parts.map((part) => [part, placed.filter((file) => file.parts.includes(part)).map(({ name }) => name)]));
  const started = place("sluice", "_bg", bare(readFileSync(join(folder, "sluice_bg.wasm"))));
  const script = readFileSync(join(folder, "sluice.js"), "utf8");
  const glue = place("sluice", "", files.length ? glued(script, { FILES: table, NEEDS: needs, SHARED: shared }) : script, "js");
  writeFileSync(join(staging, "index.html"), page.replace(glueTag, retag(glueTag, glue)).replace(programTag, retag(programTag, started)));
}

function place(name, suffix, content, extension = "wasm") {
  const file = `${name}-${sha("sha256", content).digest("hex").slice(0, 16)}${suffix}.${extension}`;
  writeFileSync(join(staging, file), content);
  return { file, integrity: `sha384-${sha("sha384", content).digest("base64")}` };
}

const retag = (tag, { file, integrity }) => tag.replace(/href="[^"]*"/, `href="./${file}"`).replace(/integrity="[^"]*"/, `integrity="${integrity}"`);

/** The glue script with the loader in the place of the link script, which it would import once for each lazy piece. */
function glued(glue, tables) {
  const imports = new RegExp(`^import \\* as \\w+ from "\\./${LINK}";?\\n`, "gm");
  const uses = new RegExp(`^ *"\\./${LINK}": \\w+,\\n`, "gm");
  const count = glue.match(imports)?.length ?? 0;
  if (count === 0 || count !== glue.match(uses)?.length) fail(`the glue script does not import ${LINK} as expected`);
  const [use] = glue.match(uses);
  const own = glue.replace(imports, "").replace(use, `        "./${LINK}": loaders,\n`).replace(uses, (line) => (line.includes("loaders") ? line : ""));
  const constants = Object.entries(tables).map(([name, table]) => `const ${name} = ${JSON.stringify(table)};\n`);
  const loader = readFileSync(new URL("split/loader.js", import.meta.url), "utf8").replace(/^ *\/\/.*\n/gm, "");
  return `${own}\n${constants.join("")}${loader}`;
}

publish(await prepared());
