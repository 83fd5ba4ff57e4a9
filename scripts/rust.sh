# Which Rust compiles for wasm32. Sourced after common.sh.
#   SLUICE_RUST=rustup   the toolchain on PATH, its wasm target added by rustup
#   SLUICE_RUST=debian   Debian's rustc-web, which builds the standard library itself
#   unset                the first, and the second where the first cannot be had
# shellcheck shell=bash

# lld-22 is named because rust-web-llvm only links to it, and the build ends without it.
DEBIAN_RUST=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy lld-22)

has_wasm_target() {
    local sysroot
    sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
    [ -n "$(find "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib" -name 'libstd-*.rlib' 2>/dev/null)" ]
}

has_debian_rust() {
    local package
    have dpkg-query || return 1
    for package in "${DEBIAN_RUST[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
    done
}

# Answers "rustup" or "debian"; setup.sh has made the answer true.
wasm_rust() {
    if [ -n "${SLUICE_RUST:-}" ]; then
        echo "$SLUICE_RUST"
    elif has_wasm_target || ! has_debian_rust; then
        echo rustup
    else
        echo debian
    fi
}

# Runs a command that compiles for wasm32 with the chosen Rust. Each Rust has a target folder of its own.
wasm() {
    local target=$ROOT/target-debian tool
    if [ "$(wasm_rust)" != debian ]; then
        "$@"
        return
    fi
    # Only Rust itself is taken from /usr/bin: what else lies there (an old wasm-opt, say) must not come first.
    mkdir -p "$target/bin"
    for tool in cargo rustc cargo-clippy clippy-driver; do ln -sf "/usr/bin/$tool" "$target/bin/$tool"; done
    env PATH="$target/bin:$PATH" RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort CARGO_TARGET_DIR="$target" "$@"
}
