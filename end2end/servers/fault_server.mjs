// A server on another origin that answers as badly as real ones do, for the tests in a browser (tests/web, Playwright).
//
//   node fault_server.mjs [--port 4020]      prints "listening on http://127.0.0.1:PORT"
//
// The first part of a path chooses the fault, and the rest is free: a base URL such as
// http://127.0.0.1:4020/hidden/429/v1 serves a client that appends /responses.
//   /exposed/…, /exposed/STATUS/…   a JSON answer whose headers the page may read (expose-headers names all)
//   /hidden/…, /hidden/STATUS/…     the same answer and headers, but the browser hides them (nothing exposed)
//   /dialect/NAME/…, /dialect/NAME/STATUS/…   the same answers with a provider's own rate-limit headers, all readable
//   /limitedonce/…                  as /hidden, but the first POST of an address is refused: 429, all 500 a minute used
//   /nocors/…                       200 without any CORS header, to preflights too
//   /nopreflight/HEADER/…           as /hidden, but its preflights do not allow HEADER
//   /hiddenkey/…                    200 without a key; with one, 401 without Access-Control-Allow-Origin
//   /opaque/…                       401 text/plain without Access-Control-Allow-Origin; the preflight is allowed
//   /redirect/…                     307 to the same path below /redirected on another origin (localhost)
//   /html/…                         200 text/html
//   /hang/…                         never answers
//   /cut/…                          200, half of an answer, then the connection breaks
//   /flood/…                        200, and a body that has no end
//   /echo/…                         400 with the request's Authorization in its message, and in a header
//   /sse/…, /stream/…               event streams: see streams.mjs
//   /_log                           GET: every request seen, oldest first; DELETE: forget them
// A log entry is {id, method, url, headers, body, closed}: closed is true once the client has gone before an answer.
import { createServer } from "node:http";
import { stream } from "./streams.mjs";

const argument = process.argv.indexOf("--port");
let port = argument > 0 ? Number(process.argv[argument + 1]) : 4020;

