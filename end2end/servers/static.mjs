// Serves a built site on loopback as a static host would, and relays /openai/v1/ as `trunk serve` does.
//
//   node static.mjs --dist ../dist --port 4100 [--relay http://127.0.0.1:4120] [--base /sub/path/]
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    dist: { type: "string", default: "../dist" },
    port: { type: "string", default: "4100" },
    relay: { type: "string" },
    base: { type: "string", default: "/" },
  },
});

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
const RELAYED = "/openai/v1/";

// Streams both ways, so server-sent events arrive as they are sent.
function relay(request, response) {
  const target = new URL(`/v1/${request.url.slice(RELAYED.length)}`, values.relay);
  const upstream = httpRequest(target, { method: request.method, headers: { ...request.headers, host: target.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => response.headersSent || response.writeHead(502).end("the relay cannot reach the API"));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

createServer((request, response) => {
  if (values.relay && request.url.startsWith(RELAYED)) return relay(request, response);
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  if (!path.startsWith(values.base)) return response.writeHead(404).end("not found");
  let file = join(values.dist, normalize(`/${path.slice(values.base.length)}`));
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
  if (!existsSync(file)) return response.writeHead(404).end("not found");
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": "no-cache" });
  createReadStream(file).pipe(response);
}).listen(Number(values.port), "127.0.0.1", () => console.log(`serving ${values.dist} at http://127.0.0.1:${values.port}${values.base}`));
