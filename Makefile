# `make help` lists what there is. Everything sets itself up; nothing is installed outside this folder
# (docs/operations.md says what is cached elsewhere).

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 4566
STAGE ?=
# ministack, or localstack.
EMULATOR ?= ministack
# The first Python that is new enough and can make virtual environments: looked for once, and only
# where there is none yet.
PYTHON ?= $(eval PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done))$(PYTHON)

IS_NEW := import sys; sys.exit(sys.version_info < (3, 11))
# `-m venv` that Ctrl-C ends without a traceback.
VENV := -c 'import runpy, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); runpy.run_module("venv", run_name="__main__", alter_sys=True)'

# Where the template has to be good: the defaults of most, Tokyo, Taipei.
REGIONS := us-east-1 ap-northeast-1 ap-east-2
BIN := .venv/bin
LOCK := $(if $(shell command -v flock),flock .setup.lock)
UNDER_WAY := [ -n "$(LOCK)" ] && [ -e .setup.lock ] && ! flock --nonblock .setup.lock true
# By way of the environment, so that whatever they hold reaches the program whole.
STACK_PORT := $(if $(filter command environment,$(origin PORT)),--port="$$PORT")
MENUS = $(BIN)/python -m deploy.menus
STACK := --port="$$PORT" --emulator="$$EMULATOR" --origins="$$ORIGINS" --public-url="$$PUBLIC_URL"
export PORT EMULATOR ORIGINS PUBLIC_URL STAGE ORDER FILE STORE STORE_NAME DISH TABLES LOSE WATCH SINCE CONFIRM TAG
# Not SECONDS, which bash counts by itself.
export TRAVELLERS ORDERS LATE GROWTH
# Settings that are on or off. Empty is as not set; what is neither, `settings` refuses.
SWITCHES := PREVIEW YES SMOKE GUEST BACK
on = $(filter yes 1 true on,$($1))
off = $(filter no 0 false off,$($1))
export $(SWITCHES)
# Compiled modules of everybody in one place: none beside our sources, which are packaged.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run order menu menu-sold-out qr up down test nightly soak logs status redrive forget attack licences release check bench load deploy destroy clean screenshots lock setup tools dev checkov voice \
	addresses stage settings running

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: addresses setup ## deploy to an emulator and serve until Ctrl-C (PORT=4566 EMULATOR=localstack ORIGINS=… PUBLIC_URL=…)
	@exec $(BIN)/python -m localstack run --install-voice $(STACK) --parent $$PPID

up: addresses setup ## the same in the background; .local/stack.env says where
	@$(BIN)/python -m localstack up --install-voice $(STACK)

down: ## end it (PORT=4566)
	@if [ ! -e .venv/local.stamp ]; then \
		if $(UNDER_WAY); then echo "a set-up is under way; Ctrl-C in its terminal ends it"; exit 1; fi; \
		echo "Nothing runs here."; exit; fi; \
	exec $(BIN)/python -m localstack down --port="$$PORT"

order: settings ## place a sample order against the running stack (GUEST=1, STORE=sample-tea, PORT=…)
	@waited=; if $(UNDER_WAY); then \
		waited=--waited; echo "Waiting for the set-up that is under way"; $(LOCK) true; fi; \
	[ -e .venv/local.stamp ] || { echo "no stack is running here: make run, or make up, starts one"; exit 1; }; \
	exec $(BIN)/python -m localstack.order $$waited $(if $(call on,GUEST),--guest) $(if $(STORE),--store="$$STORE") $(STACK_PORT)

