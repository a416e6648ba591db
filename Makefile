# Everything a developer does, by one word each. `make` alone lists the words.
# Only relative paths: the folder may have a long name, and spaces in it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin/python
SEED ?= 20260101
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check fix proto bench bench-asterisk soak lab lab-shell clean venv

help: ## List these targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sort | while IFS= read -r line; do \
		printf '  make %-14s %s\n' "$${line%%:*}" "$${line##*## }"; done

run: venv ## Run the service with its own MariaDB; DIALPLANE_LISTEN and DIALPLANE_DATABASE_URL choose others
	@exec $(VENV) -m tools.run --parent $$PPID

test: venv ## Run every test; ARGS="tests/tools -k lock" chooses some
	@exec $(VENV) -m pytest $(ARGS)

check: venv ## Run every static check
	@exec $(VENV) -m tools.check

fix: venv ## Mend what the linter and the formatter can mend themselves
	@$(VENV) -m ruff check --fix-only
	@$(VENV) -m ruff format

proto: venv ## Generate protos/python from protos/dialplane
	@exec $(VENV) -m tools.generate_protos

bench: venv ## Measure; prints numbers
	@exec $(VENV) -m bench $(ARGS)

bench-asterisk: venv ## Measure steps and calls on a real Asterisk; prints numbers
	@exec $(VENV) -m bench.asterisk $(ARGS)

soak: venv ## Run the long tests; SEED=n repeats an earlier run
	@echo "SEED=$(SEED)"
	@DIALPLANE_SEED=$(SEED) exec $(VENV) -m pytest -m soak $(ARGS)

lab: venv ## Run the call scenarios on real Asterisks; ARGS="-k incoming" chooses some; logs in var/lab
	@exec $(VENV) -m tools.lab $(ARGS)

lab-shell: venv ## Leave a lab running to play with; ARGS="--release 16 --driver SIP --two"
	@exec $(VENV) -m tools.lab_shell $(ARGS)

clean: ## Remove .venv, var/ with the private database, and caches
	@exec $(PYTHON) -m tools.clean

venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Dialplane needs Python 3.11 or newer: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -m tools.virtual_environment
