// The official openai package for Node against the simulated API over HTTP: streams.
//
//   npm test       SIMULATED_API names the server, else ../../target/release/simulated_api
//
// No assertion depends on how long something takes. The package asks for Node 22; it works from 20 on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";

const BINARY = process.env.SIMULATED_API ?? fileURLToPath(new URL("../../target/release/simulated_api", import.meta.url));
const PROMPT = "Give me a funny fact about turtles.";
const HEAD = ["response.created", "response.in_progress"];
const REASONING = ["response.output_item.added", "response.output_item.done"];
const MESSAGE = [
  "response.output_item.added",
  "response.content_part.added",
  "response.output_text.delta",
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
];

const running = [];

/** A client of a server of its own, which answers at once. */
async function start(...options) {
  const server = spawn(BINARY, ["--port", "0", "--latency-scale", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(server);
  const [greeting] = await once(server.stdout.setEncoding("utf8"), "data");
  const [baseURL] = greeting.match(/http:\/\/\S+\/v1/) ?? assert.fail(`no address in ${greeting}`);
  return new OpenAI({ baseURL, apiKey: "sk-simulated", maxRetries: 0 });
}

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The types of the events, a row of deltas as one. */
const order = (events) => events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1] || !type.endsWith("delta"));

let client;
before(async () => (client = await start()));
after(() => running.forEach((server) => server.kill()));

test("events of a plain model in order, with its text and usage", async () => {
  const events = await collect(await client.responses.create({ model: "gpt-4o-mini", input: PROMPT, stream: true }));
  assert.deepEqual(order(events), [...HEAD, ...MESSAGE, "response.completed"]);
  assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, at) => at));
  const deltas = events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta);
  assert.ok(deltas.length > 3, `${deltas.length} deltas`);
  const { response } = events.at(-1);
  const text = response.output.flatMap(({ content }) => content ?? []).map((part) => part.text).join("");
  assert.match(text, /^\[simulated\]/);
  assert.equal(deltas.join(""), text);
  assert.equal(response.usage.total_tokens, response.usage.input_tokens + response.usage.output_tokens);
  assert.ok(response.usage.output_tokens > 0);
});

test("a reasoning model reasons first", async () => {
  const events = await collect(await client.responses.create({ model: "gpt-5-nano", input: PROMPT, stream: true }));
  assert.deepEqual(order(events), [...HEAD, ...REASONING, ...MESSAGE, "response.completed"]);
  assert.ok(events.at(-1).response.usage.output_tokens_details.reasoning_tokens > 0);
});

test("the helper accumulates output_text and usage", async () => {
  const stream = client.responses.stream({ model: "gpt-5-nano", input: PROMPT });
  let text = "";
  stream.on("response.output_text.delta", ({ delta }) => (text += delta));
  const final = await stream.finalResponse();
  assert.equal(final.status, "completed");
  assert.match(text, /^\[simulated\]/);
  assert.equal(final.output_text, text);
  assert.equal(final.usage.total_tokens, final.usage.input_tokens + final.usage.output_tokens);
});

test("a small budget ends incomplete", async () => {
  const request = { model: "gpt-5-nano", input: PROMPT, max_output_tokens: 64, reasoning: { effort: "high" }, stream: true };
  const events = await collect(await client.responses.create(request));
  const { type, response } = events.at(-1);
  assert.deepEqual([type, response.status, response.incomplete_details.reason], ["response.incomplete", "incomplete", "max_output_tokens"]);
  assert.equal(response.usage.output_tokens, 64);
});

test("a limit at admission is a RateLimitError with its wait", async () => {
  const limited = await start("--scenario", "first-429");
  const ask = () => limited.responses.create({ model: "gpt-5-nano", input: PROMPT, stream: true });
  for (let sent = 0; sent < 3; sent++) await collect(await ask());
  await assert.rejects(ask, (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError, `${error}`);
    assert.deepEqual([error.status, error.code, error.headers.get("retry-after-ms")], [429, "rate_limit_exceeded", "20000"]);
    return true;
  });
});

test("a limit in mid-stream is an APIError after its first words, and the next stream is whole", async () => {
  const limited = (await start("--scenario", "mid-stream")).withOptions({ maxRetries: 2 });
  const ask = () => limited.responses.create({ model: "gpt-5-nano", input: PROMPT, stream: true });
  const seen = [];
  const read = async () => {
    for await (const event of await ask()) seen.push(event.type);
  };
  await assert.rejects(read, (error) => {
    assert.ok(error instanceof OpenAI.APIError, `${error}`);
    assert.deepEqual([error.status, error.code], [undefined, "rate_limit_exceeded"]);
    assert.match(error.message, /Limit 30, Used 30, Requested 1\. Please try again in 2s\./);
    return true;
  });
  assert.equal(seen.at(-1), "response.output_text.delta");
  assert.equal(seen.filter((type) => type === "response.created").length, 1, "the package itself does not retry it");
  assert.equal((await collect(await ask())).at(-1).type, "response.completed");
});
