# make run      train three kinds of network on MNIST, compare them, serve them
# make test     the tests            make check    format, lint, types, imports
DATASET ?= mnist
ARCHITECTURES ?= fully_connected cnn residual_cnn
EPOCHS ?=
SEEDS ?= 3
RECIPE ?= {}
PORT ?= 8000
HISTORIES ?= 2000
EXAMPLES ?= 40
PROCESSES ?= 2
MINUTES ?= 10
PYTHON ?= python3

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help install run up test test-slow check audit check-dashboard format equivalence results bench-augmentation bench-backbones bench-jobs bench-memory bench-photos bench-recommended bench-seeds bench-training bench-tricks bench-serving bench-charts bench-dashboard bench-events bench-uploads error-rates pictures timm-table simulate faults fuzz soak kserve-client clean

help: ## Show what there is.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-18s %s\n", $$1, $$2}'

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[server]'
	@touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

install: .venv/.installed ## Make .venv and install.

run: .venv/.installed ## Compare networks (DATASET, ARCHITECTURES, EPOCHS, SEEDS, RECIPE, PORT).
	@$(BIN)/bakeoff run --dataset '$(DATASET)' $(ARCHITECTURES:%=--architecture %) \
	  $(if $(EPOCHS),--epochs '$(EPOCHS)') --seeds '$(SEEDS)' --recipe '$(RECIPE)' --port '$(PORT)'

up: .venv/.installed ## Start service and worker (PORT).
	@$(BIN)/bakeoff up --port '$(PORT)'

test: .venv/.installed-dev ## Run the tests (PROCESSES).
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile

test-slow: .venv/.installed-dev ## Run the tests that take longest.
	$(BIN)/pytest -m slow

check: .venv/.installed-dev check-dashboard ## Format, lint, types, import directions, a contract for every package.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_house.py
	@$(MAKE) --no-print-directory audit

audit: .venv/.installed-dev ## Ask whether a package has a known vulnerability (needs PyPI's service).
	@$(BIN)/python -m tests.vulnerabilities

check-dashboard: .venv/.installed-dev ## Check the types of the dashboard against those of the API (needs npm).
	@PYTHON=$(CURDIR)/$(BIN)/python service/dashboard/types/check

format: .venv/.installed-dev ## Format and mend what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/.installed-bench: .venv/.installed-dev
	$(BIN)/pip install --quiet --editable '.[bench]'
	@touch $@

bench-augmentation: .venv/.installed-dev ## Time augmentation against torchvision.transforms.v2.
	$(BIN)/python -m benchmarks.augmentation

bench-training: .venv/.installed-bench ## Time training against the ordinary loop, Lightning and Keras.
	$(BIN)/python -m benchmarks.training

bench-tricks: .venv/.installed-dev ## Train with one trick left out at a time (TRICK).
	$(BIN)/python -m benchmarks.tricks $(TRICK:%=--trick %)

bench-uploads: .venv/.installed-dev ## Time uploads against ImageFolder and Pillow; a dataset larger than memory.
	$(BIN)/python -m benchmarks.uploads

bench-backbones: .venv/.installed-dev ## Measure features, heads and fine-tuning (IMAGES: CIFAR-10, a tar; ONLY: a section).
	$(BIN)/python -m benchmarks.backbones $(IMAGES) $(ONLY:%=--only %)

bench-jobs: .venv/.installed-dev ## Measure what a training costs as a job; the preset "fast".
	$(BIN)/python -m benchmarks.jobs

bench-memory: .venv/.installed-dev ## Measure the memory that a training takes as a job.
	$(BIN)/python -m benchmarks.memory

bench-photos: .venv/.installed-dev ## Time predictions of photographs, and who waits meanwhile.
	$(BIN)/python -m benchmarks.photos

bench-recommended: .venv/.installed-dev ## Measure what timm's recommended networks cost.
	$(BIN)/python -m benchmarks.recommended

bench-seeds: .venv/.installed-dev ## Time the seeds of a network one after the other, and at once.
	$(BIN)/python -m benchmarks.seeds

equivalence: .venv/.installed-dev ## Compare the accuracy of training here with the ordinary loop's.
	$(BIN)/python -m benchmarks.equivalence

results: .venv/.installed ## Run the assignment's comparisons and write docs/results.md (ONLY=CIFAR-10).
	$(BIN)/python -m benchmarks.results $(ONLY)

bench-charts: .venv/.installed ## Time every chart of 12 architectures × 10 seeds × 100 epochs.
	$(BIN)/python -m benchmarks.charts

bench-dashboard: .venv/.installed-dev ## Time pages on a large installation, and watch one that stays open; needs Chromium.
	$(BIN)/python -m benchmarks.dashboard

bench-events: .venv/.installed ## Measure what followers of a job cost the service.
	$(BIN)/python -m benchmarks.events

error-rates: .venv/.installed ## Count what cross-validation claims of simulated learners that are alike.
	$(BIN)/python -m benchmarks.error_rates

timm-table: .venv/.installed ## Look at every network of timm, and write models/_timm/networks.csv.
	$(BIN)/python -m benchmarks.timm_table

pictures: .venv/.installed ## Make the pictures of the README from a real comparison.
	$(BIN)/python -m benchmarks.pictures

simulate: .venv/.installed-dev ## Simulate faults of the queue (HISTORIES), or tell one (SEED).
	@$(BIN)/python -m tests.faults.simulate $(if $(SEED),$(SEED) --tell,$(HISTORIES))

faults: .venv/.installed-dev ## Half an hour of faults, in pieces that resume; writes docs/fault-tolerance.md.
	LOCKED_SECONDS=60 $(BIN)/pytest -q tests/faults/test_database.py -k locked
	@for piece in queue simulate crash black_box mutants write; do $(BIN)/python -m benchmarks.faults $$piece || exit 1; done

soak: .venv/.installed-dev ## Mixed traffic and faults for so long (MINUTES): errors, memory, files, wrong answers.
	$(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

fuzz: .venv/.installed-dev ## Ask every operation of the API for what it accepts and does not; damage image files (EXAMPLES).
	EXAMPLES=$(EXAMPLES) $(BIN)/pytest -q -m 'slow or not slow' tests/service/test_openapi.py tests/service/test_openapi_in_sequence.py tests/fuzz \
	  tests/workers/datasets/images/test_damaged_image_files.py tests/service/routes/v1/test_damaged_images.py

.venv-mlserver/.installed:
	$(PYTHON) -m venv .venv-mlserver
	.venv-mlserver/bin/pip install --quiet mlserver==1.7.1 uvloop==0.21.0 torch==2.13.0 torchvision==0.28.0 pillow==13.0.0 safetensors==0.8.0
	@touch $@

bench-serving: .venv/.installed ## Measure the serving beside other servers, and without each part of overload; needs wrk.
	$(BIN)/pip install --quiet --editable '.[bench-serving]'
	$(MAKE) .venv-mlserver/.installed || rm -rf .venv-mlserver # the page says that it is not measured
	$(BIN)/python -m benchmarks.serving

.venv-kserve/.installed:
	$(PYTHON) -m venv .venv-kserve
	.venv-kserve/bin/pip install --quiet kserve==0.21.0
	@touch $@

kserve-client: .venv/.installed-dev .venv-kserve/.installed ## Ask the service with KServe's own client, from its own environment.
	$(BIN)/pytest tests/service/routes/v2/test_kserve_client.py

clean: ## Remove what was built; data/ stays.
	rm -rf .venv .venv-kserve .venv-mlserver build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
