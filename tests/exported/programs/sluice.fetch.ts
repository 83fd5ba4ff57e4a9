// Sluice: Retry-After floor + full jitter
// 10 attempts; retried: rate limits and server trouble, never billing, nor what can never
//   fit.
// Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1).
// Where the server asks for a wait, it comes on top, up to 120 s; a longer one is for a
//   person to decide: it gives up.
// No attempt later than 600 s after the first.
// Source: OpenAI's rate-limit guide, 2026: Retry-After is a minimum, add jitter, cap
//   attempts and elapsed time, never retry billing errors.
// Node.js, Deno or Bun: there is nothing to install.

const MAX_ATTEMPTS = 10; // the first included
const BASE_DELAY = 1; // seconds
const MAX_BACKOFF = 60; // seconds, before jitter
const LONGEST_WAIT = 120; // seconds that a server may ask for
const DEADLINE = 600; // seconds from the first attempt to the last
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

// Neither paid nor made to fit by waiting.
const HOPELESS = new RegExp(
  "insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing" +
    "|billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted|credit balance is too low" +
    "|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large",
  "i",
);

/** Rate limits and server trouble; x-should-retry decides first, but pays no bill. */
function isCurable(error: APIError): boolean {
  if (error.status === undefined) return false;
  if (HOPELESS.test(error.message)) return false;
  const verdict = error.headers?.get("x-should-retry");
  if (verdict === "true" || verdict === "false") return verdict === "true";
  return [408, 409, 429].includes(error.status) || error.status >= 500;
}

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds that the server asks for, in its headers or its text. */
function leastWait(error: APIError): number | undefined {
  const millis = error.headers?.get("retry-after-ms") ?? "";
  const after = error.headers?.get("retry-after") ?? "";
  const waits = [parseFloat(millis) / 1000, parseFloat(after), (Date.parse(after) - Date.now()) / 1000];
  const wait = waits.find((wait) => wait > 0);
  if (wait !== undefined) return wait;
  // "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
  const stated = /try again in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)/i.exec(error.message);
  if (!stated) return undefined;
  const parts = stated[1].matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit], 0.001);
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
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof APIError) || !isCurable(error)) throw error;
      if (attempt === MAX_ATTEMPTS) {
        console.error(`Gave up after ${attempt} attempts.`);
        throw error;
      }
      const asked = leastWait(error);
      if (asked !== undefined && asked > LONGEST_WAIT) {
        console.error(`Gave up: the server asks for ${asked.toFixed(1)} s, more than 120 s.`);
        throw error;
      }
      const delay = (asked ?? 0) + Math.min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1)) * Math.random();
      if ((performance.now() - started) / 1000 + delay > DEADLINE) {
        console.error("Gave up: the next attempt would come after 600 s.");
        throw error;
      }
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
