# Tieout: `make run` and `make test` are all a fresh machine needs besides Python 3.11+ and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
TIEOUT := $(VENV)/bin/tieout
DEMO := var/demo

export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := False

.DEFAULT_GOAL := help

.PHONY: help
help: ## Explain every target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements.lock (first time only) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tieout needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

.PHONY: setup
setup: $(STAMP) ## Prepare .venv with the hash-locked dependencies

.PHONY: run
run: $(STAMP) ## Run everything for the demo company and print the summary; again: posts nothing
	@test -f $(DEMO)/company/company.yaml || $(TIEOUT) demo --out $(DEMO)/company
	@$(TIEOUT) run --company $(DEMO)/company

.PHONY: ui
ui: $(STAMP) ## Start the Dagster UI on the demo company (http://127.0.0.1:3000)
	@test -f $(DEMO)/company/company.yaml || $(TIEOUT) demo --out $(DEMO)/company
	@$(TIEOUT) ui --company $(DEMO)/company

.PHONY: test
test: $(STAMP) ## Run all tests
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile

.PHONY: check
check: $(STAMP) ## Lint Python and SQL, check who imports whom and the rules of the dbt project
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports --no-cache
	@PYTHONWARNINGS=ignore::UserWarning:multiprocessing.resource_tracker \
		$(VENV)/bin/sqlfluff lint --processes 0 dbt_project/models dbt_project/tests/singular
	@TIEOUT_WAREHOUSE=unopened.duckdb $(VENV)/bin/dbt --quiet --log-level-file none parse \
		--project-dir dbt_project --profiles-dir dbt_project --target-path target
	@$(VENV)/bin/dbt-bouncer run --show-all-failures

.PHONY: faults
faults: $(STAMP) ## Inject faults one at a time and print which control caught each
	@$(VENV)/bin/python -m tests.fault_matrix

.PHONY: bench
bench: $(STAMP) ## Measure the validation of events, then whole runs: time, where it goes, memory
	@$(VENV)/bin/python -m benchmarks.validation
	@$(VENV)/bin/python -m benchmarks.whole_runs
