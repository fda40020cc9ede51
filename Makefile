# The commands of every day. Each prepares what it needs; `make help` lists them.

EXAMPLE ?= examples/idle-60min/evidence
JOBS ?= $(shell nproc)
DROPSCOPE := build/release/apps/cli/dropscope
SOURCES := $(shell find src apps lab tests fuzz bench examples -name '*.h' -o -name '*.cc' 2>/dev/null)

.PHONY: help demo build test format tidy fuzz mutants browser bench bench-scope bench-rhythm bench-sketch fit-rhythm lab windows coverage clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: build ## Diagnose the example evidence; leaves an HTML report in build/demo
	@mkdir -p build/demo
	@$(DROPSCOPE) diagnose $(EXAMPLE) --report build/demo/report.html
	@echo
	@echo "$(CURDIR)/build/demo/report.html"

build: ## The program, optimised: build/release/apps/cli/dropscope
	@tools/setup.sh demo
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release -j $(JOBS)

test: ## Build with warnings as errors and run every test
	@tools/setup.sh test
	@cmake --preset dev --log-level=WARNING
	@cmake --build --preset dev -j $(JOBS)
	@ctest --preset dev -j $(JOBS)

format: ## Lay out all code
	@clang-format-16 -i $(SOURCES)

tidy: ## clang-tidy over src and apps
	@tools/setup.sh ci
	@tools/tidy.py

fuzz: ## Every fuzz target for FUZZ_SECONDS (60) seconds
	@tools/setup.sh ci
	@cmake --preset asan-ubsan --log-level=WARNING
	@cmake --build --preset fuzz -j $(JOBS)
	@tools/fuzz.sh

mutants: build ## MUTANTS (10000) damaged logs, each given to a command of the program
	@tools/mutants.py $(DROPSCOPE) --mutants $(or $(MUTANTS),10000)

browser: build ## The HTML report in Chromium: accessibility, layout, printing
	@tools/setup.sh browser
	@npm ci --prefix tests/browser --silent
	@DROPSCOPE=$(DROPSCOPE) node tests/browser/report_test.mjs

bench: ## The benchmarks, and the reader's speed as ratios to the machine's limits
	@tools/setup.sh ci
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench -j $(JOBS)
	@for program in build/bench/bench/*_bench; do $$program; done
	@build/bench/bench/evtx_targets

bench-scope: ## How often the scope of simulated fleets is found, its confidence, and how long it takes
	@tools/setup.sh ci
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench -j $(JOBS) --target scope_quality scope_bootstrap scope_speed
	@build/bench/bench/scope_quality 1000 docs/images/scope-confidence.svg
	@build/bench/bench/scope_bootstrap
	@build/bench/bench/scope_speed

bench-rhythm: ## How often the rhythm of simulated clients is told right, beside three simple rules
	@tools/setup.sh ci
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench -j $(JOBS) --target rhythm_quality
	@build/bench/bench/rhythm_quality

bench-sketch: ## The rhythm beside a peer that shares no code, on clients of all simulated worlds (10 minutes)
	@tools/setup.sh fit
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench -j $(JOBS) --target rhythm_emit dropscope_cli
	@/usr/bin/python3 bench/sketch/compare.py first second third fourth fifth sixth seventh eighth ninth \
	  --emit build/bench/bench/rhythm_emit --dropscope build/bench/apps/cli/dropscope

fit-rhythm: ## The constants of src/analysis/rhythm, fitted again to simulated clients (an hour and a half)
	@tools/setup.sh fit
	@cmake --preset bench --log-level=WARNING
	@cmake --build --preset bench -j $(JOBS) --target rhythm_examples rhythm_fleets
	@/usr/bin/python3 bench/rhythm_fit.py build/bench/bench/rhythm_examples src/analysis/rhythm/forest_constants.cc
	@build/bench/bench/rhythm_fleets src/analysis/rhythm/fleet_constants.cc

lab: ## Real drops: faults in network namespaces, and verdict against truth (as root; 5 minutes)
	@tools/setup.sh test
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release -j $(JOBS)
	@lab/lab.py --client build/release/lab/dropscope_lab_client --dropscope $(DROPSCOPE) --output build/lab

windows: ## dropscope.exe, with its tests under Wine
	@tools/setup.sh windows
	@tools/windows_test.sh

coverage: ## Tests with gcov
	@tools/setup.sh test
	@cmake --preset coverage --log-level=WARNING
	@cmake --build --preset coverage -j $(JOBS)
	@ctest --preset coverage -j $(JOBS)

clean: ## Remove build/
	@rm -rf build
