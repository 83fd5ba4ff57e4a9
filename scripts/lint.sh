#!/usr/bin/env bash
# Formatting and clippy, natively and for wasm32 (clippy-wasm/clippy.toml). One of them: lint.sh NAME.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

lint_fmt() { cargo fmt --all --check; }
lint_native() { cargo clippy --locked --workspace --all-targets --features server -- -D warnings; }
lint_wasm() {
    export CLIPPY_CONF_DIR="$ROOT/clippy-wasm"
    wasm cargo clippy --locked --target wasm32-unknown-unknown --lib --bins --test web -- -D warnings
    wasm cargo clippy --locked --target wasm32-unknown-unknown --package sluice-tokenizer --package sluice-lab-worker -- -D warnings
}

case ${1:-all} in
fmt | native | wasm) "lint_$1" ;;
all)
    set_up lint
    for name in fmt native wasm; do
        say "lint: $name"
        "lint_$name"
    done
    ;;
esac
