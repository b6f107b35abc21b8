#!/bin/sh
# `make install` as a packager and as a user meet it: everything in its place, README's program
# against the installed libraries, nothing left behind.
[ "${B:-build/release}" = build/release ] ||
    { echo "test_install: skipped, what is installed is the release flavour"; exit 0; }
builder="${MNIST_DIR:-$PWD} ${NIST_DIR:-$PWD} $PWD"
unset MAKEFLAGS MFLAGS MAKELEVEL NIST_DIR MNIST_DIR LD_LIBRARY_PATH
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_install: %s\n' "$*"; bad=1; }

# ---- a packager: under DESTDIR, and nothing elsewhere ----
make install DESTDIR="$work/dest" PREFIX=/usr > "$work/log" 2>&1 ||
    { complain "make install: $(tail -3 "$work/log")"; exit 1; }
usr=$work/dest/usr
for file in bin/synthgrad lib/libsynthgrad.a lib/libsynthgrad.so lib/pkgconfig/synthgrad.pc \
            include/synthgrad/synthgrad.h share/man/man1/synthgrad.1 \
            share/bash-completion/completions/synthgrad share/synthgrad/cases/dy1_backprop.cfg \
            share/synthgrad/plots/style.gp share/synthgrad/plots/analyze.gp \
            share/synthgrad/schema/analysis.schema.json share/doc/synthgrad/README.md \
            lib/python3/dist-packages/synthgrad.py share/doc/synthgrad/examples/tour.py \
            share/doc/synthgrad/CITATION.cff share/doc/synthgrad/examples/rates.c share/doc/synthgrad/proofs/dy1_backprop.md; do
    [ -s "$usr/$file" ] || complain "$file is missing or empty"
done
[ -s "$usr/share/doc/synthgrad/proofs/coq/THEOREMS" ] || complain "THEOREMS is not installed"
! command -v pandoc > /dev/null || [ -s "$usr/share/doc/synthgrad/proofs/dy1_backprop.html" ] ||
    complain "the proof pages are not installed"
for header in include/synthgrad/*.h; do
    cmp -s "$header" "$usr/$header" || complain "$header is not installed"
done
[ -s "$usr/share/man/man3/sg_closed_rates.3" ] || complain "the reference pages are not installed"
for file in bin/synthgrad lib/libsynthgrad.a lib/libsynthgrad.so; do
    for folder in $builder; do
        grep -qaF "$folder" "$usr/$file" && complain "$file names a folder of the builder's: $folder"
    done
    readelf -SW "$usr/$file" | grep -q '\.debug_' && complain "$file is not stripped"
    case $file in *.a) continue;; esac
    readelf -dW "$usr/$file" | grep -q 'NOW' && readelf -lW "$usr/$file" | grep -q GNU_RELRO ||
        complain "$file: addresses are not sealed at the start"
    readelf -sW --dyn-syms "$usr/$file" | grep -q '__stack_chk_fail' || complain "$file: stacks are not guarded"
done
grep -q "$work" "$usr/lib/pkgconfig/synthgrad.pc" && complain "DESTDIR is in the pkg-config file"
make uninstall DESTDIR="$work/dest" PREFIX=/usr > "$work/log" 2>&1 || complain "make uninstall: $(tail -3 "$work/log")"
left=$(find "$work/dest" -mindepth 1)
[ -z "$left" ] || complain "uninstall left $left"

# ---- what is a stranger's stays; paths are what they are, blanks, quotes and dollars included ----
mkdir -p "$work/odd/a" "$work/odd/cwd"
echo stranger > "$work/odd/a/keep"
# Any other character than these two: a line's end and, in make's own language, a single dollar.  Folders in folders, but a quote is
# never beside its like.
for odd in 'a b/ a/größe/*/-n' "it's/c\$HOME/#1" 'say "x/`touch x`;touch x/(x) & y|z\w'; do
    root=$work/odd/$odd usr=$work/odd/$odd/usr
    written=$(printf %s "$root" | sed 's/\$/$$/g')
    mkdir -p "$usr/share/synthgrad/cases" "$usr/lib/pkgconfig" "$usr/share/man/man1"
    echo mine > "$usr/share/synthgrad/cases/mine.cfg"
    echo mine > "$usr/lib/mine"
    (cd "$work/odd" && find . | sort) > "$work/before"
    make install DESTDIR="$written" PREFIX=/usr > "$work/log" 2>&1 || complain "make install to '$odd': $(cat "$work/log")"
    [ -x "$usr/bin/synthgrad" ] && [ -s "$usr/lib/pkgconfig/synthgrad.pc" ] || complain "nothing is installed in '$odd'"
    echo mine > "$usr/share/doc/synthgrad/mine"
    make uninstall DESTDIR="$written" PREFIX=/usr > "$work/log" 2>&1 || complain "make uninstall of '$odd': $(cat "$work/log")"
    [ -e "$usr/share/doc/synthgrad/mine" ] || complain "uninstall of '$odd' took a file beside its own"
    rm -rf "$usr/share/doc"
    (cd "$work/odd" && find . | sort) > "$work/after"
    cmp -s "$work/before" "$work/after" || \
        complain "uninstall of '$odd' leaves or takes: $(diff "$work/before" "$work/after" | head -3)"
