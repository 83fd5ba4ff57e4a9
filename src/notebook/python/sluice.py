import asyncio
import random
import time
import openai

NUM_REQUESTS = 10
# Retries in one place only: the SDK's own are off.
bare = async_client.with_options(max_retries=0)


def asked_wait(error) -> float:
    """Seconds the server asks for, 0 where it does not say."""
    headers = error.response.headers
    if "retry-after-ms" in headers:
        return float(headers["retry-after-ms"]) / 1000
    return float(headers.get("retry-after", 0))


def is_curable(error) -> bool:
    """A bill is not paid by waiting, and a request too large does not shrink."""
    if error.status_code == 429:
        return error.code in (None, "rate_limit_exceeded", "slow_down") and "too large" not in error.message
    return error.status_code in (408, 409) or error.status_code >= 500


async def call_with_manners(
    prompt: str,
    max_attempts: int = 10,
    base_delay: float = 1.0,
    deadline: float = 600.0,
):
    started = time.monotonic()
    for attempt in range(1, max_attempts + 1):
        try:
            return await bare.responses.create(
                model=DEFAULT_MODEL,
                input=prompt,
                max_output_tokens=64,
            )
        except openai.APIStatusError as error:
            if attempt == max_attempts or not is_curable(error):
                raise
            # The server's wait is the least; full jitter goes on top.
            jitter = random.uniform(0, min(60.0, base_delay * 2 ** (attempt - 1)))
            delay = asked_wait(error) + jitter
            if time.monotonic() - started + delay > deadline:
                raise
            print(f"Rate limit hit (attempt {attempt}). Sleeping for {delay:.2f} seconds...")
            await asyncio.sleep(delay)


async def demo():
    prompt = "Give me a funny fact about turtles."
    calls = [call_with_manners(prompt) for _ in range(NUM_REQUESTS)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    print(sum(not isinstance(r, BaseException) for r in results), "of", NUM_REQUESTS, "answered")


await demo()
