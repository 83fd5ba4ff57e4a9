// What holds for each relay, whoever runs it. `at()` gives { ask, origin, upstream }.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { COMPLETED, EVENTS, RATE_LIMIT, WAIT } from "./upstream.mjs";

export const CANARY = "sk-canary-7Qm2vX9cLr4TzB1nKe8WdYs5HgUa3PjFo6RiVt0E";
const KEY = { authorization: `Bearer ${CANARY}` };
const JSON_KEY = { ...KEY, "content-type": "application/json" };
const MIB = 1024 * 1024;

export const create = (model, more = {}) => ({
  method: "POST",
  path: "/openai/v1/responses",
  headers: JSON_KEY,
  body: JSON.stringify({ model, input: "Hi" }),
  ...more,
});

const ALLOWED = [
  ["POST", "/responses"],
  ["POST", "/responses/input_tokens"],
  ["GET", "/responses/resp_0a-1B"],
  ["GET", "/responses/resp_1?stream=true&starting_after=3"],
  ["DELETE", "/responses/resp_1"],
  ["POST", "/responses/resp_1/cancel"],
  ["GET", "/responses/resp_1/input_items?limit=5"],
  ["GET", "/models"],
  ["GET", "/models/gpt-4.1-mini"],
  ["GET", "/models/ft:gpt-4o:org::9z_1"],
  ["GET", "/files?purpose=batch"],
  ["POST", "/files"],
  ["GET", "/files/file-1"],
  ["DELETE", "/files/file-1"],
  ["GET", "/files/file-1/content"],
  ["GET", "/batches"],
  ["POST", "/batches"],
  ["GET", "/batches/batch_1"],
  ["POST", "/batches/batch_1/cancel"],
];

const REFUSED = [
  ["PUT", "/openai/v1/responses"],
  ["GET", "/openai/v1/responses"],
  ["PATCH", "/openai/v1/responses/resp_1"],
  ["POST", "/openai/v1/models"],
  ["DELETE", "/openai/v1/batches/batch_1"],
  ["OPTIONS", "/openai/v1/responses"],
  ["POST", "/openai/v1/chat/completions"],
  ["POST", "/openai/v1/embeddings"],
  ["GET", "/openai/v1/organization/admin_api_keys"],
  ["GET", "/openai/v1/organization/costs"],
  ["GET", "/openai/v1/"],
  ["GET", "/openai/v2/models"],
  ["GET", "/openai/v1/models/"],
  ["GET", "/openai/v1/models/a/b"],
  ["GET", "/openai/v1/files/file-1/content/more"],
];

const ODD_PATHS = [
  "/openai/http://169.254.169.254/latest/meta-data",
  "/openai/https://evil.test/v1/models",
  "/openai//evil.test/v1/models",
  "/openai/v1//evil.test",
  "/openai/v1/@evil.test/models",
  "/openai/v1/models@evil.test",
  "/openai/v1/models:443@evil.test",
  "/openai/v1/models/..",
  "/openai/v1/../admin",
  "/openai/v1/models/../../admin",
  "/openai/v1/%2e%2e/admin",
  "/openai/v1/models/%2e%2e/%2e%2e/admin",
  "/openai/v1/models%2f..%2fadmin",
  "/openai/v1/models%2fgpt-5-nano",
  "/openai/v1/responses/resp_1%00",
  "/openai/v1/responses/resp_1%0d%0aHost:%20evil.test",
  "/openai/v1/responses/resp_1;/../../admin",
  "/openai/v1/files/..%5c..%5cadmin",
  "/openai/v1/%72esponses",
  "//evil.test/openai/v1/models",
];