done
[ "$(cat "$work/odd/a/keep")" = stranger ] || complain "a folder named like half of DESTDIR is gone"

# What an earlier version installed goes with the rest; an edited list is refused, and so is a second uninstall.
usr=$work/again/usr
again() { make "$1" DESTDIR="$work/again" PREFIX=/usr > "$work/log" 2>&1; }
again install || complain "make install: $(cat "$work/log")"
list=$usr/share/synthgrad/installed
echo old > "$usr/bin/old"; echo /usr/bin/old >> "$list"
again install || complain "make install, again: $(cat "$work/log")"
[ "$(sort "$list" | uniq -d | wc -l)" -eq 0 ] || complain "a second install lists files twice"
cp "$list" "$work/list"; echo stranger > "$work/again/keep"; mkdir "$work/again/usr2"; echo stranger > "$work/again/usr2/keep"
for line in /keep /usr/../keep /usr2/keep /usr/.. keep; do
    { cat "$work/list"; echo "$line"; } > "$list"
    again uninstall && complain "an edited list is followed: $line"
    grep -q '^synthgrad: .*nothing removed' "$work/log" || complain "an edited list, $line: $(cat "$work/log")"
    [ -e "$work/again/keep" ] && [ -e "$work/again/usr2/keep" ] && [ -e "$usr/bin/synthgrad" ] || \
        complain "an edited list, $line: files are gone"
done
cp "$work/list" "$list"; rm -r "$work/again/keep" "$work/again/usr2"
again uninstall || complain "make uninstall: $(cat "$work/log")"
[ -z "$(find "$work/again" -mindepth 1)" ] || complain "uninstall left $(find "$work/again" -mindepth 1 | head -3)"
again uninstall && complain "what is not there is uninstalled"
grep -q '^synthgrad: .*nothing removed' "$work/log" || complain "a second uninstall says: $(cat "$work/log")"

# What cannot be taken as it is is refused in one line, before anything is written.
mkdir "$work/no"
refused() { # WORDS ARGUMENT...: both targets in one make, a line each
    words=$1; shift
    make -k install uninstall "$@" > "$work/log" 2>&1 && complain "make install uninstall $*: not refused"
    grep -v '^make' "$work/log" > "$work/said"
    [ "$(grep -c "^synthgrad: .*$words" "$work/said")" -eq 2 ] && [ "$(wc -l < "$work/said")" -eq 2 ] || \
        complain "make install uninstall $*: $(cat "$work/log")"
    [ -z "$(find "$work/no" -mindepth 1)" ] || complain "make $*: touched $(find "$work/no" -mindepth 1 | head -3)"
}
refused 'dollar' DESTDIR="$work/no/a\$b" PREFIX=/usr
refused 'dollar' DESTDIR="$work/no" PREFIX='/a$b'
refused 'one line each' DESTDIR="$work/no/a
b" PREFIX=/usr
refused 'absolute' DESTDIR="$work/no/" PREFIX=usr
refused 'absolute' DESTDIR="$work/no" PREFIX=/usr LIBDIR='lib 64'
refused 'in full' DESTDIR='~/no' PREFIX=/usr
refused '\.\.' DESTDIR="$work/no" PREFIX=/usr/../..
for char in '"' '\' '$$' '#' '('; do refused 'pkg-config' DESTDIR= PREFIX="$work/no/a${char}b"; done

