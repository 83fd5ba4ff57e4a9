// Adds to _headers that files with a hash in their names never change: one rule each, since a pattern that fits them all
// would fit sw.js as well, and hosts join what rules say. Usage: node scripts/headers.mjs DIST
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const dist = process.argv[2];
const hashed = readdirSync(dist).filter((name) => /^[a-z0-9_]+-[0-9a-f]{8,16}(_bg)?\.[a-z0-9]+$/.test(name));
const rules = hashed.sort().map((name) => `/${name}\n  Cache-Control: public, max-age=31536000, immutable\n`);
appendFileSync(join(dist, "_headers"), rules.join(""));
