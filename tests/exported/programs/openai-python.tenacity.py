# openai-python
# 3 attempts; retried: what the official SDKs retry (408, 409, 429, 5xx, no answer;
#   x-should-retry decides first).
# Waits min(8 s, 0.5 s × 2^(n−1)) × U(0.75, 1).
# Where the server asks for a wait, that is the wait, up to 120 s; at a longer one it
#   gives up.
# Source: openai-python 3.57.0, _base_client.py: 2 retries, 0.5 s × 2^n up to 8 s × (1 −
#   random/4); Retry-After up to 120 s, beyond that no retry.
# Python 3.10 or newer: pip install openai tenacity
import random
import sys
import time
from email.utils import parsedate_to_datetime

import openai
from openai.types.responses import Response
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception,
    stop_after_attempt,
)

MAX_ATTEMPTS = 3  # the first included
BASE_DELAY = 0.5  # seconds
MAX_BACKOFF = 8.0  # seconds, before jitter
LONGEST_WAIT = 120.0  # seconds that a server may ask for

client = openai.OpenAI(max_retries=0)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(state: RetryCallState) -> None:
    error = type(state.outcome.exception()).__name__
    print(f"Attempt {state.attempt_number} failed ({error}); next in {state.upcoming_sleep:.2f} s.", file=sys.stderr)


def is_retried_by_sdks(error: Exception) -> bool:
    """What the official SDKs retry, billing errors included."""
    if not isinstance(error, openai.APIStatusError):
        return isinstance(error, openai.APIConnectionError)
    verdict = error.response.headers.get("x-should-retry")
    if verdict in ("true", "false"):
        return verdict == "true"
    return error.status_code in (408, 409, 429) or error.status_code >= 500


def asked_wait(error: Exception) -> float | None:
    """Seconds that the server asks for in its headers."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            wait = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        return wait if wait > 0 else None
    try:
        wait = parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time()
    except ValueError:
        return None
    return wait if wait > 0 else None


def wait(state: RetryCallState) -> float:
    attempt = state.attempt_number
    asked = asked_wait(state.outcome.exception())
    return asked if asked is not None else min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1)) * (1 - 0.25 * random.random())


def asks_too_much(state: RetryCallState) -> bool:
    return (asked_wait(state.outcome.exception()) or 0) > LONGEST_WAIT


@retry(
    retry=retry_if_exception(is_retried_by_sdks),
    stop=stop_after_attempt(MAX_ATTEMPTS) | asks_too_much,
    wait=wait,
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
