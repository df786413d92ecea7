# One command for each thing one does often. A target makes the virtual environment that it needs;
# Python >= 3.11, pip and make are enough. Package indexes are those of your own pip and npm settings.

VENV ?= .venv
BIN := $(VENV)/bin
INTEROP := .interop
CODEX_VERSIONS := 0.142.0 0.169.0

# The first that runs and is new enough. Name another one with: make PYTHON=/path/to/python3
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	"$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v "$$name"; break; }; done)

# Passed on to pytest by `make test` and `make interop`, e.g. ARGS="-k interrupt"
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint interop bench

help: ## list the targets
	@echo "usage: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed-cli ## an agent takes a task, calls a tool and answers, drawn as a timeline
	@$(BIN)/python -m agent_rehearsal.face.demo

test: $(VENV)/.installed-test ## the suites, on two cores, without the clients of `make interop`
	@$(BIN)/python -m pytest -n 2 -m "not interop" $(ARGS)

lint: $(VENV)/.installed-dev ## style, types, layers, and the rules that this repository keeps
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest suites/repo

interop: $(VENV)/.installed-test $(CODEX_VERSIONS:%=$(INTEROP)/codex-%/.installed) ## clients that are not ours: the openai SDK and the Codex CLI (needs npm)
	@$(BIN)/python -m pytest suites/interop -m interop $(ARGS)

bench: $(VENV)/.installed-test ## costs, as ratios against a bare baseline
	@$(BIN)/python -m benchmarks

# .installed-cli, .installed-test, .installed-dev: this checkout, editable, with that extra.
# Each extra holds those before it, so their stamps are made along.
HOLDS_cli := cli
HOLDS_test := cli test
HOLDS_dev := cli test dev

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@echo "make: installing agent-rehearsal[$*] into $(VENV)"
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		$(BIN)/python -m pip install --quiet --editable '.[$*]'; \
	elif "$(PYTHON)" -m pip --version >/dev/null 2>&1; then \
		"$(PYTHON)" -m pip --python $(BIN)/python install --quiet --editable '.[$*]'; \
	else \
		echo "make: neither $(VENV) nor $(PYTHON) has pip; install python3-pip or python3-venv" >&2; \
		exit 1; \
	fi
	@touch $(HOLDS_$*:%=$(VENV)/.installed-%)

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "make: found no Python >= 3.11 (tried $(CANDIDATES));" >&2; \
		echo "make: install one, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || { \
		echo "make: $(PYTHON) does not run or is older than 3.11;" >&2; \
		echo "make: name another one: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@if "$(PYTHON)" -m ensurepip --version >/dev/null 2>&1; then \
		"$(PYTHON)" -m venv $(VENV); \
	else \
		"$(PYTHON)" -m venv --without-pip $(VENV); \
	fi

$(INTEROP)/codex-%/.installed:
	@command -v npm >/dev/null || { \
		echo "make: interop needs npm (Node.js 18 or later) to install the Codex CLI" >&2; \
		exit 1; }
	@echo "make: installing @openai/codex@$* into $(@D)"
	@mkdir -p $(@D)
	@npm install --prefix $(@D) --no-save --no-audit --no-fund --loglevel=error @openai/codex@$*
	@touch $@
