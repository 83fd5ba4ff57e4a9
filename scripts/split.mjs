// Cuts the release build into parts: what the landing view needs at once, and files that are fetched when they are first
// used (src/platform/lazy.rs declares where). Run by scripts/after_build.sh; needs wasm-split-cli, wasm-bindgen and
// wasm-opt on PATH. Usage: node scripts/split.mjs PROGRAM.wasm STAGING_FOLDER CACHE_FOLDER
//
// Trunk has run wasm-bindgen on the uncut program; the program and the glue script that it made are replaced.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const WASM_OPT = [
  "-Oz",
  ..."bulk-memory bulk-memory-opt nontrapping-float-to-int sign-ext mutable-globals reference-types multivalue call-indirect-overlong"
    .split(" ")
    .map((feature) => `--enable-${feature}`),
];
const LINK = "__wasm_split.js";
const [program, staging, cache] = process.argv.slice(2);
const run = promisify(execFile);
const sha = (kind, content) => createHash(kind).update(content);
const text = (...path) => readFileSync(join(...path), "utf8");

/** The parts, from the cache where nothing that makes them has changed: a folder of parts, their glue and their link script. */
async function prepared() {
  const key = sha("sha256", readFileSync(program)).update(readFileSync(new URL(import.meta.url))).update(process.env.PATH).digest("hex").slice(0, 16);
  const done = join(cache, key);
  if (existsSync(done)) return done;
  rmSync(cache, { recursive: true, force: true });
  const making = join(cache, "making");
  mkdirSync(making, { recursive: true });
  await run("wasm-split-cli", [program, making, "--out-name", "sluice"]);
  await run("wasm-bindgen", [join(making, "sluice.wasm"), "--target", "web", "--no-typescript", "--keep-lld-exports", "--out-dir", making, "--out-name", "sluice"]);
  rmSync(join(making, "sluice.wasm"));
  const parts = readdirSync(making).filter((name) => name.endsWith(".wasm"));
  // The program, by far the largest, first.
  parts.sort((a, b) => b.startsWith("sluice") - a.startsWith("sluice"));
  await Promise.all(Array.from({ length: availableParallelism() }, () => optimize(making, parts)));
  renameSync(making, done);
  return done;
}

async function optimize(folder, parts) {
  for (let name = parts.shift(); name; name = parts.shift()) {
    const path = join(folder, name);
    await run("wasm-opt", [...WASM_OPT, path, "-o", path]);
  }
}

/** What the cut program is made of, as its link script says: parts, what each lazy piece needs of them, and what they share. */
function read(folder) {
  const link = text(folder, LINK);
  const shared = /const \{ ([^}]*?),? \} = initSync/.exec(link)?.[1].split(",").map((name) => name.trim()).filter(Boolean);
  if (!shared) throw new Error(`${LINK} does not say what the parts share: is it of another version of wasm-split-cli?`);
  const chunks = new Map([...link.matchAll(/^const (__chunk_\d+) = makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/(\w+)\.wasm"/gm)].map(([, variable, name]) => [variable, name]));
  const loaders = [...link.matchAll(/^export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\((?:\(\) => \{\s*const src = fetch\(new URL\("\.\/(\w+)\.wasm"[^]*?^\}\n?|\(\) => async \(_imp\) => \(\{\}\)), \[([^\]]*)\]\)\);/gm)];
  const needs = Object.fromEntries(
    loaders.map(([, name, own, others]) => [name, [own ?? null, ...others.split(", ").filter(Boolean).map((variable) => chunks.get(variable))]]),
  );
  const parts = readdirSync(folder).filter((name) => name.endsWith(".wasm") && name !== "sluice_bg.wasm").map((name) => name.slice(0, -5));
  const wanted = new Set(Object.values(needs).flat().filter(Boolean));
  const astray = parts.filter((name) => !wanted.has(name)).concat([...wanted].filter((name) => !parts.includes(name)));
  if (loaders.length !== (link.match(/^export const /gm) ?? []).length || astray.length) throw new Error(`${LINK} was not understood: ${astray.join(", ")}`);
  return { parts, needs, shared };
}

function publish(folder, { parts, needs, shared }) {
  const page = text(staging, "index.html");
  const tag = (pattern) => pattern.exec(page)?.[0] ?? fail(`no ${pattern} in index.html`);
  const tags = { glue: tag(/<link rel="modulepreload"[^>]*>/), program: tag(/<link rel="preload"[^>]*type="application\/wasm"[^>]*>/) };
  for (const replaced of Object.values(tags)) rmSync(join(staging, /href="\.\/([^"]*)"/.exec(replaced)[1]));

  const table = Object.fromEntries(parts.map((name) => [name, place(name.replace(/^split_/, ""), "", readFileSync(join(folder, `${name}.wasm`)))]));
  const started = place("sluice", "_bg", readFileSync(join(folder, "sluice_bg.wasm")));
  const glue = place("sluice", "", glued(text(folder, "sluice.js"), { parts: table, needs, shared }), "js");
  writeFileSync(join(staging, "index.html"), page.replace(tags.glue, retag(tags.glue, glue)).replace(tags.program, retag(tags.program, started)));
}

/** Writes a file under a name with the hash of its content. */
function place(name, suffix, content, extension = "wasm") {
  const file = `${name}-${sha("sha256", content).digest("hex").slice(0, 16)}${suffix}.${extension}`;
  writeFileSync(join(staging, file), content);
  return { file, integrity: `sha384-${sha("sha384", content).digest("base64")}` };
}

const retag = (tag, { file, integrity }) => tag.replace(/href="[^"]*"/, `href="./${file}"`).replace(/integrity="[^"]*"/, `integrity="${integrity}"`);

/** The glue script with the loader in the place of the link script, which it would import once for each lazy piece. */
function glued(glue, { parts, needs, shared }) {
  const imports = new RegExp(`^import \\* as \\w+ from "\\./${LINK}";?\\n`, "gm");
  const uses = new RegExp(`^ *"\\./${LINK}": \\w+,\\n`, "gm");
  const count = glue.match(imports)?.length ?? 0;
  if (count === 0 || count !== glue.match(uses)?.length) fail(`the glue script does not import ${LINK} as expected`);
  const [use] = glue.match(uses);
  const own = glue.replace(imports, "").replace(use, `        "./${LINK}": loaders,\n`).replace(uses, (line) => (line.includes("loaders") ? line : ""));
  const tables = Object.entries({ PARTS: parts, NEEDS: needs, SHARED: shared }).map(([name, table]) => `const ${name} = ${JSON.stringify(table)};\n`);
  const loader = readFileSync(new URL("split/loader.js", import.meta.url), "utf8").replace(/^ *\/\/.*\n/gm, "");
  return `${own}\n${tables.join("")}${loader}`;
}

function fail(why) {
  throw new Error(why);
}

const folder = await prepared();
publish(folder, read(folder));