# ---- a user: README's program, through pkg-config ----
prefix="$work/it's a prefix/größe"
make install PREFIX="$prefix" DESTDIR= > "$work/log" 2>&1 || { complain "make install: $(tail -3 "$work/log")"; exit 1; }
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
awk '/^```c$/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md > "$work/example.c"
grep -q main "$work/example.c" || complain "README has no program"
cd "$work" || exit 1
cc=${CC:-cc}
# pkg-config prints words for a shell: a blank in a folder's name has a backslash.
eval "$cc -Wall -Werror -o shared example.c $(pkg-config --cflags --libs synthgrad)" 2> log || complain "README's line does not compile it: $(cat log)"
eval "$cc -o static example.c $(pkg-config --static --cflags --libs synthgrad | sed 's/-lsynthgrad/-l:libsynthgrad.a/')" 2> log || complain "static: $(cat log)"
ldd shared | grep -q 'libsynthgrad\.so\.[0-9]' || complain "the shared library is not the one that was linked, or has no soname"
ldd static | grep -q libsynthgrad && complain "the archive is not the one that was linked"
readelf -d static | grep -q libgslcblas && complain "GSL's own CBLAS came with pkg-config"
LD_LIBRARY_PATH="$prefix/lib" ./shared > one || complain "README's program, shared: exit $?"
./static > two || complain "README's program, static: exit $?"
grep -q '^stable for mu < 0*[0-9.]*[1-9][0-9.e+-]* and nu < ' one ||
    complain "README's program says: $(cat one)"
cmp -s one two || complain "shared and static differ"

# The three examples, from where they are installed, against the shared library.
printf 'x,z,y\n1,2,3\n2,1,5\n3,5,4\n4,2,8\n5,1,9\n' > data.csv
for example in rates train verdict; do
    eval "$cc -Wall -Wextra -Werror -o example-$example '$(printf %s "$prefix" | sed "s/'/'\\\\''/g")/share/doc/synthgrad/examples/$example.c' \
        $(pkg-config --cflags --libs synthgrad)" 2> log || complain "example $example does not compile: $(head -3 log)"
done
export LD_LIBRARY_PATH="$prefix/lib"
./example-rates data.csv y > one 2> log && grep -q '^weights settle for mu < [0-9]' one && grep -q '^the SG settles for nu < [0-9]' one ||
    complain "example rates: $(cat one log)"
./example-rates data.csv nothing > one 2> log && complain "example rates: no refusal"
./example-train > one 2> log && [ "$(wc -l < one)" -eq 2 ] || complain "example train: $(cat one log)"
# Ten classes: both rules end far above a guess.
awk '{ if ($NF < 0.3) exit 1 }' one || complain "example train learns nothing: $(cat one)"
./example-verdict "$prefix/share/synthgrad/cases/dy3_joint_spectrum.cfg" > one 2> log && [ "$(tail -1 one)" = 'DY3 holds' ] ||
    complain "example verdict: $(cat one log)"
unset LD_LIBRARY_PATH

# The Python module finds the library and the cases of its own installation.
python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import numpy' 2> log; then
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$prefix/lib/python3/dist-packages" \
        "$python" "$prefix/share/doc/synthgrad/examples/tour.py" > one 2> log || complain "tour.py: exit $?: $(tail -3 log)"
    [ "$(grep -cx 'stable for mu < 1.9999 and nu < 0.3845\|DY3 holds - control: fails' one)" -eq 2 ] || complain "tour.py: $(cat one)"
