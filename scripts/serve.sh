#!/usr/bin/env bash
# Serves the release build on loopback and relays /openai/v1/ to the real API (Trunk.toml).
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

scripts/build.sh
wanted=${PORT:-8080}
port=$(free_port "$wanted")
[ "$port" = "$wanted" ] || note "port $wanted is busy, taking $port"
say "Sluice is at http://127.0.0.1:$port/  (Ctrl-C stops it; a changed file is rebuilt, reload to see it)"
export TRUNK_SERVE_PORT=$port
wasm trunk --quiet serve --release --port "$port"
