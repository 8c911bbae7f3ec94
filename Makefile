# make serve        the service on http://127.0.0.1:8000
# make demo-train   a small model for posts, trained, exported, evaluated and served; needs no data
# make test         every test
# make check        lint, types and unit tests, in under a minute
# make bench        size, cold start, latency and accuracy beside baselines
# make stress       attacks on a service of its own, and what its clients notice, in under ten minutes
# make lock         the hashes of all pinned requirements; after a change of a requirements.txt
# make sbom         what the service is made of: a bill of materials (CycloneDX) and a list of licences, in sbom/
# make audit        known vulnerabilities of all pinned requirements; asks PyPI
# make synth        what `cdk deploy` would create, in cdk.out; needs no account and no docker

PYTHON ?= python3
SERVING := .venv-serve
WHOLE := .venv
DEPLOYING := .venv-cdk
TOOLS := .venv-tools
RUN := $(WHOLE)/bin/python -m
CODE := model_bundle lambda_fn training model_export cdk app.py tests benchmarks

# Serving and testing start the same way: a virtual environment from a Python that is new enough.
define virtual_environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(1)
endef
INSTALL := -m pip install --quiet --disable-pip-version-check
# Only files whose hash is in the lock, and nothing that the lock doesn't name.
LOCKED := $(INSTALL) --no-deps --require-hashes

.PHONY: serve demo-train check test bench stress lock sbom audit synth clean

serve: $(SERVING)/installed
	$(SERVING)/bin/python -m lambda_fn

# One thread: so small a model gains nothing from a second, and loses much where other programs are at work too.
demo-train: export OMP_NUM_THREADS = 1
demo-train: $(WHOLE)/installed
	$(RUN) training train demo --output runs/demo --overwrite
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

$(SERVING)/installed: lambda_fn/requirements.lock
	$(call virtual_environment,$(SERVING))
	$(SERVING)/bin/python $(LOCKED) -r lambda_fn/requirements.lock
	touch $@

$(DEPLOYING)/installed: cdk/requirements.lock
	$(call virtual_environment,$(DEPLOYING))
	$(DEPLOYING)/bin/python $(LOCKED) -r cdk/requirements.lock
	touch $@

node_modules/installed: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

# torch goes first: see requirements.txt.
$(WHOLE)/installed: requirements.txt requirements.lock
	$(call virtual_environment,$(WHOLE))
	$(WHOLE)/bin/python $(INSTALL) $$(grep '^torch==' requirements.txt)
	$(WHOLE)/bin/python $(LOCKED) -r requirements.lock
	touch $@

$(TOOLS)/installed: requirements-tools.txt
	$(call virtual_environment,$(TOOLS))
	$(TOOLS)/bin/python $(INSTALL) -r requirements-tools.txt
	touch $@

# torch is not in the lock: which build of it (for CPUs or for a GPU) depends on the machine, and so do its CUDA libraries.
TORCH := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx torch triton
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: $(TOOLS)/installed
	$(COMPILE) requirements.txt $$(printf -- ' --no-emit-package %s' $(TORCH)) --output-file requirements.lock
	$(COMPILE) --no-deps lambda_fn/requirements.txt --output-file lambda_fn/requirements.lock
	$(COMPILE) cdk/requirements.txt --output-file cdk/requirements.lock

sbom: $(TOOLS)/installed $(SERVING)/installed
	mkdir -p sbom
	$(TOOLS)/bin/cyclonedx-py environment --output-reproducible --output-file sbom/service.cdx.json $(SERVING)/bin/python
	$(TOOLS)/bin/pip-licenses --python $(SERVING)/bin/python --with-urls --format markdown --output-file sbom/licences.md

audit: $(TOOLS)/installed
	$(TOOLS)/bin/pip-audit --disable-pip --require-hashes -r lambda_fn/requirements.lock
	$(TOOLS)/bin/pip-audit --disable-pip --require-hashes -r cdk/requirements.lock
	$(TOOLS)/bin/pip-audit --disable-pip --require-hashes -r requirements.lock

clean:
	rm -rf $(SERVING) $(WHOLE) $(DEPLOYING) $(TOOLS) sbom node_modules cdk.out .mypy_cache .ruff_cache .pytest_cache
