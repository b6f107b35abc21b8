# synthgrad: one Makefile, no recursion, no generated configure.  `make help` lists the targets.
VERSION := 0.1.0
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)
CC      ?= cc
FLAVOUR ?= release

DEPS      := gcc make pkg-config libgsl-dev liblapacke-dev libopenblas-dev libconfig-dev libjansson-dev libcsv-dev zlib1g-dev libflint-dev \
             libcmocka-dev gnuplot-nox
DEPS_DEV  := $(DEPS) clang clang-tidy cppcheck python3 python3-numpy python3-torch libclang-rt-14-dev
DEPS_PROOFS := coq libcoq-mathcomp-algebra

# ---- flags.  -O2 without contraction: theory code gives the same bits at every call site. ----
STD      := -std=c11 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -fvisibility=hidden -pthread
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wvla -Wstrict-prototypes -Wmissing-prototypes
WERROR   ?= $(if $(CI),-Werror)
OPT_release := -O2 -g
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
OPT_fpe     := -O1 -g -DSG_TRAP_FLOATING_POINT
OPT      := $(OPT_$(FLAVOUR))
# Where NIST's and MNIST's files lie, if you have them: cases that need them are skipped without.  The environment wins at run time.
NIST_DIR  ?= $(abspath $(wildcard ../shared/nist))
MNIST_DIR ?= $(abspath $(wildcard ../shared/mnist))
B        := build/$(FLAVOUR)

# Lazy, so that `make deps verify` on a fresh machine asks pkg-config only after the packages are there.
PKGS         := gsl libconfig jansson zlib
PKG_CFLAGS    = $(shell pkg-config --cflags $(PKGS))
# Exact proofs need FLINT; without it their rows are missing and everything else works.
FLINT         = $(wildcard /usr/include/flint/fmpq_mat.h)
# GSL's own CBLAS would take the place of OpenBLAS: pkg-config's -lgslcblas is dropped.
PKG_LIBS      = $(filter-out -lgslcblas,$(shell pkg-config --libs $(PKGS))) -lcsv -llapacke -lopenblas $(if $(FLINT),-lflint) -lm
CPPFLAGS_ALL  = $(if $(FLINT),-DSG_HAVE_FLINT) -Iinclude -Isrc -DSG_VERSION='"$(VERSION)"' -DSG_COMMIT='"$(COMMIT)"' -DSG_NIST_DIR='"$(NIST_DIR)"' -DSG_MNIST_DIR='"$(MNIST_DIR)"' $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL    = $(STD) $(OPT) $(WARN) $(WERROR) $(CFLAGS)
LDFLAGS_ALL   = $(OPT) -pthread $(LDFLAGS)
COMMIT       := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

