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
say "The Lab in the page's workers"
node end2end/bench_lab.mjs
say "Usage with 100,000 calls"
node end2end/bench_usage.mjs
say "A large file in Batch, and 500 answers a second (about two minutes)"
logged_or_die simulated_api cargo build --locked --release --features server --bin simulated_api
node end2end/bench_batch_file.mjs
say "Batch against the referee, where there is one (about 25 minutes; SEEDS=1 takes five)"
.venv/bin/python -c 'import aiohttp' 2>/dev/null || logged_or_die pip .venv/bin/python -m pip install --disable-pip-version-check 'aiohttp==3.14.5'
find_relays
CADDY=$CADDY node end2end/bench_batch.mjs
say "Token counting in the page's worker"
node end2end/bench_tokens.mjs dist
say "Lighthouse (six runs, about 2 minutes)"
node end2end/lighthouse.mjs dist
