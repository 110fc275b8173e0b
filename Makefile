# The system's own Python goes first if it will do: it is built with optimisations by profile, which pyenv leaves out, and
# serves a tenth more for it.
PYTHON ?= $(or $(shell for python in /usr/bin/python3 python3; do $$python -c \
  'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)
VENV := .venv
PIP := $(VENV)/bin/pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: serve test lint lock bench

serve: $(VENV)/.serve  ## set up and serve the café at http://127.0.0.1:8000/graphql
	$(VENV)/bin/cafe serve

test: $(VENV)/.dev  ## set up and run every test
	$(VENV)/bin/python -m pytest

lint: $(VENV)/.dev  ## hold the code to its rules: format, lint, types, imports between rooms
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

lock: $(VENV)/.dev  ## pin the newest versions that fit pyproject.toml
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev --upgrade pyproject.toml \
	  --custom-compile-command "make lock" --no-emit-index-url --output-file requirements.lock

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which one with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv is missing: apt install python3-venv"; exit 1; }

$(VENV)/.serve: pyproject.toml requirements.lock | $(VENV)/bin/pip
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements.lock | $(VENV)/bin/pip
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.serve

bench: $(VENV)/.dev  ## measure what answers cost, how fast a change reaches a thousand listeners, how soon a bomb is refused
	$(VENV)/bin/python -m tests.benchmarks.answers
	$(VENV)/bin/python -m tests.benchmarks.cold
	$(VENV)/bin/python -m tests.benchmarks.growth
	$(VENV)/bin/python -m tests.benchmarks.fan_out
	$(VENV)/bin/python -m tests.benchmarks.bombs