const seen = [];
const PREFLIGHT = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-allow-headers": "authorization, content-type, openai-organization, openai-project",
};
const RATE_LIMIT = {
  "x-request-id": "req_fault_server",
  "openai-processing-ms": "12",
  "x-ratelimit-limit-requests": "3",
  "x-ratelimit-remaining-requests": "0",
  "x-ratelimit-reset-requests": "1m0s",
  "x-ratelimit-limit-tokens": "60000",
  "x-ratelimit-remaining-tokens": "59952",
  "x-ratelimit-reset-tokens": "48ms",
};
// Header sets as real servers sent them: mistralai/client-ts#169, the documentation of Together, Anthropic, Groq and
// Cerebras, openai-python#937 (Azure), openclaude#936 (OpenRouter), litellm 1.110.2, draft-ietf-httpapi-ratelimit-headers.
const DAY_FROM_NOW = () => String(Date.now() + 86_400_000);
const MINUTE_FROM_NOW = () => new Date(Date.now() + 60_000).toISOString().replace(/\.\d+Z$/, "Z");
const DIALECTS = {
  openai: () => ({
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-tokens": "6m0s",
  }),
  rpd: () => ({
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-reset-requests": "8.64s",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-tokens": "199978",
    "x-ratelimit-reset-tokens": "6ms",
  }),
  azure: () => ({
    "x-ratelimit-remaining-requests": "-1",
    "x-ratelimit-remaining-tokens": "39923",
    "x-rate-limit-reset-tokens": "55",
    "apim-request-id": "00000000-0000-4000-8000-000000000000",
    "x-ms-region": "Sweden Central",
  }),
  groq: () => ({
    "x-ratelimit-limit-requests": "14400",
    "x-ratelimit-remaining-requests": "14370",
    "x-ratelimit-reset-requests": "2m59.56s",
    "x-ratelimit-limit-tokens": "18000",
    "x-ratelimit-remaining-tokens": "15702",
    "x-ratelimit-reset-tokens": "7.66s",
  }),
  mistral: () => ({
    "x-ratelimit-limit-req-minute": "720",
    "x-ratelimit-remaining-req-minute": "717",
    "x-ratelimit-limit-tokens-minute": "5000000",
    "x-ratelimit-remaining-tokens-minute": "4999911",
    "x-ratelimit-tokens-query-cost": "52",
  }),
  together: () => ({
    "x-ratelimit-limit": "10",
    "x-ratelimit-remaining": "9",
    "x-ratelimit-reset": "1",
    "x-tokenlimit-limit": "3000",
    "x-tokenlimit-remaining": "2990",
  }),
  anthropic: () => ({
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": MINUTE_FROM_NOW(),
    "anthropic-ratelimit-input-tokens-limit": "40000",
    "anthropic-ratelimit-input-tokens-remaining": "39000",
    "anthropic-ratelimit-output-tokens-limit": "8000",
  }),
  cerebras: () => ({
    "x-ratelimit-limit-requests-day": "14400",
    "x-ratelimit-remaining-requests-day": "14399",
    "x-ratelimit-reset-requests-day": "33011.382867",
    "x-ratelimit-limit-tokens-minute": "60000",
    "x-ratelimit-remaining-tokens-minute": "58616",
    "x-ratelimit-reset-tokens-minute": "11.382867",
  }),
  litellm: () => ({
    "x-ratelimit-limit-requests": "100",
    "x-ratelimit-remaining-requests": "0",
    "llm_provider-x-ratelimit-limit-requests": "10000",
    "llm_provider-x-ratelimit-remaining-requests": "9997",
    "llm_provider-x-ratelimit-reset-requests": "25.92s",
    "x-litellm-call-id": "00000000-0000-4000-8000-000000000022",
  }),
  ietf: () => ({ "ratelimit-policy": '"default";q=100;w=10', ratelimit: '"default";r=50;t=30' }),
  "ietf-06": () => ({ "ratelimit-limit": "100, 100;w=10", "ratelimit-remaining": "50", "ratelimit-reset": "5" }),
  unknown: () => ({ "x-ratelimit-limit-images-moon": "7" }),
};
const OPENROUTER_LIMITS = () => ({ "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": DAY_FROM_NOW() });
const ANSWER = {
  id: "resp_fault_server",
  object: "response",
  created_at: 1_764_000_000,
  status: "completed",
  model: "gpt-5-nano",
  output: [
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello from the fault server.", annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 8,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 6,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 14,
  },
};
const MODELS = { object: "list", data: [{ id: "gpt-5-nano", object: "model", created: 1_754_000_000, owned_by: "system" }] };

function failure(status) {
  const limited = status === 429;
  return {
    error: {
      message: limited
        ? "Rate limit reached for gpt-5-nano in organization org-fault on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s."
        : `The fault server was asked for ${status}.`,
      type: limited ? "requests" : status >= 500 ? "server_error" : "invalid_request_error",
      param: null,
      code: limited ? "rate_limit_exceeded" : null,
    },
  };
}

function send(response, status, headers, body) {
  // wasm-bindgen's test page is isolated (COEP): it may not even ask without CORS for what does not say this.
  response.writeHead(status, { "cross-origin-resource-policy": "cross-origin", ...headers });
  response.end(body);
}

function json(response, status, headers, value) {
  send(response, status, { "content-type": "application/json", ...headers }, JSON.stringify(value));
}

function answer(request, response, parts, exposed) {
  const status = /^\d{3}$/.test(parts[1] ?? "") ? Number(parts[1]) : 200;
  const headers = { "access-control-allow-origin": "*", ...RATE_LIMIT };
  if (status === 429) Object.assign(headers, { "retry-after": "20", "retry-after-ms": "20000" });
  if (exposed) headers["access-control-expose-headers"] = Object.keys(headers).join(", ");
  const good = parts.at(-1) === "models" ? MODELS : ANSWER;
  json(response, status, headers, status < 400 ? good : failure(status));
}

function dialect(response, parts) {
  const [, name, code] = parts;
  const status = /^\d{3}$/.test(code ?? "") && parts.at(-1) !== "models" ? Number(code) : 200;
  const headers = { "access-control-allow-origin": "*", ...DIALECTS[name]?.() };
  headers["access-control-expose-headers"] = Object.keys(headers).join(", ");
  if (parts.at(-1) === "models") return json(response, 200, headers, MODELS);
  if (name === "openrouter") {
    const message = "Rate limit exceeded: free-models-per-day. Add credits for more requests.";
    return json(response, 429, headers, { error: { message, code: 429, metadata: { headers: OPENROUTER_LIMITS() } } });
  }
  json(response, status, headers, status < 400 ? ANSWER : failure(status));
}

