#!/bin/sh
# The README's figures are those that the scripts draw of the cases as they are: same words and
# numbers, and as many marks.  (Their bytes depend on gnuplot's version.)
command -v gnuplot > /dev/null || { echo "test_readme: no gnuplot (make deps)"; exit 1; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_readme: %s\n' "$*"; bad=1; }

# what FILE: its words in order, then how many elements of each kind.
what() {
    tr '\n' ' ' < "$1" | grep -oE '<text[^>]*>.*</text>' | sed 's/<[^>]*>/ /g' | tr -s ' '
    grep -oE '<(path|use|circle|polygon|rect)' "$1" | sort | uniq -c
}

what docs/dy3_joint_spectrum.svg > "$work/whole"
sed 's/returns/leaves/' docs/dy3_joint_spectrum.svg > "$work/spoilt.svg"
what "$work/spoilt.svg" | cmp -s - "$work/whole" && complain "a changed word is not noticed"
grep -v -m 400 '<use' docs/dy3_joint_spectrum.svg > "$work/spoilt.svg"
what "$work/spoilt.svg" | cmp -s - "$work/whole" && complain "a lost mark is not noticed"

for figure in $(grep -oE '\]\(docs/[a-z0-9_]*\.svg\)' README.md | sed 's/.*docs.//; s/\.svg.*//'); do
    build/synthgrad run "cases/$figure.cfg" --out "$work/results" > "$work/said" ||
        complain "$figure: the case does not come to what it expects"
    sh tools/figure.sh "plots/$figure.gp" "$work/results/$figure" "$work/$figure" ||
        complain "$figure: not drawn"
    what "$work/$figure.svg" > "$work/drawn"
    what "docs/$figure.svg" | cmp -s - "$work/drawn" ||
        complain "docs/$figure.svg is not what plots/$figure.gp draws: copy results/figures/$figure.svg"
    size=$(wc -c < "docs/$figure.svg")
    [ "$size" -lt 150000 ] || complain "docs/$figure.svg has $size bytes; a README's figure is small"
done
[ -e "$work/drawn" ] || complain "the README has no figure"
exit $bad
