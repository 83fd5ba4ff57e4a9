// Takes out of wasm-bindgen's output what nobody needs. Nothing of it changes what the program does.
import { renamed } from "./wasm.mjs";

// Every name of an import has a hash in it, once in the program and twice in the glue script: bytes that no compression
// makes smaller.
const HASHED = /\b(__wbg_\w+?|wasm_bindgen__\w+?)_{1,2}h?[0-9a-f]{16}(?:_\d+)?\b/g;
// Streams from Rust into scripts, which server_fn (a dependency of leptos) brings, and which the page does not use.
const CLASS = /^export class (IntoUnderlying\w+) \{\n[^]*?^\}\n(?:if \(Symbol\.dispose\).*\n)?/gm;
const FINALIZATION = /^const IntoUnderlying\w+Finalization = [^]*?;\n/gm;
const STREAMS = /^(__wbg_)?intounderlying/;

/** The program and its glue script, slimmer. */
export function slimmed({ module, glue }) {
  const names = new Map();
  const taken = new Set(glue.match(/\w+/g));
  const short = (old, plain) => {
    if (!names.has(old)) {
      let name = plain;
      for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
      taken.add(name);
      names.set(old, name);
    }
    return names.get(old);
  };
  const without = glue.replace(CLASS, "").replace(FINALIZATION, "");
  // Where something does use them, they stay.
  const hasStreams = /IntoUnderlying/.test(without);
  const text = (hasStreams ? glue : without).replace(HASHED, short).replace(/^\s*(\/\/.*|\/\*\*|\*.*)?\n/gm, "").replace(/^ +/gm, "");
  const name = (old) => names.get(old) ?? old;
  return { module: renamed(module, name, (old) => (!hasStreams && STREAMS.test(old) ? undefined : name(old))), glue: text };
}
