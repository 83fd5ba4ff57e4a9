# Notebook as written (over the SDK's retries)
# 5 attempts; retried: every 429, billing errors included.
# Waits 1 s × 2^(n−1) × U(0.5, 1.5).
# What the server asks for is not heeded.
# Over the SDK's own 2 retries: up to 15 requests in all.
# Source: The notebook, section 5, over openai-python 3.57.0 with its default max_retries
#   of 2.
# Python 3.10 or newer: pip install openai
import random
import sys
import time
from itertools import count

import openai
from openai.types.responses import Response

MAX_ATTEMPTS = 5  # the first included
BASE_DELAY = 1.0  # seconds

client = openai.OpenAI(max_retries=2)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(text: str) -> None:
    print(text, file=sys.stderr)


def send() -> Response:
    """One request, with the SDK's own retries."""
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
        except openai.RateLimitError as error:
            if attempt == MAX_ATTEMPTS:
                say(f"Gave up after {attempt} attempts.")
                raise
            delay = BASE_DELAY * 2 ** (attempt - 1) * (0.5 + random.random())
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
