# Makes its own environment in .venv; `make PYTHON=python3.12 …` names another Python to make it from.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DO_NOT_TRACK = 1
export GX_ANALYTICS_ENABLED = false
export HF_HUB_DISABLE_TELEMETRY = 1
export MLFLOW_DISABLE_TELEMETRY = true
export NO_MKDOCS_2_WARNING = 1

# Python runs this line at its start. DVC starts stages with the python in PATH, which so is that of .venv.
define PATH_FILE
import os, sys; os.environ["PATH"] = ":".join(dict.fromkeys([sys.prefix + "/bin", *os.environ.get("PATH", os.defpath).split(":")]))

endef
export PATH_FILE

.PHONY: install discover repro estimate ui docs test fast slow browser coverage dependencies lint bootstrap bench-search bench-taxonomy

install: $(READY) # creates the environment

discover: $(READY) # runs the pipeline as a Prefect flow
	@$(BIN)/python -m flows.discover

repro: $(READY) # the same with DVC alone
	@$(BIN)/dvc repro

estimate: $(READY) # what a run will take, before it is started
	@$(BIN)/python -m flows.estimate

ui: $(READY) # opens MLflow and Prefect, with the pipeline deployed
	@$(BIN)/python -m flows.ui

docs: $(READY) # builds the documentation site: site/index.html
	@$(BIN)/python -m mkdocs build --quiet

test fast slow coverage: export OMP_NUM_THREADS = 1 # as many processes as cores, a thread each
TESTS := $(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

fast: $(READY) # the tests that take less than 0.05 s each: half a minute
	$(TESTS) -m "not slow and not browser" --fast

test: $(READY) # every test that must pass before a change lands, except those that need a browser: minutes
	$(TESTS) -m "not slow and not browser" --durations=20

slow: $(READY) # the tests that train, kill and run whole pipelines: half an hour or more
	$(TESTS) -m "slow and not browser" --durations=20

browser: $(READY) # the tests that drive Chromium, which must be installed
	$(BIN)/python -m pytest -m browser tests/flows

coverage: $(READY) # the lines that `make test` runs, by file; tests of properties draw other examples every time
	$(TESTS) -m "not slow and not browser" --hypothesis-profile=random --cov --cov-report=term --cov-report=html:.work/coverage

dependencies: $(READY) # lists in dvc.yaml the code that each stage depends on
	@$(BIN)/python -m flows.code_dependencies

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bootstrap: $(READY) # trains the embedded models anew: an hour
	@$(BIN)/python -m flows.bootstrap

bench-search: $(READY) # the search against its rivals, on candidates whose weaknesses are known; GAPS=… names others
	@if [ -n "$(GAPS)" ]; then $(BIN)/python -m bench.search_candidates "$(GAPS)"; fi
	@$(BIN)/python -m flows.bench search

bench-taxonomy: $(READY) # the taxonomy against what is known: planted gaps, no mode to find, an hour and a half
	@$(BIN)/python -m flows.bench taxonomy

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "error: $(PYTHON) is not Python 3.11 or newer: install one, or name it, as in make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) --no-deps -r requirements.lock
	$(PIP) -r requirements.lock # what torch's CUDA build wants besides; nothing where pip took the CPU build
	$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import os, pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_path("purelib"), "blindspot_path.pth").write_text(os.environ["PATH_FILE"])'
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # on every core, pip compiles on one; templates in packages do not compile
	@touch $(READY)
