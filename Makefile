# Each target is one line over the gatewright command; `make help` lists them.
PYTHON ?= python3
VENV := .venv
GATEWRIGHT := $(VENV)/bin/gatewright
API ?=
TARGET ?= local
STAGE ?=
TO ?=
where := --target $(TARGET)

.DEFAULT_GOAL := help
.PHONY: help setup validate build plan deploy promote rollback releases status export docs down destroy \
        test test-slow test-all check format bench lock golden clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/run.stamp ## Make .venv and install what Gatewright needs

validate: setup ## Say what API Gateway would reject, drop or change
	@$(GATEWRIGHT) validate $(API)

build: setup ## Write bundles and templates into build/
	@$(GATEWRIGHT) build $(API)

plan: setup ## Show what a deploy would change for callers
	@$(GATEWRIGHT) plan $(API) $(where)

deploy: setup ## Make a release; TEST runs it (TARGET=aws for AWS)
	@$(GATEWRIGHT) deploy $(API) $(where)

promote: setup ## Point PROD at the release that TEST runs
	@$(GATEWRIGHT) promote $(API) $(where) $(if $(STAGE),--stage $(STAGE))

rollback: setup ## Point PROD at the release it ran before (TO=3 for any)
	@$(GATEWRIGHT) rollback $(API) $(where) $(if $(STAGE),--stage $(STAGE)) $(if $(TO),--to $(TO))

releases: setup ## List the releases
	@$(GATEWRIGHT) releases $(API) $(where)

status: setup ## Show what each stage runs
	@$(GATEWRIGHT) status $(API) $(where)

export: setup ## Print the deployed API as get-export gives it (STAGE=PROD)
	@$(GATEWRIGHT) export $(or $(API),hello) $(where) $(if $(STAGE),--stage $(STAGE))

docs: setup ## Write the exports and the site into build/<api>/docs
	@$(GATEWRIGHT) docs $(API) $(where)

down: setup ## Stop the local cloud; what it held is gone
	@$(GATEWRIGHT) local stop

destroy: setup ## Remove the stack, after a question
	@$(GATEWRIGHT) destroy $(API) $(where)

test: $(VENV)/dev.stamp ## Run the tests
	@$(VENV)/bin/pytest -n auto --dist worksteal -m "not slow"

test-slow: $(VENV)/dev.stamp ## Run the tests that take long (browser, faults, soak)
	@$(VENV)/bin/pytest -n auto --dist worksteal -m slow

test-all: test test-slow ## Run all tests

check: $(VENV)/dev.stamp ## Lint, types and layers
	@$(VENV)/bin/ruff check && $(VENV)/bin/ruff format --check && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

format: $(VENV)/dev.stamp ## Format the code
	@$(VENV)/bin/ruff check --fix && $(VENV)/bin/ruff format

bench: $(VENV)/dev.stamp ## Run the benchmarks and print ratios
	@! command -v npm >/dev/null || [ -d build/bench/node_modules/serverless ] || npm install --silent --no-audit --no-fund --prefix build/bench @redocly/cli serverless@3 serverless-offline@13
	@$(VENV)/bin/python -m tests.benchmarks

lock: ## Pin the requirements anew, with hashes (needs uv)
	@for set in run dev; do uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --upgrade --extra local --extra docs --extra build $$([ $$set = dev ] && echo --extra dev) \
	  --no-emit-package gatewright --output-file requirements/$$set.txt; done

clean: ## Remove what was built (the local cloud is stopped first)
	@[ ! -x $(GATEWRIGHT) ] || $(GATEWRIGHT) local stop
	@find build -mindepth 1 ! -name .gitignore -delete

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Gatewright needs Python 3.11 or newer; this is %s. Name another with: make PYTHON=python3.12 …" % sys.version.split()[0])'
	@echo "setting up $(VENV) (once)"
	@[ -x $(VENV)/bin/python ] || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
