#!/usr/bin/env bash
# Serves the release build on loopback and relays /openai/v1/ to the real API (Trunk.toml).
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

set_up page
wanted=${PORT:-8080}
port=$(free_port "$wanted")
[ "$port" = "$wanted" ] || note "port $wanted is busy, taking $port"
say "Building the page for release (about 3 minutes cold, half a minute warm), then serving it"
(
    # Trunk listens once the first build is done.
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        sleep 1
        kill -0 $$ 2>/dev/null || exit
    done
    say "Sluice is at http://127.0.0.1:$port/  (Ctrl-C stops it; a changed file is rebuilt, reload to see it)"
) &
wasm trunk serve --release --port "$port"
