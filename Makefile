# `make` alone lists what there is to do. Needs only git, make and Python 3.11 or newer with venv.
PY ?= python3
V := .venv
PORT ?= 8000
RUN := $(V)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test test-postgresql check bench soak fmt lock translations

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

# What a machine lacks is said in a sentence, and nothing half-made stays. The lock's hashes are what is installed; the
# project itself comes last, editable, without asking for more.
refuse = { echo "$(1)" >&2; exit 1; }
$(V)/.ok: pyproject.toml requirements-dev.lock
	@$(V)/bin/python -m pip --version >/dev/null 2>&1 || \
	  $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  $(call refuse,Python 3.11 or newer is needed and $(PY) is not. Where another is installed: make PY=python3.12 $(MAKECMDGOALS))
	@$(V)/bin/python -m pip --version >/dev/null 2>&1 || $(PY) -m venv --clear $(V) >/dev/null 2>&1 || { rm -rf $(V); \
	  $(call refuse,$(PY) can not make a virtual environment here: its venv is needed (Debian: apt-get install python3-venv) and room on the disk); }
	@$(V)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && \
	  $(V)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e . || \
	  $(call refuse,the packages could not be installed: there must be a way to pypi.org or to PIP_INDEX_URL and room on the disk)
	@touch $@

setup: $(V)/.ok ## set up .venv/ with everything the project needs

run: $(V)/.ok ## open the portal with the demo town on http://127.0.0.1:8000 (PORT= changes it)
	@PORTAL_DEMO=1 $(RUN)/portal init
	@PORTAL_DEMO=1 $(RUN)/portal demo
	@PORTAL_DEMO=1 $(RUN)/portal serve --port $(PORT)

test: $(V)/.ok ## run the whole test suite (on SQLite; what stands in SQL on PostgreSQL, too)
	$(RUN)/python -m pytest

test-postgresql: $(V)/.ok ## run every test that opens a database on PostgreSQL
	TEST_DATABASE=postgresql $(RUN)/python -m pytest

check: $(V)/.ok ## lint, types, imports, templates, translations, a seeded empty database
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/djlint --lint --quiet templates
	$(RUN)/python .ci/translations.py check
	$(RUN)/python .ci/check_database.py

bench: $(V)/.ok ## measure, as ratios in one run, and print the tables of docs/benchmarks.md
	$(RUN)/python -m bench

soak: $(V)/.ok ## the trials that take long: kill -9, random inputs by the hundred thousand
	SOAK=1 $(RUN)/python -m pytest -m soak

fmt: $(V)/.ok ## put the code in its form
	$(RUN)/ruff check --fix --quiet . ; $(RUN)/ruff format --quiet .

translations: $(V)/.ok ## list messages without Thai and compile the catalogue
	$(RUN)/python .ci/translations.py compile

# uv is used here only, to resolve once for every supported Python and platform.
lock: ## resolve the dependencies of pyproject.toml anew into the two lock files
	$(PY) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv==0.13.8
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command 'make lock' --group dev pyproject.toml -o requirements-dev.lock
	rm -rf .venv-lock
