#!/usr/bin/env bash
# Builds the release site into dist/; with --size it also measures it against the budget, with --compress it puts
# compressed copies beside the files.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

set_up page
start=$SECONDS
say "Building the page for release (about 2 minutes cold, seconds warm)"
SLUICE_TICK=15 logged_or_die page wasm trunk build --release
note "dist/ is ready after $(since "$start")"
case ${1:-} in
--size) node scripts/size.mjs dist ;;
--compress) node scripts/compress.mjs dist ;;
esac