fi

# The headers, in the oldest and the newest language that they promise, without a word from the compiler; and each of them alone.
compiles() { # TOOL STANDARD HEADER
    echo "#include <synthgrad/$3>" > header.c
    eval "$1 -std=$2 -Wall -Wextra -Wpedantic -Werror -fsyntax-only $(pkg-config --cflags synthgrad) header.c" 2> log ||
        complain "$3 with $1 -std=$2: $(head -3 log)"
}
for tool in 'gcc -xc' 'clang -xc' 'g++ -xc++' 'clang++ -xc++'; do
    command -v "${tool%% *}" > /dev/null || continue
    case $tool in *++) standards='c++11 c++20' ;; *) standards='c99 c2x' ;; esac
    for standard in $standards; do compiles "$tool" "$standard" synthgrad.h; done
done
for header in "$prefix"/include/synthgrad/*.h; do compiles 'gcc -xc' c99 "${header##*/}"; done
# Programs in C++ against the shared library: README's, and one with complex numbers.
if command -v g++ > /dev/null; then
    eval "g++ -std=c++20 -xc++ -Wall -Werror -o cpp example.c $(pkg-config --cflags --libs synthgrad)" 2> log &&
        LD_LIBRARY_PATH="$prefix/lib" ./cpp > three && cmp -s two three || complain "README's program in C++: $(cat log)"
    cat > program.cpp <<'PROGRAM'
#include <synthgrad/synthgrad.h>
#include <complex>
#include <iostream>
int main()
{
    const double j[] = {0.0, -2.0, 2.0, 0.0};
    std::complex<double> lambda[2];
    if (sg_base_eigen_general(reinterpret_cast<sg_complex *>(lambda), nullptr, j, 2) != SG_OK)
        return 1;
    std::cout << std::abs(lambda[0]) << ' ' << lambda[0].real() << '\n';
}
PROGRAM
    eval "g++ -std=c++11 -Wall -Werror -o cpp program.cpp $(pkg-config --cflags --libs synthgrad)" 2> log &&
        [ "$(LD_LIBRARY_PATH="$prefix/lib" ./cpp)" = "2 0" ] || complain "a program in C++: $(cat log)"
fi

# Exactly what the public headers declare: every exported name is in one of them, and nothing that
# is not ours.
nm -D --defined-only "$prefix/lib/libsynthgrad.so" | awk '{ print $3 }' | sort > exported
[ "$(wc -l < exported)" -gt 100 ] || complain "only $(wc -l < exported) names are exported"
cat "$prefix"/include/synthgrad/*.h | grep -o 'sg_[a-z0-9_]*' | sort -u > declared
foreign=$(comm -23 exported declared)
[ -z "$foreign" ] || complain "exported, not public: $(echo "$foreign" | head -5)"
nm -g --defined-only "$prefix/lib/libsynthgrad.a" 2> log | awk 'NF == 3 { print $3 }' | sort -u |
    comm -12 - declared > public
hidden=$(comm -23 public exported)
[ -z "$hidden" ] || complain "public, not exported: $(echo "$hidden" | head -5)"

# ---- the program, from a folder that is not the project's ----
unset PKG_CONFIG_PATH
"$prefix/bin/synthgrad" verify dy1_backprop --out out > verdict 2> log ||
    complain "the installed program: exit $?: $(cat log)"
grep -q 'DY1 .*holds' verdict && [ -s out/dy1_backprop/summary.json ] ||
    complain "no verdict from the installed program: $(cat verdict)"
# Figures for whoever has installed it, in any folder; and why there are none.
"$prefix/bin/synthgrad" plots dy1_backprop --out out > figures 2> log || complain "plots: exit $?: $(cat log)"
grep -qx out/figures/dy1_backprop.svg figures && [ -s out/figures/dy1_backprop.svg ] && [ -s out/figures/dy1_backprop.png ] ||
    complain "no figure from the installed program: $(cat figures log)"
"$prefix/bin/synthgrad" plots --out out > figures 2> log || complain "plots of all: exit $?: $(cat log)"
[ "$(tr '\n' ' ' < figures)" = "out/figures/dy1_backprop.svg out/figures/run_margins.svg out/figures/run_evidence.svg " ] || complain "plots of all: $(cat figures)"
"$prefix/bin/synthgrad" report --out out > log 2>&1 || complain "the installed report: $(cat log)"
grep -q 'id="figure-dy1_backprop"' out/report/index.html || complain "no figure in the installed report"
for refused in dy3_joint_spectrum no_such_case ../x; do
    "$prefix/bin/synthgrad" plots "$refused" --out out > figures 2> log; code=$?
    [ $code -eq 2 ] && [ "$(grep -c . log)" -eq 1 ] || complain "plots $refused: exit $code: $(cat log)"
done
# Paths that explain names are there, and written as a user would.
"$prefix/bin/synthgrad" explain DY3 > explained 2> log || complain "explain: $(cat log)"
grep -q '/\.\./' explained && complain "explain names $(grep -m 1 '/\.\./' explained)"
sed -n 's/.*proof and what is checked: //p; s/.*synthgrad run \(.*\.cfg\).*/\1/p' explained |
    while IFS= read -r path; do [ -e "$path" ] || echo "$path"; done > missing
