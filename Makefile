# Everything there is to do here, one script each under script/. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help run build test e2e bench check clean

run: ## Build what changed and serve the demo on http://127.0.0.1:3000  (ADDR=HOST:PORT, DATABASE=sqlite:FILE or postgres://…)
	@script/run

build: ## Build what is deployed: target/release/polity and target/site
	@script/build

test: ## Run every test: Rust on SQLite and PostgreSQL, a real Matrix room, the pages in Chromium
	@script/test

e2e: ## Run the browser tests alone  (ARGS="landing --headed")
	@script/e2e $(ARGS)

bench: ## Measure against the budgets and print the table
	@script/bench

check: ## Formatting, clippy, TypeScript
	@script/check

clean: ## Forget what was built in this clone; the cache in ~/.cache/polity stays
	@rm -rf target node_modules

help: ## Print this list
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile
