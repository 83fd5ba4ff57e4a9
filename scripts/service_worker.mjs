// Writes sw.js, the service worker (public/sw.template.js), for a site whose files have their last names and contents,
// and tells the page which build it is. Usage: node scripts/service_worker.mjs DIST
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

// Of the host, or made of what is listed; an older sw.js is this script's own.
const UNLISTED = /^(_headers|_redirects|404\.html|sw\.js)$|\.(br|gz|map)$/;
// Used by few, and more to download than all the rest: kept once they are used.
const LARGE = /^(o200k|token_worker)-/;
const BUILD_TAG = /(<meta name="sluice-build" content=")[^"]*(")/;

const dist = process.argv[2];
const integrity = (content) => `sha384-${createHash("sha384").update(content).digest("base64")}`;
const read = (name) => readFileSync(join(dist, name));

const names = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
  .filter((name) => name !== "index.html" && !UNLISTED.test(name))
  .sort();
const files = Object.fromEntries(names.map((name) => [name, integrity(read(name))]));
const template = readFileSync(new URL("../public/sw.template.js", import.meta.url), "utf8");

const html = read("index.html").toString().replace(BUILD_TAG, "$1$2");
if (!BUILD_TAG.test(html)) throw new Error("index.html has no place for the build's name");
const build = createHash("sha256").update(JSON.stringify([html, files, template])).digest("hex").slice(0, 16);
const page = html.replace(BUILD_TAG, `$1${build}$2`);
writeFileSync(join(dist, "index.html"), page);

const large = names.filter((name) => LARGE.test(name));
const values = { BUILD: build, FILES: JSON.stringify({ "": integrity(page), ...files }, null, 2), LARGE: JSON.stringify(large) };
writeFileSync(join(dist, "sw.js"), template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]));
