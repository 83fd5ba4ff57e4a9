// Writes target/tokens-trial.jsonl: every code point in two surroundings, whole declarations in 500 languages, and
// random texts. SEED=n writes other random ones.
import { createWriteStream, mkdirSync } from "node:fs";
import { golden, random } from "./reference.mjs";
import { all, paragraphs } from "./scripts.mjs";
import { points, wild } from "./wild.mjs";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
mkdirSync(new URL("../../target", import.meta.url), { recursive: true });
const file = createWriteStream(new URL("../../target/tokens-trial.jsonl", import.meta.url));
const write = (kind, text) => file.write(golden(kind, text) + "\n");

// The surroundings tell the classes of the pattern apart.
for (let first = 0; first < 0x110000; first += 4) {
  const four = [0, 1, 2, 3].map((step) => first + step).filter((point) => point < 0xd800 || point > 0xdfff);
  const texts = four.map((point) => String.fromCodePoint(point));
  write("code point", texts.map((text) => `A${text}b ${text}C1${text}2${text}${text} `).join("\n"));
}
for (const language of all()) write(language, paragraphs(language).join("\n"));
for (let index = 0; index < 100_000; index++) {
  const source = random(seed + index);
  write("noise", index % 4 ? wild(source, 2 + (index % 40)) : points(source, 1 + (index % 60)));
}
file.end(() => console.log(`seed ${seed}`));