test: dev ## everything: unit, deployed stack, browser
	@if command -v node >/dev/null; then node --test tests/browser/*.test.mjs; else echo "no Node.js here: order-client.js is tested in the browser only"; fi
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

nightly: dev ## what takes long: 2,000 sequences of the state machine, and tests marked nightly
	@MACHINE_EXAMPLES=2000 $(BIN)/python -m pytest tests/unit/reliability $(ARGS)
	@$(BIN)/python -m pytest --nightly -m nightly $(ARGS)

soak: dev ## 500 orders on a stack of its own where everything fails (ORDERS=500)
	@$(BIN)/python -m soak $(if $(ORDERS),--orders $(ORDERS))

attack: dev voice ## the security tests at length: 5,000 requests, 20,000 inputs, every IAM right
	@ATTACK_EXAMPLES=5600 PARSER_EXAMPLES=20000 $(BIN)/python -m pytest -s tests/security $(ARGS)

release: dev ## what a release holds, into .local/release: zip, template, bill of materials (TAG=v1.1.0)
	@$(BIN)/python -m tools.release --tag="$$TAG"

licences: dev ## list the licences of what ships, in docs/licences.md
	@$(BIN)/python -m tools.licences

check: dev checkov ## format, lint, types, layers, templates, vulnerabilities, secrets, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@for stage in local prod; do \
		folder=$$($(BIN)/python -m deploy.package --stage $$stage --any-python) || exit 1; \
		$(BIN)/cfn-lint --regions $(REGIONS) --template $$folder/template.json || exit 1; done; \
	.local/checkov/bin/checkov --config-file tools/checkov.yaml --file $$folder/template.json
	@$(BIN)/python -m tools.audit vulnerabilities
	@$(BIN)/python -m tools.audit secrets
	@$(BIN)/zizmor --quiet --offline .github
	@echo "All checks passed."

bench: dev ## benchmarks: ratios, measured side by side in one run; then from tap to voice
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.heard

load: dev ## Locust's travellers against the running stack, with a cost report (TRAVELLERS=8 ORDERS=100 SECONDS= LATE= GROWTH=)
	@$(LOCK) $(MAKE) -s .local/load/stamp
	@$(BIN)/python -m bench.load $(STACK_PORT) $(if $(TRAVELLERS),--travellers="$$TRAVELLERS") $(if $(ORDERS),--orders="$$ORDERS") \
		$(if $(SECONDS),--seconds="$(SECONDS)") $(if $(LATE),--late="$$LATE") $(if $(GROWTH),--growth="$$GROWTH")

deploy: stage settings tools ## to AWS, or to an emulator by AWS_ENDPOINT_URL (STAGE=prod|local|rehearsal PREVIEW=1 YES=1)
	@exec $(BIN)/python -m deploy $(STAGE) $(if $(call on,PREVIEW),--preview) $(if $(call on,YES),--yes) \
		$(if $(LOSE),--lose="$$LOSE") $(if $(WATCH),--watch="$$WATCH") $(if $(call off,SMOKE),--no-smoke)

destroy: stage tools ## delete a stage's stack, and say what stays (STAGE=prod|local|rehearsal)
	@exec $(BIN)/python -m deploy.destroy $(STAGE) $(if $(CONFIRM),--confirm="$$CONFIRM")

menu: stage tools ## publish a shop's menu (FILE=menu.csv STAGE=prod|local|rehearsal STORE=… STORE_NAME=…)
	@$(MENUS) publish $(STAGE) $(STACK_PORT) --file="$$FILE" --store="$$STORE" --name="$$STORE_NAME"

menu-sold-out: stage settings tools ## mark a dish as sold out (STORE=… DISH=… STAGE=…; BACK=1: there again)
	@$(MENUS) sold-out $(STAGE) $(STACK_PORT) --store="$$STORE" --dish="$$DISH" $(if $(call on,BACK),--back)

qr: stage tools ## print QR codes that lead to a shop's menu (STORE=… TABLES=1-12 STAGE=…)
	@$(MENUS) qr $(STAGE) $(STACK_PORT) --store="$$STORE" --tables="$$TABLES"

logs: stage tools ## one order's story: what the functions logged of it (ORDER=… STAGE=prod|local|rehearsal)
	@$(BIN)/python -m deploy.story $(STAGE) --order="$$ORDER" $(STACK_PORT)

status: stage settings tools ## how a stage is: what rings, waits, and was warned of (STAGE=prod|local|rehearsal SINCE=60)
	@$(BIN)/python -m deploy.status $(STAGE) $(if $(SINCE),--since="$$SINCE") $(STACK_PORT)

redrive: stage settings tools ## give the orders among the dead letters another life (STAGE=prod|local|rehearsal YES=1)
	@exec $(BIN)/python -m deploy.redrive $(STAGE) $(if $(call on,YES),--yes)

forget: stage settings tools ## erase the orders of one LINE user who asks for it (USER=U… STAGE=prod|local|rehearsal YES=1)
	@exec $(BIN)/python -m deploy.forget $(STAGE) $(if $(call on,YES),--yes)

screenshots: running dev ## the README's pictures, of the running stack
	@. .local/stack.env && $(BIN)/python -m tests.browser.screenshots "$$LIFF_URL" docs/screenshots \
		&& $(BIN)/python -m tests.browser.glance_picture docs/screenshots

lock: dev ## pin the requirements anew, with hashes
	@cd requirements && for name in uv function kokoro local dev emulator functions checkov listening load; do \
		file=$$name.txt; [ $$name = function ] && file=../requirements.txt; \
		../$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --output-file $$file $$name.in || exit 1; done
	@cd requirements && ../$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.13 \
		--custom-compile-command "make lock" --output-file localstack.txt localstack.in

clean: ## remove what was built and installed here; a running stack is ended first
	@[ ! -e .venv/local.stamp ] || for folder in .local/[0-9]*; do [ ! -d "$$folder" ] \
		|| $(BIN)/python -m localstack down --port "$${folder##*/}"; done
	@rm -rf chalicelib/liff/built .venv .local .setup.lock .chalice/deployments .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# What can be refused before anything is installed.