# ---- sources by wildcard: a new file needs no edit here.  net/kernel/ is written in SG_REAL and compiled twice. ----
LIB_SRC    := $(wildcard $(addsuffix /*.c,$(addprefix src/,base data net train sim closed cert case claim search analyze report)))
KERNEL_SRC := $(wildcard src/net/kernel/*.c)
CLI_SRC    := $(wildcard src/cli/*.c)
TEST_SRC   := $(wildcard tests/*/test_*.c)
LIB_OBJ    := $(LIB_SRC:%.c=$B/%.o) $(KERNEL_SRC:%.c=$B/%.f64.o) $(KERNEL_SRC:%.c=$B/%.f32.o)
CLI_OBJ    := $(CLI_SRC:%.c=$B/%.o)
TEST_OBJ   := $(TEST_SRC:%.c=$B/%.o) $B/tests/support.o
TESTS      := $(TEST_SRC:tests/%.c=$B/tests/%)
LIB        := $B/libsynthgrad.a

# `make V=1` shows the commands.
Q := $(if $(V),,@)

.DELETE_ON_ERROR:
.PHONY: FORCE all deps deps-dev deps-proofs verify test plots report bench trace asan lint mutants proofs fuzz install uninstall clean help

all: build/synthgrad  ## build the library and the program (default)

# The link names the flavour asked for last; what has to be newer than the program depends on the program, not on the link.
build/synthgrad: $B/synthgrad FORCE
	@[ "$$(readlink $@)" = $(FLAVOUR)/synthgrad ] || ln -sfn $(FLAVOUR)/synthgrad $@
FORCE:

$B/synthgrad: $(CLI_OBJ) $(LIB)
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Objects wait for deps when both are asked for, and never rebuild because of it.
BUILD_AFTER := $(filter deps deps-dev,$(MAKECMDGOALS))
$(LIB_OBJ) $(CLI_OBJ) $(TEST_OBJ): | $(BUILD_AFTER)

# Loops with sqrt and division: gcc makes vectors of them at -O3; lanes of one loop are independent, so the bits stay.
$B/src/net/kernel/optimise.%: OPT += $(if $(filter release,$(FLAVOUR)),-O3)

$B/%.f64.o: %.c
	@mkdir -p $(@D)
	@echo "  cc   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -DSG_KERNEL_F64 -MMD -MP -c -o $@ $<
$B/%.f32.o: %.c
	@mkdir -p $(@D)
	@echo "  cc   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -DSG_KERNEL_F32 -MMD -MP -c -o $@ $<
$B/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Itests -MMD -MP -c -o $@ $<
$B/tests/%: $B/tests/%.o $B/tests/support.o $(LIB)
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(PKG_LIBS)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(wildcard $B/tests/fuzz/*.d)

# ---- packages.  Quick when nothing is missing; without root it says what to do. ----
define install_packages
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	command="apt-get install -y --no-install-recommends $$(echo $$missing)"; \
	if [ "$$(id -u)" != 0 ]; then echo "synthgrad: missing packages; run: sudo $$command" >&2; exit 1; fi; \
	apt-get update -q && DEBIAN_FRONTEND=noninteractive $$command
endef

deps:  ## packages to build, verify, test and plot (Debian)
	$(call install_packages,$(DEPS))

deps-dev:  ## packages for lint, sanitizers and mutants
	$(call install_packages,$(DEPS_DEV))

deps-proofs:  ## packages for the machine-checked proofs (Coq with mathcomp, about 1.1 GB)
	$(call install_packages,$(DEPS_PROOFS))

# ---- what users run ----
verify: build/synthgrad  ## check every claim: verdict, bound, measured value, margin
	build/synthgrad verify --jobs $(JOBS)

# Stamps, so that `make plots` runs again only what changed.  A case with a budget runs when it is asked to; its figure is made of what is there.
LARGE := $(patsubst cases/%.cfg,%,$(shell grep -l '^budget' cases/*.cfg))
FIGURES_OF = $(filter-out $(LARGE),$(patsubst plots/%.gp,%,$(filter-out plots/style.gp,$(wildcard plots/*.gp)))) \
             $(foreach case,$(LARGE),$(if $(wildcard plots/$(case).gp),$(if $(wildcard results/$(case)/summary.json),$(case))))
FIGURES   := $(patsubst %,results/figures/%.png,$(FIGURES_OF))
plots: $(FIGURES)  ## the figures: results/figures/*.svg and *.png

results/figures/%.png: plots/%.gp plots/style.gp cases/%.cfg $B/synthgrad | build/synthgrad
	@mkdir -p results/figures
	$(if $(filter $*,$(LARGE)),,build/synthgrad run cases/$*.cfg > /dev/null)
	gnuplot -e "dir='results/$*'; out='results/figures/$*'" $<

report: build/synthgrad  ## verdicts, figures and numbers as one page: results/report/index.html
	-build/synthgrad verify --jobs $(JOBS) > /dev/null
	@$(MAKE) --no-print-directory plots
	build/synthgrad report

test: $(TESTS) build/synthgrad  ## unit tests, command-line tests and perturbed formulas
	@CC="$(CC)" B=$B JOBS=$(JOBS) sh tests/run.sh $(TESTS)

bench: build/synthgrad  ## speed against NumPy, PyTorch and the machine's own GEMM, as ratios within one run
	@$(PYTHON) tools/bench.py

trace: build/synthgrad  ## claim -> proof, code, case, figure, test; fails on a hole
	@sh tools/trace.sh

# ---- what developers run ----
asan:  ## tests and verdicts under the address and undefined-behaviour sanitizers
	$(MAKE) FLAVOUR=asan test
	build/asan/synthgrad verify --jobs $(JOBS) --out build/asan/results > /dev/null
	$(MAKE) FLAVOUR=release build/synthgrad

lint:  ## both compilers with all warnings as errors, clang-tidy on the library and the program, cppcheck
	@$(MAKE) --no-print-directory -k -j $(JOBS) $(LINT_SRC:%.c=build/lint/%.ok) $(KERNEL_SRC:%.c=build/lint/%.kernel.ok)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=ctunullpointer --error-exitcode=1 \
	  -j $(JOBS) -Iinclude -Isrc -DSG_KERNEL_F64 src
	@echo "lint: clean"

LINT_SRC   = $(LIB_SRC) $(CLI_SRC) $(TEST_SRC) tests/support.c
HEADERS    = $(wildcard include/synthgrad/*.h src/*/*.h src/*/*/*.h tests/*.h tests/*/*.h)
LINT_FLAGS = $(CPPFLAGS_ALL) $(STD) -O2 $(WARN) -Werror -Itests -fsyntax-only
build/lint/src/cert/%.ok: TIDY = --checks=-clang-analyzer-core.NullDereference   # in FLINT's inline functions
build/lint/%.kernel.ok: %.c $(HEADERS)
	@mkdir -p $(@D)
	@for cc in gcc clang; do for type in F32 F64; do $$cc $(LINT_FLAGS) -DSG_KERNEL_$$type $< || exit 1; done; done
	@touch $@
build/lint/%.ok: %.c $(HEADERS)
	@mkdir -p $(@D)
	@gcc $(LINT_FLAGS) $< && clang $(LINT_FLAGS) $<
	@case $< in src/*) clang-tidy --quiet --warnings-as-errors='*' $(TIDY) $< -- $(CPPFLAGS_ALL) $(STD) 2>/dev/null;; esac
	@touch $@

# Seeds are committed; what is new and interesting goes to build/fuzz/corpus.  CC is clang's there: gcc has no fuzzer.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz:  ## libFuzzer on the readers of CSV, IDX and case files, FUZZ_SECONDS=60 each
	@$(MAKE) --no-print-directory FLAVOUR=fuzz CC=clang $(FUZZERS:%=build/fuzz/fuzz_%)
	@for f in $(FUZZERS); do mkdir -p build/fuzz/corpus/$$f && echo "fuzz: $$f" && build/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	  -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 -artifact_prefix=build/fuzz/$$f- build/fuzz/corpus/$$f tests/fuzz/corpus/$$f \
	  > build/fuzz/$$f.log 2>&1 || { tail -30 build/fuzz/$$f.log; exit 1; }; \
	  grep -E 'DONE|stat::number_of_executed_units' build/fuzz/$$f.log; done

$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $(LIB)
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

LEAST  ?= 0.95
PYTHON ?= /usr/bin/python3
N    ?= 20
SEED ?= 1
mutants: $(TESTS) build/synthgrad  ## N changes drawn by SEED; which does no test notice?
	@CC="$(CC)" $(PYTHON) tools/mutants.py --n $(N) --seed $(SEED) --least $(LEAST) --jobs $(JOBS)

print-%:  # the value of a Makefile variable, for the tools
	@echo '$($*)'

install: build/synthgrad  ## to PREFIX (default /usr/local), under DESTDIR
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/pkgconfig include/synthgrad share/synthgrad/cases share/synthgrad/plots)
	install -m 755 $B/synthgrad $(DESTDIR)$(PREFIX)/bin/synthgrad
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib/libsynthgrad.a
	install -m 644 include/synthgrad/*.h $(DESTDIR)$(PREFIX)/include/synthgrad
	install -m 644 cases/*.cfg $(DESTDIR)$(PREFIX)/share/synthgrad/cases
	install -m 644 plots/*.gp $(DESTDIR)$(PREFIX)/share/synthgrad/plots
	printf 'prefix=%s\nName: synthgrad\nDescription: synthetic gradients, solved and simulated\nVersion: %s\nRequires: %s\nCflags: -I$${prefix}/include\nLibs: -L$${prefix}/lib -lsynthgrad -lgsl -lcsv -llapacke -lopenblas %s -lm -pthread\n' \
	  '$(PREFIX)' '$(VERSION)' '$(filter-out gsl,$(PKGS))' '$(if $(FLINT),-lflint)' > $(DESTDIR)$(PREFIX)/lib/pkgconfig/synthgrad.pc

uninstall:  ## undo install
	rm -rf $(DESTDIR)$(PREFIX)/bin/synthgrad $(DESTDIR)$(PREFIX)/lib/libsynthgrad.a $(DESTDIR)$(PREFIX)/include/synthgrad \
	  $(DESTDIR)$(PREFIX)/share/synthgrad $(DESTDIR)$(PREFIX)/lib/pkgconfig/synthgrad.pc

# Machine-checked proofs, optional: Coq 8.16, mathcomp.  Compiled copies under build/proofs; `From SG Require Import a b.` orders them.
COQC      ?= coqc
PROOFS_VO := $(patsubst proofs/coq/%.v,build/proofs/%.vo,$(wildcard proofs/coq/*.v))
proofs: $(PROOFS_VO)  ## machine-checked theorems, each with its assumptions (`make deps-proofs` first)
	@sh tools/proofs.sh
ifneq ($(filter proofs build/proofs/%,$(MAKECMDGOALS)),)
$(shell mkdir -p build/proofs && awk '/^From SG Require/ { sub(/^From SG Require( Import)?/, ""); sub(/\.$$/, ""); f = FILENAME; sub(/.*\//, "", f); sub(/v$$/, "vo", f); \
  for (i = 1; i <= NF; i++) print "build/proofs/" f ": build/proofs/" $$i ".vo" }' proofs/coq/*.v > build/proofs/order.mk)
include build/proofs/order.mk
endif
build/proofs/%.vo: proofs/coq/%.v | $(filter deps-proofs,$(MAKECMDGOALS))
	@command -v $(COQC) > /dev/null || { echo "synthgrad: no $(COQC) here; make deps-proofs installs it" >&2; exit 1; }
	@echo "  coqc $<"
	@cp $< build/proofs/ && cd build/proofs && $(COQC) -q -Q . SG -w -notation-overridden,-ambiguous-paths $*.v

clean:  ## remove build/ and results/
	rm -rf build results

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z][a-z -]*:.*## /{printf "  %-13s %s\n", $$1, $$2}' Makefile
