// Sluice's same-origin relay to OpenAI for Cloudflare, next to the site as static files. README.md beside this file
// says where to put it and why each line is here; `make test` runs this very file.

const UPSTREAM = "https://api.openai.com";
const PREFIX = "/openai";

const ID = "[A-Za-z0-9_-]+";
const ALLOWED = [
  "POST /v1/responses",
  "POST /v1/responses/input_tokens",
  `(GET|DELETE) /v1/responses/${ID}`,
  `POST /v1/responses/${ID}/cancel`,
  `GET /v1/responses/${ID}/input_items`,
  "GET /v1/models(/[A-Za-z0-9][A-Za-z0-9_.:-]*)?",
  "(GET|POST) /v1/files",
  `(GET|DELETE) /v1/files/${ID}`,
  `GET /v1/files/${ID}/content`,
  "(GET|POST) /v1/batches",
  `GET /v1/batches/${ID}`,
  `POST /v1/batches/${ID}/cancel`,
].map((pattern) => new RegExp(`^${pattern}$`));

const MIB = 1024 * 1024;
const MAX_JSON_BYTES = 2 * MIB;
// OpenAI takes batch files of up to 200 MB; Cloudflare takes bodies of 100 MB on its free plan.
const MAX_UPLOAD_BYTES = 210 * MIB;

/** All that goes upstream. The key is the caller's own; the relay has none. */
const SENT = ["accept", "authorization", "content-type", "openai-beta", "openai-organization", "openai-project", "x-client-request-id"];

/**
 * All that comes back; a name that ends in "-" stands for all that begin so. What OpenAI says to browsers about its own
 * origin must not be said about this one, and the body is decoded: its length and encoding no longer hold.
 */
const SHOWN = [
  "cf-ray",
  "content-disposition",
  "content-type",
  "date",
  "openai-",
  "retry-after",
  "retry-after-",
  "x-ratelimit-",
  "x-request-id",
  "x-should-retry",
];

const isShown = (name) => SHOWN.some((shown) => name === shown || (shown.endsWith("-") && name.startsWith(shown)));

function refusal(status, reason) {
  const headers = { "cache-control": "no-store", "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return new Response(`${reason}\n`, { status, headers });
}

/** Browsers say where a request comes from; curl says nothing. */
function isForeign(request, origin) {
  const site = request.headers.get("sec-fetch-site");
  const from = request.headers.get("origin");
  return (site !== null && site !== "same-origin") || (from !== null && from !== origin);
}

/** The body of at most `limit` bytes, or undefined where it is longer. */
async function readUpTo(limit, body) {
  const chunks = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}

async function relay(request) {
  const url = new URL(request.url);
  const path = url.pathname.slice(PREFIX.length);
  if (!url.pathname.startsWith(`${PREFIX}/`) || !ALLOWED.some((pattern) => pattern.test(`${request.method} ${path}`))) {
    return refusal(404, "The relay passes on other requests only.");
  }
  if (isForeign(request, url.origin)) return refusal(403, "The relay serves its own page only.");

  const isUpload = request.method === "POST" && path === "/v1/files";
  const declared = request.headers.get("content-length");
  if (isUpload && declared === null) return refusal(411, "An upload needs a Content-Length.");
  if (Number(declared) > (isUpload ? MAX_UPLOAD_BYTES : MAX_JSON_BYTES)) return refusal(413, "The body is too large.");
  // An upload flows through; a JSON body is read whole, which also finds one that is longer than it said.
  let body = isUpload ? request.body : undefined;
  if (!isUpload && request.body) {
    body = await readUpTo(MAX_JSON_BYTES, request.body);
    if (body === undefined) return refusal(413, "The body is too large.");
  }

  const headers = new Headers();
  for (const name of SENT) {
    if (request.headers.has(name)) headers.set(name, request.headers.get(name));
  }
  const sent = { method: request.method, headers, body, redirect: "manual", signal: request.signal, duplex: "half" };
  let answer;
  try {
    answer = await fetch(`${UPSTREAM}${path}${url.search}`, sent);
  } catch {
    // Sent once: OpenAI may have got it.
    return refusal(502, "The relay got no answer from OpenAI.");
  }
  const shown = new Headers();
  for (const [name, value] of answer.headers) {
    if (isShown(name)) shown.append(name, value);
  }
  shown.set("cache-control", "no-store");
  shown.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  shown.set("x-content-type-options", "nosniff");
  return new Response(answer.body, { status: answer.status, headers: shown });
}

/** Cloudflare Pages: the file is functions/openai/v1/[[path]].js. */
export const onRequest = ({ request }) => relay(request);

/** Cloudflare Workers with static assets, asked first for /openai/*. */
export default { fetch: relay };
