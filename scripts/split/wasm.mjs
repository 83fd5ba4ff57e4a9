// The little that has to be known of the binary format of WebAssembly.

const IMPORTS = 2;
const EXPORTS = 7;
const CODE = 10;
const DATA = 11;
const KINDS = { table: 1, memory: 2, global: 3 };

/** The sections of a module: its number, its bytes with the header, and the length of its content. */
function sections(module) {
  const found = [];
  for (let at = 8; at < module.length; ) {
    const start = at;
    const id = module[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      more = module[at] > 127;
      size |= (module[at++] & 127) << shift;
    }
    at += size;
    found.push({ id, size, bytes: module.subarray(start, at) });
  }
  return found;
}

/** Bytes of code and data. */
export const weight = (module) =>
  sections(module)
    .filter(({ id }) => id === CODE || id === DATA)
    .reduce((sum, { size }) => sum + size, 0);

const unsigned = (number) => (number < 128 ? [number] : [(number & 127) | 128, ...unsigned(number >> 7)]);
const name = (text) => [...unsigned(text.length), ...Buffer.from(text)];

/**
 * A module that passes on what `module` imports: from a module `to`, of the same length as `from`, under the same names.
 * wasm-merge would else import memory and table once for each piece.
 */
export function passingOn(module, from, to) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module));
  if (imports.some((one) => one.module !== from || !(one.kind in KINDS))) throw new Error("a piece imports more than what all share");
  const section = Buffer.from(sections(module).find(({ id }) => id === IMPORTS).bytes);
  const renamed = Buffer.from(section.toString("latin1").replaceAll(`${String.fromCharCode(from.length)}${from}`, `${String.fromCharCode(to.length)}${to}`), "latin1");
  const exports = [...unsigned(imports.length), ...imports.flatMap((one) => [...name(one.name), KINDS[one.kind], 0])];
  return Buffer.concat([module.subarray(0, 8), renamed, Buffer.from([EXPORTS, ...unsigned(exports.length), ...exports])]);
}
