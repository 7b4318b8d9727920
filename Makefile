PYTHON ?= python3
ARGS ?=
# Tests wait for the database about as long as they compute: one worker more than there are cores.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
PATHS := ai backend bench embeddables infra portals tenants tests

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format clean venv venv-dev

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: venv ## Seed two tenants, play the story, keep serving (ARGS=--once: end after the story)
	@.venv/bin/atrium demo $(ARGS)

test: venv-dev ## Run the tests on real servers (ARGS="tests/infra -k name")
	@WORKERS=$(WORKERS) .venv/bin/python -m tests.run $(ARGS)

bench: venv ## Measure the hot paths against bare floors, write bench/latest.json
	@.venv/bin/atrium bench $(ARGS)

lint: venv-dev ## Style, types, and imports that only go down
	@.venv/bin/ruff check $(wildcard $(PATHS))
	@.venv/bin/ruff format --check --quiet $(wildcard $(PATHS))
	@.venv/bin/python -m infra.lint.floors
	@.venv/bin/mypy

format: venv-dev ## Put the code into its format
	@.venv/bin/ruff check --fix --quiet $(wildcard $(PATHS)) || true
	@.venv/bin/ruff format --quiet $(wildcard $(PATHS))

clean: ## Stop the embedded servers and remove their data
	@if [ -x .venv/bin/atrium ]; then .venv/bin/atrium stack down --erase; fi

venv:
	@$(PYTHON) infra/venv.py run

venv-dev:
	@$(PYTHON) infra/venv.py dev
