# Microfiche: build an archive, look at it, test the code. `make help` lists the targets.
# Needs make, a POSIX shell and Python 3.11 or later; everything else goes into .venv, once.

CONTENT ?= content
OUTPUT ?= output
CONF ?= pelicanconf.py
JOBS ?=
AS_OF ?=
PELICANOPTS ?=
PUBLIC ?= public
PUBLISHCONF ?= publishconf.py
TO ?=
PORT ?= 8000
TESTS ?= tests
PYTESTOPTS ?= -n auto --dist loadgroup
STORIES ?= 10000
RUNS ?= 3
NU ?= vnu.jar
SCRIPTS ?= 1000
SEED ?=
PYTHON ?=
UV ?= uv

# The same text encoding whatever the locale, and nothing imported from outside .venv.
export PYTHONUTF8 := 1
unexport PYTHONHOME PYTHONPATH

venv_python := .venv/bin/python
pip_install := $(venv_python) -m pip install --quiet --disable-pip-version-check --no-input
apt_install := { echo "Installing programs for the tests (once) ..."; apt-get update -qq; } && \
	DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends >/dev/null
# Pelican heeds the last -e only, so a second one would be lost without a word.
stated := $(if $(JOBS),ARCHIVE_JOBS=$(JOBS)) $(if $(AS_OF),ARCHIVE_AS_OF='"$(AS_OF)"')
build_options = $(PELICANOPTS)$(if $(strip $(stated)), -e $(strip $(stated))$(if $(filter -e --extra-settings,$(PELICANOPTS)),\
	$(error JOBS and AS_OF do not go with -e in PELICANOPTS: write -e ARCHIVE_JOBS=... there)))
# What the tests need decides, so that they try the versions that everybody gets.
# Neither an address nor a path of the machine that made them gets into the locks.
lock_options := pip compile --quiet --upgrade --universal --python-version 3.11 \
	--no-config --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help html public publish serve devserver test soak bench lint types wheel docs messages screenshots nu lock clean distclean FORCE \
	content-there conf-there publishconf-there programs-there

help: ## List the targets
	@echo "Usage: make TARGET [VARIABLE=value ...]"
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1:\2/p' Makefile | \
		while IFS=: read -r target text; do printf '  %-11s %s\n' "$$target" "$$text"; done
	@echo
	@echo "html, public and devserver also take JOBS (workers; as many as processors),"
	@echo "AS_OF (a date: later stories wait; now) and PELICANOPTS (options of pelican)."

html: content-there conf-there .venv/html.ready ## Build the archive: CONTENT (content) into OUTPUT (output), settings from CONF
	$(venv_python) -m pelican "$(CONTENT)" -s "$(CONF)" -o "$(OUTPUT)" $(build_options)

public: content-there publishconf-there .venv/html.ready ## Build the archive for its public address: PUBLISHCONF into PUBLIC (public)
	$(venv_python) -m pelican "$(CONTENT)" -s "$(PUBLISHCONF)" -o "$(PUBLIC)" $(build_options)

publish: content-there publishconf-there .venv/html.ready ## Build as public does, write the ledger, and publish to TO (ARCHIVE_PUBLISH_TO)
	.venv/bin/microfiche publish $(if $(TO),"$$TO") --content "$(CONTENT)" -s "$(PUBLISHCONF)" -o "$(PUBLIC)" \
		$(if $(JOBS),-e ARCHIVE_JOBS=$(JOBS)) $(if $(AS_OF),-e ARCHIVE_AS_OF='"$(AS_OF)"')

serve: conf-there .venv/html.ready ## Serve OUTPUT on this machine, at PORT (8000)
	.venv/bin/microfiche serve -s "$(CONF)" -o "$(OUTPUT)" -p $(PORT)

devserver: content-there conf-there .venv/html.ready ## Serve OUTPUT and build again on every change
	$(venv_python) -m pelican --autoreload --listen "$(CONTENT)" -s "$(CONF)" -o "$(OUTPUT)" -p $(PORT) $(build_options)

# Pelican would end in a traceback, and setting up .venv takes a while.
content-there:
	@test -d "$(CONTENT)" || { echo "there is no folder $(CONTENT): set CONTENT to the folder of your stories" >&2; exit 2; }

conf-there:
	@test -f "$(CONF)" || { echo "there is no file $(CONF): set CONF to the file of your settings" >&2; exit 2; }

publishconf-there:
	@test -f "$(PUBLISHCONF)" || { echo "there is no file $(PUBLISHCONF): set PUBLISHCONF to the file of your public settings" >&2; exit 2; }

test: .venv/test.ready programs-there ## Run the tests: TESTS (tests), with PYTESTOPTS (-n auto --dist loadgroup)
	$(venv_python) -m pytest $(PYTESTOPTS) $(TESTS)

# Pages are tried in Chromium and in w3m, feeds in newsboat and sfeed, host files with the servers they
# are for, targets with the programs that they rest on. What cannot be installed here, the tests report.
programs-there:
	@{ { command -v chromium || command -v chromium-browser || command -v google-chrome; } && \
		(for program in w3m newsboat sfeed git rsync rclone ssh caddy; do command -v $$program || exit; done) && \
		(for program in sshd nginx apache2; do command -v $$program || test -x /usr/sbin/$$program || exit; done); } >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
			$(apt_install) chromium w3m newsboat sfeed fonts-dejavu-core git rsync rclone openssh-client openssh-server nginx apache2 && \
			$(apt_install) caddy; } || \
		echo "make: not all programs are here, and they cannot be installed: see the end of the tests" >&2

