# Two commands are all a newcomer needs: `make serve` and `make test`. Each sets up what is missing first.
.DEFAULT_GOAL := help
.PHONY: help serve test test-long build dist size bloat bench lint fmt setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## build the page for release and serve it (PORT=8080), relaying /openai/v1/
	@scripts/serve.sh

test: ## every check and test, the quick ones first
	@scripts/test.sh

test-long: ## the long trials: kills, hidden tabs, soak
	@scripts/test_long.sh

build: ## the release site in dist/
	@scripts/build.sh

dist: ## the release site with compressed copies of its files, ready to upload (docs/deploy.md)
	@scripts/build.sh --compress

size: ## the size of dist/, first load and the rest, against its budget
	@scripts/build.sh --size

bloat: ## what the page's first load is made of (twiggy)
	@scripts/bloat.sh

bench: ## the benchmarks
	@scripts/bench.sh

lint: ## formatting and both clippy configurations
	@scripts/lint.sh

fmt: ## format the Rust code
	@cargo fmt

setup: ## only set up what the tests need
	@scripts/setup.sh test

clean: ## remove what was built here (tools are kept)
	@rm -rf target target-debian dist .venv end2end/node_modules end2end/test-results
