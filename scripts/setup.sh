#!/usr/bin/env bash
# Sets up what is missing: `setup.sh page` to build and serve, `setup.sh test` for the tests too, `setup.sh bloat` to
# look into the page.
# Quick and silent when nothing is missing.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"

need=${1:-page}
apt_updated=

apt_update() {
    [ -z "$apt_updated" ] || return 0
    say "Reading Debian's package lists"
    logged_or_die apt-update apt-get update
    apt_updated=yes
}

# Installs Debian packages, or says what to install where we may not.
apt_install() {
    local why=$1
    shift
    if ! on_debian_as_root; then
        die "$why is missing. Install it and try again:
    Debian, Ubuntu:  sudo apt-get install $*
    elsewhere:       the same under your system's names (macOS: ${BREW:-brew install $*})"
    fi
    apt_update
    say "Installing $* (Debian packages, under a minute)"
    DEBIAN_FRONTEND=noninteractive logged_or_die apt-install apt-get install -y --no-install-recommends "$@"
}

# Builds a command-line tool of one exact version into the tools folder. One that tells no version is taken from there alone.
cargo_tool() {
    local command=$1 crate=$2 version=$3 duration=$4
    shift 4
    if [ "$($command --version 2>/dev/null | awk '{ print $2 }')" = "$version" ] || [ -x "$TOOLS/$crate-$version/bin/$command" ]; then return; fi
    say "Building $crate $version ($duration, once)"
    logged_or_die "$crate" cargo install --locked "$crate" --version "$version" --root "$TOOLS/$crate-$version" "$@"
    use_tools
}

setup_rust() {
    have cargo || die "Rust is missing. Install it from https://rustup.rs (stable, 1.90 or newer) and try again."
    have cc || apt_install "A C compiler and linker" gcc libc6-dev
    if [ "$(wasm_rust)" = debian ]; then
        has_debian_rust || apt_install "Debian's Rust for the web" "${DEBIAN_RUST[@]}"
        return
    fi
    if has_wasm_target; then return; fi
    say "Adding Rust's wasm32 target (rustup, half a minute)"
    if have rustup && logged rustup-target rustup target add wasm32-unknown-unknown && has_wasm_target; then return; fi
    if [ -n "${SLUICE_RUST:-}" ] || ! on_debian_as_root; then
        tail -n 5 "$LOGS/rustup-target.log" 2>/dev/null >&2 || true
        die "rustup cannot add the target. Try: rustup target add wasm32-unknown-unknown
    On Debian, as root, SLUICE_RUST=debian builds with Debian's own Rust instead."
    fi
    note "rustup cannot get it here; taking Debian's own Rust for the page instead"
    apt_install "Debian's Rust for the web" "${DEBIAN_RUST[@]}"
}

setup_wasm_opt() {
    if wasm_opt_is_good; then return; fi
    have npm || die "wasm-opt (binaryen) $BINARYEN_OLDEST or newer is missing. Install it, or Node.js 20, with which it is fetched here."
    say "Installing wasm-opt (npm's binaryen $BINARYEN_VERSION, a few seconds)"
    logged_or_die binaryen npm --prefix "$TOOLS/binaryen-$BINARYEN_VERSION" install --no-audit --no-fund --no-save "binaryen@$BINARYEN_VERSION"
    use_tools
    # Trunk keeps what an older wasm-opt made, and would not ask the new one.
    rm -rf target/wasm-opt target-debian/wasm-opt
}

setup_page() {
    setup_rust
    setup_wasm_opt
    cargo_tool wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION" "about 3 minutes"
    cargo_tool wasm-split-cli wasm_split_cli_support "$WASM_SPLIT_VERSION" "about a minute" --features build-binary
    have node || die "Node.js is missing: it cuts the program into parts. Install version 20 or newer (https://nodejs.org) and try again."
    cargo_tool trunk trunk "$TRUNK_VERSION" "9 to 20 minutes"
}

setup_lints() {
    cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 && return
    have rustup || die "cargo clippy and cargo fmt are missing; install them for your Rust."
    say "Adding clippy and rustfmt (rustup)"
    logged_or_die rustup-components rustup component add clippy rustfmt
}

setup_browser() {
    if [ -x "$CHROMIUM" ] && [ -x "$CHROMEDRIVER" ]; then return; fi
    BREW='brew install --cask chromium chromedriver, then set CHROMIUM and CHROMEDRIVER to their paths' \
        apt_install "Chromium or its driver" chromium chromium-driver
}

setup_node() {
    have node && have npm || die "Node.js is missing. Install version 20 or newer (https://nodejs.org) and try again."
    [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || die "Node.js $(node --version) is too old: 20 or newer is needed."
    node_packages end2end "half a minute"
    node_packages tests/node "a few seconds"
}

# Installs what a folder's lock file names, where that has changed.
node_packages() {
    local folder=$1 duration=$2 wanted stamp=$1/node_modules/.sluice-lock
    wanted=$(cksum <"$folder/package-lock.json")
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "Installing the Node packages of $folder/ (npm ci, $duration)"
    logged_or_die "npm-ci-${folder//\//-}" bash -c "cd '$folder' && npm ci --no-audit --no-fund"
    echo "$wanted" >"$stamp"
}

setup_python() {
    local wanted stamp=.venv/.sluice-requirements
    have python3 || apt_install "Python 3" python3 python3-venv
    wanted=$(cksum <tests/python/requirements.txt)
    [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    # Debian ships python3 without what venv needs.
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install "Python's venv module" python3-venv
    say "Making .venv with the official openai package (pip, half a minute)"
    rm -rf .venv
    logged_or_die venv python3 -m venv .venv
    logged_or_die pip .venv/bin/python -m pip install --disable-pip-version-check -r tests/python/requirements.txt
    echo "$wanted" >"$stamp"
}

# Debian's packages are unpacked, not installed: installing them starts both servers at once, on port 80 for all to see.
setup_relays() {
    local packages=(caddy nginx libnginx-mod-http-brotli-static) folder=$TOOLS/relays
    have openssl || apt_install "openssl" openssl
    if have_relays; then return; fi
    if ! have apt-get || ! have dpkg-deb; then
        die "Caddy, nginx or nginx's brotli module is missing. Install them under your system's names and try again.
    NGINX_MODULES names the folder with ngx_http_brotli_static_module.so, where it is not /usr/lib/nginx/modules."
    fi
    if on_debian_as_root; then apt_update; fi
    say "Fetching ${packages[*]} (Debian packages, unpacked beside our tools, a few seconds)"
    rm -rf "$folder" && mkdir -p "$folder/packages"
    logged_or_die apt-download bash -c 'cd "$1" && shift && apt-get download "$@"' - "$folder/packages" "${packages[@]}"
    local package
    for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder"; done
    rm -rf "$folder/packages"
    have_relays || die "what was fetched to $folder does not run here: ldd says what is missing"
}

case $need in
page) setup_page ;;
lint) setup_rust && setup_lints ;;
bloat) setup_page && cargo_tool twiggy twiggy "$TWIGGY_VERSION" "half a minute" ;;
test) setup_page && setup_lints && setup_browser && setup_node && setup_python && setup_relays ;;
*) die "setup.sh knows page, lint, bloat and test" ;;
esac
