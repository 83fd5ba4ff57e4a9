// The little that has to be known of the binary format of WebAssembly.

const IMPORTS = 2;
const EXPORTS = 7;
const CODE = 10;
const DATA = 11;
const FUNCTION = 0;
const KINDS = { function: FUNCTION, table: 1, memory: 2, global: 3 };

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get byte() {
    return this.bytes[this.at++];
  }

  get number() {
    let value = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = this.byte;
      value |= (byte & 127) << shift;
      more = byte > 127;
    }
    return value;
  }

  get name() {
    const length = this.number;
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString("utf8");
  }
}

const number = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]);
const name = (text) => {
  const bytes = Buffer.from(text);
  return [...number(bytes.length), ...bytes];
};
const section = (id, entries) => {
  const content = [...number(entries.length), ...entries.flat()];
  return Buffer.from([id, ...number(content.length), ...content]);
};

/** The sections of a module: the number of each, its bytes with the header, and a reader of its content. */
function sections(module) {
  const found = [];
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte;
    const size = reader.number;
    const content = reader.at;
    reader.at += size;
    found.push({ id, size, bytes: module.subarray(start, reader.at), content: () => new Reader(module, content) });
  }
  return found;
}

/** Bytes of code and data. */
export const weight = (module) =>
  sections(module)
    .filter(({ id }) => id === CODE || id === DATA)
    .reduce((sum, { size }) => sum + size, 0);

/** The module without its custom sections: who made it, and of what, is nothing that a browser runs. */
export const bare = (module) => Buffer.concat([module.subarray(0, 8), ...sections(module).filter(({ id }) => id !== 0).map(({ bytes }) => bytes)]);

/**
 * The module with other names: `imported` and `exported` give the new name for an old one; an export whose new name is
 * undefined goes. It imports functions alone.
 */
export function renamed(module, imported, exported) {
  const parts = sections(module).map(({ id, bytes, content }) => {
    const reader = content();
    const entries = () => Array.from({ length: reader.number });
    if (id === IMPORTS) {
      const each = () => {
        const [from, field, kind] = [reader.name, reader.name, reader.byte];
        if (kind !== FUNCTION) throw new Error(`the program imports ${field}, which is no function`);
        return [...name(from), ...name(imported(field)), kind, ...number(reader.number)];
      };
      return section(id, entries().map(each));
    }
    if (id === EXPORTS) {
      const each = () => [reader.name, reader.byte, reader.number];
      const kept = entries().map(each).filter(([old]) => exported(old) !== undefined);
      return section(id, kept.map(([old, kind, index]) => [...name(exported(old)), kind, ...number(index)]));
    }
    return bytes;
  });
  return Buffer.concat([module.subarray(0, 8), ...parts]);
}

/**
 * A module that passes on what `module` imports: from a module `to`, of the same length as `from`, under the same names.
 * wasm-merge would else import memory and table once for each piece.
 */
export function passingOn(module, from, to) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module));
  if (imports.some((one) => one.module !== from || one.kind === "function")) throw new Error("a piece imports more than what all share");
  const bytes = Buffer.from(sections(module).find(({ id }) => id === IMPORTS).bytes).toString("latin1");
  const told = (text) => String.fromCharCode(text.length) + text;
  const exports = section(EXPORTS, imports.map((one) => [...name(one.name), KINDS[one.kind], 0]));
  return Buffer.concat([module.subarray(0, 8), Buffer.from(bytes.replaceAll(told(from), told(to)), "latin1"), exports]);
}
