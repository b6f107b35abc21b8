# synthgrad: one Makefile, no recursion, no generated configure.  `make help` lists the targets.
VERSION := 0.1.0
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)
CC      ?= cc
FLAVOUR ?= release

# Arb is a package of its own until FLINT 3 brings it.  (Not $(wildcard): make would remember a folder that is not there yet.)
ARB_DEPS  := $(shell [ -e /usr/include/flint/arb_mat.h ] || echo libflint-arb-dev)
DEPS      := gcc make pkg-config libgsl-dev liblapacke-dev libopenblas-dev libconfig-dev libjansson-dev libcsv-dev zlib1g-dev libflint-dev libglpk-dev libdnnl-dev \
             $(ARB_DEPS) libcmocka-dev gnuplot-nox librsvg2-bin python3 python3-numpy python3-gi gir1.2-rsvg-2.0 libxml2-utils pandoc
DEPS_DEV  := $(DEPS) clang clang-tidy cppcheck python3-mpmath python3-jsonschema python3-torch libclang-rt-14-dev abigail-tools reuse faketime
DEPS_DEB    := $(DEPS) debhelper dpkg-dev lintian mmdebstrap
DEPS_PROOFS := coq libcoq-mathcomp-algebra

# ---- flags.  -O2 without contraction: theory code gives the same bits at every call site. ----
STD      := -std=c11 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -fvisibility=hidden -fPIC -fno-semantic-interposition -pthread
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wvla -Wstrict-prototypes -Wmissing-prototypes
WERROR   ?= $(if $(CI),-Werror)
# Hardened as Debian's packages are: checked copies, guarded stacks, and addresses bound and sealed at the start.
HARDEN      := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
OPT_release := -O2 -g $(HARDEN)
LINK_release := -Wl,-z,relro,-z,now
# clang says where a loop that asks for vectors got none; checked loops never do.
SANITIZE    := -O1 -g -fno-sanitize-recover=all -Wno-pass-failed
OPT_asan    := $(SANITIZE) -fsanitize=address,undefined -fno-omit-frame-pointer
OPT_fuzz    := $(SANITIZE) -fsanitize=fuzzer-no-link,address,undefined -DSG_FUZZER
OPT_fpe     := -O1 -g -DSG_TRAP_FLOATING_POINT
OPT      := $(OPT_$(FLAVOUR))
# Where NIST's and MNIST's files lie, if you have them: cases that need them are skipped without.  No program remembers it.
export NIST_DIR  ?= $(abspath $(wildcard ../shared/nist))
export MNIST_DIR ?= $(abspath $(wildcard ../shared/mnist))
B        := build/$(FLAVOUR)

