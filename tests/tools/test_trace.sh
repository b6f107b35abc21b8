#!/bin/sh
# tools/trace.sh sees each kind of hole, in a copy.
program=$PWD/build/synthgrad tools=$PWD/tools
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_trace: %s\n' "$*"; bad=1; }

mkdir "$work/src" "$work/tests"
cp -r proofs cases plots "$work/" && cp -r src/claim "$work/src/" &&
    cp -r tests/claim tests/perturb.sh "$work/tests/" || exit 1
# Every file that a perturbed formula names, so that only what is seeded is a hole.
sed -n 's/^[A-Z0-9]* *| *\(src[^ ]*\) *|.*/\1/p' tests/perturb.sh | while read -r file; do
    mkdir -p "$work/${file%/*}" && : >> "$work/$file"
done
cd "$work" || exit 1
# columns: those of DY3's line that are neither yes nor none, by number.
columns() {
    PROGRAM=$program sh "$tools/trace.sh" > all
    code=$?
    awk '$1 == "dy3_joint_spectrum" {
        for (i = 2; i <= NF; i++) if ($i != "yes" && $i != "none") printf "%d=%s ", i - 1, $i }' all
    return $code
}
[ "$(columns)" = "" ] || complain "DY3 has holes: $(columns)"
columns > /dev/null || complain "holes where there are none: $(grep 'HOLE\|EMPTY' all)"
[ "$(head -1 all | wc -w)" -eq 7 ] || complain "not seven columns"
[ "$(wc -l < all)" -eq $(($("$program" list | grep -c '^[A-Z]') + 2)) ] || complain "not all claims"

# without FILE COLUMNS: those holes, and exit 1, when the file is missing or empty.
without() {
    mv "$1" kept
    [ "$(columns)" = "$2 " ] || complain "without $1: $(columns)"
    columns > /dev/null && complain "without $1: exit 0"
    case $1 in *.cfg) ;; *)              # the program itself refuses an empty case
        : > "$1"
        columns | grep -q "${2%=*}=" || complain "an empty $1 is as good as a full one"
    esac
    mv kept "$1"
}
without proofs/dy3_joint_spectrum.md 1=HOLE
without src/claim/dy3/claim.c        2=HOLE
without cases/dy3_joint_spectrum.cfg 3=HOLE
without plots/dy3_joint_spectrum.gp  4=HOLE
without tests/claim/test_dy3.c       5=HOLE

cp tests/perturb.sh kept
sed '/^DY3 /d' kept > tests/perturb.sh
[ "$(columns)" = "6=HOLE " ] || complain "no perturbed formula: $(columns)"
{ sed -n '1,/^CP1 /p' kept; echo 'DY3 | src/nowhere.c | s/a/b/ | dy3'; sed '1,/^CP1 /d' kept; } \
    > tests/perturb.sh
[ "$(columns)" = "6=HOLE " ] || complain "a perturbed file that is gone: $(columns)"
cp kept tests/perturb.sh

# A number that no run measured, an interval of another row's, a record that is gone.
page=proofs/nl3_dissimilarity.md
cp $page kept
changed() { # WHAT EXPRESSION: the check of numbers sees it
    sed "$2" kept > $page
    cmp -s kept $page && complain "$1: nothing to change"
    columns > /dev/null 2> said && complain "$1 is not noticed"
    grep -q "$page:[0-9]*: .* is in no record" said || complain "$1: $(head -1 said)"
    cp kept $page
}
changed "a number" 's/| 0\.898 to/| 0.123456 to/; s/rises to 0\.898 at/rises to 0.8971 at/'
changed "a number that only a figure's column has" 's/rises to 0\.898 at/rises to 0.95661 at/'
grep -q '0\.95661' proofs/results/nl3_mnist.json || complain "no column of NL3 has 0.95661"
changed "an interval" 's/0\.326 \[0\.285, 0\.368\]/0.326 [0.140, 0.221]/'
mv proofs/results/nl3_mnist.json gone
columns > /dev/null 2> said && complain "a record that is gone is not noticed"
mv gone proofs/results/nl3_mnist.json
columns > /dev/null || complain "holes after the numbers are put back"

# The columns that a record keeps come out as the run wrote them: four rules, 20 blocks.
"${PYTHON:-python3}" "$tools/results.py" columns nl3_mnist out || complain "no columns of NL3"
[ "$(sed -n 2p out/nl3_mnist/share.dat)" = "# rule block mean low high cut" ] && [ "$(grep -vc '^#' out/nl3_mnist/share.dat)" -eq 80 ] || \
    complain "columns of NL3: $(head -3 out/nl3_mnist/share.dat)"
"${PYTHON:-python3}" "$tools/results.py" columns nl2_random out 2> said && complain "columns of a record without any"

page=proofs/dy3_joint_spectrum.md
cp $page kept
printf '\n## Later\n\n## Last\n\nwords\n' >> $page
[ "$(columns)" = "1=EMPTY " ] || complain "an empty section: $(columns)"
{ cat kept; printf '\n## Last\n'; } > $page
[ "$(columns)" = "1=EMPTY " ] || complain "an empty last section: $(columns)"
printf '# DY3\n\n## Proof\n\nTo be written.\n' > $page
[ "$(columns)" = "1=EMPTY " ] || complain "an empty page: $(columns)"
columns > /dev/null && complain "an empty page: exit 0"
exit $bad
