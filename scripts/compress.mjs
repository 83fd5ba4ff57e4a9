// Puts compressed copies (.br, .gz) beside the files of a site, for servers that send them as they are (nginx, Caddy and
// many more). Usage: node scripts/compress.mjs DIST
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT_OR_WASM = /\.(css|html|js|json|svg|wasm)$/;

const dist = process.argv[2];
const names = readdirSync(dist).filter((name) => TEXT_OR_WASM.test(name));
for (const name of names) {
  const content = readFileSync(join(dist, name));
  const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(join(dist, `${name}.br`), brotliCompressSync(content, { params: brotli }));
  writeFileSync(join(dist, `${name}.gz`), gzipSync(content, { level: 9 }));
}
console.log(`${names.length} files of ${dist} have compressed copies`);
