# Everything that is done to this repository. `make` alone lists it.

BIN := .venv/bin
SOURCES := schemas linkage policy vault store connectors streams quality portal simulation wardlink
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long check bench bench-linkage docs lock clean

help: ## list these
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done

install: .venv/installed ## make .venv with everything; needs Python 3.11 to 3.13 and a network, nothing else

.venv/installed: requirements-dev.lock deploy/install.sh pyproject.toml
	@sh deploy/install.sh requirements-dev.lock

demo: install ## a simulated borough: real Kafka, real PostgreSQL, linked-case alerts with their reasons
	@$(BIN)/wardlink demo $(ARGS)

test: install ## every test, on a real Kafka and PostgreSQL (ARGS="-k name" for some)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long" $(ARGS)

test-long: install ## the suites that run in a short seeded form otherwise
	@$(BIN)/python -m pytest -m long --hypothesis-profile searching $(ARGS)

check: install ## format, lint, types, import layers, dead code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: install ## measure; the last line is JSON
	@$(BIN)/python -m bench $(ARGS)

bench-linkage: install ## linking alone: people, speed with more and more held, addresses; beside other engines
	@$(BIN)/python -m bench.people $(PEOPLE)
	@$(BIN)/python -m bench.linking
	@$(BIN)/python -m bench.addresses

docs: install ## print anew the pages of docs/ that come from code
	@$(BIN)/python -m docs

lock: install ## resolve every dependency anew, with hashes, naming no host
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --constraint requirements-dev.lock pyproject.toml -o requirements.lock
	for peers in bench/peers/*.in; do $(COMPILE) "$$peers" -o "$${peers%.in}.lock"; done
	$(BIN)/python -m wardlink.stack.lock_jars

clean: ## stop the stack; remove .venv, the stack's data (.wardlink) and every cache
	@if [ -x $(BIN)/wardlink ]; then $(BIN)/wardlink down; fi
	rm -rf .venv .venv-peers .wardlink dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
