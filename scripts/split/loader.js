// The end of the glue script: fetches the parts of the program that are not there from the start (scripts/split.mjs
// puts it there, and the tables PARTS and NEEDS before it). This file was verified before it ran, and so are, against
// its tables, the parts that it fetches.

// A part under way or there, by name. One that failed is fetched anew when it is next asked for.
const parts = new Map();
const failed = new Set();

function part(name) {
  if (!parts.has(name)) {
    const { file, integrity } = PARTS[name];
    // What an earlier try left in the browser's cache may be what was wrong.
    const cache = failed.has(name) ? "reload" : "default";
    const started = globalThis.sluiceFiles.compile(new URL(file, import.meta.url).href, integrity, cache);
    started.catch(() => {
      failed.add(name);
      parts.delete(name);
    });
    parts.set(name, started);
  }
  return parts.get(name);
}

const running = new Map();

// Its code may only run once what it needs is in the table of functions.
function run(name, needed) {
  if (!running.has(name)) {
    const started = Promise.all([part(name), ...needed]).then(([module]) => WebAssembly.instantiate(module, { __wasm_split: shared() }));
    started.catch(() => running.delete(name));
    running.set(name, started);
  }
  return running.get(name);
}

function shared() {
  return Object.fromEntries(SHARED.map((name) => [name, wasm[name]]));
}

function load(name) {
  const [own, ...needed] = NEEDS[name];
  const needs = needed.map((other) => run(other, []));
  return own ? run(own, needs) : Promise.all(needs);
}

// What the program calls to have a part: it is told by a function of its own, given by its number in the table.
const loaders = Object.fromEntries(
  Object.keys(NEEDS).map((name) => [
    `__wasm_split_load_${name}`,
    async (callback, data) => {
      const there = await load(name).then(
        () => true,
        () => false,
      );
      wasm.__indirect_function_table.get(callback)(data, there);
    },
  ]),
);
