# rollcall. `make` lists what there is.

GO       ?= go
BIN      := bin
LINT     := $(BIN)/golangci-lint-2.15.0
TESTSUM  := $(BIN)/gotestsum-1.13.0
export GOFLAGS += -trimpath
ifneq ($(shell git rev-parse HEAD >/dev/null 2>&1; echo $$?),0)
export GOFLAGS += -buildvcs=false # no checkout, or somebody else's: go build would fail for want of its version
endif

.DEFAULT_GOAL := help
.PHONY: help demo build test unit conformance docs-test wallboard wallboard-load screenshots chromium torture lint fuzz bench bench-go bench-check soak clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## a server with a simulated floor of 200 agents; Ctrl-C ends it
	$(BIN)/rollcall demo

build: ## the one static binary, bin/rollcall
	CGO_ENABLED=0 $(GO) build -ldflags='-s -w' -o $(BIN)/rollcall ./cmd/rollcall

# The race detector needs a C compiler.
CC := $(shell $(GO) env CC)
ifneq ($(shell command -v $(firstword $(CC)) 2>/dev/null),)
RACE := CGO_ENABLED=1
RACEFLAGS := -race
else
RACE := CGO_ENABLED=0
NORACE := "THE RACE DETECTOR IS OFF: there is no C compiler here (Debian: apt-get install gcc libc6-dev)"
endif

# Tests run by $(TESTSUM), whose report says what was skipped and why.
SUM = $(CURDIR)/$(TESTSUM) --format=pkgname-and-test-fails --hide-summary=skipped --jsonfile

test: unit conformance ## everything that must hold, race detector on
	@$(TESTSUM) --format=none --hide-summary=failed,errors --raw-command -- cat $(BIN)/unit.json $(BIN)/conformance.json
	@[ -z $(NORACE) ] || echo $(NORACE)

unit: $(TESTSUM) internal/wallboard/web/node_modules ## the tests that need nothing but Go
	@[ -z $(NORACE) ] || echo $(NORACE)
	$(RACE) $(SUM) $(BIN)/unit.json -- $(RACEFLAGS) -shuffle=on -timeout=20m ./...

conformance: build $(TESTSUM) conformance/js/node_modules conformance/wallboard/node_modules chromium ## the real clients against the real binary
	cd conformance && ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall $(SUM) $(CURDIR)/$(BIN)/conformance.json -- -shuffle=on -timeout=20m ./...

docs-test: build ## what README.md, CONTRIBUTING.md and docs/ say is typed and compared (a part of conformance)
	cd conformance && ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall $(GO) test -count=1 ./docs

$(TESTSUM):
	$(GO) build -C tools/gotestsum -o $(CURDIR)/$@ gotest.tools/gotestsum

%/node_modules: %/package-lock.json
	@if command -v npm >/dev/null; then cd $* && npm ci --no-audit --no-fund && touch node_modules; \
	else echo "npm is not installed: what needs $@ is skipped"; fi

chromium: # for the tests of the wallboard, where it may be installed
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -yqq chromium >/dev/null || true; \
	else echo "Chromium is not installed: the wallboard is not tested in a browser (Debian: apt-get install chromium)"; fi

wallboard: internal/wallboard/web/node_modules ## the page from its source, into internal/wallboard/built
	cd internal/wallboard/web && npx tsc --noEmit && node build.mjs

wallboard-load: build conformance/wallboard/node_modules ## the page with 10,000 agents and 1,000 changes/s: long tasks, processor, heap (SECONDS=60)
	cd conformance/wallboard && ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall node load.mjs

screenshots: build conformance/wallboard/node_modules ## pictures of the wallboard into bin/screenshots, and the one of the README
	cd conformance/wallboard && ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall node screenshots.mjs $(CURDIR)/$(BIN)/screenshots
	cp $(BIN)/screenshots/wallboard.png docs/wallboard.png

TORTURE ?= 5m
torture: build ## kills, pauses, partitions and full disks for TORTURE (default 5m); nothing may be lost
	cd conformance && ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall $(GO) test -count=1 -v -run='^TestMemory_' . # says so where it is skipped
	cd conformance && $(GO) build -o $(CURDIR)/$(BIN)/torture ./torture
	ROLLCALL_BINARY=$(CURDIR)/$(BIN)/rollcall $(BIN)/torture -duration=$(TORTURE) -report=$(BIN)/torture.json $(TORTUREFLAGS)

$(LINT):
	$(GO) build -modfile=tools/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

lint: $(LINT) ## the linter and the formatters; changes nothing
	$(LINT) run ./...
	cd conformance && ../$(LINT) run --config=../.golangci.yml ./...
	cd bench && ../$(LINT) run --config=../.golangci.yml ./...

FUZZTIME ?= 1m
fuzz: ## every fuzz target for FUZZTIME (default 1m)
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) $$pkg || exit 1; \
	  done; done

BENCH ?=
bench: build ## every figure of docs/performance.md beside its rival, in ten minutes (BENCH=-help)
	cd bench && $(GO) run -mod=mod . $(BENCH)

bench-go: ## the Go benchmarks of every hot function
	$(GO) test -run='^$$' -bench=. -benchmem ./...

bench-check: ## the hot functions allocate no more than was accepted (UPDATE=1 accepts)
	cd bench && $(GO) test -mod=mod ./...
	$(GO) run bench/allocs/main.go $(if $(UPDATE),-update)

SOAK ?=
soak: build ## good clients beside idle connections, slow writers and garbage, in 2.5 minutes (SOAK=-help)
	cd bench && $(GO) run -mod=mod ./soak -binary=$(CURDIR)/$(BIN)/rollcall $(SOAK)

clean: ## what was built
	rm -rf $(BIN)
