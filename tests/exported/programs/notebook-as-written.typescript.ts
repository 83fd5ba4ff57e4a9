// Notebook as written (over the SDK's retries)
// 5 attempts; retried: every 429, billing errors included.
// Waits 1 s × 2^(n−1) × U(0.5, 1.5).
// What the server asks for is not heeded.
// Over the SDK's own 2 retries: up to 15 requests in all.
// Source: The notebook, section 5, over openai-python 3.57.0 with its default max_retries
//   of 2.
// npm install openai
import OpenAI, { APIError } from "openai";

const MAX_ATTEMPTS = 5; // the first included
const BASE_DELAY = 1; // seconds

const client = new OpenAI({ maxRetries: 2 }); // reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** One request, with the SDK's own retries. */
function send() {
  return client.responses.create({
    model: "gpt-5-nano",
    input: "Give me a funny fact about turtles.",
    max_output_tokens: 64,
  });
}

/** Sends until there is a response, or no further attempt is worth it. */
async function ask(): Promise<OpenAI.Responses.Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof APIError) || error.status !== 429) throw error;
      if (attempt === MAX_ATTEMPTS) {
        console.error(`Gave up after ${attempt} attempts.`);
        throw error;
      }
      const delay = BASE_DELAY * 2 ** (attempt - 1) * (0.5 + Math.random());
      console.error(`Attempt ${attempt} failed (${error.status ?? "no answer"}); next in ${delay.toFixed(2)} s.`);
      await sleep(delay);
    }
  }
}

try {
  const response = await ask();
  if (response.error) throw new Error(response.error.message);
  console.log(response.output_text);
} catch (error) {
  console.error(`Failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
