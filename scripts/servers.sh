# Servers that tests talk to: started here, stopped when the script ends. Sourced after common.sh.
# shellcheck shell=bash
SERVERS=()
stop_servers() {
    local pid
    for pid in ${SERVERS[@]+"${SERVERS[@]}"}; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    SERVERS=()
}
trap stop_servers EXIT

# The cross-origin server with faults; the browser tests learn its address at compile time. A fixed
# port, where it is free, spares them a new compilation.
start_fault_server() {
    local port
    port=$(free_port 4020)
    node end2end/servers/fault_server.mjs --port "$port" >"$LOGS/fault_server.log" 2>&1 </dev/null &
    SERVERS+=($!)
    wait_for_port "$port" || die "the fault server did not start: target/logs/fault_server.log"
    export SLUICE_FAULT_SERVER=http://127.0.0.1:$port
}

# start_simulated_api PORT [OPTIONS…]: sets SIMULATED_API_URL.
start_simulated_api() {
    local port
    port=$(free_port "$1")
    shift
    target/release/simulated_api --port "$port" "$@" >"$LOGS/simulated_api.server.log" 2>&1 </dev/null &
    SERVERS+=($!)
    SIMULATED_API_URL=http://127.0.0.1:$port
    wait_for_port "$port" || note "simulated_api does not listen on port $port"
}

run_web_tests() (
    export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-60}
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
    if [ "$CHROMIUM" != /usr/bin/chromium ]; then
        # webdriver.json names Debian's path; elsewhere a copy names the one that was found.
        sed "s#/usr/bin/chromium#$CHROMIUM#" webdriver.json >target/webdriver.json
        export WASM_BINDGEN_TEST_WEBDRIVER_JSON=$ROOT/target/webdriver.json
    fi
    local tries=3 output
    output=$(mktemp)
    # A browser that has not started has judged nothing: on a machine under load its first start can take too long.
    until wasm cargo test --locked --target wasm32-unknown-unknown --test web "$@" 2>&1 | tee "$output"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! grep -q 'failed to create a Chrome session' "$output"; then return 1; fi
        sleep 5
    done
)

run_playwright() (
    local first ports=()
    for first in 4100 4110 4120 4130 4140 4150 4160 4170; do ports+=("$(free_port "$first")"); done
    export SLUICE_PORTS="${ports[*]}"
    export PLAYWRIGHT_JSON_OUTPUT_NAME=$LOGS/playwright.json
    cd end2end && node_modules/.bin/playwright test --reporter=line,json "$@"
)
