// The exported programs in TypeScript, unchanged but for their types, against the retry loop's own waits.
//
// What they are answered is in tests/exported/golden.json, with the draws and the waits of the retry loop; timers, the
// clock and the random numbers are patched. Some of it is asked of simulated_api itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const BINARY = process.env.SIMULATED_API ?? at("../../target/release/simulated_api");
const EXPORTED = at("../exported");
const GOLDEN = JSON.parse(readFileSync(join(EXPORTED, "golden.json"), "utf8"));
const PROGRAMS = readdirSync(join(EXPORTED, "programs")).filter((name) => name.endsWith(".ts"));
// Beside the packages, so that a program finds them.
const COPIES = at("node_modules/.exported");
/** What simulated_api answers in a scenario, as the golden answers have it, and after how many requests. */
const SIMULATED = {
  "answered at once": ["tier-1", 0],
  "refused for good": ["first-429", 3],
  "no credit": ["quota-exhausted", 0],
  "too large": ["request-too-large", 0],
};

mkdirSync(COPIES, { recursive: true });

function traceOf(program, answers) {
  const stem = program.replace(/\.ts$/, "");
  return (GOLDEN.traces[stem] ?? GOLDEN.traces[stem.split(".")[0]])[answers];
}

/** A server that gives its answers one after the other, the last one again and again. */
async function scripted(answers) {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const answer = answers[Math.min(requests++, answers.length - 1)];
      if (answer === null) return request.socket.destroy();
      response.writeHead(answer.status, [...answer.headers, ["connection", "close"]].flat()).end(answer.body);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${server.address().port}/v1`, requests: () => requests, close: () => server.close() };
}

/** simulated_api in a scenario, after so many requests. */
async function simulated([scenario, before]) {
  const server = spawn(BINARY, ["--port", "0", "--latency-scale", "0", "--scenario", scenario], { stdio: ["ignore", "pipe", "inherit"] });
  const [greeting] = await once(server.stdout.setEncoding("utf8"), "data");
  const [url] = greeting.match(/http:\/\/\S+\/v1/) ?? assert.fail(`no address in ${greeting}`);
  const headers = { Authorization: "Bearer sk-simulated", "Content-Type": "application/json" };
  const body = JSON.stringify({ model: "gpt-5-nano", input: "Hi", max_output_tokens: 16 });
  for (let sent = 0; sent < before; sent++) await (await fetch(`${url}/responses`, { method: "POST", headers, body })).text();
  return { url, close: () => server.kill() };
}

/** Runs a program as it is, in a process of its own, once for each call: `{ url, draws }`. */
async function run(file, calls) {
  const child = spawn(process.execPath, [at("exported_run.mjs"), file], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify({ wall: GOLDEN.wall, calls }));
  let told = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) told += chunk;
  return JSON.parse(told);
}

const { module, target } = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };

/** The program without its types. */
function transpiled(program) {
  const code = readFileSync(join(EXPORTED, "programs", program), "utf8");
  const file = join(COPIES, `${basename(program, ".ts")}.mjs`);
  writeFileSync(file, ts.transpileModule(code, { compilerOptions: { module, target } }).outputText);
  return file;
}

/** Holds a program's waits to the golden ones; `servers` are by the name of their answers. */
async function holds(program, servers) {
  const names = Object.keys(servers);
  const calls = names.map((answers) => ({ url: servers[answers].url, draws: traceOf(program, answers).draws }));
  const results = await run(transpiled(program), calls);
  for (const [number, answers] of names.entries()) {
    const [{ slept, succeeded, said }, trace, server] = [results[number], traceOf(program, answers), servers[answers]];
    server.close();
    const where = `${program}: ${answers}`;
    assert.equal(slept.length, trace.waits.length, `${where}: ${slept}`);
    if (server.requests) assert.equal(server.requests(), trace.waits.length + 1, where);
    for (const [at, wait] of slept.entries()) {
      assert.ok(Math.abs(wait - trace.waits[at]) < 1e-6, `${where}: ${wait}, not ${trace.waits[at]} s`);
    }
    assert.equal(succeeded, trace.succeeded, where);
    assert.equal(said.startsWith("Failed: "), !succeeded, `${where}: ${said}`);
  }
}

async function started(all, start) {
  const servers = {};
  for (const [answers, list] of Object.entries(all)) servers[answers] = await start(list);
  return servers;
}

test("the programs are there", () => assert.equal(PROGRAMS.length, 12));

test("the programs' types are right", () => {
  // Copied beside the packages, whose types they use.
  const files = PROGRAMS.map((program) => {
    const copy = join(COPIES, program);
    writeFileSync(copy, readFileSync(join(EXPORTED, "programs", program)));
    return copy;
  });
  const options = { module, target, strict: true, noEmit: true, skipLibCheck: true, noUnusedLocals: true, types: ["node"] };
  const moduleResolution = ts.ModuleResolutionKind.Bundler;
  const checked = ts.createProgram(files, { ...options, moduleResolution, typeRoots: [at("node_modules/@types")] });
  const found = ts.getPreEmitDiagnostics(checked);
  const host = { getCurrentDirectory: () => COPIES, getCanonicalFileName: (name) => name, getNewLine: () => "\n" };
  assert.equal(found.length, 0, ts.formatDiagnostics(found, host));
});

for (const program of PROGRAMS) {
  test(`${program} waits as the engine does`, async () => holds(program, await started(GOLDEN.answers, scripted)));
  test(`${program} against the simulated API`, async () => holds(program, await started(SIMULATED, simulated)));
}
