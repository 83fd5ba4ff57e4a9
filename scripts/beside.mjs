// Puts files that the program loads by itself beside the page, under names with their hashes (the page's guard and the
// caching rules know them by that), and names them in the page with the integrity they must have.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const integrity = (content) => `sha384-${createHash("sha384").update(content).digest("base64")}`;

export function put(dist, name, kind, content) {
  const hashed = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}.${kind}`;
  writeFileSync(join(dist, hashed), content);
  return hashed;
}

// A link of our own kind: no browser fetches it.
export function link(dist, rel, name, content) {
  const page = join(dist, "index.html");
  const html = readFileSync(page, "utf8");
  const tag = `<link rel="${rel}" href="./${name}" integrity="${integrity(content)}" />`;
  if (!html.includes("</head>")) throw new Error("index.html has no head");
  writeFileSync(page, html.replace("</head>", `${tag}\n</head>`));
}
