#!/usr/bin/env bash
# Vercel AI SDK
# 3 attempts; retried: 408, 409, 429, 5xx and no answer.
# Waits 2 s × 2^(n−1).
# Where the server asks for a wait, that is the wait, up to 60 s; a longer one is ignored.
# Source: Vercel AI SDK, ai 6.0.326, retry-with-exponential-backoff.ts: 2 retries, 2 s ×
#   2^n without jitter; Retry-After below 60 s, a longer one is ignored.
# curl 7.84 or newer
set -euo pipefail

MAX_ATTEMPTS=3 # the first included
BASE_DELAY=2 # seconds
LONGEST_WAIT=59.999999999 # seconds that a server may ask for
REQUEST='{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}'
body=$(mktemp)
trap 'rm -f "$body"' EXIT

say() { echo "$*" >&2; }
calculate() { awk "BEGIN { print ($1) }"; }
is() { [ "$(calculate "$1")" = 1 ]; }

# One request. A status of 000 is no answer.
send() {
  local told
  : >"$body"
  told=$(curl -sS "${OPENAI_BASE_URL:-https://api.openai.com/v1}/responses" \
    -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H "Content-Type: application/json" \
    -d "$REQUEST" -o "$body" -w '%header{retry-after-ms}\n%header{retry-after}\n%{http_code}\n') || true
  { read -r after_ms && read -r after && read -r status; } <<<"$told"
  [[ $status == 2?? ]]
}

# No answer, or a status that may be better next time, billing errors included.
has_retried_status() {
  [[ $status =~ ^(000|408|409|429|5..)$ ]]
}

# Seconds that the server asks for in its headers, 0 for "at once". Nothing where it does not say.
asked_wait_or_zero() {
  local at
  if [[ $after_ms =~ ^-?[0-9.]+$ ]]; then
    if is "$after_ms >= 0"; then calculate "$after_ms / 1000"; fi
  elif [[ $after =~ ^-?[0-9.]+$ ]]; then
    if is "$after >= 0"; then echo "$after"; fi
  elif [[ $after == [A-Z]* ]] && at=$(date -d "$after" +%s) && is "$at - $(date +%s) >= 0"; then
    calculate "$at - $(date +%s)"
  fi
}

# Sends until there is a response, or no further attempt is worth it.
ask() {
  local attempt=1 delay asked
  until send; do
    has_retried_status || return 1
    if [ "$attempt" -eq "$MAX_ATTEMPTS" ]; then
      say "Gave up after $attempt attempts."
      return 1
    fi
    delay=$(calculate "$BASE_DELAY * 2 ^ ($attempt - 1)")
    asked=$(asked_wait_or_zero)
    if [ -n "$asked" ]; then
      if is "$asked <= $LONGEST_WAIT"; then delay=$asked; fi
    fi
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
