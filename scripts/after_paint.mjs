// Takes Trunk's preload hints of the program out of index.html: fetched at once, it would share the line with the styles
// and hold up the first paint. public/boot.js fetches what these links name. Usage: node scripts/after_paint.mjs DIST
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const path = join(process.argv[2], "index.html");
let page = readFileSync(path, "utf8");
for (const [tag, rel] of [[/<link rel="modulepreload"[^>]*>/, "glue"], [/<link rel="preload"[^>]*type="application\/wasm"[^>]*>/, "program"]]) {
  const [link] = tag.exec(page) ?? [];
  if (!link) throw new Error(`index.html has no ${tag}`);
  page = page.replace(link, link.replace(/rel="[^"]*"/, `rel="${rel}"`));
}
writeFileSync(path, page);
