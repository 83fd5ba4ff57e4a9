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
 *   headers  true: send what dist/_headers says
 *   tamper   a function from a file's name to true where one bit of it is to be flipped
 */
export function createSite({ dist, base = "/", relay, headers = false, tamper = () => false }) {
  const rules = headers ? readRules(join(dist, "_headers")) : [];
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
    for (const [name, value] of headersFor(rules, path.slice(base.length - 1))) response.appendHeader(name, value);
    if (!response.hasHeader("cache-control")) response.setHeader("cache-control", "no-cache");
    response.writeHead(200, { "content-type": type }).end(content);
  };
}

/** The rules of a `_headers` file: a path, in which `*` stands for anything, and the headers of what it fits. */
function readRules(file) {
  const rules = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const header = /^\s+([^:]+):\s*(.*)$/.exec(line);
    if (header) rules.at(-1).headers.push(header.slice(1));
    else if (line.startsWith("/")) rules.push({ path: line.trim(), headers: [] });
  }
  return rules;
}

// All rules that fit, each header as often as they name it: so do the hosts that read such a file.
function headersFor(rules, path) {
  const fits = (rule) => rule.path === path || (rule.path.endsWith("*") && path.startsWith(rule.path.slice(0, -1)));
  return rules.filter(fits).flatMap(({ headers }) => headers);
}

/** What a `_headers` file says for a path; for all paths, unless one is given. */
export function readHeaders(file, path = "/*") {
  return Object.fromEntries(readRules(file).find((rule) => rule.path === path)?.headers ?? []);
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
