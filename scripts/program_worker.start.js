// How a worker starts its program; scripts/program_worker.mjs puts this between wasm-bindgen's glue and the worker's script.
"use strict";

const PROGRAM = "{{PROGRAM}}";
const INTEGRITY = "{{INTEGRITY}}";

/** Loads the program, which the glue can then call. */
async function load() {
  const response = await fetch(new URL(PROGRAM, location.href), { integrity: INTEGRITY }).catch(() => {
    throw new Error(`${PROGRAM} could not be fetched, or is not the file this page was built with`);
  });
  if (!response.ok) throw new Error(`the server answers ${response.status} for ${PROGRAM}`);
  // A host that sends another type than application/wasm is slower, not broken.
  const streams = response.headers.get("content-type") === "application/wasm";
  const module = await (streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  await wasm_bindgen({ module_or_path: module });
}

// Lets messages in. Timers would wait, a message of our own does not.
const { port1, port2 } = new MessageChannel();
const turn = () =>
  new Promise((done) => {
    port1.onmessage = done;
    port2.postMessage(undefined);
  });
