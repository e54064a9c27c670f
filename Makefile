# Everything happens in .venv of this folder; nothing global is touched. `make help` lists the commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TYPESCRIPT := clients/typescript
KERNELS := $(wildcard src/arbitrax/kernels/*.py src/arbitrax/kernels/*.pxd src/arbitrax/kernels/*/*.py src/arbitrax/kernels/*/*.pxd)
# A venv without its own pip is made in a second; the outer pip installs into it.
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python
export PYTHONUTF8 := 1

.PHONY: help demo up test test-kernels-debug check check-typescript nightly bench bench-api bench-backtest bench-bootstrap bench-data bench-exchange bench-indicators bench-metrics build lock clean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.built  ## set up, then run a real strategy on real prices, stored in a real database
	@$(BIN)/arbitrax demo

up: $(VENV)/.built  ## start the servers and keep them until Ctrl-C
	@$(BIN)/arbitrax up

test: $(VENV)/.built $(VENV)/.developer  ## run all tests on the real embedded servers
	@$(MAKE) --no-print-directory test-kernels-debug
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(TYPESCRIPT)/node_modules/.installed; fi
	$(BIN)/python -m pytest -m "not nightly"

# The same kernel tests against a build with bounds and overflow checks.
test-kernels-debug: build/debug/.built
	PYTHONPATH=build/debug/lib $(BIN)/python -m pytest -q -p no:cacheprovider -m "not nightly" tests/unit/kernels tests/unit/indicators tests/unit/exchange/test_hard_markets.py tests/property

build/debug/.built: $(KERNELS) setup.py $(VENV)/.developer
	@echo "Building the kernels with bounds checks..."
	@rm -rf build/debug
	@ARBITRAX_KERNELS=debug $(BIN)/python setup.py -q build --build-base build/debug --build-lib build/debug/lib
	@touch $@

check: $(VENV)/.built $(VENV)/.developer  ## format, lint, types, layers; the TypeScript client too where Node is
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-typescript; \
		else echo "Node and npm are not installed: the TypeScript client is not checked."; fi

check-typescript: $(TYPESCRIPT)/node_modules/.installed
	cd $(TYPESCRIPT) && npm run --silent check

$(TYPESCRIPT)/node_modules/.installed: $(TYPESCRIPT)/package-lock.json
	@cd $(TYPESCRIPT) && npm ci --silent
	@touch $@

nightly: $(VENV)/.built $(VENV)/.developer  ## what is too long for every change: known vulnerabilities, sanitizers, deep fuzzing, fault rounds
	$(BIN)/python scripts/audit.py
	$(BIN)/python scripts/sanitize.py
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest

bench-api: $(VENV)/.built  ## measure the gateway, REST and web sockets, beside FastAPI, in turn
	@# Each prints its rows whatever the other missed.
	missed=0; for part in api api.sockets; do $(BIN)/python -m benchmarks.$$part || missed=1; done; exit $$missed

bench-backtest: $(VENV)/.built  ## measure backtests alone, ours and the peers, interleaved
	$(BIN)/python -m benchmarks.backtest

bench-bootstrap: $(VENV)/.built  ## measure the bootstrap alone, ours and arch, interleaved
	$(BIN)/python -m benchmarks.bootstrap
bench-metrics: $(VENV)/.built  ## measure metrics alone, ours, empyrical and quantstats, interleaved
	$(BIN)/python -m benchmarks.metrics

bench-indicators: $(VENV)/.built $(VENV)/.developer  ## measure indicators alone, ours, TA-Lib and talipp, interleaved
	$(BIN)/python -m benchmarks.indicators

bench-exchange: $(VENV)/.built  ## measure the order book, ours and the peers, interleaved; a day of 30M messages; the service
	@# Each prints its rows whatever the others missed.
	missed=0; for part in exchange exchange.simulation exchange.service; do $(BIN)/python -m benchmarks.$$part || missed=1; done; exit $$missed

bench-data: $(VENV)/.built  ## measure market data: validated, stored, read with 20M rows
	$(BIN)/python -m benchmarks.data
	$(BIN)/python -m benchmarks.data.store
	$(BIN)/python -m benchmarks.data.reads

bench: $(VENV)/.built  ## measure ours and the peers, interleaved, on this machine
	$(BIN)/python -m benchmarks

build: $(VENV)/.built  ## compile the core

lock: $(VENV)/.built  ## resolve requirements.lock anew
	$(PYTHON) -m venv build/uv && build/uv/bin/pip install -q uv
	PATH="$$PWD/build/uv/bin:$$PATH" $(BIN)/python scripts/lock.py

clean:  ## remove everything that was built
	rm -rf $(VENV) build src/*.egg-info src/arbitrax/kernels/*.so src/arbitrax/kernels/*/*.so

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ArbitraX needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.11, say.")'
	@$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "Installing the dependencies into $(VENV)..."
	@sed '/^# Development/,$$d' requirements.lock > $(VENV)/runtime.lock
	@$(PIP) install --quiet --require-hashes --no-compile -r $(VENV)/runtime.lock
	@touch $@

$(VENV)/.developer: requirements.lock | $(VENV)/.runtime
	@echo "Installing the development tools into $(VENV)..."
	@$(PIP) install --quiet --require-hashes --no-compile -r requirements.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.runtime
	@ARBITRAX_KERNELS=none $(PIP) install --quiet --no-deps --no-build-isolation --no-compile -e .
	@touch $@

$(VENV)/.built: $(KERNELS) setup.py $(VENV)/.installed
	@echo "Compiling the core..."
	@# Bytecode ahead of time, beside the compiler: the first command is then as fast as the second.
	@$(BIN)/python -m compileall -q -x '/(tests?|Cython|pandas|setuptools)/' $(VENV)/lib src & \
		$(BIN)/python setup.py -q build_ext --inplace && wait
	@touch $@