[ -s missing ] && complain "explain names $(head -1 missing)"
[ "$(grep -c 'synthgrad run' explained)" -ge 2 ] || complain "explain names no case"
printf 'a,y\n1,2\n2,3.5\n4,4\n5,7\n' > table.csv
"$prefix/bin/synthgrad" analyze table.csv --target y --rates 0.1,0.01 --out out --plot > log 2>&1 || complain "analyze: $(cat log)"
[ -s out/figures/analyze_table.svg ] && [ -s out/figures/analyze_table.png ] || complain "no figure of a table: $(cat log)"
man=$prefix/share/man/man1/synthgrad.1
for command in verify run list explain new analyze bench merge plots report search; do
    grep -q "^\.SS \"synthgrad $command" "$man" || complain "$command is not in the manual"
    # Every option of --help is in it, with its dashes escaped.
    "$prefix/bin/synthgrad" $command --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' |
        while read -r option; do
        grep -qF "\\-\\-$(printf %s "$option" | sed 's/-/\\-/g')" "$man" ||
            echo "$command --$option"
    done > missing
    [ -s missing ] && complain "not in the manual: $(cat missing)"
done
if command -v groff > /dev/null; then
    groff -man -ww -z "$man" 2> log; [ -s log ] && complain "groff: $(head -3 log)"
fi
if command -v bash > /dev/null; then
    cat > ask.sh <<'ASK'
PATH=$1/bin:$PATH; . "$1/share/bash-completion/completions/synthgrad"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _synthgrad; echo "${COMPREPLY[*]}"
ASK
    ask() { bash ask.sh "$prefix" "$@"; }
    [ "$(ask synthgrad ver)" = verify ] || complain "completion of a command: $(ask synthgrad ver)"
    [ "$(ask synthgrad verify --sh)" = --shard ] || complain "completion of an option"
    [ "$(ask synthgrad explain DY10)" = DY10 ] ||
        complain "completion of a claim: $(ask synthgrad explain DY10)"
    [ "$(ask synthgrad run dy1_backp)" = dy1_backprop ] ||
        complain "completion of a case: $(ask synthgrad run dy1_backp)"
fi
cd "$OLDPWD" || exit 1
make uninstall PREFIX="$prefix" DESTDIR= > "$work/log" 2>&1 || complain "make uninstall: $(tail -3 "$work/log")"
left=$(find "$work/it's a prefix" 2> /dev/null)
[ -z "$left" ] || complain "uninstall left $left"
exit $bad
