# Every command works on a clean clone; each prepares what it needs first. `make` alone lists them.
PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 2
ARGS ?=
SECTIONS ?= 10000
GUIDES ?=
SETS ?=
BOOTSTRAP = exec python3 -m scripts.bootstrap

.DEFAULT_GOAL := help
.PHONY: help setup run run-many test check format train bench bench-search bench-compare drill lock packages clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## prepare all that `make run` needs: environments, front end, encoder, Rasa, index
	@$(BOOTSTRAP) scripts.setup

run: ## set up, then run everything until Ctrl-C (PORT=8000 HOST=127.0.0.1)
	@$(BOOTSTRAP) scripts.run --port $(PORT) --host $(HOST)

run-many: ## try out several processes behind nginx, with PostgreSQL and Elasticsearch (PORT=8000 WORKERS=2)
	@$(BOOTSTRAP) scripts.run_many --port $(PORT) --host $(HOST) --workers $(WORKERS)

test: ## check, then every test: units, content, both engines, real Rasa, real browser (ARGS= for pytest)
	@$(BOOTSTRAP) --tests scripts.test $(ARGS)

check: ## format, lint, types, imports between rooms, docs (no service is started)
	@$(BOOTSTRAP) --tests scripts.check

format: ## rewrite the Python files as `make check` wants them
	@$(BOOTSTRAP) --tests scripts.check --fix

train: ## validate, train Rasa, tune the encoder, index, evaluate, promote (ARGS="--help" explains)
	@$(BOOTSTRAP) scripts.train $(ARGS)

bench: ## measure the running content through HTTP; writes benchmarks/out/*.json
	@$(BOOTSTRAP) benchmarks.run_product $(ARGS)

bench-search: ## measure search through HTTP on a made corpus (SECTIONS=10000 to 5000000, or GUIDES=10000 whole items)
	@$(BOOTSTRAP) benchmarks.run_search $(if $(GUIDES),--guides $(GUIDES),$(SECTIONS)) $(ARGS)

bench-compare: ## set other search systems beside ours (SETS= folders of judged sets); writes docs/performance.md
	@$(BOOTSTRAP) --bench benchmarks.run_compare $(SETS) $(ARGS)

drill: ## three Elasticsearch nodes: one killed, the network cut in mid-publish (root: real partitions)
	@$(BOOTSTRAP) benchmarks.drill $(ARGS)

packages: ## install what `make test` needs from Debian's packages: Chromium, Chinese fonts, Java, Maven, nginx
	@$(BOOTSTRAP) --tests scripts.packages

lock: ## write requirements/*.txt from requirements/*.in (ARGS=--upgrade for newer versions)
	@exec python3 -m scripts.lock $(ARGS)

clean: ## remove all that was generated, environments included
	rm -rf var .venv .venv-rasa .venv-train web/dist web/node_modules
