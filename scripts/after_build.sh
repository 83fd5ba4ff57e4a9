#!/usr/bin/env bash
# Trunk runs this after each build, before the site goes to dist/ (Trunk.toml). A release build is cut into parts here;
# a build for development stays in one piece, so that it stays quick.
target=${CARGO_TARGET_DIR:-target}
. "$(dirname "$0")/common.sh"

: "${TRUNK_STAGING_DIR:?is set by Trunk, which runs this after a build}"
have node || die "Node.js is missing: it cuts the program into parts and makes the list for working offline. Install version 20 or newer (https://nodejs.org)."

if [ "$TRUNK_PROFILE" = release ]; then
    node scripts/split.mjs "$target/wasm32-unknown-unknown/page/sluice.wasm" "$TRUNK_STAGING_DIR" "$target/split"
fi
node scripts/bundle_styles.mjs "$TRUNK_STAGING_DIR"
# The token counter is a program of its own, which nobody downloads who does not ask for it.
cargo build --locked --package sluice-tokenizer --target wasm32-unknown-unknown --profile tokenizer --target-dir "$target"
wasm-bindgen --target no-modules --no-typescript --out-dir "$target/tokenizer" --out-name tokens \
    "$target/wasm32-unknown-unknown/tokenizer/sluice_tokenizer.wasm"
node scripts/token_worker.mjs "$target/tokenizer" "$TRUNK_STAGING_DIR"
# Here every file of the site has its last content and name.
node scripts/headers.mjs "$TRUNK_STAGING_DIR"
node scripts/service_worker.mjs "$TRUNK_STAGING_DIR"
