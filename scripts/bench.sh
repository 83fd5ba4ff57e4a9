#!/usr/bin/env bash
# The benchmarks: criterion's natively, then the page's own figures.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"
. "$(dirname "$0")/servers.sh"

set_up test
say "Native benchmarks"
cargo bench --locked --workspace --features server
scripts/build.sh --size
say "The page's own figures"
node end2end/bench.mjs
say "The timeline under load"
node end2end/bench_timeline.mjs
say "Token counting in the page's worker"
node end2end/bench_tokens.mjs dist
say "Lighthouse (six runs, about 2 minutes)"
node end2end/lighthouse.mjs dist
