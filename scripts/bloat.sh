#!/usr/bin/env bash
# What the page's first load is made of: its largest functions, and generic ones by how much their copies take.
# A number as argument is how many lines; the pieces stay in target/bloat/pieces, for twiggy's other commands.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

set_up bloat
lines=${1:-40}
pieces=target/bloat/pieces
say "Building the page with full names (about 4 minutes cold, in a folder of its own)"
# Names with the types of generics in them; the linker keeps them, wasm-opt would not.
RUSTFLAGS="--cfg=erase_components -Csymbol-mangling-version=v0" CARGO_TARGET_DIR=$ROOT/target/bloat logged_or_die bloat \
    cargo build --locked --profile page --target wasm32-unknown-unknown --bin sluice
rm -rf "$pieces" && mkdir -p "$pieces"
wasm-split-cli target/bloat/wasm32-unknown-unknown/page/sluice.wasm "$pieces" --out-name sluice
say "The largest functions of the first load, before wasm-opt"
twiggy top -n "$lines" "$pieces/sluice.wasm"
say "Generic functions, by what their copies take"
twiggy monos -g -n "$lines" "$pieces/sluice.wasm"
