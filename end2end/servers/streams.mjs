// Event streams for the browser tests: every sse case of tests/cases, really sent in chunks, and streams that misbehave.
//
//   /sse/ID/HOW/…   the answer of a case: status, headers and body. HOW is how its body is cut:
//                   given (as the case says), whole, bytes (one by one), or a number (so many bytes each);
//                   with "+open" after it the connection stays open after the last byte
//   /sse/cases      GET: all these cases, a JSON array
//   /stream/idle/…      half an answer, then silence
//   /stream/drip/…      half an answer, then signs of life without end
//   /stream/flood/…     half an answer, then comments without end and without a pause
//   /stream/large/…     half an answer, then one event that has no end
//   /stream/cut/…       half an answer, then the connection breaks
//   /stream/echo/…      the request's key, split over chunks, over events, and in an event's name
//   /stream/limited/…   a rate limit in mid-stream that lasts 20 ms, and from the second request on a whole answer
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";

const folder = new URL("../../tests/cases/", import.meta.url);
const cases = new Map();
for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const value = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  if (value.kind === "sse") cases.set(value.id, value);
}

const event = (type, members) => `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
const delta = (text) => event("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta: text });
const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
const completed = event("response.completed", { response: { object: "response", status: "completed", usage } });
const limited = event("error", {
  error: { type: "tokens", code: "rate_limit_exceeded", message: "Rate limit reached. Please try again in 20ms.", param: null },
});

function chunksOf({ chunks_base64, transcript, body }, how) {
  if (how === "given" && chunks_base64) return chunks_base64.map((chunk) => Buffer.from(chunk, "base64"));
  const bytes = chunks_base64
    ? Buffer.concat(chunks_base64.map((chunk) => Buffer.from(chunk, "base64")))
    : Buffer.from(transcript ?? JSON.stringify(body));
  const size = how === "bytes" ? 1 : Number(how) || bytes.length;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

/** Writes the chunks one by one, each in a packet of its own. */
async function writeEach(response, chunks) {
  for (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), once(response, "close")]);
    await setImmediate();
  }
}

async function sendCase(response, id, how, cors) {
  const { input } = cases.get(id) ?? {};
  if (!input) return response.writeHead(404, cors).end();
  const [cut, open] = how.split("+");
  const exposed = Object.keys(input.headers).join(", ");
  response.writeHead(input.status, { ...cors, "access-control-expose-headers": exposed, ...input.headers });
  response.socket.setNoDelay(true);
  await writeEach(response, chunksOf(input, cut));
  if (!open) response.end();
}

const forever = {
  async drip(response) {
    while (!response.destroyed) {
      response.write(": alive\n\n");
      await setTimeout(20);
    }
  },
  async flood(response) {
    await writeEach(response, repeated(`: ${"x".repeat(64 * 1024)}\n\n`, response));
  },
  async large(response) {
    response.write("data: ");
    await writeEach(response, repeated("x".repeat(64 * 1024), response));
  },
};

function* repeated(chunk, response) {
  while (!response.destroyed) yield chunk;
}

async function misbehave(what, request, response, isFirst, cors) {
  response.writeHead(200, { ...cors, "content-type": "text/event-stream" });
  response.socket.setNoDelay(true);
  response.write(delta("Half an ") + delta("answer "));
  switch (what) {
    case "cut":
      await setTimeout(50);
      return response.destroy();
    case "echo": {
      const key = (request.headers.authorization ?? "").replace("Bearer ", "");
      const [first, second] = [key.slice(0, 9), key.slice(9)];
      const whole = delta(`and ${key} whole `);
      const middle = whole.indexOf(key) + 9;
      await writeEach(response, [whole.slice(0, middle), whole.slice(middle), delta(`and ${first}`), delta(second), delta(" in two")]);
      await writeEach(response, [event(`say.${key}`, {}), completed]);
      return response.end();
    }
    case "limited":
      return response.end(isFirst ? limited : completed);
    default:
      return forever[what]?.(response);
  }
}

/** Answers a request whose path begins with /sse or /stream. */
export function stream(request, response, parts, isFirst, cors) {
  if (parts[0] === "stream") return misbehave(parts[1], request, response, isFirst, cors);
  if (parts[1] !== "cases") return sendCase(response, parts[1], parts[2] ?? "given", cors);
  response.writeHead(200, { ...cors, "content-type": "application/json" });
  return response.end(JSON.stringify([...cases.values()]));
}
