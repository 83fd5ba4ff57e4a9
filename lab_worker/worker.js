// Runs experiments off the page's thread. scripts/program_worker.mjs puts wasm-bindgen's glue and `load` before this.
//
// In:  [id, order]          carries out the order (sluice::lab::Order as JSON); a newer id ends an older one.
//      [id]                 ends what is under way.
// Out: [id, report]         what has come of it since the last report (sluice::lab::Report as JSON).
//      [id, undefined, why] the order cannot be carried out.
//      "…"                  why there is no program.

// Between two stretches it hears whether the work is still wanted.
const STRETCH_MS = 20;
// Steps until the clock is looked at again: a fraction of a millisecond.
const STEPS = 500;
// A report is no news more often than this.
const REPORT_MS = 60;

let newest = 0;
const lab = load().then(() => new wasm_bindgen.Lab());
lab.catch((error) => postMessage(error.message));

addEventListener("message", async ({ data: [id, order] }) => {
  newest = id;
  const working = await lab.catch(() => undefined);
  if (!working || order === undefined || id !== newest) return;
  const why = working.begin(order);
  if (why !== undefined) {
    postMessage([id, undefined, why]);
    return;
  }
  let [reported, over] = [performance.now(), false];
  while (!over) {
    const until = performance.now() + STRETCH_MS;
    while (!over && performance.now() < until) over = working.step(STEPS);
    if (over || performance.now() - reported > REPORT_MS) {
      postMessage([id, working.report()]);
      reported = performance.now();
    }
    await turn();
    if (id !== newest) return;
  }
});
