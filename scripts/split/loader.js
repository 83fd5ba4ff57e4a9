// The end of the glue script: fetches the parts of the program that are not there from the start (scripts/split.mjs
// puts it there, and before it the tables FILES, NEEDS and SHARED). The glue script was verified before it ran, and the
// files are against its tables.

// A file under way or there, by name. One that failed is fetched anew when it is next asked for.
const running = new Map();
const failed = new Set();

// The order of files does not matter: they call each other through the table of functions, which each fills in its own
// places, and nothing of a part is called before all of its files are there.
async function run(name) {
  const { file, integrity } = FILES[name];
  // What an earlier try left in the browser's cache may be what was wrong.
  const module = await globalThis.sluiceFiles.compile(new URL(file, import.meta.url).href, integrity, failed.has(name) ? "reload" : "default");
  const shared = Object.fromEntries(SHARED.map((name) => [name, wasm[name]]));
  return WebAssembly.instantiate(module, { __wasm_split: shared, sluice_parts: shared });
}

function have(name) {
  if (!running.has(name)) {
    const started = run(name);
    started.catch(() => {
      failed.add(name);
      running.delete(name);
    });
    running.set(name, started);
  }
  return running.get(name);
}

// What the program calls to have a part: it is told by a function of its own, given by its number in the table.
const loaders = Object.fromEntries(
  Object.entries(NEEDS).map(([part, files]) => [
    `__wasm_split_load_${part}`,
    async (callback, data) => {
      const there = await Promise.all(files.map(have)).then(
        () => true,
        () => false,
      );
      wasm.__indirect_function_table.get(callback)(data, there);
    },
  ]),
);
