import random
import openai
import asyncio
from typing import Optional

NUM_REQUESTS = 10


async def safe_call_with_backoff(
    prompt: str,
    model: str = DEFAULT_MODEL,
    max_attempts: int = 5,
    base_delay: float = 1.0,
) -> Optional[str]:
    """Call the Responses API with retries and exponential backoff on rate limits."""
    attempt = 0

    while attempt < max_attempts:
        try:
            response = await async_client.responses.create(
                model=model,
                input=prompt,
                max_output_tokens=64,
            )
            print("Success on attempt", attempt + 1)
            print("Output:", response.output_text)
            print("Token usage:", response.usage)
            return response.output_text

        except openai.RateLimitError as e:
            attempt += 1
            if attempt >= max_attempts:
                print("Gave up after", max_attempts, "attempts due to rate limits.")
                raise

            # Exponential backoff with jitter
            delay = base_delay * (2 ** (attempt - 1))
            delay = delay * (0.5 + random.random())  # add jitter between 0.5x and 1.5x
            print(f"Rate limit hit (attempt {attempt}). Sleeping for {delay:.2f} seconds...")
            await asyncio.sleep(delay)

        except Exception as e:
            print("Unexpected error:", e)
            raise


async def demo():
    prompt = "Give me a funny fact about turtles."
    calls = [safe_call_with_backoff(prompt) for _ in range(NUM_REQUESTS)]
    await asyncio.gather(*calls, return_exceptions=True)


await demo()
