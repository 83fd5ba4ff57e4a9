// Runs a program once for each call, in a world where time passes only by waiting, and says how long it waited. For
// exported.test.mjs, which gives the calls on standard input and reads what came of them.
import { pathToFileURL } from "node:url";

/** The package's own limit on a request, which is no wait. */
const LONGEST_REQUEST = 600_000;

const [, , file] = process.argv;
let input = "";
for await (const chunk of process.stdin.setEncoding("utf8")) input += chunk;
const { wall, calls } = JSON.parse(input);

const { setTimeout } = globalThis;
let [slept, said, draws] = [[], "", []];
const passed = () => slept.reduce((sum, wait) => sum + wait, 0) * 1000;

globalThis.setTimeout = (callback, wait = 0, ...rest) => {
  // Node's own fetch keeps timers too.
  const isOfFetch = new Error().stack.includes("node:internal/deps/undici");
  if (isOfFetch || wait >= LONGEST_REQUEST) return setTimeout(callback, wait, ...rest);
  slept.push(wait / 1000);
  return setTimeout(callback, 0, ...rest);
};
Math.random = () => (draws[Math.min(slept.length, draws.length - 1)] ?? 0) / 32768;
Date.now = () => wall * 1000 + passed();
performance.now = () => 1_000 + passed();
console.error = console.log = (...words) => (said = words.join(" "));

const results = [];
for (const [number, call] of calls.entries()) {
  [slept, said, draws] = [[], "", call.draws];
  Object.assign(process.env, { OPENAI_API_KEY: "sk-simulated", OPENAI_BASE_URL: call.url });
  process.exitCode = undefined;
  // Another query is another module.
  await import(`${pathToFileURL(file)}?${number}`);
  results.push({ slept, said, succeeded: process.exitCode === undefined });
}
process.exitCode = 0;
process.stdout.write(JSON.stringify(results));
