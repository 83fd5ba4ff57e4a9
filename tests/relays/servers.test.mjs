// The recipes for nginx and Caddy, in the real servers.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import http2 from "node:http2";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { CANARY, apiChecks, create } from "./checks.mjs";
import { ask, askRaw } from "./client.mjs";
import { certificate, makeSite, read, startCaddy, startNginx, written } from "./servers.mjs";
import { startUpstream } from "./upstream.mjs";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const FOREVER = "public, max-age=31536000, immutable";
const MIB = 1024 * 1024;

/**
 * The headers that public/_headers gives every file, other than the caching, and than what binds the browser to https:
 * for "localhost" that would cut off every other server on the machine.
 */
function headersOfStaticHosts() {
  const [, block] = /^\/\*\n((?: {2}.*\n)+)/m.exec(read("public/_headers"));
  const pairs = block.trim().split("\n").map((line) => /^\s*([^:]+): (.*)$/.exec(line).slice(1));
  return pairs.filter(([name]) => !["cache-control", "strict-transport-security"].includes(name.toLowerCase()));
}

async function textOf(answer) {
  const chunks = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function serverChecks(start, more = () => {}) {
  let relay, upstream, site;
  before(async () => {
    site = makeSite();
    upstream = await startUpstream(certificate());
    relay = await start(upstream, site);
  });
  after(async () => {
    await relay?.stop();
    await upstream?.stop();
  });
  const get = (path, headers = {}, method = "GET") => ask(relay, { path, headers, method });
  const head = (first, ...more) => [first, ...more, "", ""].join("\r\n");

  describe("the API", () => apiChecks(() => ({ ask: (request) => ask(relay, request), origin: relay.origin, upstream })));

  describe("the page", () => {
    test("its files have their types, and those with a hash are kept for good", async () => {
      for (const name of readdirSync(site).filter((name) => extname(name) in TYPES)) {
        const answer = await get(`/${name}`);
        assert.equal(answer.status, 200, name);
        assert.equal(answer.headers.get("content-type").toLowerCase().replace("application/javascript", "text/javascript"), TYPES[extname(name)], name);
        assert.equal(answer.headers.get("cache-control"), /-[0-9a-f]{16}/.test(name) ? FOREVER : "no-cache", name);
        assert.deepEqual(await textOf(answer), readFileSync(join(site, name)), name);
      }
    });
    test("/ is the index, asked for again each time", async () => {
      const answer = await get("/");
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-type"), TYPES[".html"]);
      assert.equal(answer.headers.get("cache-control"), "no-cache");
      assert.deepEqual(await textOf(answer), readFileSync(join(site, "index.html")));
    });
    test("it carries the headers of public/_headers", async () => {
      for (const path of ["/", "/index.html", "/missing.js"]) {
        const { headers } = await get(path);
        for (const [name, value] of headersOfStaticHosts()) assert.equal(headers.get(name), value, `${name} of ${path}`);
      }
    });
    test("its service worker has a policy of its own, and is asked for again each time", async () => {
      const { status, headers } = await get("/sw.js");
      assert.equal(status, 200);
      const [, policy] = /^\/sw\.js\n(?: {2}.*\n)* {2}Content-Security-Policy: (.*)$/m.exec(read("public/_headers"));
      assert.equal(headers.get("content-security-policy"), policy);
      assert.equal(headers.get("cache-control"), "no-cache");
    });
    test("it comes compressed where the browser takes that", async () => {
      const index = readFileSync(join(site, "index.html"));
      for (const [encoding, accepted, expand] of [["br", "gzip, deflate, br, zstd", brotliDecompressSync], ["gzip", "gzip", gunzipSync]]) {
        const answer = await get("/index.html", { "accept-encoding": accepted });
        assert.equal(answer.headers.get("content-encoding"), encoding);
        assert.match(answer.headers.get("vary"), /accept-encoding/i);
        const body = await textOf(answer);
        assert.deepEqual(body, readFileSync(join(site, `index.html.${encoding === "br" ? "br" : "gz"}`)), "the copy that is there");
        assert.deepEqual(expand(body), index);
      }
    });
    test("a file without a compressed copy is compressed on the way", async () => {
      const name = readdirSync(site).find((name) => name.endsWith(".wasm"));
      const answer = await get(`/${name}`, { "accept-encoding": "gzip" });
      assert.equal(answer.headers.get("content-encoding"), "gzip");
      assert.equal(answer.headers.get("content-type"), "application/wasm");
      assert.deepEqual(gunzipSync(await textOf(answer)), readFileSync(join(site, name)));
    });
    test("what is not there is not found, and not kept", async () => {
      const answer = await get("/gone-0123456789abcdef.js");
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get("cache-control"), "no-cache");
    });
    test("nothing outside the site can be had", async () => {
      for (const path of ["/../nginx.conf", "/%2e%2e/Caddyfile", "/..%2fnginx.conf", "/dist/../../output.log"]) {
        assert.ok([400, 404].includes((await get(path)).status), path);
      }
    });
    test("it is read, not written", async () => assert.equal((await get("/index.html", {}, "POST")).status, 405));
  });

  describe("hosts", () => {
    for (const host of ["evil.test", "evil.test:443", "169.254.169.254", "localhost.evil.test", "10.0.0.1"]) {
      for (const path of ["/", "/openai/v1/models"]) {
        test(`${host} is not us: ${path}`, async () => {
          const connections = upstream.connections();
          assert.equal((await get(path, { host })).status, 421);
          assert.equal(upstream.connections(), connections);
        });
      }
    }
    test("an absolute address of another host is refused", async () => {
      const connections = upstream.connections();
      const host = `Host: localhost:${relay.port}`;
      for (const line of ["GET http://169.254.169.254/openai/v1/models HTTP/1.1", "GET http://evil.test/ HTTP/1.1"]) {
        assert.deepEqual(await askRaw(relay, head(line, host, "Connection: close")), [421], line);
      }
      assert.equal(upstream.connections(), connections);
    });
    test("CONNECT is refused", async () => {
      const connections = upstream.connections();
      const [status] = await askRaw(relay, head("CONNECT evil.test:443 HTTP/1.1", "Host: evil.test:443", "Connection: close"));
      assert.ok([400, 405, 421].includes(status), `status ${status}`);
      assert.equal(upstream.connections(), connections);
    });
    test("no host at all is refused", async () => {
      const [status] = await askRaw(relay, head("GET /openai/v1/models HTTP/1.1", "Connection: close"));
      assert.ok([400, 421].includes(status), `status ${status}`);
    });
  });

  describe("bodies", () => {
    const post = (path, ...headers) => head(`POST ${path} HTTP/1.1`, `Host: localhost:${relay.port}`, "Connection: close", ...headers);
    const chunk = (size) => `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`;
    test("two kinds of length are refused", async () => {
      const before = upstream.requests.length;
      const smuggled = "0\r\n\r\nGET /openai/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
      const answers = await askRaw(
        relay,
        post("/openai/v1/responses", `Content-Length: ${smuggled.length}`, "Transfer-Encoding: chunked") + smuggled,
      );
      assert.ok(answers.length === 1 && [400, 411].includes(answers[0]), `${answers}`);
      assert.equal(upstream.requests.length, before);
    });
    test("two lengths are refused", async () => {
      const before = upstream.requests.length;
      assert.deepEqual(await askRaw(relay, `${post("/openai/v1/responses", "Content-Length: 2", "Content-Length: 4")}{}{}`), [400]);
      assert.equal(upstream.requests.length, before);
    });
    test("a JSON body over 2 MiB is refused by its length", async () => {
      const before = upstream.requests.length;
      for (const path of ["/openai/v1/responses", "/openai/v1/batches"]) {
        assert.deepEqual(await askRaw(relay, post(path, `Content-Length: ${2 * MIB + 1}`)), [413], path);
      }
      assert.equal(upstream.requests.length, before);
    });
    test("a JSON body of no stated length cannot be larger either", async () => {
      const before = upstream.requests.filter((request) => request.sha256).length;
      const [status] = await askRaw(relay, `${post("/openai/v1/responses", "Transfer-Encoding: chunked")}${chunk(MIB).repeat(3)}0\r\n\r\n`);
      assert.ok([411, 413].includes(status), `status ${status}`);
      assert.equal(upstream.requests.filter((request) => request.sha256).length, before);
    });
    test("a file over 210 MiB is refused by its length", async () => {
      assert.deepEqual(await askRaw(relay, post("/openai/v1/files", `Content-Length: ${210 * MIB + 1}`)), [413]);
    });
  });

  more(() => ({ relay, upstream }));

  describe("trust", () => {
    test("an upstream that nobody vouches for gets nothing", async () => {
      const stranger = await startUpstream(certificate("stranger"));
      const misled = await start(stranger, site, `misled-${relay.name}`);
      try {
        assert.equal((await ask(misled, create("plain"))).status, 502);
        assert.equal(stranger.requests.length, 0);
        assert.ok(stranger.connections() > 0);
      } finally {
        await misled.stop();
        await stranger.stop();
      }
    });
    test("no key, query or body is in any file it wrote", async () => {
      const query = "?api_key=secret-in-query";
      const body = JSON.stringify({ model: "plain", input: "secret-in-body" });
      const key = { authorization: `Bearer ${CANARY}`, cookie: `key=${CANARY}`, "api-key": CANARY, "x-own": CANARY };
      for (const model of ["plain", "drop", "limited"]) {
        const sent = body.replace("plain", model);
        await (await ask(relay, create(model, { path: `/openai/v1/responses${query}`, headers: key, body: sent }))).text();
      }
      await (await get(`/openai/v1/none${query}`, key)).text();
      await (await get("/", { ...key, host: `evil.test` })).text();
      await relay.stop();
      const files = written(relay.folder);
      assert.ok(files.some(({ text }) => text.includes("/openai/v1/responses")), "there is a log to look at");
      for (const { path, text } of files) {
        for (const secret of [CANARY, "secret-in-query", "secret-in-body"]) assert.ok(!text.includes(secret), `${secret} in ${path}`);
      }
    });
  });
}

function http2Checks(at) {
  test("HTTP/2 carries more requests at once than the six of HTTP/1.1", async () => {
    const { relay, upstream } = at();
    const before = upstream.requests.length;
    const session = http2.connect(relay.origin, { ca: relay.ca, lookup: (_, __, found) => found(null, [{ address: "127.0.0.1", family: 4 }]) });
    const { path, headers, body } = create("limited");
    const answers = Array.from({ length: 20 }, () => {
      const stream = session.request({ ":method": "POST", ":path": path, "content-length": body.length, ...headers });
      stream.end(body);
      return new Promise((done, fail) => stream.once("response", done).once("error", fail).resume());
    });
    for (const answer of await Promise.all(answers)) {
      assert.equal(answer[":status"], 429);
      assert.equal(answer["retry-after-ms"], "19640");
    }
    assert.equal(upstream.requests.length, before + 20);
    session.destroy();
  });
}

describe("nginx", { timeout: 60_000 }, () => serverChecks(startNginx));
describe("Caddy", { timeout: 60_000 }, () => serverChecks(startCaddy, http2Checks));
