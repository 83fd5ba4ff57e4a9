// The recipes of docs/deploy.md, in the real servers.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";

import { ask } from "./client.mjs";
import { makeSite, read, recipe, startDeployedCaddy, startDeployedNginx, startPython } from "./servers.mjs";

const TYPES = {
  ".css": /^text\/css\b/,
  ".html": /^text\/html\b/,
  ".js": /^(text|application)\/javascript\b/,
  ".json": /^application\/json\b/,
  ".png": /^image\/png$/,
  ".svg": /^image\/svg\+xml\b/,
  ".wasm": /^application\/wasm$/,
};

/** What public/_headers says for a path. */
function headersFor(path) {
  const lines = read("public/_headers").split("\n");
  const rest = lines.slice(lines.indexOf(path) + 1);
  const own = rest.slice(0, rest.findIndex((line) => !line.startsWith("  ")));
  return own.map((line) => /^\s*([^:]+): (.*)$/.exec(line).slice(1));
}

function siteChecks(start, more = () => {}) {
  let server, site;
  before(async () => {
    site = makeSite();
    server = await start(site);
  });
  after(() => server?.stop());
  const get = (path, headers = {}) => ask(server, { path, headers });
  const bytes = async ({ body }) => Buffer.concat(await body.toArray());

  for (const base of ["/", "/some/path/"]) {
    describe(`at ${base}`, () => {
      test("every file is there, as it was built and of its type", async () => {
        const names = readdirSync(site).filter((name) => extname(name) in TYPES);
        assert.ok(names.includes("sw.js") && names.includes("manifest.json"));
        const icons = existsSync(join(site, "icons")) ? readdirSync(join(site, "icons")).map((name) => `icons/${name}`) : [];
        for (const name of [...names, ...icons]) {
          const answer = await get(base + name);
          assert.equal(answer.status, 200, name);
          assert.match(answer.headers.get("content-type"), TYPES[extname(name)], name);
          assert.deepEqual(await bytes(answer), readFileSync(join(site, name)), name);
        }
      });
      test("the folder is the page", async () => assert.deepEqual(await bytes(await get(base)), readFileSync(join(site, "index.html"))));
      more({ get, base, site: () => site });
    });
  }
}

function headerChecks({ get, base, site }) {
  test("the page has the headers of public/_headers", async () => {
    for (const path of ["", "index.html", "missing.js"]) {
      const { headers } = await get(base + path);
      for (const [name, value] of headersFor("/*")) assert.equal(headers.get(name), value, `${name} of ${path}`);
      assert.equal(headers.get("cache-control"), "no-cache");
    }
  });
  test("the service worker has its own", async () => {
    const { headers } = await get(`${base}sw.js`);
    for (const [name, value] of headersFor("/sw.js")) assert.equal(headers.get(name), value, name);
  });
  test("names with a hash are kept for good", async () => {
    for (const name of readdirSync(site()).filter((name) => /-[0-9a-f]{16}/.test(name))) {
      assert.equal((await get(base + name)).headers.get("cache-control"), "public, max-age=31536000, immutable", name);
    }
    assert.equal((await get(`${base}gone-0123456789abcdef.js`)).headers.get("cache-control"), "no-cache");
  });
  test("the copies of make dist are sent", async () => {
    const answer = await get(`${base}index.html`, { "accept-encoding": "gzip" });
    assert.equal(answer.headers.get("content-encoding"), "gzip");
    assert.deepEqual(Buffer.concat(await answer.body.toArray()), readFileSync(join(site(), "index.html.gz")));
  });
}

describe("nginx, as in docs/deploy.md", { timeout: 60_000 }, () => siteChecks(startDeployedNginx, headerChecks));
describe("Caddy, as in docs/deploy.md", { timeout: 60_000 }, () => siteChecks(startDeployedCaddy, headerChecks));
describe("Python's http.server", { timeout: 60_000 }, () => siteChecks(startPython));

test("the workflow for GitHub Pages builds as make build does, and has the rights to publish", () => {
  const text = recipe("yaml");
  for (const part of ["make build", "path: dist", "pages: write", "id-token: write", "~/.cache/sluice"]) assert.ok(text.includes(part), part);
});
