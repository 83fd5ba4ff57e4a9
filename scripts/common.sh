# Shared by all scripts: where we are, how we talk, how long steps are run. Sourced, not run.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOGS=$ROOT/target/logs
mkdir -p "$LOGS"
cd "$ROOT"
# Scripts name files below target/.
unset CARGO_TARGET_DIR

TRUNK_VERSION=0.21.14
# Cuts the page's program into parts; of the same family as wasm_split_helpers in the lock file.
WASM_SPLIT_VERSION=0.2.4
TWIGGY_VERSION=0.8.0
# Debian's wasm-opt (108) exports the wrong table of a wasm-bindgen program, which then does not start.
BINARYEN_VERSION=132.0.0
BINARYEN_OLDEST=123
# The command-line tool must be the very version of the library, so the lock file decides.
WASM_BINDGEN_VERSION=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
# Tools built here are kept by version and shared by all clones; nothing of the user's own is replaced.
TOOLS=${SLUICE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
# Node on Debian looks for browsers elsewhere; every tool here is told.
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || echo /usr/bin/chromium)}
CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver || echo /usr/bin/chromedriver)}
export CHROMIUM CHROMEDRIVER TRUNK_SKIP_VERSION_CHECK=true PYTHONDONTWRITEBYTECODE=1

say() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

wasm_opt_is_good() {
    local version
    version=$(wasm-opt --version 2>/dev/null | awk '{ print $3 }')
    [ "${version:-0}" -ge "$BINARYEN_OLDEST" ] && command -v wasm-merge >/dev/null
}

use_tools() {
    local tool
    for tool in "trunk-$TRUNK_VERSION/bin" "wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin" \
        "wasm_split_cli_support-$WASM_SPLIT_VERSION/bin" "twiggy-$TWIGGY_VERSION/bin"; do
        if [ -d "$TOOLS/$tool" ]; then PATH=$TOOLS/$tool:$PATH; fi
    done
    tool=$TOOLS/binaryen-$BINARYEN_VERSION/node_modules/.bin
    if [ -d "$tool" ] && ! wasm_opt_is_good; then PATH=$tool:$PATH; fi
}
use_tools
export PATH

# The servers that the relay recipes are for, and nginx's module: what setup.sh unpacked, else the system's own.
find_relays() {
    local nginx caddy modules=/usr/lib/nginx/modules
    if [ -x "$TOOLS/relays/usr/sbin/nginx" ]; then
        nginx=$TOOLS/relays/usr/sbin/nginx caddy=$TOOLS/relays/usr/bin/caddy modules=$TOOLS/relays$modules
    else
        nginx=$(PATH=$PATH:/usr/sbin command -v nginx || true)
        caddy=$(command -v caddy || true)
    fi
    NGINX=${NGINX:-$nginx} CADDY=${CADDY:-$caddy} NGINX_MODULES=${NGINX_MODULES:-$modules}
    export NGINX CADDY NGINX_MODULES
}
# In a shell of its own, so that what is not there yet is looked for again.
have_relays() (
    find_relays
    "$NGINX" -e stderr -v >/dev/null 2>&1 && "$CADDY" version >/dev/null 2>&1 &&
        [ -f "$NGINX_MODULES/ngx_http_brotli_static_module.so" ]
)

# Sets up what is missing (a script of its own), and then finds what that has built.
set_up() {
    scripts/setup.sh "$@" || return
    use_tools
}

# Prints the seconds since $1 as "1m02" or "7 s".
since() {
    local seconds=$((SECONDS - $1))
    if [ "$seconds" -ge 60 ]; then printf '%dm%02d' $((seconds / 60)) $((seconds % 60)); else printf '%d s' "$seconds"; fi
}

# Runs a long command with its output in target/logs/NAME.log, and says twice a minute where it is.
logged() {
    local name=$1 log=$LOGS/$1.log start=$SECONDS status=0 ticker
    shift
    (
        # Never outlives the script that started it.
        while sleep "${SLUICE_TICK:-30}" && kill -0 $$ 2>/dev/null; do
            note "… $name, $(since "$start"): $(tail -n 1 "$log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | cut -c1-100)"
        done
    ) </dev/null &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    return "$status"
}

# The end of a log, without cargo's long list of crates.
log_end() { grep -vE '^ +(Checking|Compiling|Downloaded|Downloading|Fresh|Locking|Adding) ' "$LOGS/$1.log" | tail -n "$2"; }

# Like logged, and the end of the log when it fails.
logged_or_die() {
    local name=$1
    logged "$@" && return
    log_end "$name" 40 >&2
    die "$name failed; the whole log is target/logs/$name.log"
}

# The first port from $1 upwards on which nobody listens; needs no tool but bash.
free_port() {
    local port=$1
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

# Waits until something listens on port $1, for at most $2 seconds.
wait_for_port() {
    local port=$1 tries=$((${2:-10} * 10))
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

on_debian_as_root() { [ "$(id -u)" = 0 ] && have apt-get; }
