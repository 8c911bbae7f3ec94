# make serve        the service on http://127.0.0.1:8000
# make demo-train   a small model for posts, trained, exported, evaluated and served; needs no data
# make test         every test
# make check        lint, types and unit tests, in under a minute
# make bench        size, cold start, latency and accuracy beside baselines
# make stress       attacks on a service of its own, and what its clients notice, in under ten minutes
# make synth        what `cdk deploy` would create, in cdk.out; needs no account and no docker

PYTHON ?= python3
SERVING := .venv-serve
WHOLE := .venv
DEPLOYING := .venv-cdk
RUN := $(WHOLE)/bin/python -m
CODE := model_bundle lambda_fn training model_export cdk app.py tests benchmarks

# Serving and testing start the same way: a virtual environment from a Python that is new enough.
define virtual_environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(1)
endef
INSTALL := -m pip install --quiet --disable-pip-version-check

.PHONY: serve demo-train check test bench stress synth clean

serve: $(SERVING)/installed
	$(SERVING)/bin/python -m lambda_fn

# One thread: so small a model gains nothing from a second, and loses much where other programs are at work too.
demo-train: export OMP_NUM_THREADS = 1
demo-train: $(WHOLE)/installed
	$(RUN) training train demo --output runs/demo
	$(RUN) model_export runs/demo/best.pt runs/models/demo
	$(RUN) training evaluate --bundle runs/models/demo --dataset synthetic --split test
	$(RUN) training evaluate --bundle runs/models/demo --dataset synthetic --split test --without image
	$(RUN) training evaluate --bundle runs/models/demo --dataset synthetic --split test --without text
	$(RUN) training ask demo --models runs/models --dataset synthetic

check: $(WHOLE)/installed
	$(RUN) ruff check $(CODE)
	$(RUN) ruff format --check $(CODE)
	$(RUN) mypy
	$(RUN) pytest -m "not slow"

test: $(WHOLE)/installed $(SERVING)/installed
	$(RUN) ruff check $(CODE)
	$(RUN) ruff format --check $(CODE)
	$(RUN) mypy
	VALENCE_SERVING_PYTHON=$(CURDIR)/$(SERVING)/bin/python $(RUN) pytest

bench: $(WHOLE)/installed
	$(RUN) benchmarks $(BENCH)

stress: $(WHOLE)/installed
	$(RUN) benchmarks.stress $(STRESS)

# With `--ci`, what CDK says goes to standard output, and only errors to standard error. It counts the feature flags that
# have their default each time; that is left out.
synth: $(DEPLOYING)/installed node_modules/installed
	@output=$$(node_modules/.bin/cdk synth --quiet --ci --app "$(DEPLOYING)/bin/python app.py"); status=$$?; \
		printf '%s\n' "$$output" | grep -v -e '^$$' -e 'feature flags are not configured'; exit $$status

$(SERVING)/installed: lambda_fn/requirements.txt
	$(call virtual_environment,$(SERVING))
	$(SERVING)/bin/python $(INSTALL) --no-deps -r lambda_fn/requirements.txt
	touch $@

$(DEPLOYING)/installed: cdk/requirements.txt
	$(call virtual_environment,$(DEPLOYING))
	$(DEPLOYING)/bin/python $(INSTALL) -r cdk/requirements.txt
	touch $@

node_modules/installed: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

# torch goes first: see requirements.txt.
$(WHOLE)/installed: requirements.txt lambda_fn/requirements.txt cdk/requirements.txt
	$(call virtual_environment,$(WHOLE))
	$(WHOLE)/bin/python $(INSTALL) $$(grep '^torch==' requirements.txt)
	$(WHOLE)/bin/python $(INSTALL) -r requirements.txt
	touch $@

clean:
	rm -rf $(SERVING) $(WHOLE) $(DEPLOYING) node_modules cdk.out .mypy_cache .ruff_cache .pytest_cache
