# make run        sets everything up and starts the web app
# make test       sets everything up and runs all checks and tests
# make evaluate   measures the answers on the development questions, beside the baseline
# make baseline   renews the baseline, when a change of the measures is wanted
# make evaluate-written, baseline-written   the same with the language model; 45 minutes
# make bench      measures speed and memory
# make lint       style and types alone

PYTHON ?= python3
# Where torch's build without CUDA (0.2 instead of 3 GB) is looked for on Linux; passed over where
# it does not answer. Empty: not asked.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
QUESTIONS ?= tests/questions
BASELINE ?= tests/baselines/quotes.json
WRITTEN ?= tests/baselines/written.json

VENV := .venv
BIN := $(VENV)/bin
# The build's advice about editable installations is for packagers, not for who types `make run`.
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet \
	--disable-pip-version-check -c constraints.txt
# What is installed belongs to these files' content: a mere touch installs nothing again.
WANTED := $(shell cat pyproject.toml constraints.txt | cksum | tr ' ' '-')
READY := $(VENV)/ready-$(WANTED)
READY_FOR_TESTS := $(VENV)/ready-for-tests-$(WANTED)

.PHONY: run test lint evaluate baseline evaluate-written baseline-written bench weights ready-for-browser

run: $(READY) weights
	$(BIN)/python -m assistant sync
	$(BIN)/python -m assistant serve

weights: $(READY)
	@$(BIN)/python -m assistant weights

evaluate: $(READY) weights
	$(BIN)/python -m assistant evaluate $(QUESTIONS) --quotes --baseline $(BASELINE)

baseline: $(READY) weights
	$(BIN)/python -m assistant evaluate $(QUESTIONS) --quotes --renew $(BASELINE)

evaluate-written: $(READY) weights
	$(BIN)/python -m assistant evaluate $(QUESTIONS) --baseline $(WRITTEN)

baseline-written: $(READY) weights
	$(BIN)/python -m assistant evaluate $(QUESTIONS) --renew $(WRITTEN)

bench: $(READY) weights
	$(BIN)/python -m assistant bench

lint: $(READY_FOR_TESTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# One pytest run, so that it ends with one closing line: tests/conftest.py puts the fast ones
# first, then the slow, then those in the browser, which are skipped where no Chromium is.
test: lint weights ready-for-browser
	$(BIN)/python -m pytest

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer as '$(PYTHON)'; install it, or name it: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing; install it (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)

# torch goes first and by itself, so that its CPU build is taken where one is to be had.
$(READY): | $(VENV)/bin/python
	@echo "Installing the packages that constraints.txt pins. This takes some minutes the first time."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@extra=; \
	if [ "$$(uname -s)" = Linux ] && [ -n "$(TORCH_INDEX)" ] && $(BIN)/python -c \
	  "import urllib.request as u; u.urlopen('$(TORCH_INDEX)/torch/', timeout=4)" 2>/dev/null; \
	then extra="--extra-index-url $(TORCH_INDEX)"; fi; \
	$(INSTALL) $$extra torch
	@$(INSTALL) -e .
	@rm -f $(VENV)/ready-*
	@touch $@

$(READY_FOR_TESTS): | $(READY)
	@$(INSTALL) -e '.[dev]'
	@touch $@

# The browser tests check accessibility with axe-core; where npm is missing they say so.
ready-for-browser: tests/browser/node_modules/axe-core/axe.min.js

tests/browser/node_modules/axe-core/axe.min.js: tests/browser/package-lock.json
	@if command -v npm >/dev/null; then \
	  npm ci --prefix tests/browser --silent --no-audit --no-fund && touch $@ || { \
	    echo "axe-core could not be fetched by npm: 'npm ci --prefix tests/browser' says why." >&2; exit 1; }; \
	else echo "npm is missing, so accessibility is not checked (install Node.js to check it)."; fi
