#!/bin/sh
# Any BLAS and LAPACK will do: what multiplies and decomposes, linked with the reference libraries
# in place of OpenBLAS.  Debian keeps them in folders of their own, which liblapacke-dev brings.
B=${B:-build/release} CC=${CC:-cc}
folder=$($CC -print-file-name=liblapacke.so) folder=$(dirname "$folder")
[ -e "$folder/blas/libblas.so" ] && [ -e "$folder/lapack/liblapack.so" ] ||
    { echo "test_blas: skipped, no reference BLAS in $folder/blas"; exit 0; }
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_blas: %s\n' "$*"; bad=1; }

flavour=${B#build/}
ask() { make -s FLAVOUR="$flavour" BLAS="-L$folder/blas -L$folder/lapack -lblas -llapack" "print-$1"; }
libs=$(ask PKG_LIBS) options=$(ask LDFLAGS_ALL)
case $libs in *openblas*) complain "BLAS= does not replace OpenBLAS: $libs" ;; esac
case $(ask PRIVATE) in *openblas*) complain "BLAS= does not replace OpenBLAS in pkg-config's file" ;; esac
export LD_LIBRARY_PATH="$folder/blas:$folder/lapack${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
link() { # PROGRAM OBJECT...
    program=$work/$1; shift
    # shellcheck disable=SC2086
    $CC $options -o "$program" "$@" "$B/libsynthgrad.a" -lcmocka $libs 2> "$work/log" ||
        { complain "$program does not link: $(head -3 "$work/log")"; return 1; }
    ldd "$program" > "$work/log"
    grep -q "=> $folder/blas/libblas" "$work/log" || complain "$program has another BLAS: $(grep blas "$work/log")"
    ! grep -q openblas "$work/log" || complain "$program has OpenBLAS: $(grep openblas "$work/log")"
}
for test in base/test_products base/test_solve base/test_eigen closed/test_fit closed/test_joint \
            sim/test_jacobian sim/test_spectral; do
    link "${test#*/}" "$B/tests/$test.o" "$B/tests/support.o" || continue
    "$work/${test#*/}" > "$work/log" 2>&1 || complain "$test: $(grep -v ' OK \|RUN' "$work/log" | head -5)"
done
# The verdicts of theorems are those of any other BLAS.
objects=$(for source in src/cli/*.c; do printf "%s\n" "$B/${source%.c}.o"; done)
# shellcheck disable=SC2086
if link synthgrad $objects; then
    "$work/synthgrad" verify cases/dy1_backprop.cfg cases/dy3_joint_spectrum.cfg cases/cp1_preservation.cfg \
        cases/dy15_factorisation.cfg --out "$work/out" > "$work/verdicts" 2>&1 ||
        complain "verify: exit $?: $(tail -3 "$work/verdicts")"
fi
exit $bad
