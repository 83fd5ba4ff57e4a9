// A stand-in for api.openai.com: HTTPS with a certificate made for the test, and a memory of all that reached it.
// A request's "model" chooses the answer: limited, stream, drop, redirect, zipped, others; anything else is a plain response.
import { createHash } from "node:crypto";
import { createServer } from "node:https";
import { gzipSync } from "node:zlib";

/** The headers of a 429 as OpenAI sends them, and those that a relay must keep to itself. */
export const RATE_LIMIT = {
  "x-ratelimit-limit-requests": "3",
  "x-ratelimit-remaining-requests": "0",
  "x-ratelimit-reset-requests": "1m0s",
  "x-ratelimit-limit-tokens": "60000",
  "x-ratelimit-remaining-tokens": "59952",
  "x-ratelimit-reset-tokens": "48ms",
  "x-request-id": "req_0123456789abcdef",
  "openai-processing-ms": "12",
  "openai-version": "2020-10-01",
  "openai-organization": "org-1",
  "cf-ray": "9a0b1c2d3e4f5a6b-FRA",
  "content-disposition": 'attachment; filename="output.jsonl"',
  "x-should-retry": "true",
};
const FOR_BROWSERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "X-Request-ID",
  "set-cookie": "__cf_bm=tracking; path=/; HttpOnly",
  "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
  "alt-svc": 'h3=":443"; ma=86400',
  "clear-site-data": '"*"',
  "cache-control": "public, max-age=600",
  "cross-origin-opener-policy": "unsafe-none",
  "x-frame-options": "ALLOWALL",
  "x-content-type-options": "nosniff",
};
/** Names that a list of what to keep back would have to know. */
const OTHERS = {
  link: "<https://evil.test/style.css>; rel=stylesheet",
  "origin-agent-cluster": "?1",
  "permissions-policy": "camera=*",
  "service-worker-allowed": "/",
  "set-login": "logged-in",
  sourcemap: "/map",
  "x-anything-new": "1",
};
export const COMPLETED = '{"object":"response","status":"completed"}';
export const WAIT = { "retry-after": "20", "retry-after-ms": "19640" };
export const EVENTS = ['event: first\ndata: {"n":1}\n\n', 'event: second\ndata: {"n":2}\n\n'];

/** Listens on a free port of both loopback addresses, since "localhost" may be either. */
export async function startUpstream({ key, cert }) {
  const requests = [];
  let release;
  const sockets = new Set();
  let connections = 0;

  function answer(request, response, entry) {
    const headers = { "content-type": "application/json", ...RATE_LIMIT, ...FOR_BROWSERS };
    switch (entry.model) {
      case "limited":
        response.writeHead(429, { ...headers, ...WAIT });
        return response.end('{"error":{"code":"rate_limit_exceeded"}}');
      case "stream":
        response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
        response.write(EVENTS[0]);
        return new Promise((resolve) => (release = resolve)).then(() => response.end(EVENTS[1]));
      case "drop":
        return request.socket.destroy();
      case "redirect":
        response.writeHead(307, { ...headers, location: `https://localhost:${port}/v1/elsewhere` });
        return response.end();
      case "zipped":
        response.writeHead(200, { ...headers, "content-encoding": "gzip" });
        return response.end(gzipSync(COMPLETED));
      case "others":
        response.writeHead(200, { ...headers, ...OTHERS });
        return response.end(COMPLETED);
      default:
        response.writeHead(200, headers);
        return response.end(COMPLETED);
    }
  }

  function handle(request, response) {
    const digest = createHash("sha256");
    const entry = { method: request.method, url: request.url, headers: request.headers, sni: request.socket.servername, length: 0 };
    requests.push(entry);
    let start = "";
    request.on("data", (chunk) => {
      digest.update(chunk);
      entry.length += chunk.length;
      if (start.length < 4096) start += chunk;
    });
    request.on("error", () => {});
    request.on("end", () => {
      entry.sha256 = digest.digest("hex");
      entry.model = /"model":"(\w+)"/.exec(start)?.[1];
      answer(request, response, entry);
    });
  }

  const servers = [];
  let port = 0;
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer({ key, cert, keepAliveTimeout: 60_000 }, handle);
    server.on("tlsClientError", () => {});
    server.on("connection", (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    const listening = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    // A machine may have no IPv6; the first address it must have.
    if (!listening && host === "127.0.0.1") throw new Error("the stand-in for the API cannot listen on 127.0.0.1");
    if (listening) {
      port = server.address().port;
      servers.push(server);
    }
  }

  return {
    port,
    requests,
    /** TCP connections so far, also those on which no request came. */
    connections: () => connections,
    /** Lets a stream's second event go. */
    release: () => release(),
    stop() {
      for (const socket of sockets) socket.destroy();
      return Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
