# Decorrelated jitter, edited
# 7 attempts; retried: rate limits, server trouble and no answer, never billing, nor what
#   can never fit.
# Waits U(0.5 s, 3 × the wait before), at most 20 s, never more than 2.5 s.
# Where the server asks for a wait, it comes on top, up to 30 s; a longer one is ignored.
# No attempt later than 75 s after the first.
# Python 3.10 or newer: pip install openai
import random
import re
import sys
import time
from email.utils import parsedate_to_datetime
from itertools import count

import openai
from openai.types.responses import Response

MAX_ATTEMPTS = 7  # the first included
BASE_DELAY = 0.5  # seconds, the least delay
MAX_BACKOFF = 20.0  # seconds
MAX_DELAY = 2.5  # seconds, after jitter
LONGEST_WAIT = 30.0  # seconds that a server may ask for
DEADLINE = 75.0  # seconds from the first attempt to the last

client = openai.OpenAI(max_retries=0)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def say(text: str) -> None:
    print(text, file=sys.stderr)


# Neither paid nor made to fit by waiting.
HOPELESS = re.compile(
    r"insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing"
    r"|billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted|credit balance is too low"
    r"|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large",
    re.IGNORECASE,
)


def is_curable_or_unknown(error: openai.APIError) -> bool:
    """Rate limits, server trouble, and no answer, after which a request may run twice."""
    if isinstance(error, openai.APIConnectionError):
        return True
    if HOPELESS.search(str(error)):
        return False
    verdict = error.response.headers.get("x-should-retry")
    if verdict in ("true", "false"):
        return verdict == "true"
    return error.status_code in (408, 409, 429) or error.status_code >= 500


SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def least_wait(error: Exception) -> float | None:
    """Seconds that the server asks for, in its headers or its text."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            wait = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        if wait > 0:
            return wait
    try:
        wait = parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time()
    except ValueError:
        wait = 0
    if wait > 0:
        return wait
    # "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
    stated = re.search(r"try again in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)", str(error), re.IGNORECASE)
    if not stated:
        return None
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", stated[1])
    return sum(float(number) * SECONDS[unit] for number, unit in parts) + 0.001


def send() -> Response:
    """One request."""
    return client.responses.create(
        model="gpt-5-nano",
        input="Give me a funny fact about turtles.",
        max_output_tokens=64,
    )


def ask() -> Response:
    """Sends until there is a response, or no further attempt is worth it."""
    started = time.monotonic()
    previous = BASE_DELAY
    for attempt in count(1):
        try:
            return send()
        except openai.APIError as error:
            if not is_curable_or_unknown(error):
                raise
            if attempt == MAX_ATTEMPTS:
                say(f"Gave up after {attempt} attempts.")
                raise
            previous = min(MAX_DELAY, min(MAX_BACKOFF, random.uniform(BASE_DELAY, 3 * previous)))
            asked = least_wait(error)
            delay = (asked if asked is not None and asked <= LONGEST_WAIT else 0) + previous
            if time.monotonic() - started + delay > DEADLINE:
                say("Gave up: the next attempt would come after 75 s.")
                raise
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
