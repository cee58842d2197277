# One line each; what is longer lives in conference_site/__main__.py and .ci/run.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
LOCK = .venv/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)

.PHONY: demo test check fmt lock bench-eventstore

demo: ## run the site on this machine
	@"$(PYTHON)" -m conference_site demo

test: ## run the tests
	@"$(PYTHON)" -m conference_site test

check: ## everything CI looks at except the tests
	@.ci/run checks

fmt: ## format code and templates
	@"$(PYTHON)" -m conference_site install test && .venv/bin/python -m ruff check --fix-only -q && .venv/bin/python -m ruff format -q && find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

bench-eventstore: ## measure the event store beside others; `make bench-eventstore ARGS=--growth` fills ten million too
	@"$(PYTHON)" -m conference_site install bench && .venv/bin/python -m benchmarks.eventstore $(ARGS)

lock: ## pin and hash the packages anew; `make lock UPGRADE=--upgrade` takes newer ones
	@"$(PYTHON)" -m conference_site install dev
	@$(LOCK) requirements/base.in -o requirements/base.txt
	@$(LOCK) -c requirements/base.txt requirements/demo.in -o requirements/demo.txt
	@$(LOCK) -c requirements/demo.txt requirements/bench.in -o requirements/bench.txt
	@$(LOCK) -c requirements/demo.txt requirements/test.in -o requirements/test.txt
	@$(LOCK) -c requirements/test.txt requirements/dev.in -o requirements/dev.txt
