# One command for each thing one does often. A target makes the virtual environment that it needs;
# Python >= 3.11, pip and make are enough. Package indexes are those of your own pip and npm settings.

VENV ?= .venv
BIN := $(VENV)/bin
INTEROP := .interop
CODEX_VERSIONS := 0.142.0 0.169.0
CLIENTS := $(CODEX_VERSIONS:%=codex-%) openai-2 openai-3 node

AIMOCK_VERSION := 1.43.0
AIMOCK := $(INTEROP)/aimock-$(AIMOCK_VERSION)

# The first that runs and is new enough. Name another one with: make PYTHON=/path/to/python3
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	"$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v "$$name"; break; }; done)

# Some tests start processes by the dozen; without bytecode each of them would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

# Passed on to pytest by `make test`, `make explore`, `make fuzz` and `make interop`, e.g. ARGS="-k interrupt"
ARGS ?=
SCHEDULES ?= 200

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test explore fuzz lint interop bench aimock peers pythons

help: ## list the targets
	@echo "usage: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed-cli ## an agent takes a task, calls a tool and answers, drawn as a timeline
	@$(BIN)/python -m agent_rehearsal.face.demo

test: $(VENV)/.installed-test ## the suites, on two cores, without the clients of `make interop` and the rules of `make lint`
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -n 2 -m "not interop" --ignore suites/repo $(ARGS)

explore: $(VENV)/.installed-test ## every async test with each single message late, then under SCHEDULES drawn schedules
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -n 2 -m "not interop and not real" \
		--ignore suites/explore --explore=$(SCHEDULES) --override-ini timeout=1200 $(ARGS)

fuzz: $(VENV)/.installed-test ## bad input: 100,000 requests, 10,000 of each other kind, patches too; `make test` has a share
	@$(BIN)/python -m pytest -n 2 suites/fuzz --hypothesis-profile=fuzz --override-ini timeout=7200 $(ARGS)

lint: $(VENV)/.installed-dev ## style, types, layers, and the rules that this repository keeps
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest suites/repo

interop: $(VENV)/.installed-test $(CLIENTS:%=$(INTEROP)/%/.installed) $(INTEROP)/.bubblewrap ## clients that are not ours: SDKs, agents and the Codex CLI (needs Node.js); writes docs/clients.md
	@$(BIN)/python -m pytest suites/interop -m interop $(or $(ARGS),--clients-table)

bench: $(VENV)/.installed-test aimock peers ## costs, as ratios against a bare baseline
	@$(BIN)/python -m benchmarks

# A peer to measure against; where it cannot be installed, its rows say that it was not run.
aimock:
	@test -e $(AIMOCK)/.installed || ! command -v npm >/dev/null || { \
		echo "make: installing @copilotkit/aimock@$(AIMOCK_VERSION) into $(AIMOCK)" && \
		mkdir -p $(AIMOCK) && \
		npm install --prefix $(AIMOCK) --no-save --no-audit --no-fund --loglevel=error \
			@copilotkit/aimock@$(AIMOCK_VERSION) && \
		touch $(AIMOCK)/.installed; } || echo "make: aimock could not be installed" >&2

# Explorers to measure against, which need Python >= 3.12: the first that runs, by name or of pyenv.
PEERS := $(INTEROP)/explore-peers
PEERS_CANDIDATES := python3.12 python3.13 python3 python3.14 $(wildcard $(HOME)/.pyenv/versions/3.1[2-4]*/bin/python)
PYTHON_PEERS ?= $(shell for name in $(PEERS_CANDIDATES); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && \
	{ command -v "$$name"; break; }; done)

peers: $(VENV)/.installed-test
	@test -e $(PEERS)/.installed || { test -n "$(PYTHON_PEERS)" && \
		echo "make: installing simloop, simloom and frontrun into $(PEERS)" && \
		"$(PYTHON_PEERS)" -m venv --without-pip --clear $(PEERS) && \
		{ pip="$(BIN)/python"; "$$pip" -m pip --version >/dev/null 2>&1 || pip="$(PYTHON)"; \
			"$$pip" -m pip --python $(PEERS)/bin/python install --quiet --editable . \
			--requirement benchmarks/peers/requirements.txt; } && \
		touch $(PEERS)/.installed; } || \
		echo "make: no peers: no Python >= 3.12 was found, or they could not be installed" >&2

