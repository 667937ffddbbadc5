# Every target does its own set-up: a bare machine needs python3 (>= 3.11), venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Tests start hundreds of processes: where Python may keep no bytecode, each compiles anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint check bench mutants soak lock clean

$(READY): requirements/dev.txt pyproject.toml plexsync.toml $(wildcard systemd/*)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

demo: $(READY)
	$(BIN)/python -m tests.demo

# On all cores. The state machine by itself: what Hypothesis draws depends on all that is
# imported, so its histories would be others with each test that is added elsewhere.
test: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal --ignore=tests/machine
	$(BIN)/python -m pytest -n auto --dist worksteal tests/machine

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The lint, the contracts and every test that is not live, on a systemd too where one can be
# booted; with the coverage that the core and the ledger owe: to their own tests and the
# engine's, since measuring it in all others would take three times as long.
check: lint test
	$(BIN)/python -m pytest -m systemd
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal tests/core tests/state tests/engine
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include="reconciler/core/*,state/*" --fail-under=100
	$(BIN)/python -m pytest -n auto --dist worksteal -m "slow and not live"

bench: $(READY)
	$(BIN)/python -m pytest -m bench -s

# Plant one known bug after the other, or those that NAME is part of: a law has to catch each.
mutants: $(READY)
	$(BIN)/python -m tests.mutants.run $(if $(NAME),"$(NAME)")

soak: $(READY)
	$(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES))

# Lock the requirements anew, with hashes and without the address of an index.
lock: $(READY)
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements/runtime.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra dev --all-build-deps --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find reconciler state tests -name __pycache__ -prune -exec rm -rf {} +
