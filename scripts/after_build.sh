#!/usr/bin/env bash
# Trunk runs this after each build, before the site goes to dist/ (Trunk.toml). A release build is cut into parts here;
# a build for development stays in one piece, so that it stays quick.
target=${CARGO_TARGET_DIR:-target}
. "$(dirname "$0")/common.sh"

: "${TRUNK_STAGING_DIR:?is set by Trunk, which runs this after a build}"
have node || die "Node.js is missing: it cuts the program into parts and makes the list for working offline. Install version 20 or newer (https://nodejs.org)."

if [ "$TRUNK_PROFILE" = release ]; then
    say "Cutting the program into parts (about a minute)"
    node scripts/split.mjs "$target/wasm32-unknown-unknown/page/sluice.wasm" "$TRUNK_STAGING_DIR" "$target/split"
fi
node scripts/bundle_styles.mjs "$TRUNK_STAGING_DIR"
node scripts/after_paint.mjs "$TRUNK_STAGING_DIR"
say "Building the workers' programs (a minute or two cold, seconds warm)"
# Each is a program of its own, which nobody downloads who does not ask for it.
# worker LINK PACKAGE FOLDER NAME: its crate, the folder with its worker.js, and the name of its files.
worker() {
    cargo build --locked --package "$2" --target wasm32-unknown-unknown --profile worker --target-dir "$target"
    wasm-bindgen --target no-modules --no-typescript --out-dir "$target/workers" --out-name "$4" \
        "$target/wasm32-unknown-unknown/worker/${2//-/_}.wasm"
    node scripts/program_worker.mjs "$1" "$target/workers/$4" "$3/worker.js" "$TRUNK_STAGING_DIR" "$TRUNK_PROFILE"
}
worker token-counter sluice-tokenizer tokenizer o200k
worker lab-worker sluice-lab-worker lab_worker lab_engine
node scripts/clock_worker.mjs "$TRUNK_STAGING_DIR"
# Here every file of the site has its last content and name.
node scripts/headers.mjs "$TRUNK_STAGING_DIR"
node scripts/service_worker.mjs "$TRUNK_STAGING_DIR"