# The other Pythons that exploration must hold on: for each version the first of PYTHONS that runs and
# is of it; without PYTHONS, by name or of pyenv. E.g. make pythons PYTHONS=/path/to/python3.13
OTHERS := 3.12 3.13
ON_OTHERS := suites/interleave suites/races suites/journal suites/turns
PYENV := $(or $(PYENV_ROOT),$(HOME)/.pyenv)
PYTHONS ?= $(OTHERS:%=python%) python3 $(foreach version,$(OTHERS),$(wildcard $(PYENV)/versions/$(version)*/bin/python))
IS_VERSION := import sys; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])
python_of = $(shell for name in $(PYTHONS); do \
	"$$name" -c '$(IS_VERSION)' $(1) 2>/dev/null && { command -v "$$name"; break; }; done)

pythons: $(OTHERS:%=python-%) ## exploration, the journal and the turns on Python 3.12 and 3.13, where they are found

.PHONY: $(OTHERS:%=python-%)
$(OTHERS:%=python-%): python-%: $(VENV)/.installed-test
	@if test -n "$(call python_of,$*)"; then \
		$(MAKE) --no-print-directory $(INTEROP)/python-$*/.installed; \
	else echo "not run: no Python $*"; fi
	@test -z "$(call python_of,$*)" || { \
		echo "make: $(ON_OTHERS) on Python $*" && \
		PYTHONHASHSEED=0 $(INTEROP)/python-$*/bin/python -m pytest -n 2 $(ON_OTHERS) $(ARGS); }

$(INTEROP)/python-%/.installed: pyproject.toml
	@echo "make: installing agent-rehearsal[test] into $(@D)"
	@"$(call python_of,$*)" -m venv --without-pip --clear $(@D)
	@pip="$(BIN)/python"; "$$pip" -m pip --version >/dev/null 2>&1 || pip="$(PYTHON)"; \
		"$$pip" -m pip --python $(@D)/bin/python install --quiet --editable '.[test]'
	@touch $@

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

# The clients: one environment for those that can share it, exact versions, made once.
REQUIRED := suites/interop/requirements
NPM_INSTALL := npm install --no-save --no-audit --no-fund --loglevel=error
HAVE_NPM = command -v npm >/dev/null || { \
	echo "make: interop needs npm (Node.js 20 or later)" >&2; exit 1; }

$(INTEROP)/codex-%/.installed:
	@$(HAVE_NPM)
	@echo "make: installing @openai/codex@$* into $(@D)"
	@mkdir -p $(@D)
	@$(NPM_INSTALL) --prefix $(@D) @openai/codex@$*
	@touch $@

# Without what is optional: the SDK would bring a Codex CLI of its own, of 400 MB.
$(INTEROP)/node/.installed: $(REQUIRED)/node.json
	@$(HAVE_NPM)
	@echo "make: installing the clients of $< into $(@D)"
	@mkdir -p $(@D)
	@cp $< $(@D)/package.json
	@$(NPM_INSTALL) --prefix $(@D) --omit=optional --no-package-lock
	@touch $@

$(INTEROP)/%/.installed: $(REQUIRED)/%.txt | $(VENV)/.installed-test
	@echo "make: installing the clients of $< into $(@D)"
	@$(BIN)/python -m venv --without-pip --clear $(@D)
	@pip="$(BIN)/python"; "$$pip" -m pip --version >/dev/null 2>&1 || pip="$(PYTHON)"; \
		"$$pip" -m pip --python $(@D)/bin/python install --quiet --requirement $<
	@touch $@

# The sandbox is Linux's alone; where it cannot be installed its tests say so and are skipped.
$(INTEROP)/.bubblewrap:
	@mkdir -p $(@D)
	@command -v bwrap >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		echo "make: installing bubblewrap" && apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null; } || \
		echo "make: no bubblewrap here; install it to run the tests of the sandbox" >&2
	@touch $@
