# On the Record. `make help` lists every target.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= data
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help install run test coverage versions check lint types contracts bench lock examples clean

help:  ## list every target in a line
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "On the Record needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-build.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/.installed  ## the set-up alone; then .venv/bin/tracker works

run: .venv/.installed  ## start the service with the demo record at http://127.0.0.1:8000 (HOST=, PORT=, DATA=)
	@exec $(BIN)/tracker demo --host $(HOST) --port $(PORT) --data $(DATA)

test: .venv/.installed-dev  ## everything: lint, types, contracts, all tests on both databases, mail, browser
	@$(MAKE) --no-print-directory -j 2 check
	$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest -n 3 --dist worksteal

coverage: .venv/.installed-dev  ## how much of the code the tests run; fails below the floor in pyproject.toml
	$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov

versions: .venv/.installed-dev  ## the tests on every Python that is promised and found here (ONLY=3.12: that one)
	$(BIN)/python -m tools.python_versions $(ONLY)

check: lint types contracts  ## the quick part of `make test`

lint: .venv/.installed-dev  ## ruff, all rules, and djlint over the templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates

types: .venv/.installed-dev  ## mypy strict
	$(BIN)/mypy

contracts: .venv/.installed-dev  ## who may import whom, that every import is declared, that all code is used, and that names are plain
	$(BIN)/lint-imports
	$(BIN)/deptry tracker jobs
	$(BIN)/python -m tools.dead_code
	$(BIN)/python -m tools.names

bench: .venv/.installed-dev  ## benchmarks, figures as ratios, to the screen and benchmarks/results/ (LABELLED= SCORER=: the reader's quality too)
	$(BIN)/python -m benchmarks

lock: .venv/.installed-dev  ## write the hashed lock files anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements-dev.lock pyproject.toml -o requirements.lock
	printf 'editables\nhatchling\n' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements-dev.lock - -o requirements-build.lock

clean:  ## remove what was built, never your data
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
