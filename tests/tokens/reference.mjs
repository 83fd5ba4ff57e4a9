// What tiktoken makes of a text: npm's tiktoken is OpenAI's Rust code compiled to WebAssembly.
import { createRequire } from "node:module";
import { Tiktoken } from "tiktoken/lite";

const { bpe_ranks, special_tokens, pat_str } = createRequire(import.meta.url)("tiktoken/encoders/o200k_base.json");
const encoder = new Tiktoken(bpe_ranks, special_tokens, pat_str);

// One line of the golden file: the text, how many tokens it is, and the FNV-1a hash of their numbers, four bytes each,
// the low one first. Names of special tokens are ordinary text, as they are to the API.
export function golden(kind, text) {
  const tokens = encoder.encode_ordinary(text);
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return JSON.stringify([kind, text, tokens.length, hash]);
}

// A seeded source of random numbers (mulberry32): the same texts on every machine.
export function random(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), seed | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound) => Math.floor(next() * bound);
  return { below, pick: (list) => list[below(list.length)] };
}
