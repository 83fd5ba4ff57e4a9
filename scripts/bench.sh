#!/usr/bin/env bash
# The benchmarks: criterion's natively, then the page's own figures.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/rust.sh"
. "$(dirname "$0")/servers.sh"

set_up test
if [ -d benches ]; then
    say "Native benchmarks"
    cargo bench --locked --workspace --features server
fi
scripts/build.sh --size
if [ -f end2end/bench.mjs ]; then
    say "The page's own figures"
    node end2end/bench.mjs
fi
say "The timeline under load"
node end2end/bench_timeline.mjs
if [ -f end2end/bench_tokens.mjs ]; then
    say "Token counting in the page's worker"
    node end2end/bench_tokens.mjs dist
fi
if [ -f end2end/lighthouse.mjs ]; then
    say "Lighthouse (six runs, about 2 minutes)"
    node end2end/lighthouse.mjs dist
fi
