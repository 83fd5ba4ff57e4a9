// A built site as a static host serves it, and /openai/v1/ relayed as `trunk serve` does.
import { existsSync, readFileSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { basename, extname, join, normalize } from "node:path";

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

/**
 * A request listener for node:http. Options:
 *   dist     the folder of the site
 *   base     the path it is served under, "/" unless given
 *   relay    the origin that /openai/v1/ is passed on to
 *   headers  true: send what dist/_headers says for all paths
 *   tamper   a function from a file's name to true where one bit of it is to be flipped
 */
export function createSite({ dist, base = "/", relay, headers = false, tamper = () => false }) {
  const extra = headers ? readHeaders(join(dist, "_headers")) : {};
  return (request, response) => {
    if (relay && request.url.startsWith(RELAYED)) return passOn(relay, request, response);
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (!path.startsWith(base)) return response.writeHead(404).end("not found");
    let file = join(dist, normalize(`/${path.slice(base.length)}`));
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!existsSync(file)) return response.writeHead(404).end("not found");
    const content = readFileSync(file);
    if (tamper(basename(file))) content[content.length >> 1] ^= 1;
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { ...extra, "content-type": type, "cache-control": "no-cache" }).end(content);
  };
}

/** What a `_headers` file says for all paths. */
export function readHeaders(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  const all = lines.slice(lines.indexOf("/*") + 1);
  const own = all.slice(0, all.findIndex((line) => !line.startsWith("  ")));
  return Object.fromEntries(own.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]));
}

// Streams both ways, so server-sent events arrive as they are sent.
function passOn(relay, request, response) {
  const target = new URL(`/v1/${request.url.slice(RELAYED.length)}`, relay);
  const upstream = httpRequest(target, { method: request.method, headers: { ...request.headers, host: target.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => response.headersSent || response.writeHead(502).end("the relay cannot reach the API"));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}
