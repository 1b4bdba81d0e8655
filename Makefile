# Everything a newcomer needs: `make demo` shows the product, `make test` proves it. Each makes its own virtual environment.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo test prove lint types bench mutate clean

help:
	@echo "make demo    the main job on a simulated company; prints the report's path"
	@echo "make test    the tests (under five minutes)"
	@echo "make prove   the long proofs (about half an hour on two cores)"
	@echo "make lint    ruff"
	@echo "make types   mypy, strict"
	@echo "make bench   ratios against something measured in the same run"
	@echo "make mutate  small mistakes in what plans, guards and applies, each seen by a test (an hour or more;"
	@echo "             of one module: make mutate MODULES=reconciler/guards.py)"

demo: $(VENV)/.demo
	$(BIN)/reconciler demo

test: $(VENV)/.dev
	$(PYTEST) -m "not prove"

prove: $(VENV)/.dev
	$(PYTEST) -m prove

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

mutate: $(VENV)/.dev
	$(BIN)/python -m tests.mutation $(MODULES)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis demo

$(VENV)/.venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; give it with: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) lacks the venv module. On Debian or Ubuntu type:  sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.demo
