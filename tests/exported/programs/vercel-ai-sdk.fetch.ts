// Vercel AI SDK
// 3 attempts; retried: 408, 409, 429, 5xx and no answer.
// Waits 2 s × 2^(n−1).
// Where the server asks for a wait, that is the wait, up to 60 s; a longer one is
//   ignored.
// Source: Vercel AI SDK, ai 6.0.326, retry-with-exponential-backoff.ts: 2 retries, 2 s ×
//   2^n without jitter; Retry-After below 60 s, a longer one is ignored.
// Node.js, Deno or Bun: there is nothing to install.

const MAX_ATTEMPTS = 3; // the first included
const BASE_DELAY = 2; // seconds
const LONGEST_WAIT = 59.999999999; // seconds that a server may ask for
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

/** No answer, or a status that may be better next time, billing errors included. */
function hasRetriedStatus(error: APIError): boolean {
  if (error.status === undefined) return true;
  return [408, 409, 429].includes(error.status) || error.status >= 500;
}

/** Seconds that the server asks for in its headers, 0 for "at once". */
function askedWaitOrZero(error: APIError): number | undefined {
  const millis = error.headers?.get("retry-after-ms") ?? "";
  const after = error.headers?.get("retry-after") ?? "";
  const waits = [parseFloat(millis) / 1000, parseFloat(after), (Date.parse(after) - Date.now()) / 1000];
  const wait = waits.find((wait) => !Number.isNaN(wait));
  return wait !== undefined && wait >= 0 ? wait : undefined;
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
      if (!(error instanceof APIError) || !hasRetriedStatus(error)) throw error;
      if (attempt === MAX_ATTEMPTS) {
        console.error(`Gave up after ${attempt} attempts.`);
        throw error;
      }
      const asked = askedWaitOrZero(error);
      const delay = asked !== undefined && asked <= LONGEST_WAIT ? asked : BASE_DELAY * 2 ** (attempt - 1);
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
