# Everything a person does with this folder. `make help` lists it.
#
# PORT (8000), CSIAPP_DATA_DIR (var) and DEMO_PASSWORD may be set for the demo.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# dozens of processes load the same files; some images tell Python to keep nothing of that
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
PY := $(BIN)/python
# what parallel targets print is shown target by target, where make can do that
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: help demo demo-reset setup setup-test test test-unit test-e2e test-chaos test-webkit check fmt lint types layers \
	bench lock i18n clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Run the whole product with demo data on this machine; Ctrl-C stops it
	@exec $(PY) -m csiapp.serving.demo

demo-reset: setup ## Throw the demo's data away and run the demo anew
	@exec $(PY) -m csiapp.serving.demo --reset

setup: ## Install what running needs (part of demo)
	@scripts/setup.sh run

setup-test: ## Install what the tests need (part of test and check)
	@scripts/setup.sh test

test: check ## Checks, then the tests on SQLite, on PostgreSQL and in a browser
	@scripts/test.sh

# two at a time: the types and the unit tests take the longest
check: setup-test ## The quick part: style, types, layers, unit tests
	@$(MAKE) --jobs=2 $(SYNC) lint types layers test-unit

lint:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types:
	@$(BIN)/mypy --no-error-summary

layers:
	@$(BIN)/lint-imports --no-logo

test-unit: setup-test ## The tests that need no server
	@$(PY) -m pytest --quiet -m unit -n 2

test-chaos: setup-test ## The offline proof with twenty runs of bad luck instead of three
	@$(PY) -m pytest --quiet tests/e2e/test_offline_chaos.py --chaos-seeds 20 --db sqlite

test-webkit: ## The offline proof in WebKit, the engine of the browsers on iPads
	@scripts/setup.sh webkit
	@xvfb-run -a dbus-run-session -- $(PY) -m pytest --quiet tests/webkit --db sqlite

test-e2e: setup-test ## The tests in a browser alone
	@$(PY) -m pytest --quiet -m e2e --db sqlite

fmt: setup-test ## Format the code and repair what can be repaired safely
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup-test ## Measure, and write the figures to var/bench.json
	@$(PY) -m bench

lock: setup-test ## Write the lock files from requirements*.in and package.json
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	$(LOCK) requirements-webkit.in -c requirements-dev.txt -o requirements-webkit.txt
	$(LOCK) requirements-node.in -o requirements-node.txt
	$(LOCK) requirements-uv.in -o requirements-uv.txt
	npm install --package-lock-only

i18n: setup-test ## Collect the messages, keep the translations, compile
	@mkdir -p build
	$(BIN)/pybabel extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 --no-location --sort-output \
		-o build/messages.pot .
	$(BIN)/pybabel update --no-fuzzy-matching --ignore-pot-creation-date --width 100 \
		-i build/messages.pot -d csiapp/translations
	$(BIN)/pybabel compile -d csiapp/translations

clean: ## Remove all that can be made again; the demo's data in var/ stays
	rm -rf .venv node_modules build static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find csiapp tests -name __pycache__ -prune -exec rm -rf {} +
	find csiapp -name '*.mo' -delete
