# SPDX-License-Identifier: MIT
# The entry to everything; meson and npm do the work.
.NOTPARALLEL:
.SUFFIXES:

# Warnings stop the test builds, not those of users with another compiler.
MESON_RELEASE = --buildtype=release -Dwerror=false -Dtests=disabled -Dweb=frontend/dist
WEB_SOURCES := $(shell find frontend/src frontend/public frontend/build frontend/index.html \
	frontend/vite.config.ts frontend/tsconfig.json -print 2>/dev/null | sed 's/ /\\ /g')
C_SOURCES = find backend libyata bench -name '*.[ch]' -not -path '*/node_modules/*' 2>/dev/null

.PHONY: build run test check-package crash simulate power faults bench clean format lint help setup

build: setup frontend/dist/index.html build/build.ninja ## build build/yoke and build/yata (release, editor inside)
	@ninja -C build $(if $(V),-v,--quiet)

run: build ## build, then serve on http://localhost:8000 (more flags: ARGS="--port 9000")
	@exec build/yoke serve $(ARGS)

test: ## run all tests (V=1 names each, ONLY="c web" picks suites)
	@tools/setup test
	@tools/run-tests $(if $(V),--verbose) $(ONLY)

check-package: ## libyata as others get it: installed, linked, in 32 bits, unoptimised (`make test` runs most of it)
	@tools/setup test
	@libyata/test/package/check-package

.PHONY: soak fuzz
soak: build libyata/test/yjs/node_modules/.stamp ## many random sessions beside yjs (ARGS="--sessions 10000 --operations 300 --from 1")
	@ninja -C build --quiet libyata/yata-driver
	@cd libyata/test/yjs && YATA_DRIVER=../../../build/libyata/yata-driver node soak.mjs $(ARGS)

fuzz: ## run each fuzz target under sanitizers, for a minute (ARGS="--seconds 600 --plain update types")
	@tools/setup test
	@tools/run-fuzz $(ARGS)

crash: build e2e/node_modules/.stamp ## kill server and editors 1,000 times (ARGS="--kills 200 --store postgresql --seed 1")
	@node e2e/crash/main.mjs $(ARGS)

power: ## fail the power and end the process at the moments of 500 seeds (ARGS="--seeds 1 --from 77" runs one again)
	@tools/setup test
	@test -f build-test/build.ninja || meson setup build-test -Db_sanitize=address,undefined -Dtests=enabled >/dev/null
	@ninja -C build-test --quiet backend/test/disk/power
	@build-test/backend/test/disk/power --seeds 500 $(ARGS)

faults: ## fail every write, fsync, lock ... of the store and every allocation in turn (a quarter of an hour)
	@tools/setup test
	@test -f build-test/build.ninja || meson setup build-test -Db_sanitize=address,undefined -Dtests=enabled >/dev/null
	@ninja -C build-test --quiet backend/test/disk/faults backend/test/nomem/nomem-rooms backend/test/nomem/nomem-net
	@build-test/backend/test/disk/faults
	@build-test/backend/test/nomem/nomem-rooms --jobs 4
	@build-test/backend/test/nomem/nomem-rooms --jobs 4 --store postgresql
	@build-test/backend/test/nomem/nomem-net --jobs 4
	@build-test/backend/test/nomem/nomem-net --jobs 4 --store postgresql --per-part 20
	@build-test/backend/test/nomem/nomem-net --jobs 4 --spell 5 --per-part 20
	@build-test/backend/test/nomem/nomem-net --jobs 4 --spell 50 --per-part 10

simulate: ## rooms, store and network simulated, 10,000 seeds (ARGS="--seeds 500 --from 1", or "--seed 7 --trace")
	@tools/setup test
	@test -f build-test/build.ninja || meson setup build-test -Db_sanitize=address,undefined -Dtests=enabled >/dev/null
	@ninja -C build-test --quiet backend/test/sim/simulate
	@build-test/backend/test/sim/simulate $(ARGS)

away: build e2e/node_modules/.stamp ## stop, hang and cut off PostgreSQL for a minute each while people type
	@cd e2e && AWAY_SECONDS=60 YOKE_BIN=$(CURDIR)/build/yoke node --test --test-reporter=spec away.test.mjs

bench: build bench/node_modules/.stamp ## compare with Node's y-websocket server (minutes; ARGS="--repeats 1")
	@ninja -C build --quiet bench/load
	@bench/compare $(ARGS)

bench-crdt: build bench/crdt/node_modules/.stamp ## compare libyata with other CRDT libraries (long; ARGS=--short)
	@ninja -C build --quiet bench/crdt-native
	@node bench/crdt/bench.mjs --write docs/performance.md --images docs/images $(ARGS)

clean: ## remove everything that was built, installed npm packages included
	rm -rf build build-test build-clang build-fuzz build-fuzz-plain frontend/dist frontend/node_modules \
	  e2e/node_modules bench/node_modules bench/crdt/node_modules libyata/test/yjs/node_modules

format: ## format C (clang-format) and TypeScript (prettier)
	@tools/setup lint
	$(C_SOURCES) | xargs clang-format -i
	cd frontend && if [ -x node_modules/.bin/prettier ]; then npx --no-install prettier --write src build; fi

lint: build ## clang-tidy, type check, and the checks of tools/
	@tools/setup lint
	tools/check-layers
	tools/check-text
	tools/check-limits
	@test -f build-clang/build.ninja || CC=clang meson setup build-clang >/dev/null
	ninja -C build-clang --quiet
	run-clang-tidy -quiet -p build-clang '/(backend|libyata)/.*\.c$$'
	cd frontend && npm run --silent typecheck

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup:
	@tools/setup build

# The stamps hold until the lock file changes: npm removes node_modules first.
%/node_modules/.stamp: %/package-lock.json %/package.json | setup
	cd $* && npm ci --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.stamp $(WEB_SOURCES)
	cd frontend && npm run --silent build
	@touch $@

build/build.ninja: | setup
	meson setup build $(MESON_RELEASE)
