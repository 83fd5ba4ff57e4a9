// Makes one file of the page's stylesheets: two dozen requests before the first paint are slow on HTTP/1.1, and a policy
// without inline styles leaves no other way. Usage: node scripts/bundle_styles.mjs DIST
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LINK = /[ \t]*<link rel="stylesheet" href="\.\/([^"]+\.css)"[^>]*>\n?/g;

const dist = process.argv[2];
const index = join(dist, "index.html");
const html = readFileSync(index, "utf8");
const files = [...html.matchAll(LINK)].map(([, file]) => file);
if (files.length === 0) throw new Error(`${index} names no stylesheet`);

// Comments and indentation are for those who read the sources.
const styles = files
  .map((file) => readFileSync(join(dist, file), "utf8").replace(/\/\*[^]*?\*\//g, "").replace(/^\s+/gm, ""))
  .join("");
const name = `style-${createHash("sha256").update(styles).digest("hex").slice(0, 16)}.css`;
const integrity = `sha384-${createHash("sha384").update(styles).digest("base64")}`;
files.forEach((file) => rmSync(join(dist, file)));
writeFileSync(join(dist, name), styles);

let isFirst = true;
const bundled = html.replace(LINK, () => {
  const link = isFirst ? `<link rel="stylesheet" href="./${name}" integrity="${integrity}">\n` : "";
  isFirst = false;
  return link;
});
writeFileSync(index, bundled);
