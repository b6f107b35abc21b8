#!/bin/sh
# NIST's linear regressions: no digit that is claimed is wrong, and each set claims at least as many
# as docs/strd.md says, less one, since other processors round otherwise.  Longley needs NIST_DIR.
if ! command -v python3 > /dev/null; then
    echo "test_strd: skipped, python3 is not installed"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_strd: %s\n' "$*"; bad=1; }
python3 tools/strd.py > "$work/table" 2> "$work/err" || complain "$(cat "$work/err")"
sets=$(grep -c '^| [A-Z]' "$work/table")
[ "$sets" -eq 11 ] || { [ "$sets" -eq 10 ] && grep -q 'Longley is left out' "$work/err" && cat "$work/err"; } ||
    complain "$sets sets of 11: $(cat "$work/err")"
# name, what, right, claimed, RSS right, RSS claimed
awk -F ' *[|] *' '
    !/^\| [A-Z]/ { next }
    NR == FNR { coefficients[$2] = $5; rss[$2] = $7; next }
    !($2 in rss) { print $2 " is not in docs/strd.md"; bad = 1; next }
    $5 < coefficients[$2] - 1 || $7 != "is 0" && $7 < rss[$2] - 1 {
        print $2 ": claims " $5 " and " $7 " digits, " coefficients[$2] " and " rss[$2] " in docs/strd.md"; bad = 1 }
    END { exit bad }' docs/strd.md "$work/table" > "$work/less" || complain "$(cat "$work/less")"
exit $bad
