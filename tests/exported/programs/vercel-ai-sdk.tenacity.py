# Vercel AI SDK
# 3 attempts; retried: 408, 409, 429, 5xx and no answer.
# Waits 2 s × 2^(n−1).
# Where the server asks for a wait, that is the wait, up to 60 s; a longer one is ignored.
# Source: Vercel AI SDK, ai 6.0.326, retry-with-exponential-backoff.ts: 2 retries, 2 s ×
#   2^n without jitter; Retry-After below 60 s, a longer one is ignored.
# Python 3.10 or newer: pip install openai tenacity
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
BASE_DELAY = 2.0  # seconds
LONGEST_WAIT = 59.999999999  # seconds that a server may ask for

client = openai.OpenAI(max_retries=0)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(state: RetryCallState) -> None:
    error = type(state.outcome.exception()).__name__
    print(f"Attempt {state.attempt_number} failed ({error}); next in {state.upcoming_sleep:.2f} s.", file=sys.stderr)


def has_retried_status(error: Exception) -> bool:
    """No answer, or a status that may be better next time, billing errors included."""
    if not isinstance(error, openai.APIStatusError):
        return isinstance(error, openai.APIConnectionError)
    return error.status_code in (408, 409, 429) or error.status_code >= 500


def asked_wait_or_zero(error: Exception) -> float | None:
    """Seconds that the server asks for in its headers, 0 for 'at once'."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            wait = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        return wait if wait >= 0 else None
    try:
        wait = parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time()
    except ValueError:
        return None
    return wait if wait >= 0 else None


def wait(state: RetryCallState) -> float:
    attempt = state.attempt_number
    asked = asked_wait_or_zero(state.outcome.exception())
    return asked if asked is not None and asked <= LONGEST_WAIT else BASE_DELAY * 2 ** (attempt - 1)


@retry(
    retry=retry_if_exception(has_retried_status),
    stop=stop_after_attempt(MAX_ATTEMPTS),
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
