// Writes golden.jsonl: 1,000 texts in many scripts and what tiktoken makes of them. The same bytes on every run.
import { writeFileSync } from "node:fs";
import { golden, random } from "./reference.mjs";
import { CODE, CONTRACTIONS, EMOJI, HOSTILE, PROMPTS } from "./samples.mjs";
import { LANGUAGES, paragraphs } from "./scripts.mjs";
import { points, wild } from "./wild.mjs";

const TEXTS = 1000;
const { below, pick } = random(200_000);
const texts = [];
const add = (kind, text) => texts.push([kind, text]);

// The file must stay small: 7 paragraphs a language, short ones whole and long ones cut between characters.
const short = (text, length) => [...text].slice(0, length).join("");
for (const [kind, languages] of Object.entries(LANGUAGES)) {
  const count = languages.length < 4 ? 16 : 7;
  for (const language of languages) {
    const all = paragraphs(language);
    for (let index = 0; index < count; index++) add(kind, short(all[Math.floor((index * all.length) / count)], 260));
  }
}
for (const text of PROMPTS) add("english", text);

for (const source of Object.values(CODE)) {
  const lines = source.split("\n");
  add("code", source);
  for (let index = 0; index < 5; index++) {
    const from = below(lines.length - 1);
    add("code", lines.slice(from, from + 1 + below(6)).join("\n"));
  }
}

const digit = () => below(10);
const digits = (count) => Array.from({ length: count }, digit).join("");
const hex = (count) => Array.from({ length: count }, () => below(16).toString(16)).join("");
for (let index = 0; index < 8; index++) {
  add("digits", digits(1 + below(40)));
  add("digits", Array.from({ length: 12 }, () => `${digits(1 + below(4))}.${digits(2)}`).join(pick([", ", "\n", "; ", " | "])));
  add("digits", `20${digits(2)}-0${1 + below(9)}-1${digit()}T1${digit()}:${pick([0, 1, 2, 3, 4, 5])}${digit()}:00.${digits(3)}Z`);
  add("digits", `+${digits(2)} ${digits(3)} ${digits(4)}-${digits(2)}, ${digits(3)}.${digits(3)}.${digits(1)}.${digits(2)}, ${digits(1)},${digits(3)},${digits(3)} €`);
  add("hex", hex(32 + below(64)));
  add("hex", `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)} 0x${hex(8)} #${hex(6)}`);
  add("hex", Buffer.from(Array.from({ length: 40 + below(60) }, () => below(256))).toString("base64"));
}
add("digits", "٠١٢٣٤٥٦٧٨٩ ०१२३४५६७८९ ๐๑๒๓๔๕๖๗๘๙ 〇一二三四五 １２３４５ 𝟘𝟙𝟚𝟛");

const blanks = [" ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", " \n", "\u00a0", "\u3000", "\u2003"];
const words = ["a", "The", "x1", "中", "42", "!", "ok.", "é", "{", "//", "🐢"];
for (let index = 0; index < 45; index++) {
  let text = "";
  for (let part = 0; part < 3 + below(30); part++) text += pick(blanks) + (below(3) === 0 ? pick(words) : pick(blanks));
  add("whitespace", text);
}

for (const text of CONTRACTIONS) add("contractions", text);
for (const text of EMOJI) add("emoji", text);
for (let index = 0; index < 24; index++) {
  add("emoji", Array.from({ length: 1 + below(12) }, () => String.fromCodePoint(pick([0x1f300, 0x1f400, 0x1f600, 0x1f680, 0x1f900]) + below(0x50))).join(pick(["", "", " "])));
}
for (const text of HOSTILE) add("hostile", text);

// The rest is noise: any assigned or unassigned code points, then neighbours from few ranges, then all mixed.
for (let index = 0; texts.length < TEXTS; index++) add("noise", index % 2 ? wild(random(index)) : points(random(index), 4 + (index % 40)));
if (texts.length !== TEXTS) throw new Error(`${texts.length} texts`);

writeFileSync(new URL("golden.jsonl", import.meta.url), texts.map(([kind, text]) => golden(kind, text) + "\n").join(""));
