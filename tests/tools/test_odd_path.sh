#!/bin/sh
# The project is built, installed and used in a folder whose name has blanks, a quote, a dollar and
# letters beyond ASCII.  Most objects are taken over: every rule of the Makefile runs, few files do.
[ "${B:-build/release}" = build/release ] ||
    { echo "test_odd_path: skipped, it takes over objects of the release flavour"; exit 0; }
unset MAKEFLAGS MFLAGS MAKELEVEL NIST_DIR MNIST_DIR
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_odd_path: %s\n' "$*"; bad=1; }
odd="$work/it's \$HOME/größe 1/\`touch x\`"
mkdir -p "$odd" || exit 1
tar -cf - --exclude='build/release/tests/*/*' Makefile LICENSE README.md CHANGELOG.md CITATION.cff cases examples include plots \
    proofs/dy1_backprop.md proofs/coq python schema src tests tools build/release | tar -xf - -C "$odd" || exit 1
cd "$odd" || exit 1
objects='src/base/status.o src/net/kernel/dense.f32.o src/net/kernel/dense.f64.o src/cli/main.o claims.c claims.o libsynthgrad.map'
(cd build/release && rm -f $objects libsynthgrad* synthgrad built)
made() { # TARGET...
    make -j "${JOBS:-1}" "$@" > "$work/log" 2>&1 || complain "make $*: $(tail -3 "$work/log")"
}
made all build/release/tests/base/test_status
# Objects that were taken over are not compiled again, or a path in a dependency is misread.
[ "$(grep -c '^  cc ' "$work/log")" -le 12 ] || complain "make compiled $(grep -c '^  cc ' "$work/log") files"
for object in $objects synthgrad; do
    [ -s "build/release/$object" ] || complain "$object is not made"
done
build/release/tests/base/test_status > "$work/log" 2>&1 || complain "a test: $(tail -3 "$work/log")"
build/synthgrad verify dy1_backprop > "$work/log" 2>&1 || complain "verify: $(tail -3 "$work/log")"
grep -q '^DY1 .*holds' "$work/log" || complain "verify: $(cat "$work/log")"
if command -v gnuplot > /dev/null && command -v rsvg-convert > /dev/null; then
    made results/figures/dy1_backprop.png
    [ -s results/figures/dy1_backprop.png ] || complain "no figure"
fi
dest=$(printf %s "$odd/dest" | sed 's/\$/$$/g')
made install DESTDIR="$dest" PREFIX=/usr
[ -x dest/usr/bin/synthgrad ] && [ -s dest/usr/share/man/man3/sg_closed_rates.3 ] || complain "nothing is installed"
(cd "$work" && "$odd/dest/usr/bin/synthgrad" run dy1_backprop --out out) > "$work/log" 2>&1 || complain "the installed program: $(tail -3 "$work/log")"
made uninstall DESTDIR="$dest" PREFIX=/usr
[ -z "$(find dest -mindepth 1 2> "$work/log")" ] || complain "uninstall left $(find dest -mindepth 1 | head -3)"
[ ! -e x ] || complain "a folder's name was run"
made clean
[ ! -e build ] && [ ! -e results ] && [ -e src/base/status.c ] || complain "make clean leaves or takes too much"
[ $bad -eq 0 ] && echo "test_odd_path: passed"
exit $bad