export function apiChecks(at) {
  const ask = (request) => at().ask(request);
  const newest = () => at().upstream.requests.at(-1);
  const count = () => at().upstream.requests.length;

  for (const [method, path] of ALLOWED) {
    test(`passes on ${method} ${path}`, async () => {
      const before = count();
      const answer = await ask({ method, path: `/openai/v1${path}`, headers: KEY, body: method === "POST" ? "{}" : undefined });
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), COMPLETED);
      assert.equal(count(), before + 1);
      assert.deepEqual([newest().method, newest().url], [method, `/v1${path}`]);
    });
  }

  for (const [method, path] of REFUSED) {
    test(`refuses ${method} ${path}`, async () => {
      const before = count();
      const answer = await ask({ method, path, headers: KEY, body: ["POST", "PUT", "PATCH"].includes(method) ? "{}" : undefined });
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.equal(count(), before);
    });
  }

  for (const path of ODD_PATHS) {
    test(`goes nowhere with ${path}`, async () => {
      const before = at().upstream.connections();
      const answer = await ask({ path, headers: KEY });
      assert.ok([400, 404].includes(answer.status), `status ${answer.status}`);
      assert.equal(at().upstream.connections(), before);
    });
  }

  test("shows each header of a 429, and its wait", async () => {
    const answer = await ask(create("limited"));
    assert.equal(answer.status, 429);
    for (const [name, value] of Object.entries({ ...RATE_LIMIT, ...WAIT })) assert.equal(answer.headers.get(name), value, name);
    assert.equal(JSON.parse(await answer.text()).error.code, "rate_limit_exceeded");
  });

  test("keeps back what OpenAI says to browsers about its own origin", async () => {
    const { headers } = await ask(create("plain"));
    const leaked = [...headers.keys()].filter((name) =>
      /^access-control-|^set-cookie$|^strict-transport-security$|^alt-svc$|^clear-site-data$/.test(name),
    );
    assert.deepEqual(leaked, []);
    assert.notEqual(headers.get("x-frame-options"), "ALLOWALL");
    assert.notEqual(headers.get("cross-origin-opener-policy"), "unsafe-none");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy"), /^default-src 'none'.*sandbox$/);
  });

  test("a compressed answer is what its headers say", async () => {
    const answer = await ask(create("zipped", { headers: { ...JSON_KEY, "accept-encoding": "gzip" } }));
    const pieces = [];
    for await (const piece of answer.body) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const text = answer.headers.get("content-encoding") === "gzip" ? gunzipSync(body) : body;
    assert.equal(text.toString(), COMPLETED);
  });

  test("lets a stream through piece by piece", { timeout: 30_000 }, async () => {
    const answer = await ask(create("stream"));
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const pieces = answer.body[Symbol.asyncIterator]();
    let seen = "";
    while (seen.length < EVENTS[0].length) seen += Buffer.from((await pieces.next()).value).toString();
    assert.equal(seen, EVENTS[0]);
    // Only now is the second event sent: a relay that waits for more would never get here.
    at().upstream.release();
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) seen += Buffer.from(piece.value).toString();
    assert.equal(seen, EVENTS.join(""));
  });

  test("sends the caller's key, organization and project as they are", async () => {
    const who = { "openai-organization": "org-1", "openai-project": "proj_1" };
    await ask(create("plain", { headers: { ...JSON_KEY, ...who } }));
    assert.equal(newest().headers.authorization, KEY.authorization);
    assert.equal(newest().headers["content-type"], "application/json");
    assert.equal(newest().headers["openai-organization"], "org-1");
    assert.equal(newest().headers["openai-project"], "proj_1");
  });

  test("adds no key where the caller has none", async () => {
    await ask(create("plain", { headers: { "content-type": "application/json" } }));
    assert.equal(newest().headers.authorization, undefined);
  });

  test("tells OpenAI nothing of the page", async () => {
    const own = {
      cookie: "session=secret",
      origin: at().origin,
      referer: `${at().origin}/#/request`,
      forwarded: "for=10.0.0.1",
      "x-forwarded-for": "10.0.0.1",
      "x-forwarded-host": "inner.example",
      "x-forwarded-proto": "http",
      "x-real-ip": "10.0.0.1",
      "sec-fetch-site": "same-origin",
    };
    await ask(create("plain", { headers: { ...JSON_KEY, ...own } }));
    const sent = Object.keys(newest().headers).filter((name) => name in own || name.startsWith("x-forwarded-") || name === "via");
    assert.deepEqual(sent, []);
    assert.equal(newest().headers.host, `localhost${newest().headers.host.includes(":") ? `:${at().upstream.port}` : ""}`);
    assert.equal(newest().sni, "localhost");
  });

  for (const site of ["cross-site", "same-site", "none"]) {
    test(`refuses Sec-Fetch-Site: ${site}`, async () => {
      const before = count();
      const answer = await ask(create("plain", { headers: { ...JSON_KEY, "sec-fetch-site": site } }));
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.equal(count(), before);
    });
  }

  for (const origin of ["https://evil.test", "null", "http://localhost:1"]) {
    test(`refuses Origin: ${origin}`, async () => {
      const before = count();
      const answer = await ask(create("plain", { headers: { ...JSON_KEY, origin } }));
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.equal(count(), before);
    });
  }

  test("answers no preflight of another site", async () => {
    const headers = {
      origin: "https://evil.test",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
      "sec-fetch-site": "cross-site",
    };
    const answer = await ask({ method: "OPTIONS", path: "/openai/v1/responses", headers });
    assert.equal(answer.status, 404);
    assert.deepEqual([...answer.headers.keys()].filter((name) => name.startsWith("access-control-")), []);
  });

  test("sends a request once, whatever becomes of it", async () => {
    // A first one, so that a relay that keeps its connections has one to lose; several, as many as there are addresses.
    await (await ask(create("plain"))).text();
    for (let times = 0; times < 4; times += 1) {
      const before = count();
      const answer = await ask(create("drop"));
      assert.equal(answer.status, 502);
      await answer.text();
      assert.equal(count(), before + 1);
    }
    // And the next one is not held to blame.
    assert.equal((await ask(create("plain"))).status, 200);
  });

  test("follows no redirect, and gives the browser none to follow", async () => {
    const before = count();
    const answer = await ask(create("redirect"));
    assert.equal(answer.status, 307);
    assert.equal(answer.headers.get("location"), null);
    assert.equal(count(), before + 1);
  });

  test("takes a JSON body of 2 MiB", async () => {
    const body = `{"model":"plain","input":"${"x".repeat(2 * MIB - 28)}"}`;
    assert.equal(body.length, 2 * MIB);
    assert.equal((await ask(create("plain", { body }))).status, 200);
    assert.equal(newest().length, 2 * MIB);
  });

  test("takes a file of more than that, byte for byte", async () => {
    const body = Buffer.alloc(5 * MIB, "A line of a batch file.\n");
    const headers = { ...KEY, "content-type": "multipart/form-data; boundary=x" };
    assert.equal((await ask({ method: "POST", path: "/openai/v1/files", headers, body })).status, 200);
    assert.equal(newest().sha256, createHash("sha256").update(body).digest("hex"));
  });
}
