// Traces go to one collector that a person has let the page through to: as bytes of the type that Phoenix takes, and
// with nothing of the page, its person or its key. tests/python reads the bytes with the official packages.
import { readFile } from "node:fs/promises";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { ConnectionDialog } from "./pages/connection";
import { TracesGroup } from "./pages/traces";

const STORED = "sluice.collector-origin";
const PROTOBUF = "application/x-protobuf";

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };

/** A collector that lets the page in, as Phoenix does with PHOENIX_ALLOWED_ORIGINS; `answer` gives status, type and body. */
function collector(seen: Seen[], answer: () => [number, string, Buffer] = () => [200, PROTOBUF, Buffer.alloc(0)]): RequestListener {
  return (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const allowed = { "access-control-allow-origin": headers.origin, "access-control-allow-headers": "content-type" };
      if (method === "OPTIONS") return void response.writeHead(204, { ...allowed, "access-control-allow-methods": "POST" }).end();
      seen.push({ method, url, headers, body: Buffer.concat(pieces) });
      const [status, type, body] = answer();
      response.writeHead(status, { ...allowed, "content-type": type }).end(body);
    });
  };
}

/** The members of a message of protobuf that are messages, texts or bytes, by number; all of Sluice's lengths are such. */
function members(message: Buffer): [number, Buffer][] {
  const found: [number, Buffer][] = [];
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag & 7;
    if (kind === 2) {
      const length = varint();
      found.push([tag >> 3, message.subarray(at, (at += length))]);
    } else if (kind === 1) at += 8;
    else if (kind === 0) varint();
    else throw new Error(`wire type ${kind}`);
  }
  expect(at).toBe(message.length);
  return found;
}

const all = (message: Buffer, number: number) => members(message).flatMap(([own, value]) => (own === number ? [value] : []));

/** The spans of a request by trace: names, the root's first. */
function traces(body: Buffer): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const span of all(body, 1).flatMap((resource) => all(resource, 2)).flatMap((scope) => all(scope, 2))) {
    const id = all(span, 1)[0].toString("hex");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const name = all(span, 5)[0].toString();
    // Whoever has no parent is the root.
    expect(all(span, 4)).toHaveLength(name.startsWith("chat ") ? 0 : 1);
    found.set(id, [...(found.get(id) ?? []), name]);
  }
  return found;
}

/** Some calls, refused and answered, in the ledger. */
async function makeCalls(page: Page) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.field("Number of requests").fill("4");
  await burst.speed(60);
  await burst.runToTheEnd("first-429", "sluice");
}

test("traces go out as bytes of protobuf, without key and cookies, once their collector is confirmed", async ({ page, context, servers, watch }) => {
  const seen: Seen[] = [];
  const origin = await servers.serve(collector(seen));
  await context.addCookies([{ name: "visited", value: "yes", url: origin }]);
  await makeCalls(page);
  const group = new TracesGroup(page);
  await group.open();
  await group.url.fill(`${origin}/v1/traces`);
  await expect(group.group).toContainText(`not yet let through to ${origin}`);
  await group.send.click();
  await expect(group.consent).toContainText(`lets it reach ${origin}`);
  await group.consent.getByRole("button", { name: "Cancel" }).click();
  await expect(group.consent).toBeHidden();
  expect(await page.evaluate((name) => localStorage.getItem(name), STORED)).toBeNull();

  await group.allow(`${origin}/v1/traces`);
  expect(await page.evaluate((name) => localStorage.getItem(name), STORED)).toBe(origin);
  // Nothing went there before, nor by itself.
  expect(seen).toEqual([]);
  watch.origins.add(origin);
  await new ConnectionDialog(page).connect("/openai/v1");
  await new ConnectionDialog(page).close();
  expect(await group.sent()).toContain(`Traces sent to ${origin}:`);
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /v1/traces"]);
  const [{ headers, body }] = seen;
  expect(headers["content-type"]).toBe(PROTOBUF);
  for (const name of ["authorization", "cookie", "referer", "x-project-name"]) expect(headers[name], name).toBeUndefined();
  const sent = traces(body);
  // All four calls, also those that ended just before the reload.
  expect(sent.size).toBe(4);
  const names = [...sent.values()].flat();
  expect(names).toEqual(expect.arrayContaining(["POST /responses", "wait"]));
  expect(names.filter((name) => name.startsWith("chat "))).toHaveLength(sent.size);

  // Without another confirmation none is needed on the next visit, and JSON says the same.
  await page.reload();
  await group.format("OTLP/JSON (not for Phoenix)");
  expect(await group.sent()).toContain("Traces sent");
  expect(seen[1].headers["content-type"]).toBe("application/json");
  const { resourceSpans } = JSON.parse(seen[1].body.toString()) as { resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[] };
  const ids = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans.map((span) => span.traceId));
  expect(new Set(ids)).toEqual(new Set(sent.keys()));

  // What is saved is what is sent.
  await group.format("OTLP protobuf");
  const download = page.waitForEvent("download");
  await group.export.click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("sluice-traces.binpb");
  expect(await readFile(await file.path())).toEqual(body);

  // Once it is forgotten, the browser itself lets nothing through.
  const reloaded = page.waitForEvent("domcontentloaded");
  await group.forget.click();
  await reloaded;
  await expect(group.group).toContainText(`not yet let through to ${origin}`);
  await expect(group.forget).toHaveCount(0);
  expect(await page.evaluate((name) => localStorage.getItem(name), STORED)).toBeNull();
  expect(seen).toHaveLength(2);
});

