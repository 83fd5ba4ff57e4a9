#!/usr/bin/env bash
# Long trials, run before a release rather than on every change: tests marked #[ignore], and Playwright's @long ones.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"
. "$(dirname "$0")/servers.sh"

set_up test
status=0
say "Random texts and every code point, as tiktoken encodes them (a minute)"
logged_or_die npm-ci-tests-tokens npm --prefix tests/tokens ci --no-audit --no-fund
npm --prefix tests/tokens --silent run trial
say "Native tests marked #[ignore]"
cargo test --locked --release --workspace --features server -- --ignored || status=1
say "simulated_api and the page, release builds"
logged_or_die simulated_api cargo build --locked --release --features server --bin simulated_api
scripts/build.sh
say "Playwright's @long trials: 50 kills and a hidden page (about 20 minutes)"
# One after the other: a rate is measured.
(SLUICE_LONG=1 run_playwright --workers=1 --pass-with-no-tests) || status=1
exit "$status"
