# Two commands do everything: `make local` and `make test`. Both set themselves up.
BIN := .venv/bin
PORT ?= 8000
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
WEB := 'site/**/*.js' 'site/**/*.css' 'local/**/*.css' 'bench/**/*.mjs' 'tests/site/*.mjs' 'local/emulator/*.mjs'
# The modules of the storefront whose types are checked, as their first line says.
TYPED := $(shell grep -rlx '// @ts-check' site/storefront/assets)
# Tests that share what takes long to set up run in one process (tests/conftest.py), in the sequence of pyproject.toml.
BY_GROUP := --dist loadscope --no-loadscope-reorder

export PYTHON
# Python would otherwise compile each of its files again in each process.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help local test check quick lint format lock screenshots bench lighthouse clean

help: ## Show this help
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

local: .venv/ready ## Bring the whole system up on this machine (PORT=8000)
	@exec $(BIN)/python -m local up --port $(PORT)

test: .venv/ready .venv/browser ## Set up and pass every test
	$(BIN)/python -m pytest -n 2 $(BY_GROUP) -m "not browser"
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/browser

check: .venv/ready ## The inner loop, under a minute: lint, types, every quick test
	@$(MAKE) --no-print-directory -j 2 lint quick

quick: .venv/ready
	$(BIN)/python -m pytest -q -n 2 $(BY_GROUP) -m "not browser and not e2e and not thorough"

lint: .venv/ready ## Check style and types of Python, JavaScript and CSS
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint site bench tests/site local
	$(BIN)/oxfmt --check $(WEB)
	$(BIN)/deno check --quiet --config tsconfig.json site/assets/lib/*.js $(TYPED)

format: .venv/ready ## Format Python, JavaScript and CSS
	$(BIN)/ruff format .
	$(BIN)/oxfmt $(WEB)

lock: .venv/ready ## Write requirements*.txt from requirements*.in: exact versions, with the hashes of every platform
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

screenshots: .venv/ready .venv/browser ## Take the pictures in docs/images again
	$(BIN)/python -m tests.browser.screenshots

bench: .venv/ready .venv/browser ## Measure what an order costs, beside references, into bench/RESULTS.md
	@$(BIN)/python -m bench

lighthouse: .venv/ready .venv/browser ## Let Lighthouse score the signed-in pages (needs node and npm)
	$(BIN)/python -m bench.lighthouse

clean: ## Remove the virtual environment and the local system's state
	rm -rf .venv .local

.venv/ready: requirements-dev.txt
	@sh local/setup.sh venv
	@touch $@

.venv/browser: .venv/ready
	@sh local/setup.sh browser
	@touch $@
