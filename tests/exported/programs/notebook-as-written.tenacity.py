# Notebook as written (over the SDK's retries)
# 5 attempts; retried: every 429, billing errors included.
# Waits 1 s × 2^(n−1) × U(0.5, 1.5).
# What the server asks for is not heeded.
# Over the SDK's own 2 retries: up to 15 requests in all.
# Source: The notebook, section 5, over openai-python 3.57.0 with its default max_retries
#   of 2.
# Python 3.10 or newer: pip install openai tenacity
import random
import sys

import openai
from openai.types.responses import Response
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
)

MAX_ATTEMPTS = 5  # the first included
BASE_DELAY = 1.0  # seconds

client = openai.OpenAI(max_retries=2)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(state: RetryCallState) -> None:
    error = type(state.outcome.exception()).__name__
    print(f"Attempt {state.attempt_number} failed ({error}); next in {state.upcoming_sleep:.2f} s.", file=sys.stderr)


def wait(state: RetryCallState) -> float:
    attempt = state.attempt_number
    return BASE_DELAY * 2 ** (attempt - 1) * (0.5 + random.random())


@retry(
    retry=retry_if_exception_type(openai.RateLimitError),
    stop=stop_after_attempt(MAX_ATTEMPTS),
    wait=wait,
    before_sleep=say,
    reraise=True,
)
def ask() -> Response:
    """One request, with the SDK's own retries."""
    return client.responses.create(
        model="gpt-5-nano",
        input="Give me a funny fact about turtles.",
        max_output_tokens=64,
    )


if __name__ == "__main__":
    try:
        response = ask()
    except openai.OpenAIError as error:
        sys.exit(f"Failed after {ask.statistics['attempt_number']} attempts: {error}")
    if response.error:
        sys.exit(f"The response failed: {response.error.message}")
    print(response.output_text)