# Lazy, so that `make deps verify` on a fresh machine asks pkg-config only after the packages are there.
PKGS         := gsl libconfig jansson zlib
PKG_CFLAGS    = $(shell pkg-config --cflags $(PKGS))
# Exact proofs need FLINT; without it their rows are missing and everything else works.
FLINT         = $(wildcard /usr/include/flint/fmpq_mat.h)
# Interval proofs need Arb: a library of its own beside FLINT 2, part of FLINT 3.
ARB           = $(if $(FLINT),$(wildcard /usr/include/arb_mat.h /usr/include/flint/arb_mat.h))
FLINT_LIBS    = $(if $(wildcard /usr/include/arb_mat.h),-lflint-arb) $(if $(FLINT),-lflint -lgmp)
# GLPK proposes whether classes are separable and FLINT proves it; without it the answer may be "undecided".
GLPK          = $(wildcard /usr/include/glpk.h)
GLPK_LIBS     = $(if $(GLPK),-lglpk)
# oneDNN has float32 products at the machine's own speed; without it our own are used, which are slower on many processors.
DNNL          = $(wildcard /usr/include/dnnl.h /usr/include/oneapi/dnnl/dnnl.h)
DNNL_LIBS     = $(if $(DNNL),-ldnnl -lgomp)
# Any BLAS with the C interface, and LAPACK: make BLAS="-lblas -llapack".
BLAS         ?= -lopenblas
# GSL's own CBLAS would take its place: pkg-config's -lgslcblas is dropped.
PKG_LIBS      = $(filter-out -lgslcblas,$(shell pkg-config --libs $(PKGS))) -lcsv -llapacke $(BLAS) $(FLINT_LIBS) $(GLPK_LIBS) $(DNNL_LIBS) -lm
CPPFLAGS_ALL  = $(if $(GLPK),-DSG_HAVE_GLPK) $(if $(DNNL),-DSG_HAVE_DNNL) $(if $(FLINT),-DSG_HAVE_FLINT) $(if $(ARB),-DSG_HAVE_ARB) -Iinclude -Isrc $(PKG_CFLAGS) $(CPPFLAGS)
# By the letter of C11, gcc computes float as double on s390x, where the machine has both.
EXCESS       := $(if $(filter s390x-%,$(shell $(CC) -dumpmachine 2>/dev/null)),-fexcess-precision=fast)
# No builder's folder in what is built; the shell knows it, whatever letters are in it.
MAP          := "-ffile-prefix-map=$$PWD=."
CFLAGS_ALL    = $(STD) $(EXCESS) $(MAP) $(OPT) $(WARN) $(WERROR) $(CFLAGS) $(OPT_LAST)
LDFLAGS_ALL   = $(OPT) $(LINK_$(FLAVOUR)) -pthread $(LDFLAGS)
COMMIT       := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
SOURCES      := $(shell cat $(sort $(wildcard include/synthgrad/*.h src/*/*.[ch] src/*/*/*.[ch])) | sha1sum | cut -c1-12)