test("what a collector does not take is told, and nothing is lost", async ({ page, servers, watch }) => {
  const seen: Seen[] = [];
  // partialSuccess: field 1, of 11 bytes: three spans (1), "too old" (2).
  const partly = Buffer.from("\x0a\x0b\x08\x03\x12\x07too old", "latin1");
  const answers: [number, string, Buffer][] = [
    [200, PROTOBUF, partly],
    [415, "text/plain", Buffer.from("Unsupported content type")],
    [503, "text/plain", Buffer.from("")],
    [200, PROTOBUF, Buffer.alloc(0)],
  ];
  const origin = await servers.serve(collector(seen, () => answers[seen.length - 1]));
  await makeCalls(page);
  const group = new TracesGroup(page);
  await group.open();
  await group.allow(`${origin}/v1/traces`);
  watch.origins.add(origin);
  expect(await group.sent()).toMatch(/rejected 3 of the spans. It says: too old/);
  expect(await group.sent()).toMatch(/answered 415: .*Choose JSON\. It says: Unsupported content type Nothing was sent\. All calls are still here\./);
  expect(await group.sent()).toMatch(/answered 503: it is busy/);
  expect(await group.sent()).toContain("Traces sent");
  expect(new Set(seen.map(({ body }) => body.toString("latin1"))).size).toBe(1);
});

test.describe("a collector that does not list the page", () => {
  test.use({ expectedConsole: /blocked by CORS policy|net::ERR_FAILED|Failed to load resource/ });

  test("is told of with what it needs", async ({ page, servers, watch, baseURL }) => {
    const origin = await servers.serve((_, response) => void response.writeHead(200).end());
    await makeCalls(page);
    const group = new TracesGroup(page);
    await group.open();
    await group.allow(`${origin}/v1/traces`);
    watch.origins.add(origin);
    const own = new URL(baseURL ?? "").origin;
    const told = await group.sent();
    expect(told).toContain(`PHOENIX_ALLOWED_ORIGINS=${own}`);
    expect(told).toContain("receivers.otlp.protocols.http.cors.allowed_origins");
    expect(told).toContain("Nothing was sent. All calls are still here.");
  });
});

test.describe("an origin that was not confirmed", () => {
  test.use({ expectedConsole: /./, expectedTrouble: /^(CSP violation|request to)/ });

  test("gets nothing from the page, whatever runs on it, also beside a confirmed collector", async ({ page, servers }) => {
    const [confirmed, other] = [await servers.log(), await servers.log()];
    await page.addInitScript(([name, origin]) => localStorage.setItem(name, origin), [STORED, confirmed.origin]);
    await page.goto("./#/usage");
    const post = (origin: string) => page.evaluate((url) => fetch(url, { method: "POST", body: "x", mode: "no-cors" }).then(() => true, () => false), `${origin}/v1/traces`);
    expect(await post(other.origin)).toBe(false);
    expect(await post(confirmed.origin)).toBe(true);
    expect(other.seen).toEqual([]);
    expect(confirmed.seen).toEqual(["POST /v1/traces"]);
    // A collector is no API: the page connects to none, and gives it no key.
    const connection = new ConnectionDialog(page);
    await connection.open("Live");
    await connection.baseUrl.fill(`${confirmed.origin}/v1`);
    await expect(connection.key).toBeDisabled();
    await expect(connection.confirm).toBeVisible();
  });
});
