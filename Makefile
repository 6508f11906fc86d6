# Every task of a day. `make help` lists them.

UV := scripts/uv
# The extra `openmetadata` conflicts with the others: see pyproject.toml.
EVERYTHING := --frozen --all-extras --no-extra openmetadata --all-groups
PYTEST := $(UV) run $(EVERYTHING) pytest
# Servers that are slow to start are started once: see tests/conftest.py.
PARALLEL := --numprocesses=auto --dist=loadgroup

.PHONY: help setup demo services services-status services-down check test test-fast test-services test-cluster \
	test-table recorded test-chaos cluster roll-out cluster-down images bench bench-catalog \
	bench-csv bench-events audit outdated render clean clean-all

help: ## List the tasks
	@grep --extended-regexp '^[a-z-]+:.*##' $(MAKEFILE_LIST) \
		| sed 's/:.*##/\t/' | expand --tabs=16

setup: ## Install the tools and dependencies, pinned and locked
	$(UV) sync $(EVERYTHING)

demo: ## Run the matrix profile job here, on a real series
	$(UV) run --frozen moderate demo

services: ## Start every service that the pipelines need, and write .env
	$(UV) run --frozen moderate services up

services-status: ## Check whether these services answer
	$(UV) run --frozen moderate services status

services-down: ## End these services; what they have stored stays
	$(UV) run --frozen moderate services down

check: setup ## Format, lint, types, rendered files
	$(UV) run --frozen ruff format --check
	$(UV) run --frozen ruff check
	$(UV) run --frozen mypy
	$(UV) run --frozen shellcheck --external-sources \
		scripts/uv scripts/build_images scripts/local_cluster \
		scripts/release scripts/development/postgres/open_metadata.sh \
		.ci/run .ci/cluster .ci/bare .ci/leftovers
	$(UV) run --frozen hadolint images/*/Dockerfile \
		scripts/development/Dockerfile
	git ls-files -z ':!uv.lock' ':!tests/data' ':!*/schemas/*' \
		| xargs --null $(UV) run --frozen detect-secrets-hook \
		--baseline .secrets.baseline
	$(UV) run --frozen moderate render --check
	$(UV) run --frozen moderate lint

test: check test-fast test-services ## Run every check and test

test-fast: setup ## Tests that need no service
	$(PYTEST) $(PARALLEL) -m "not services and not browser and not cluster"

test-services: setup ## Tests with real services, which they start and stop
	$(PYTEST) $(PARALLEL) -m "(services or browser) and not cluster"

test-cluster: setup ## Tests on the cluster that KUBECONFIG names
	$(PYTEST) -m cluster tests/cluster tests/images

test-table: setup ## Compare the local run with real Argo, case by case (ten minutes)
	TABLE_IMAGE="$${TABLE_IMAGE:-localhost/moderate-workflows/steps:dev}" \
		$(PYTEST) -m cluster tests/argo_offline/run/test_table_on_argo.py

recorded: ## Record Argo's own results again; needs Go
	tests/argo_offline/recorded/record.sh

test-chaos: setup ## Kill each part on a cluster of your own; check that no job is lost
	$(PYTEST) -m chaos tests/chaos

cluster: ## A local cluster with everything in it, with k3d
	scripts/local_cluster up

roll-out: ## Build the images, and run the current code on the local cluster
	scripts/local_cluster roll-out $(ROLL_OUT_FLAGS)

cluster-down: ## Remove the local cluster, with all that is in it
	scripts/local_cluster down

images: ## Build the images with docker, podman or buildah
	scripts/build_images

bench: setup ## Measure, side by side in one run
	$(UV) run $(EVERYTHING) python -m bench.start_up
	$(UV) run $(EVERYTHING) python -m bench.matrix_profile
	$(UV) run $(EVERYTHING) python -m bench.datasets
	$(UV) run $(EVERYTHING) python -m bench.dataset_step
	$(UV) run $(EVERYTHING) python -m bench.trust
	$(UV) run $(EVERYTHING) python -m bench.users
	$(UV) run $(EVERYTHING) python -m bench.trust_discover

bench-catalog: setup ## Measure the catalog beside the framework's command
	$(UV) run $(EVERYTHING) python -m bench.catalog

bench-csv: setup ## Measure the reader of CSV over FOLDER=… (two collections)
	$(UV) run $(EVERYTHING) python -m bench.delimited_text "$(FOLDER)"

bench-events: setup ## Measure messages through a cluster
	$(UV) run $(EVERYTHING) python -m bench.events

audit: ## Check the locked packages against known vulnerabilities
	$(UV) run --frozen python -m upkeep.audit $(AUDIT_FLAGS)

outdated: setup ## Name the pinned versions that are behind: packages, images, Argo, actions
	@$(UV) run --frozen python -m upkeep.outdated

render: ## Write the rendered YAML
	$(UV) run --frozen moderate render

clean-all: ## Remove everything local, the cluster and images too; lists it first
	$(UV) run --frozen moderate clean $(CLEAN_FLAGS)

clean: ## Remove what the tasks have made
	[ ! -e .services ] || $(UV) run --frozen moderate services down
	rm --recursive --force .venv .venvs .tools .services runs