# ---- sources by wildcard: a new file needs no edit here.  net/kernel/ is written in SG_REAL and compiled twice. ----
LIB_SRC    := $(wildcard $(addsuffix /*.c,$(addprefix src/,base data net train sim closed cert case judge lab claim/* search study analyze report)))
KERNEL_SRC := $(wildcard src/net/kernel/*.c)
CLI_SRC    := $(wildcard src/cli/*.c)
TEST_SRC   := $(wildcard tests/*/test_*.c)
LIB_OBJ    := $(LIB_SRC:%.c=$B/%.o) $B/claims.o $(KERNEL_SRC:%.c=$B/%.f64.o) $(KERNEL_SRC:%.c=$B/%.f32.o)
CLI_OBJ    := $(CLI_SRC:%.c=$B/%.o)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
FUZZERS    := $(FUZZ_SRC:tests/fuzz/fuzz_%.c=%)
TEST_OBJ   := $(TEST_SRC:%.c=$B/%.o) $(FUZZ_SRC:%.c=$B/%.o) $B/tests/support.o
TESTS      := $(TEST_SRC:tests/%.c=$B/tests/%)
LIB        := $B/libsynthgrad.a
# Before 1.0 a minor version may break programs: it is in the name the loader looks for.
SONAME     := libsynthgrad.so.$(basename $(VERSION))
SHLIB      := $B/libsynthgrad.so.$(VERSION)

# `make V=1` shows the commands.
Q := $(if $(V),,@)

.DELETE_ON_ERROR:
.PHONY: FORCE all deps deps-dev deps-deb deps-proofs abi deb verify test plots report bench trace asan lint reference mutants odd proofs check-certificates fuzz fuzz-build fuzz-corpus $(FUZZERS:%=fuzz-%) $(FUZZERS:%=fuzz-corpus-%) man install uninstall clean help

all: build/synthgrad $(SHLIB)  ## build the library and the program (default)

# The link names the flavour asked for last; what has to be newer than the program depends on the program, not on the link.
build/synthgrad: $B/synthgrad FORCE
	@[ "$$(readlink $@)" = $(FLAVOUR)/synthgrad ] || ln -sfn $(FLAVOUR)/synthgrad $@
FORCE:

# Programs are linked again when the BLAS is another one.
$B/blas: FORCE
	@mkdir -p $(@D)
	@echo '$(BLAS)' | cmp -s - $@ || echo '$(BLAS)' > $@

$B/synthgrad: $(CLI_OBJ) $(LIB) $B/blas
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(CLI_OBJ) $(LIB) $(PKG_LIBS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

.PHONY: shared
shared: $(SHLIB)  ## build the shared library, which `make install` does too

# The names of the public headers and no others: the linker adds some of its own, and gcc forgets to hide functions with target_clones.
$B/libsynthgrad.map: $(wildcard include/synthgrad/*.h)
	@{ echo '{ global:'; cat $^ | grep -o 'sg_[a-z0-9_]*' | sort -u | sed 's/$$/;/'; echo 'local: *; };'; } > $@
$(SHLIB): $(LIB_OBJ) $B/libsynthgrad.map $B/blas
	@echo "  link $@"
	$(Q)$(CC) -shared $(LDFLAGS_ALL) -Wl,-soname,$(SONAME) -Wl,-Bsymbolic-functions -Wl,--version-script,$B/libsynthgrad.map -o $@ $(LIB_OBJ) $(PKG_LIBS)

# Objects wait for deps when both are asked for, and never rebuild because of it.
BUILD_AFTER := $(filter deps deps-dev deps-deb,$(MAKECMDGOALS))
$(LIB_OBJ) $(CLI_OBJ) $(TEST_OBJ): | $(BUILD_AFTER)

# What is built is in one object, made again when it is something else.
BUILT := $(VERSION) $(COMMIT) $(SOURCES)
$B/built: FORCE
	@mkdir -p $(@D)
	@echo '$(BUILT)' | cmp -s - $@ || echo '$(BUILT)' > $@
$B/src/base/build.o: $B/built
$B/src/base/build.o: CPPFLAGS_ALL += -DSG_VERSION='"$(VERSION)"' -DSG_COMMIT='"$(COMMIT)"' -DSG_SOURCES='"$(SOURCES)"'

# Loops with sqrt and division: gcc makes vectors of them at -O3; lanes of one loop are independent, so the bits stay.
$B/src/net/kernel/optimise.%: OPT_LAST = $(if $(filter release,$(FLAVOUR)),$(if $(filter -O0,$(OPT) $(CFLAGS)),,-O3))

# A folder of src/claim is a claim; the table is made again when a folder comes or goes.
$B/claims.c: tools/claims.sh src/claim $(wildcard src/claim/*/claim.c)
	@mkdir -p $(@D)
	@sh tools/claims.sh src/claim > $@
$B/claims.o: $B/claims.c
	@echo "  cc   $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

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
# The fuzzers' targets without a fuzzer, all in one program.
$B/tests/fuzz/test_corpus: $(FUZZ_SRC:%.c=$B/%.o)
$B/tests/%: $B/tests/%.o $B/tests/support.o $(LIB) $B/blas
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIB) -lcmocka $(PKG_LIBS)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_OBJ:.o=.d)

# ---- packages.  Quick when nothing is missing; without root it says what to do. ----
define install_packages
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	command="apt-get install -y --no-install-recommends $$(echo $$missing)"; \
	if [ "$$(id -u)" != 0 ]; then echo "synthgrad: missing packages; run: sudo $$command" >&2; exit 1; fi; \
	apt-get update -q && { apt-cache show libflint-arb-dev > /dev/null 2>&1 || command=$$(echo "$$command" | sed 's/ libflint-arb-dev//'); } && \
	DEBIAN_FRONTEND=noninteractive $$command
endef

deps:  ## packages to build, verify, test and plot (Debian)
	$(call install_packages,$(DEPS))

deps-dev:  ## packages for lint, sanitizers and mutants
	$(call install_packages,$(DEPS_DEV))

deps-deb:  ## packages for `make deb`
	$(call install_packages,$(DEPS_DEB))

deps-proofs:  ## packages for the machine-checked proofs (Coq with mathcomp, about 1.1 GB)
	$(call install_packages,$(DEPS_PROOFS))

# ---- what users run ----
verify: build/synthgrad  ## check every claim: verdict, bound, measured value, margin
	build/synthgrad verify --jobs $(JOBS)

