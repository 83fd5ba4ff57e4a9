import OpenAI from "openai";

// Retries in one place only: the SDK's own are off.
const client = new OpenAI({ maxRetries: 0 }); // reads OPENAI_API_KEY
const NUM_REQUESTS = 10;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Seconds the server asks for, 0 where it does not say. */
function askedWait(error: InstanceType<typeof OpenAI.APIError>): number {
  const millis = error.headers?.get("retry-after-ms");
  return Number(millis ? Number(millis) / 1000 : error.headers?.get("retry-after")) || 0;
}

/** A bill is not paid by waiting, and a request too large does not shrink. */
function isCurable(error: InstanceType<typeof OpenAI.APIError>): boolean {
  const status = error.status ?? 0;
  if (status === 429) {
    return [null, undefined, "rate_limit_exceeded", "slow_down"].includes(error.code) && !/too large/.test(error.message);
  }
  return status === 408 || status === 409 || status >= 500;
}

async function callWithManners(prompt: string, maxAttempts = 10, baseDelay = 1.0, deadline = 600): Promise<string> {
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await client.responses.create({
        model: "gpt-5-nano",
        input: prompt,
        max_output_tokens: 64,
      });
      return response.output_text;
    } catch (error) {
      if (!(error instanceof OpenAI.APIError) || attempt >= maxAttempts || !isCurable(error)) throw error;
      // The server's wait is the least; full jitter goes on top.
      const delay = askedWait(error) + Math.random() * Math.min(60, baseDelay * 2 ** (attempt - 1));
      if ((performance.now() - started) / 1000 + delay > deadline) throw error;
      console.log(`Rate limit hit (attempt ${attempt}). Sleeping for ${delay.toFixed(2)} seconds...`);
      await sleep(delay);
    }
  }
}

const prompt = "Give me a funny fact about turtles.";
const calls = Array.from({ length: NUM_REQUESTS }, () => callWithManners(prompt));
const results = await Promise.allSettled(calls);
console.log(results.filter((result) => result.status === "fulfilled").length, "of", NUM_REQUESTS, "answered");
