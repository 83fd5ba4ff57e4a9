# OpenAI cookbook (tenacity)
# 6 attempts; retried: every failure.
# Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1), at least 1 s.
# What the server asks for is not heeded.
# Source: OpenAI cookbook, How_to_handle_rate_limits: tenacity
#   wait_random_exponential(min=1, max=60), stop_after_attempt(6).
# Python 3.10 or newer: pip install openai
import random
import sys
import time
from itertools import count

import openai
from openai.types.responses import Response

MAX_ATTEMPTS = 6  # the first included
BASE_DELAY = 1.0  # seconds
MAX_BACKOFF = 60.0  # seconds, before jitter
MIN_DELAY = 1.0  # seconds, after jitter

client = openai.OpenAI(max_retries=0)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(text: str) -> None:
    print(text, file=sys.stderr)


def send() -> Response:
    """One request."""
    return client.responses.create(
        model="gpt-5-nano",
        input="Give me a funny fact about turtles.",
        max_output_tokens=64,
    )


def ask() -> Response:
    """Sends until there is a response, or no further attempt is worth it."""
    for attempt in count(1):
        try:
            return send()
        except openai.OpenAIError as error:
            if attempt == MAX_ATTEMPTS:
                say(f"Gave up after {attempt} attempts.")
                raise
            delay = random.uniform(MIN_DELAY, max(MIN_DELAY, min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1))))
            say(f"Attempt {attempt} failed ({type(error).__name__}); next in {delay:.2f} s.")
            time.sleep(delay)


if __name__ == "__main__":
    try:
        response = ask()
    except openai.OpenAIError as error:
        sys.exit(f"Failed: {error}")
    if response.error:
        sys.exit(f"The response failed: {response.error.message}")
    print(response.output_text)
