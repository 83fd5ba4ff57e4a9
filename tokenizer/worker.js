// Counts tokens off the page's thread. scripts/token_worker.mjs puts wasm-bindgen's glue before this, and the names.
//
// In:  [id, text, …]        counts the texts together; a newer id ends an older one.
// Out: [id, tokens, share]  how far it is: share goes up to 1, and then tokens is the count.
//      "…"                  why there is no counter.
"use strict";

const PROGRAM = "{{PROGRAM}}";
const INTEGRITY = "{{INTEGRITY}}";
// Between two stretches it hears whether the count is still wanted; some 20 ms of work.
const STRETCH_BYTES = 512 * 1024;

let newest = 0;
const counter = load();
counter.catch((error) => postMessage(error.message));

async function load() {
  const response = await fetch(new URL(PROGRAM, location.href), { integrity: INTEGRITY }).catch(() => {
    throw new Error(`${PROGRAM} could not be fetched, or is not the file this page was built with`);
  });
  if (!response.ok) throw new Error(`the server answers ${response.status} for ${PROGRAM}`);
  // A host that sends another type than application/wasm is slower, not broken.
  const streams = response.headers.get("content-type") === "application/wasm";
  const module = await (streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  await wasm_bindgen({ module_or_path: module });
  return new wasm_bindgen.Counter();
}

addEventListener("message", async ({ data: [id, ...texts] }) => {
  newest = id;
  const counting = await counter.catch(() => undefined);
  if (!counting || id !== newest) return;
  const length = texts.reduce((sum, text) => sum + text.length, 0) || 1;
  let [tokens, before] = [0, 0];
  for (const text of texts) {
    counting.start(text);
    while (!counting.step(STRETCH_BYTES)) {
      postMessage([id, tokens + counting.tokens(), (before + counting.share() * text.length) / length]);
      await turn();
      if (id !== newest) return;
    }
    tokens += counting.tokens();
    before += text.length;
  }
  postMessage([id, tokens, 1]);
});

// Lets messages in. Timers would wait, a message of our own does not.
const { port1, port2 } = new MessageChannel();
const turn = () =>
  new Promise((done) => {
    port1.onmessage = done;
    port2.postMessage(undefined);
  });
