// OpenAI cookbook (tenacity)
// 6 attempts; retried: every failure.
// Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1), at least 1 s.
// What the server asks for is not heeded.
// Source: OpenAI cookbook, How_to_handle_rate_limits: tenacity
//   wait_random_exponential(min=1, max=60), stop_after_attempt(6).
// Node.js, Deno or Bun: there is nothing to install.

const MAX_ATTEMPTS = 6; // the first included
const BASE_DELAY = 1; // seconds
const MAX_BACKOFF = 60; // seconds, before jitter
const MIN_DELAY = 1; // seconds, after jitter
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
      if (!(error instanceof APIError)) throw error;
      if (attempt === MAX_ATTEMPTS) {
        console.error(`Gave up after ${attempt} attempts.`);
        throw error;
      }
      const delay = MIN_DELAY + (Math.max(MIN_DELAY, Math.min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1))) - MIN_DELAY) * Math.random();
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
