#!/usr/bin/env bash
# Every check and test, the quick ones first. A failure does not stop the rest, so one run shows all.
# The last line is "N passed, N failed": the tests of all runners, and one more failure for each check that failed.
# With a stage's name only that one is run: fmt clippy native web python node page playwright relays.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"
. "$(dirname "$0")/servers.sh"

only=${1:-}
passed=0
failed=0
begun=$SECONDS
finish() {
    note "$(since "$begun") in all, logs in target/logs"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && { [ "$passed" -gt 0 ] || [ -n "$only" ]; }
}

# check NAME TITLE COMMAND…: passes or fails as a whole.
check() {
    local name=$1 title=$2 start=$SECONDS
    shift 2
    say "$title"
    if logged "$name" "$@"; then
        note "ok ($(since "$start"))"
    else
        failed=$((failed + 1))
        log_end "$name" 60
        note "FAILED ($(since "$start")): target/logs/$name.log"
        return 1
    fi
}

# tests NAME TITLE COUNT COMMAND…: COUNT prints "passed failed" of the log; a run without a test is a failure.
tests() {
    local name=$1 title=$2 count=$3 start=$SECONDS status=0 good bad
    shift 3
    say "$title"
    logged "$name" "$@" || status=$?
    read -r good bad < <("$count" "$LOGS/$name.log")
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
    passed=$((passed + good))
    failed=$((failed + bad))
    [ "$bad" -eq 0 ] || log_end "$name" 80
    note "$good passed, $bad failed ($(since "$start"))"
}

# The closing lines of cargo test and of wasm-bindgen-test.
count_rust() {
    awk '/^test result:/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1) } }
         END { print p + 0, f + 0 }' "$1"
}
# pytest's closing line, e.g. "7 passed, 1 failed, 2 errors in 3.1s".
count_python() {
    tail -n 1 "$1" | tr ',' '\n' | awk '/[0-9] passed/ { p = $1 } /failed/ { f += $1 } /error/ { f += $1 } END { print p + 0, f + 0 }'
}
# The closing lines of node --test in TAP, e.g. "# pass 6".
count_node() {
    awk '/^# pass / { p = $3 } /^# (fail|cancelled) / { f += $3 } END { print p + 0, f + 0 }' "$1"
}
count_playwright() { node scripts/count_playwright.mjs "$LOGS/playwright.json"; }

wants() { [ -z "$only" ] || [ "$only" = "$1" ]; }

if ! set_up test; then
    failed=1
    finish
    exit 1
fi

if wants fmt; then
    check fmt "Formatting" scripts/lint.sh fmt || true
fi
if wants clippy; then
    check clippy "clippy, native" scripts/lint.sh native || true
    check clippy-wasm "clippy, wasm32" scripts/lint.sh wasm || true
fi
if wants native; then
    tests native "Native tests" count_rust cargo test --locked --no-fail-fast --workspace --features server
fi
if wants web; then
    start_fault_server
    tests web "Browser tests (wasm-bindgen-test in headless Chromium)" count_rust run_web_tests
    stop_servers
fi
if wants python || wants node || wants playwright; then
    check simulated_api "simulated_api, release build" \
        cargo build --locked --release --features server --bin simulated_api || true
fi
if wants python; then
    tests python "Conformance: the official Python package against simulated_api" count_python \
        .venv/bin/python -m pytest -q -p no:cacheprovider tests/python
    if [ -f ../shared/seed/run_notebook.py ]; then
        start_simulated_api 4010
        check notebook "The notebook itself against simulated_api" env OPENAI_BASE_URL="$SIMULATED_API_URL/v1" \
            OPENAI_API_KEY=sk-sim .venv/bin/python ../shared/seed/run_notebook.py || true
        stop_servers
    fi
fi
if wants node; then
    tests node "Conformance: the official Node package against simulated_api" count_node \
        bash -c 'cd tests/node && node --test --test-reporter=tap'
fi
if wants page || wants playwright; then
    # What an earlier build left must not be tested in place of this one.
    rm -rf dist
    if check page "The page, release build" wasm trunk build --release; then
        check size "Size of the page" node scripts/size.mjs dist || true
        if wants playwright; then
            rm -f "$LOGS/playwright.json"
            tests playwright "Playwright, on the release build" count_playwright run_playwright
        fi
    else
        note "no page: its size and Playwright are not run"
    fi
fi
# After the page, whose files the servers then serve; without it, stand-ins for them.
if wants relays; then
    tests relays "Relay recipes in nginx and Caddy, and the worker's" count_node scripts/relays.sh
fi

finish
