# Sluice: Retry-After floor + full jitter
# 10 attempts; retried: rate limits and server trouble, never billing, nor what can never
#   fit.
# Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1).
# Where the server asks for a wait, it comes on top, up to 120 s; a longer one is for a
#   person to decide: it gives up.
# No attempt later than 600 s after the first.
# Source: OpenAI's rate-limit guide, 2026: Retry-After is a minimum, add jitter, cap
#   attempts and elapsed time, never retry billing errors.
# Python 3.10 or newer: pip install openai
import random
import re
import sys
import time
from email.utils import parsedate_to_datetime
from itertools import count

import openai
from openai.types.responses import Response

MAX_ATTEMPTS = 10  # the first included
BASE_DELAY = 1.0  # seconds
MAX_BACKOFF = 60.0  # seconds, before jitter
LONGEST_WAIT = 120.0  # seconds that a server may ask for
DEADLINE = 600.0  # seconds from the first attempt to the last

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


def is_curable(error: openai.APIStatusError) -> bool:
    """Rate limits and server trouble; x-should-retry decides first, but pays no bill."""
    if HOPELESS.search(str(error)):
        return False
    verdict = error.response.headers.get("x-should-retry")
    if verdict in ("true", "false"):
        return verdict == "true"
    return error.status_code in (408, 409, 429) or error.status_code >= 500


SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def least_wait(error: Exception) -> float | None:
    """Seconds that the server asks for, in its headers or its text."""
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
    for attempt in count(1):
        try:
            return send()
        except openai.APIStatusError as error:
            if not is_curable(error):
                raise
            if attempt == MAX_ATTEMPTS:
                say(f"Gave up after {attempt} attempts.")
                raise
            asked = least_wait(error)
            if asked is not None and asked > LONGEST_WAIT:
                say(f"Gave up: the server asks for {asked:.1f} s, more than 120 s.")
                raise
            delay = (asked or 0) + random.uniform(0, min(MAX_BACKOFF, BASE_DELAY * 2 ** (attempt - 1)))
            if time.monotonic() - started + delay > DEADLINE:
                say("Gave up: the next attempt would come after 600 s.")
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
