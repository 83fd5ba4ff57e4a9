// Counts tokens off the page's thread. scripts/program_worker.mjs puts wasm-bindgen's glue and `load` before this.
//
// In:  [id, text, …]        counts the texts together; a newer id ends an older one.
// Out: [id, tokens, share]  how far it is: share goes up to 1, and then tokens is the count.
//      "…"                  why there is no counter.

// Between two stretches it hears whether the count is still wanted; some 20 ms of work.
const STRETCH_BYTES = 512 * 1024;

let newest = 0;
const counter = load().then(() => new wasm_bindgen.Counter());
counter.catch((error) => postMessage(error.message));

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
