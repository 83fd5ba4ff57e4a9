# openai-python
# 3 attempts; retried: what the official SDKs retry (408, 409, 429, 5xx, no answer;
#   x-should-retry decides first).
# Waits min(8 s, 0.5 s × 2^(n−1)) × U(0.75, 1).
# Where the server asks for a wait, that is the wait, up to 120 s; at a longer one it
#   gives up.
# Source: openai-python 3.57.0, _base_client.py: 2 retries, 0.5 s × 2^n up to 8 s × (1 −
#   random/4); Retry-After up to 120 s, beyond that no retry.
# Python 3.10 or newer: pip install openai
import sys

import openai
from openai.types.responses import Response

client = openai.OpenAI(max_retries=2)  # reads OPENAI_API_KEY and, where set, OPENAI_BASE_URL


def send() -> Response:
    """One request, with the SDK's own retries."""
    return client.responses.create(
        model="gpt-5-nano",
        input="Give me a funny fact about turtles.",
        max_output_tokens=64,
    )


if __name__ == "__main__":
    try:
        response = send()
    except openai.OpenAIError as error:
        sys.exit(f"Failed: {error}")
    if response.error:
        sys.exit(f"The response failed: {response.error.message}")
    print(response.output_text)