# Cases of theorems alone have certificates.  A verdict that falls short is the business of verify.
check-certificates: build/synthgrad  ## a second program derives what the certified rows prove again; OUT=DIR: those that verify wrote there
	$(if $(OUT),,-@for claims in 'CP*' 'DY*'; do build/synthgrad verify --jobs $(JOBS) --filter "$$claims" --out build/certificates > /dev/null; done)
	@JOBS=$(JOBS) $(PYTHON) tools/check_certificates.py $(or $(OUT),build/certificates)

# Stamps, so that `make plots` runs again only what changed.  A case with a budget, or on images that may not be here, runs when it is asked to; its figure is made of what is there:
# its own columns, or those that proofs/results keeps.  BESIDE: further figures of a case.
LARGE := $(patsubst cases/%.cfg,%,$(shell grep -l '^budget\|kind = "idx"' cases/*.cfg))
KEPT := $(patsubst proofs/results/%.json,%,$(shell grep -l '^"series"' proofs/results/*.json))
OF_THE_RUN := run_margins run_evidence
BESIDE    := nl3_mnist_alike nl3_mnist_learning
FIGURES_OF = $(filter-out $(LARGE) $(OF_THE_RUN),$(patsubst plots/%.gp,%,$(filter-out $(BESIDE:%=plots/%.gp) plots/style.gp plots/analyze.gp plots/flight.gp plots/return.gp plots/train.gp,$(wildcard plots/*.gp)))) \
             $(BESIDE) $(foreach case,$(LARGE),$(if $(wildcard plots/$(case).gp),$(if $(wildcard results/$(case)/*.dat)$(filter $(case),$(KEPT)),$(case))))
FIGURES   := $(patsubst %,results/figures/%.png,$(FIGURES_OF))
plots: $(FIGURES)  ## the figures: results/figures/*.svg and *.png
	@build/synthgrad plots $(OF_THE_RUN) > /dev/null

OF_RECORD = $(filter $*,$(if $(wildcard results/$*/*.dat),,$(KEPT)))
results/figures/%.png: plots/%.gp plots/style.gp cases/%.cfg $B/synthgrad | build/synthgrad
	$(if $(filter $*,$(LARGE)),,build/synthgrad run cases/$*.cfg > /dev/null)
	$(if $(OF_RECORD),@$(PYTHON) tools/results.py columns $* build/kept)
	@sh tools/figure.sh $< $(if $(OF_RECORD),build/kept,results)/$* results/figures/$*
