// Puts a worker with a program of its own beside the page: the program and the worker's script, under names with their
// hashes. The page finds the script by a link of its own, with the integrity it must have; the script knows the program's.
// Usage: node scripts/program_worker.mjs LINK BUILT WORKER.js DIST PROFILE
//   LINK: the link's rel, which the page asks for; BUILT: what wasm-bindgen made, without _bg.wasm and .js;
//   PROFILE: with "release", wasm-opt makes the program faster and smaller
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { integrity, link, put } from "./beside.mjs";
import { FEATURES } from "./wasm_features.mjs";

const [rel, built, script, dist, profile] = process.argv.slice(2);
const name = basename(built);
const compiled = `${built}_bg.wasm`;
if (profile === "release") execFileSync("wasm-opt", ["-O3", ...FEATURES, compiled, "-o", compiled], { stdio: "inherit" });
const program = readFileSync(compiled);
const values = { PROGRAM: put(dist, name, "wasm", program), INTEGRITY: integrity(program) };
const start = readFileSync(new URL("program_worker.start.js", import.meta.url), "utf8");
const source = [readFileSync(`${built}.js`, "utf8"), start.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key]), readFileSync(script, "utf8")].join("\n");
// Names of scripts are letters: the page's guard knows them by that.
link(dist, rel, put(dist, `${rel.split("-")[0]}_worker`, "js", source), source);
