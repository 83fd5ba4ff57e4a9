import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 }); // reads OPENAI_API_KEY
const NUM_REQUESTS = 10;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Calls the Responses API with retries and exponential backoff on rate limits. */
async function safeCallWithBackoff(prompt: string, maxAttempts = 5, baseDelay = 1.0): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await client.responses.create({
        model: "gpt-5-nano",
        input: prompt,
        max_output_tokens: 64,
      });
      console.log("Success on attempt", attempt);
      return response.output_text;
    } catch (error) {
      if (!(error instanceof OpenAI.RateLimitError)) throw error;
      if (attempt >= maxAttempts) {
        console.log("Gave up after", maxAttempts, "attempts due to rate limits.");
        throw error;
      }
      // Exponential backoff with jitter between 0.5x and 1.5x
      const delay = baseDelay * 2 ** (attempt - 1) * (0.5 + Math.random());
      console.log(`Rate limit hit (attempt ${attempt}). Sleeping for ${delay.toFixed(2)} seconds...`);
      await sleep(delay);
    }
  }
}

const prompt = "Give me a funny fact about turtles.";
const calls = Array.from({ length: NUM_REQUESTS }, () => safeCallWithBackoff(prompt));
const results = await Promise.allSettled(calls);
console.log(results.filter((result) => result.status === "fulfilled").length, "of", NUM_REQUESTS, "answered");