STAGES := prod|local|rehearsal
ANY_PYTHON = $(or $(wildcard $(BIN)/python),$(PYTHON))
addresses:
	@! $(ANY_PYTHON) -S -c '$(IS_NEW)' 2>/dev/null || $(ANY_PYTHON) -S -m localstack check $(STACK)
stage:
	@case "$$STAGE" in $(STAGES)) ;; *) echo "say where to: STAGE=$(subst |, or STAGE=,$(STAGES))"; exit 2; esac
settings:
	@case "$$WATCH" in "" | [0-9] | [1-9][0-9] | 1[0-7][0-9] | 180) ;; *) echo "WATCH is minutes, 0 to 180: WATCH=3"; exit 2; esac
	@case "$$SINCE" in "" | [1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) ;; *) echo "SINCE is minutes, 1 to 9999: SINCE=180"; exit 2; esac
	@for name in $(SWITCHES); do case "$${!name}" in "" | yes | 1 | true | on | no | 0 | false | off) ;; \
		*) echo "$$name=$${!name} is neither yes (1, true, on) nor no (0, false, off)"; exit 2; esac; done
running:
	@[ -e .local/stack.env ] || { echo "no stack is running here: make run, or make up, starts one"; exit 1; }

# One set-up at a time: two would install into the same place.
setup:
	@$(LOCK) $(MAKE) -s -j2 .venv/local.stamp $(EMULATOR_STAMPS)
# What works on a stage needs no emulator of its own.
tools:
	@$(LOCK) $(MAKE) -s .venv/local.stamp
dev: setup
	@$(LOCK) $(MAKE) -s .venv/dev.stamp
checkov: setup
	@$(LOCK) $(MAKE) -s .local/checkov/stamp

voice:
	@$(LOCK) $(BIN)/python -m deploy.kokoro_model >/dev/null || true

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Order Voice needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)"; exit 1; }
	@$(PYTHON) -c '$(IS_NEW)' 2>/dev/null || { echo "Order Voice needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not there)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) $(VENV) .venv

.venv/uv.stamp: requirements/uv.txt | .venv/bin/python
	@$(BIN)/python -m deploy.wheels --get-uv
	@touch $@

.venv/local.stamp: requirements/local.txt | .venv/uv.stamp
	@echo "Installing what the stack needs into .venv"
	@$(BIN)/python -m deploy.wheels $<
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/local.stamp
	@echo "Installing what tests and checks need into .venv"
	@$(BIN)/python -m deploy.wheels $<
	@touch $@

# LocalStack runs on one Python only; the functions beside it on that of their zip.
EMULATOR_STAMPS := $(if $(filter localstack,$(EMULATOR)),.local/localstack/stamp .local/functions/stamp,.local/emulator/stamp)
.local/localstack/stamp: requirements/localstack.txt | .venv/local.stamp
	@python="$$($(BIN)/python -m deploy.interpreter 'LocalStack 4.14')" || exit 1; \
	echo "Installing localstack into .local/localstack"; \
	"$$python" $(VENV) --clear --without-pip .local/localstack
	@$(BIN)/python -m deploy.wheels --python .local/localstack/bin/python $<
	@touch $@

# Environments of their own: the emulator; checkov, which pins an old boto3; Locust (load).
.local/%/stamp: requirements/%.txt | .venv/uv.stamp
	@echo "Installing $* into .local/$*"
	@$(BIN)/python $(VENV) --clear --without-pip .local/$*
	@$(BIN)/python -m deploy.wheels --python .local/$*/bin/python $<
	@touch $@