$(BESIDE:%=results/figures/%.png): results/figures/nl3_mnist_%.png: plots/nl3_mnist_%.gp plots/style.gp proofs/results/nl3_mnist.json
	$(if $(wildcard results/nl3_mnist/*.dat),,@$(PYTHON) tools/results.py columns nl3_mnist build/kept)
	@sh tools/figure.sh $< $(if $(wildcard results/nl3_mnist/*.dat),results,build/kept)/nl3_mnist results/figures/nl3_mnist_$*

# Proof pages, optional: without pandoc everything else works, and the report shows statements in words.
PAGES := $(patsubst proofs/%.md,build/pages/proofs/%.html,$(wildcard proofs/*.md))
pages: $(if $(shell command -v pandoc),$(PAGES),pages-missing)  ## the proof pages as HTML with MathML: build/pages/proofs/*.html
.PHONY: pages pages-missing
pages-missing:
	@echo "synthgrad: no pandoc here, so the proof pages stay Markdown; make deps installs it" >&2
build/pages/proofs/%.html: proofs/%.md tools/page.html tools/page.lua tools/pages.sh
	@sh tools/pages.sh $< $@

report: build/synthgrad  ## verdicts, figures and numbers as one page: results/report/index.html
	-build/synthgrad verify --jobs $(JOBS) > /dev/null
	@$(MAKE) --no-print-directory plots pages
	build/synthgrad report

# Python loads no library of a sanitizer's.
test: $(TESTS) build/synthgrad $(if $(filter release,$(FLAVOUR)),$(SHLIB))  ## unit tests, command-line tests, Python's and perturbed formulas
	@CC="$(CC)" PYTHON="$(PYTHON)" B=$B JOBS=$(JOBS) sh tests/run.sh $(TESTS)

bench: build/synthgrad  ## speed against NumPy, PyTorch and the machine's own GEMM, as ratios within one run
	@$(PYTHON) tools/bench.py

trace: build/synthgrad  ## claim -> proof, code, case, figure, test, perturbed formula, record of each number on a page about nets; fails on a hole
	@sh tools/trace.sh

# ---- what developers run ----
asan:  ## tests and verdicts under the address and undefined-behaviour sanitizers
	$(MAKE) FLAVOUR=asan test
	build/asan/synthgrad verify --jobs $(JOBS) --out build/asan/results > /dev/null
	$(MAKE) FLAVOUR=release build/synthgrad

lint: build/synthgrad width reference  ## imports one way, 100 columns, a comment for every public function, two compilers with warnings as errors, clang-tidy, cppcheck
	@sh tools/rooms.sh $B
	@$(MAKE) --no-print-directory -k -j $(JOBS) $(LINT_SRC:%.c=build/lint/%.ok) $(KERNEL_SRC:%.c=build/lint/%.kernel.ok)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=ctunullpointer --error-exitcode=1 \
	  -j $(JOBS) -Iinclude -Isrc -DSG_KERNEL_F64 src
	@echo "lint: clean"

.PHONY: width
width:  ## C lines over 100 columns; fails if there are any
	@sh tools/width.sh

LINT_SRC   = $(LIB_SRC) $(CLI_SRC) $(TEST_SRC) $(FUZZ_SRC) tests/support.c
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
	@case $< in src/*) clang-tidy --quiet --warnings-as-errors='*' $(TIDY) $< -- $(CPPFLAGS_ALL) $(STD) 2>$@.err || { cat $@.err >&2; exit 1; };; esac
	@touch $@

# The fuzzers begin from the committed corpus; what is new and interesting goes to build/fuzz/corpus, and `make fuzz-corpus` takes over the smallest
# inputs that still reach every edge.  Named inputs are written by hand and stay.  CC is clang's there: gcc has no fuzzer.
FUZZ_SECONDS ?= 60
FUZZ_MORE_case := cases
fuzz: $(FUZZERS:%=fuzz-%)  ## libFuzzer on all that reads files, FUZZ_SECONDS=60 or FUZZ_RUNS=1000000 each
$(FUZZERS:%=fuzz-%): fuzz-%: fuzz-build
	@mkdir -p build/fuzz/corpus/$*
	@build/fuzz/fuzz_$* $(if $(FUZZ_RUNS),-runs=$(FUZZ_RUNS),-max_total_time=$(FUZZ_SECONDS)) -timeout=10 -rss_limit_mb=2048 -verbosity=1 \
	  -artifact_prefix=build/fuzz/$*- build/fuzz/corpus/$* tests/fuzz/corpus/$* $(FUZZ_MORE_$*) > build/fuzz/$*.log 2>&1 || \
	  { tail -40 build/fuzz/$*.log; echo "fuzz: $*: the input is build/fuzz/$*-*; make it a named one of tests/fuzz/corpus/$*" >&2; exit 1; }
	@awk '/DONE/ { edges = $$4; features = $$6 } /^Done/ { printf "fuzz: $*: %d executions, %d edges, %d features, %d s: no crash, hang or leak\n", \
	  $$2, edges, features, $$5 }' build/fuzz/$*.log
fuzz-build:
	@$(MAKE) --no-print-directory FLAVOUR=fuzz CC=clang $(FUZZERS:%=build/fuzz/fuzz_%)
FUZZ_FOUND = \( -regex '.*/[0-9a-f]+' -name '????????????????????????????????????????' \)
fuzz-corpus: $(FUZZERS:%=fuzz-corpus-%)
$(FUZZERS:%=fuzz-corpus-%): fuzz-corpus-%: fuzz-build
	@rm -rf build/fuzz/merged/$* && mkdir -p build/fuzz/merged/$* build/fuzz/corpus/$*
	@find tests/fuzz/corpus/$* $(FUZZ_MORE_$*) -type f ! $(FUZZ_FOUND) -exec cp -t build/fuzz/merged/$* {} +
	@build/fuzz/fuzz_$* -merge=1 -use_counters=0 build/fuzz/merged/$* build/fuzz/corpus/$* tests/fuzz/corpus/$* > build/fuzz/$*.log 2>&1
	@find tests/fuzz/corpus/$* $(FUZZ_FOUND) -delete
	@find build/fuzz/merged/$* $(FUZZ_FOUND) -exec cp -t tests/fuzz/corpus/$* {} +
	@echo "fuzz: $*: $$(ls tests/fuzz/corpus/$* | wc -l) inputs"

$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $(LIB) $B/blas
	@echo "  link $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(LIB) $(PKG_LIBS)

LEAST  ?= 0.95
PYTHON ?= /usr/bin/python3
N    ?= 20
SEED ?= 1
mutants: $(TESTS) build/synthgrad  ## N changes drawn by SEED; which does no test notice?
	@CC="$(CC)" $(PYTHON) tools/mutants --n $(N) --seed $(SEED) --least $(LEAST) --jobs $(JOBS)
odd: build/synthgrad  ## N odd cases drawn by SEED, verdicts held against an oracle
	@$(PYTHON) tools/odd_cases --n $(N) --seed $(SEED) --jobs $(JOBS)

print-%:  # the value of a Makefile variable, for the tools
	@echo '$($*)'

man: build/synthgrad.1 build/synthgrad.bash  ## the manual page, and completion for bash, from the program's own table of commands
build/synthgrad.1: $B/synthgrad
	@$< --help-man > $@
build/synthgrad.bash: $B/synthgrad
	@$< --help-bash > $@

# The library's manual: a page for the functions under each comment of the public headers, and a page a header.
reference: build/man3/synthgrad_base.3  ## the library's reference pages: build/man3/*.3; fails on a public function without a comment
build/man3/synthgrad_base.3: tools/reference.awk $(wildcard include/synthgrad/*.h) Makefile
	@rm -rf build/man3 && mkdir -p build/man3
	@awk -v into=build/man3 -v version=$(VERSION) -f tools/reference.awk $(sort $(filter %.h,$^))

# Where things go; LIBDIR for systems that keep libraries elsewhere.
LIBDIR  ?= $(PREFIX)/lib
# What a program linked with the archive needs besides.  Not pkg-config's gsl, which brings GSL's own CBLAS.
PRIVATE  = -lgsl -lcsv -llapacke $(BLAS) $(FLINT_LIBS) $(GLPK_LIBS) $(DNNL_LIBS) -lm -pthread
define PKG_CONFIG_FILE
prefix=$(PREFIX)
libdir=$(LIBDIR)
includedir=$${prefix}/include

Name: synthgrad
Description: synthetic gradients, solved and simulated
Version: $(VERSION)
Requires.private: $(filter-out gsl,$(PKGS))
Cflags: "-I$${includedir}"
Libs: "-L$${libdir}" -lsynthgrad
Libs.private: $(PRIVATE)
endef
export PKG_CONFIG_FILE

# The shell gets these paths as variables, never as text of a command: blanks and quotes stay letters.
install uninstall: export SG_DESTDIR := $(DESTDIR)
install uninstall: export SG_PREFIX  := $(PREFIX)
install uninstall: export SG_LIBDIR  := $(LIBDIR)
# Empty for packagers, who keep the debugging symbols elsewhere.
STRIP ?= strip
install uninstall: export SG_STRIP   := $(STRIP)
install uninstall: export SG_WRITTEN := $(value DESTDIR) $(value PREFIX) $(value LIBDIR)

install: build/synthgrad $(SHLIB) man reference pages  ## to PREFIX (default /usr/local), under DESTDIR
	@sh tools/install.sh install $(LIB) $(SHLIB) $(SONAME) $B/synthgrad

uninstall:  ## remove the files that install wrote, and the folders that it made if they are empty
	@sh tools/install.sh uninstall

abi: shared  ## do programs linked with the last tag's shared library run with this one?  (abidiff)
	@JOBS=$(JOBS) sh tools/abi.sh

deb:  ## Debian's packages in build/deb, checked by lintian (`make deps-deb` first); ROOT=root: also used in a fresh Debian
	@JOBS=$(JOBS) sh tools/deb.sh $(VERSION) $(ROOT)

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
