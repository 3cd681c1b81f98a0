# Everything a visitor needs: `make demo` and `make test`. Both set up what they need by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8080

.PHONY: help setup demo test test-engines lint bench docs lock clean

help:  ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(READY)  ## Make .venv with all that running, testing and measuring needs.

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or newer, got " + sys.version.split()[0] + "; say PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)  ## Build a made-up sticker shop and show it in the browser.
	$(BIN)/pittari demo --port $(PORT)

test: $(READY)  ## Run every test; installs Chromium and PostgreSQL where it may.
	@sh tests/system.sh
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not engine"

test-engines: $(READY)  ## Run the tests beside heavy engines and peer libraries.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m engine

lint: $(READY)  ## Check style, format and types.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY)  ## Measure everything that needs no data of yours (DATA=folder for the rest).
	$(BIN)/python benchmarks/run.py $(if $(DATA),--data $(DATA))

docs: $(READY)  ## Write the tables of the docs that come from the code.
	$(BIN)/python docs/write.py

lock: $(READY)  ## Pin the newest versions that fit pyproject.toml (needs uv).
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --all-extras --group dev pyproject.toml --output-file requirements.lock

clean:  ## Forget the environment and the demo world.
	rm -rf $(VENV) demo-world
