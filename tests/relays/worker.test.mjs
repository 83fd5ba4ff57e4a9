// The recipe for Cloudflare, as the plain Request → Response that it is.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { apiChecks, create } from "./checks.mjs";
import { WORK, certificate, read, replaced } from "./servers.mjs";
import { RATE_LIMIT, startUpstream } from "./upstream.mjs";

const ORIGIN = "https://sluice.example";
const MIB = 1024 * 1024;

async function load(upstream, name) {
  mkdirSync(WORK, { recursive: true });
  const path = join(WORK, `${name}.mjs`);
  writeFileSync(path, replaced(read("relays/worker.js"), [["https://api.openai.com", `https://localhost:${upstream.port}`]]));
  return import(path);
}

describe("worker", { timeout: 60_000 }, () => {
  let upstream, worker;
  before(async () => {
    upstream = await startUpstream(certificate());
    worker = await load(upstream, "worker");
  });
  after(() => upstream?.stop());

  async function ask({ method = "GET", path, headers = {}, body } = {}) {
    const all = { ...headers };
    if (body !== undefined && !(body instanceof ReadableStream)) all["content-length"] = `${Buffer.byteLength(body)}`;
    const request = new Request(`${ORIGIN}${path}`, { method, headers: all, body, duplex: "half" });
    const answer = await worker.default.fetch(request);
    return { status: answer.status, headers: answer.headers, body: answer.body, text: () => answer.text() };
  }

  describe("the API", () => apiChecks(() => ({ ask, origin: ORIGIN, upstream })));

  test("shows the headers that it knows, and no other", async () => {
    const { headers } = await ask(create("others"));
    const own = ["cache-control", "content-security-policy", "content-type", "date", "x-content-type-options"];
    assert.deepEqual([...headers.keys()].sort(), [...own, ...Object.keys(RATE_LIMIT)].sort());
  });

  test("is the same in Pages", async () => {
    const request = new Request(`${ORIGIN}/openai/v1/models`);
    assert.equal((await worker.onRequest({ request })).status, 200);
  });

  test("a body over its limit is refused by its length", async () => {
    const before = upstream.connections();
    for (const [path, length] of [["/openai/v1/responses", 2 * MIB + 1], ["/openai/v1/files", 210 * MIB + 1]]) {
      const headers = { "content-length": `${length}` };
      const request = new Request(`${ORIGIN}${path}`, { method: "POST", headers, body: "{}" });
      assert.equal((await worker.default.fetch(request)).status, 413, path);
    }
    assert.equal(upstream.connections(), before);
  });

  test("a body that is longer than it says is refused too", async () => {
    const before = upstream.connections();
    const block = new Uint8Array(MIB);
    const body = new ReadableStream({ pull: (out) => out.enqueue(block) });
    assert.equal((await ask(create("plain", { body }))).status, 413);
    assert.equal(upstream.connections(), before);
  });

  test("an upload says its length", async () => {
    const body = new ReadableStream({ start: (out) => out.close() });
    assert.equal((await ask({ method: "POST", path: "/openai/v1/files", body })).status, 411);
  });

  test("an upstream that nobody vouches for gets nothing", async () => {
    const stranger = await startUpstream(certificate("stranger"));
    try {
      const { onRequest } = await load(stranger, "misled-worker");
      assert.equal((await onRequest({ request: new Request(`${ORIGIN}/openai/v1/models`) })).status, 502);
      assert.equal(stranger.requests.length, 0);
      assert.ok(stranger.connections() > 0);
    } finally {
      await stranger.stop();
    }
  });

  test("it holds no key and writes no log", () => {
    const text = read("relays/worker.js");
    assert.ok(!/sk-|\benv\b|process\.|console\./.test(text));
  });
});
