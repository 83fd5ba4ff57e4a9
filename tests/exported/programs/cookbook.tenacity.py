# OpenAI cookbook (tenacity)
# 6 attempts; retried: every failure.
# Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1), at least 1 s.
# What the server asks for is not heeded.
# Source: OpenAI cookbook, How_to_handle_rate_limits: tenacity
#   wait_random_exponential(min=1, max=60), stop_after_attempt(6).
# Python 3.10 or newer: pip install openai tenacity
import sys

import openai
from openai.types.responses import Response
from tenacity import (
    RetryCallState,
    retry,
    stop_after_attempt,
    wait_random_exponential,
)

MAX_ATTEMPTS = 6  # the first included
BASE_DELAY = 1.0  # seconds
MAX_BACKOFF = 60.0  # seconds, before jitter
MIN_DELAY = 1.0  # seconds, after jitter

client = openai.OpenAI(max_retries=0)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(state: RetryCallState) -> None:
    error = type(state.outcome.exception()).__name__
    print(f"Attempt {state.attempt_number} failed ({error}); next in {state.upcoming_sleep:.2f} s.", file=sys.stderr)


@retry(
    stop=stop_after_attempt(MAX_ATTEMPTS),
    wait=wait_random_exponential(multiplier=BASE_DELAY, max=MAX_BACKOFF, min=MIN_DELAY),
    before_sleep=say,
    reraise=True,
)
def ask() -> Response:
    """One request."""
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
