// openai-python
// 3 attempts; retried: what the official SDKs retry (408, 409, 429, 5xx, no answer;
//   x-should-retry decides first).
// Waits min(8 s, 0.5 s × 2^(n−1)) × U(0.75, 1).
// Where the server asks for a wait, that is the wait, up to 120 s; at a longer one it
//   gives up.
// Source: openai-python 3.57.0, _base_client.py: 2 retries, 0.5 s × 2^n up to 8 s × (1 −
//   random/4); Retry-After up to 120 s, beyond that no retry.
// Node.js, Deno or Bun: there is nothing to install.

const MAX_ATTEMPTS = 3; // the first included
const BASE_DELAY = 0.5; // seconds
const MAX_BACKOFF = 8; // seconds, before jitter
const LONGEST_WAIT = 120; // seconds that a server may ask for
const BASE_URL = process.env.OPENAI_BASE_URL ?? "https://api.openai.com/v1";

/** What came instead of a response; without a status where nothing came. */
class APIError extends Error {
  readonly status?: number;
  readonly headers?: Headers;

  constructor(message: string, answer?: Response) {
    super(message);
    this.status = answer?.status;
    this.headers = answer?.headers;
  }
}

type Answer = { error: { message: string } | null; output: { content?: { text?: string }[] }[] };

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** What the official SDKs retry, billing errors included. */
function isRetriedBySdks(error: APIError): boolean {
  if (error.status === undefined) return true;
  const verdict = error.headers?.get("x-should-retry");
  if (verdict === "true" || verdict === "false") return verdict === "true";
  return [408, 409, 429].includes(error.status) || error.status >= 500;
}

/** Seconds that the server asks for in its headers. */
function askedWait(error: APIError): number | undefined {
  const millis = error.headers?.get("retry-after-ms") ?? "";
  const after = error.headers?.get("retry-after") ?? "";
  const waits = [parseFloat(millis) / 1000, parseFloat(after), (Date.parse(after) - Date.now()) / 1000];
  const wait = waits.find((wait) => !Number.isNaN(wait));
  return wait !== undefined && wait > 0 ? wait : undefined;
}

/** One request. */
async function send(): Promise<Answer> {
  const answer = await fetch(`${BASE_URL}/responses`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      model: "gpt-5-nano",
      input: "Give me a funny fact about turtles.",
      max_output_tokens: 64,
    }),
  }).catch((error) => {
    throw new APIError(`No answer: ${error.cause ?? error}`);
  });
  const text = await answer.text();
  if (!answer.ok) throw new APIError(`${answer.status} ${text}`, answer);
  return JSON.parse(text);
}

/** Sends until there is a response, or no further attempt is worth it. */
async function ask(): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof APIError) || !isRetriedBySdks(error)) throw error;
      if (attempt === MAX_ATTEMPTS) {
        console.error(`Gave up after ${attempt} attempts.`);
        throw error;
      }
      const asked = askedWait(error);
      if (asked !== undefined && asked > LONGEST_WAIT) {
        console.error(`Gave up: the server asks for ${asked.toFixed(1)} s, more than 120 s.`);
        throw error;
      }
      const delay = asked ?? Math.min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1)) * (1 - 0.25 * Math.random());
      console.error(`Attempt ${attempt} failed (${error.status ?? "no answer"}); next in ${delay.toFixed(2)} s.`);
      await sleep(delay);
    }
  }
}

try {
  const response = await ask();
  if (response.error) throw new Error(response.error.message);
  console.log(response.output.flatMap((item) => item.content ?? []).map((part) => part.text ?? "").join(""));
} catch (error) {
  console.error(`Failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

export {}; // a module may await at its top level
