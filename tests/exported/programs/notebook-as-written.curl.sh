#!/usr/bin/env bash
# Notebook as written (over the SDK's retries)
# 5 attempts; retried: every 429, billing errors included.
# Waits 1 s × 2^(n−1) × U(0.5, 1.5).
# What the server asks for is not heeded.
# Over a loop underneath, up to 15 requests in all:
# 3 attempts; retried: what the official SDKs retry (408, 409, 429, 5xx, no answer;
#   x-should-retry decides first).
# Waits min(8 s, 0.5 s × 2^(n−1)) × U(0.75, 1).
# Where the server asks for a wait, that is the wait, up to 120 s; at a longer one it
#   gives up.
# Source: The notebook, section 5, over openai-python 3.57.0 with its default max_retries
#   of 2.
# curl 7.84 or newer
set -euo pipefail

MAX_ATTEMPTS=5 # the first included
BASE_DELAY=1 # seconds
INNER_MAX_ATTEMPTS=3 # the first included
INNER_BASE_DELAY=0.5 # seconds
INNER_MAX_BACKOFF=8 # seconds, before jitter
INNER_LONGEST_WAIT=120 # seconds that a server may ask for
REQUEST='{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}'
body=$(mktemp)
trap 'rm -f "$body"' EXIT

say() { echo "$*" >&2; }
calculate() { awk "function min(a, b) { return a < b ? a : b } BEGIN { print ($1) }"; }
is() { [ "$(calculate "$1")" = 1 ]; }

# One request. A status of 000 is no answer.
send() {
  local told
  : >"$body"
  told=$(curl -sS "${OPENAI_BASE_URL:-https://api.openai.com/v1}/responses" \
    -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H "Content-Type: application/json" \
    -d "$REQUEST" -o "$body" -w '%header{retry-after-ms}\n%header{retry-after}\n%header{x-should-retry}\n%{http_code}\n') || true
  { read -r after_ms && read -r after && read -r verdict && read -r status; } <<<"$told"
  [[ $status == 2?? ]]
}

# What the official SDKs retry, billing errors included.
is_retried_by_sdks() {
  case $verdict in true) return 0 ;; false) return 1 ;; esac
  [[ $status =~ ^(000|408|409|429|5..)$ ]]
}

# Seconds that the server asks for in its headers. Nothing where it does not say.
asked_wait() {
  local at
  if [[ $after_ms =~ ^-?[0-9.]+$ ]]; then
    if is "$after_ms > 0"; then calculate "$after_ms / 1000"; fi
  elif [[ $after =~ ^-?[0-9.]+$ ]]; then
    if is "$after > 0"; then echo "$after"; fi
  elif [[ $after == [A-Z]* ]] && at=$(date -d "$after" +%s) && is "$at - $(date +%s) > 0"; then
    calculate "$at - $(date +%s)"
  fi
}

# Sends until there is a response, or no further attempt is worth it.
ask_inner() {
  local attempt=1 delay asked
  until send; do
    is_retried_by_sdks || return 1
    if [ "$attempt" -eq "$INNER_MAX_ATTEMPTS" ]; then
      say "Gave up after $attempt attempts."
      return 1
    fi
    delay=$(calculate "min($INNER_MAX_BACKOFF, $INNER_BASE_DELAY * 2 ^ ($attempt - 1)) * (1 - 0.25 * $RANDOM / 32768)")
    asked=$(asked_wait)
    if [ -n "$asked" ]; then
      if is "$asked > $INNER_LONGEST_WAIT"; then
        say "Gave up: the server asks for $asked s, more than $INNER_LONGEST_WAIT s."
        return 1
      fi
      delay=$asked
    fi
    say "Attempt $attempt failed ($status); next in $delay s."
    sleep "$delay"
    attempt=$((attempt + 1))
  done
}

# Sends until there is a response, or no further attempt is worth it.
ask() {
  local attempt=1 delay
  until ask_inner; do
    [ "$status" = 429 ] || return 1
    if [ "$attempt" -eq "$MAX_ATTEMPTS" ]; then
      say "Gave up after $attempt attempts."
      return 1
    fi
    delay=$(calculate "$BASE_DELAY * 2 ^ ($attempt - 1) * (0.5 + $RANDOM / 32768)")
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
