#!/usr/bin/env bash
# OpenAI cookbook (tenacity)
# 6 attempts; retried: every failure.
# Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1), at least 1 s.
# What the server asks for is not heeded.
# Source: OpenAI cookbook, How_to_handle_rate_limits: tenacity
#   wait_random_exponential(min=1, max=60), stop_after_attempt(6).
set -euo pipefail

MAX_ATTEMPTS=6 # the first included
BASE_DELAY=1 # seconds
MAX_BACKOFF=60 # seconds, before jitter
MIN_DELAY=1 # seconds, after jitter
REQUEST='{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}'
body=$(mktemp)
trap 'rm -f "$body"' EXIT

say() { echo "$*" >&2; }
calculate() { awk "function min(a, b) { return a < b ? a : b } function max(a, b) { return a > b ? a : b } BEGIN { print ($1) }"; }

# One request. A status of 000 is no answer.
send() {
  local told
  : >"$body"
  told=$(curl -sS "${OPENAI_BASE_URL:-https://api.openai.com/v1}/responses" \
    -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H "Content-Type: application/json" \
    -d "$REQUEST" -o "$body" -w '%{http_code}\n') || true
  { read -r status; } <<<"$told"
  [[ $status == 2?? ]]
}

# Sends until there is a response, or no further attempt is worth it.
ask() {
  local attempt=1 delay
  until send; do
    if [ "$attempt" -eq "$MAX_ATTEMPTS" ]; then
      say "Gave up after $attempt attempts."
      return 1
    fi
    delay=$(calculate "$MIN_DELAY + (max($MIN_DELAY, min($MAX_BACKOFF, $BASE_DELAY * 2 ^ ($attempt - 1))) - $MIN_DELAY) * $RANDOM / 32768")
    say "Attempt $attempt failed ($status); next in $delay s."
    sleep "$delay"
    attempt=$((attempt + 1))
  done
}

if ask; then
  cat "$body"
else
  echo "Failed: $status $(cat "$body")" >&2
  exit 1
fi
