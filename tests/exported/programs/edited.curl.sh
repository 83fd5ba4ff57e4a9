#!/usr/bin/env bash
# Decorrelated jitter, edited
# 7 attempts; retried: rate limits, server trouble and no answer, never billing, nor what
#   can never fit.
# Waits U(0.5 s, 3 × the wait before), at most 20 s, never more than 2.5 s.
# Where the server asks for a wait, it comes on top, up to 30 s; a longer one is ignored.
# No attempt later than 75 s after the first.
# curl 7.84 or newer
set -euo pipefail

MAX_ATTEMPTS=7 # the first included
BASE_DELAY=0.5 # seconds, the least delay
MAX_BACKOFF=20 # seconds
MAX_DELAY=2.5 # seconds, after jitter
LONGEST_WAIT=30 # seconds that a server may ask for
DEADLINE=75 # seconds from the first attempt to the last
REQUEST='{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}'
body=$(mktemp)
trap 'rm -f "$body"' EXIT
SECONDS=0

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

# Rate limits, server trouble, and no answer, after which a request may run twice.
is_curable_or_unknown() {
  # Neither paid nor made to fit by waiting.
  if grep -qiE "insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing" "$body" ||
    grep -qiE "billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted" "$body" ||
    grep -qiE "credit balance is too low|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large" "$body"; then
    return 1
  fi
  case $verdict in true) return 0 ;; false) return 1 ;; esac
  [[ $status =~ ^(000|408|409|429|5..)$ ]]
}

# Seconds that the server asks for, in its headers or its text. Nothing where it does not say.
least_wait() {
  local at stated
  if [[ $after_ms =~ ^[0-9.]+$ ]] && is "$after_ms > 0"; then
    calculate "$after_ms / 1000"
    return
  fi
  if [[ $after =~ ^[0-9.]+$ ]] && is "$after > 0"; then
    echo "$after"
    return
  fi
  if [[ $after == [A-Z]* ]] && at=$(date -d "$after" +%s) && is "$at - $(date +%s) > 0"; then
    calculate "$at - $(date +%s)"
    return
  fi
  # "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
  stated=$(sed -nE 's/.*try again in (([0-9]+(\.[0-9]+)?(ms|[smhd]))+).*/\1/p' "$body" | head -n 1)
  if [ -n "$stated" ]; then
    calculate "$(sed 's/ms/*0.001+/g; s/s/+/g; s/m/*60+/g; s/h/*3600+/g; s/d/*86400+/g' <<<"$stated")0.001"
  fi
}

# Sends until there is a response, or no further attempt is worth it.
ask() {
  local attempt=1 delay asked previous=$BASE_DELAY
  until send; do
    is_curable_or_unknown || return 1
    if [ "$attempt" -eq "$MAX_ATTEMPTS" ]; then
      say "Gave up after $attempt attempts."
      return 1
    fi
    previous=$(calculate "min($MAX_DELAY, min($MAX_BACKOFF, $BASE_DELAY + (3 * $previous - $BASE_DELAY) * $RANDOM / 32768))")
    delay=$previous
    asked=$(least_wait)
    if [ -n "$asked" ]; then
      if is "$asked <= $LONGEST_WAIT"; then delay=$(calculate "$asked + $delay"); fi
    fi
    if is "$SECONDS + $delay > $DEADLINE"; then
      say "Gave up: the next attempt would come after $DEADLINE s."
      return 1
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