soak: .venv/test.ready ## Try SCRIPTS (1000) random scripts of edits, from SEED (the time) on
	SCRIPTS="$(SCRIPTS)" SEED="$(or $(SEED),$(shell date +%s))" \
		$(venv_python) -m pytest $(PYTESTOPTS) tests/builds/test_differential.py

bench: .venv/bench.ready ## Compare with Hugo and Pelican: STORIES (10000; may be several), RUNS (3)
	$(venv_python) -m tests.benchmarks.bench --stories $(STORIES) --runs $(RUNS)

lint: .venv/test.ready ## Check the style of the code
	$(venv_python) -m ruff check .
	$(venv_python) -m ruff format --check .

types: .venv/test.ready ## Check the types of the code
	$(venv_python) -m mypy

wheel: .venv/html.ready ## Build the package, as wheel and source archive, into dist
	$(venv_python) -m hatchling build -d dist

docs: .venv/html.ready ## Write the tables of docs from the code
	$(venv_python) tests/reference.py

messages: .venv/html.ready ## Bring the catalogs of the interface's words in step with what is said
	.venv/bin/microfiche messages plugins/microfiche/languages/*.po

screenshots: html ## Take the pictures of docs from the sample archive (needs Chromium)
	$(venv_python) tests/browser/screenshots.py "$(OUTPUT)" docs/pictures

# The checker takes JSON-LD for a script, and files of a folder for those of another host.
nu: html ## Check the HTML of OUTPUT with the Nu checker (needs Java; NU=path of its vnu.jar)
	java -jar "$(NU)" --skip-non-html --Werror \
		--filterpattern '.*violates Content Security Policy.*' "$(OUTPUT)"

lock: ## Choose the newest allowed packages and write requirements*.lock (needs uv; UV=path)
	$(if $(shell command -v "$(UV)"),,$(error make lock needs uv: pip install uv, or give its path as UV=path))
	"$(UV)" $(lock_options) --extra build --extra s3 --extra dev pyproject.toml -o requirements-dev.lock
	"$(UV)" $(lock_options) --extra build -c requirements-dev.lock pyproject.toml -o requirements.lock
	"$(UV)" $(lock_options) --extra build --extra bench -c requirements.lock pyproject.toml -o requirements-bench.lock

# A wrong OUTPUT must not cost anybody's work.
clean: ## Remove OUTPUT and the build's state (.microfiche)
	@output=$$(cd "$(OUTPUT)" 2>/dev/null && pwd -P) || exit 0; \
	for source in . "$(CONTENT)"; do \
		case "$$(cd "$$source" 2>/dev/null && pwd -P)/" in "$${output%/}"/*) output= ;; esac; done; \
	if [ -z "$$output" ] || [ -e "$$output/.git" ]; then \
		echo "not removed: $(OUTPUT) holds sources or a repository" >&2; exit 2; fi
	rm -rf "$(OUTPUT)" .microfiche

distclean: clean ## Remove all that make has made, .venv too
	rm -rf "$(PUBLIC)" "$(PUBLIC).bag" dist .venv .bench .hypothesis .mypy_cache .pytest_cache .ruff_cache __pycache__
	find plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +

# .venv is whole while html.ready lies in it; it is this tree's while its link leads here.
# An interrupted set-up, a removed interpreter and a moved tree all start afresh.
venv_is_whole := $(shell test -e .venv/html.ready && $(venv_python) -c '' >/dev/null 2>&1 && \
	grep -qsxF "$$(pwd -P)/plugins" .venv/lib/python*/site-packages/_microfiche.pth && echo yes)

.venv/html.ready: requirements.lock pyproject.toml $(if $(venv_is_whole),,FORCE)
	$(if $(venv_is_whole),,$(new_venv))
	@rm -f .venv/*.ready
	@$(pip_install) --require-hashes -r requirements.lock
	@$(pip_install) --no-deps --no-build-isolation -e .
	@$(venv_python) -m compileall -q plugins
	@touch $@

.venv/test.ready: .venv/html.ready requirements-dev.lock
	@rm -f .venv/*.ready
	@$(pip_install) --require-hashes -r requirements-dev.lock
	@touch .venv/html.ready $@

.venv/bench.ready: .venv/html.ready requirements-bench.lock
	@rm -f .venv/*.ready
	@$(pip_install) --require-hashes -r requirements-bench.lock
	@touch .venv/html.ready $@

define new_venv
$(if $(chosen_python),,$(error $(no_python)))@echo "Setting up .venv (once) ..."
	@"$(chosen_python)" -m venv --clear .venv
endef

candidates = $(if $(PYTHON),"$(PYTHON)",python3.14 python3.13 python3.12 python3.11 python3)
recent_enough := import sys; sys.exit(sys.version_info < (3, 11))
has_venv := from ensurepip import version; from venv import main; version()

# Each candidate is run, for a version manager's shim can be there and not work.
chosen_python = $(shell for python in $(candidates); do \
	"$$python" -c '$(recent_enough)' 2>/dev/null && "$$python" -c '$(has_venv)' 2>/dev/null && \
	echo "$$python" && break; done)
no_python = $(shell for python in $(candidates); do \
	"$$python" -c '$(recent_enough)' 2>/dev/null && \
	echo "$$python has no venv module: install it (Debian, Ubuntu: apt install python3-venv)" && exit; done; \
	echo "$(if $(PYTHON),$(PYTHON) is not,No) Python 3.11 or later: install one, or give its path as PYTHON=path")
