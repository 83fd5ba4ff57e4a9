// Puts the worker that keeps the page's timers (public/clock_worker.js) beside the page. Usage: node scripts/clock_worker.mjs DIST
import { readFileSync } from "node:fs";
import { link, put } from "./beside.mjs";

const dist = process.argv[2];
const worker = readFileSync(new URL("../public/clock_worker.js", import.meta.url), "utf8");
link(dist, "clock-worker", put(dist, "clock_worker", "js", worker), worker);
