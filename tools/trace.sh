#!/bin/sh
# claim -> proof page, code, case, figure, test, perturbed formula; measured number on a page about
# nets -> record of the run (tools/results.py).  Exit 1 on a hole.
#
#   yes    it is there
#   none   the page says `figure: none, because ...`
#   HOLE   it is not there; of perturb: no row of tests/perturb.sh, or one whose file is gone
#   EMPTY  a proof page of fewer than LEAST words, or with a section without one
#
#   PROGRAM=build/synthgrad sh tools/trace.sh
PROGRAM=${PROGRAM:-build/synthgrad}
LEAST=100
status=0

cell() {
    printf ' %-7s' "$1"
    case $1 in HOLE | EMPTY) status=1 ;; esac
}
there() { if [ -s "$1" ]; then cell yes; else cell HOLE; fi; }

page() {
    [ -e "$1" ] || { cell HOLE; return; }
    cell "$(awk -v least="$LEAST" '
        /^## / { if (section && !here) empty = 1; section = 1; here = 0; next }
        /^# /  { next }
        { here += NF; words += NF }
        END { print empty || (section && !here) || words < least ? "EMPTY" : "yes" }' "$1")"
}

# The files of a claim's rows in the table of perturbed formulas.
perturbed() {
    files=$(awk -F '|' -v claim="$1" '
        /^rows\(\)/ { on = 1 }  /^END$/ { on = 0 }
        { gsub(/ /, "", $1); gsub(/ /, "", $2) }
        on && $1 == claim { print $2 }' tests/perturb.sh)
    for file in $files; do
        [ -e "$file" ] || { cell HOLE; return; }
    done
    if [ -n "$files" ]; then cell yes; else cell HOLE; fi
}

"$PROGRAM" list --json > /dev/null || { echo "trace: $PROGRAM list fails; build it" >&2; exit 2; }
claims=$("$PROGRAM" list --json |
    sed -n 's/^ *"claim": "\([A-Z0-9]*\)",$/\1/p; s/^ *"name": "\([a-z0-9_]*\)",$/\1/p')
[ -n "$claims" ] || { echo "trace: no claims" >&2; exit 2; }
printf '%-26s %-7s %-7s %-7s %-7s %-7s %-7s\n' claim proof code case figure test perturb
for word in $claims; do
    case $word in [A-Z]*) id=$word; continue ;; esac
    folder=${word%%_*}
    printf '%-26s' "$word"
    page "proofs/$word.md"
    there "src/claim/$folder/claim.c"
    there "cases/$word.cfg"
    if grep -qs '^figure: none, because .' "proofs/$word.md"; then
        cell none
    else
        there "plots/$word.gp"
    fi
    there "tests/claim/test_$folder.c"
    perturbed "$id"
    printf '\n'
done
"${PYTHON:-python3}" "$(dirname "$0")/results.py" check || status=1
exit $status