function preflight(response, parts) {
  if (parts[0] === "nocors") return send(response, 403, {});
  if (parts[0] !== "nopreflight") return send(response, 204, PREFLIGHT);
  const allowed = PREFLIGHT["access-control-allow-headers"].split(", ").filter((name) => name !== parts[1]);
  return send(response, 204, { ...PREFLIGHT, "access-control-allow-headers": allowed.join(", ") });
}

function flood(response) {
  const block = Buffer.alloc(64 * 1024, " ");
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on("drain", more);
  more();
}

const server = createServer((request, response) => {
  const entry = { id: seen.length, method: request.method, url: request.url, headers: request.headers, body: "", closed: false };
  const parts = new URL(request.url, "http://localhost").pathname.split("/").filter(Boolean);
  if (parts[0] === "_log") {
    if (request.method === "DELETE") seen.length = 0;
    return request.method === "OPTIONS" ? send(response, 204, PREFLIGHT) : json(response, 200, { ...PREFLIGHT, "cache-control": "no-store" }, seen);
  }
  seen.push(entry);
  response.on("close", () => (entry.closed = !response.writableEnded));
  if (request.method === "OPTIONS") return preflight(response, parts);

  request.setEncoding("utf8");
  request.on("data", (chunk) => (entry.body += chunk));
  request.on("end", () => {
    switch (parts[0]) {
      case "exposed":
        return answer(request, response, parts, true);
      case "hidden":
        return answer(request, response, parts, false);
      case "dialect":
        return dialect(response, parts);
      case "limitedonce": {
        const earlier = seen.filter((one) => one.url === request.url && one.method === "POST" && one.id < entry.id);
        if (request.method === "GET" || earlier.length > 0) return answer(request, response, parts, false);
        const message =
          "Rate limit reached for gpt-5-nano in organization org-fault on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.";
        const refused = { error: { message, type: "requests", param: null, code: "rate_limit_exceeded" } };
        return json(response, 429, { "access-control-allow-origin": "*", ...RATE_LIMIT, "retry-after": "1" }, refused);
      }
      case "nopreflight":
        return answer(request, response, parts, false);
      case "nocors":
        return json(response, 200, {}, parts.at(-1) === "models" ? MODELS : ANSWER);
      case "hiddenkey":
        if (request.headers.authorization) return send(response, 401, { "content-type": "text/plain" }, "Unauthorized");
        return answer(request, response, parts, false);
      case "opaque":
        return send(response, 401, { "content-type": "text/plain" }, "Unauthorized");
      case "redirect": {
        const rest = request.url.slice("/redirect".length);
        return send(response, 307, { ...PREFLIGHT, location: `http://localhost:${port}/redirected${rest}` });
      }
      case "redirected":
        return json(response, 200, PREFLIGHT, ANSWER);
      case "html":
        return send(response, 200, { ...PREFLIGHT, "content-type": "text/html" }, "<!doctype html><title>Log in</title><p>Log in first.");
      case "hang":
        return undefined;
      case "cut":
        response.writeHead(200, { ...PREFLIGHT, "content-type": "application/json", "content-length": 4096 });
        response.write('{"id":"resp_cut","object":"resp');
        return setTimeout(() => response.destroy(), 50);
      case "flood":
        response.writeHead(200, { ...PREFLIGHT, "content-type": "application/json" });
        return flood(response);
      case "sse":
      case "stream": {
        const isFirst = !seen.some((other) => other.id < entry.id && other.url === entry.url && other.method === entry.method);
        return stream(request, response, parts, isFirst, PREFLIGHT);
      }
      case "echo": {
        const shown = request.headers.authorization ?? "";
        const headers = { ...PREFLIGHT, "x-echo": shown, "access-control-expose-headers": "*" };
        return json(response, 400, headers, { error: { message: `Incorrect API key provided: ${shown}` } });
      }
      default:
        return json(response, 404, PREFLIGHT, failure(404));
    }
  });
});

server.on("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  port += 1;
  server.listen(port, "127.0.0.1");
});
server.on("listening", () => console.log(`listening on http://127.0.0.1:${port}`));
server.listen(port, "127.0.0.1");
