// Writes tokenizer/data/o200k.bin from npm's tiktoken. The tokens are sorted by their bytes, so that each is told by what
// it shares with the one before; five columns, since alike bytes compress well:
//   shared     how many first bytes each token has in common with the one before it
//   added      how many bytes follow
//   rank       three columns: the low, middle and high bytes of its rank
//   bytes      what follows, for all tokens
// The ranks must be OpenAI's own: their file o200k_base.tiktoken has this SHA-256 (openai/tiktoken, openai_public.py).
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d";

const tokens = [];
// Each line: a "!", the first rank, and the tokens from there on in base64.
for (const line of createRequire(import.meta.url)("tiktoken/encoders/o200k_base.json").bpe_ranks.split("\n").filter(Boolean)) {
  const [, first, ...rest] = line.split(" ");
  rest.forEach((token, index) => (tokens[Number(first) + index] = Buffer.from(token, "base64")));
}
const hash = createHash("sha256");
tokens.forEach((token, rank) => hash.update(`${token.toString("base64")} ${rank}\n`));
if (hash.digest("hex") !== SHA256) throw new Error("these are not the ranks that OpenAI published");

const sorted = [...tokens.keys()].sort((a, b) => Buffer.compare(tokens[a], tokens[b]));
let before = Buffer.alloc(0);
const shared = sorted.map((rank) => {
  const token = tokens[rank];
  let count = 0;
  while (count < Math.min(before.length, token.length) && before[count] === token[count]) count++;
  before = token;
  return count;
});
const columns = [
  shared,
  sorted.map((rank, index) => tokens[rank].length - shared[index]),
  ...[0, 8, 16].map((shift) => sorted.map((rank) => (rank >> shift) & 255)),
].map((column) => Buffer.from(column));
const bytes = sorted.map((rank, index) => tokens[rank].subarray(shared[index]));
writeFileSync(new URL("../../tokenizer/data/o200k.bin", import.meta.url), Buffer.concat([...columns, ...bytes]));
console.log(`${tokens.length} tokens`);
