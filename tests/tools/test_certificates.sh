#!/bin/sh
# The second program agrees with the certificates of quick cases, and a certificate that was changed
# is caught: a sign of an entry, an enclosure moved by its width, another kind, another outcome.
PYTHON=${PYTHON:-python3}
if ! "$PYTHON" -c 'import mpmath, numpy' 2> /dev/null; then
    echo "test_certificates: skipped, python3-mpmath or python3-numpy is not installed"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_certificates: %s\n' "$*"; bad=1; }
checker() { JOBS=1 "$PYTHON" tools/check_certificates.py "$1" > "$work/said" 2>&1; }

# Cases, small; all is well as the program wrote it.
small() { # CASE SED
    sed -e 's/replicates *= *[0-9]*/replicates = 1/' -e "$2" "cases/$1.cfg" > "$work/$1.cfg"
    build/synthgrad run "$work/$1.cfg" --out "$work/out" > "$work/said" 2>&1
    [ -e "$work/out/$1/certificates.json" ] || complain "$1: $(tail -n 3 "$work/said")"
}
small dy1_backprop ''
if grep -q '"certificates": \[\]' "$work/out/dy1_backprop/certificates.json"; then
    echo "test_certificates: skipped, the program was built without Arb"
    exit 0
fi
checker "$work/out" || complain "as written: $(grep -v '^agrees' "$work/said" | head -n 5)"
grep -q '^agrees .*frozen_radius' "$work/said" || complain "nothing agrees: $(cat "$work/said")"

# tamper CASE KIND CHANGE: the change is Python on c, the first certificate of that kind, and
# array(c, "x"), a stored array of it; it has to be told as WORD (CONTRADICTS).
tamper() {
    rm -rf "$work/bad" && mkdir "$work/bad" && cp -r "$work/out/$1" "$work/bad/"
    "$PYTHON" - "$work/bad/$1/certificates.json" "$2" "$3" << 'EOF' || complain "$1 $2: $3: no such change"
import json, sys
path, kind, change = sys.argv[1:]
with open(path) as file:
    whole = json.load(file)
c = next(c for c in whole["certificates"] if c["kind"] == kind)
def array(c, name):
    return whole["arrays"][c["given"][name]["array"]]["bits"]
def moved(pair):
    """An enclosure moved up by its width (one that is a point: by one unit in the last place)."""
    low, high = map(float.fromhex, pair)
    return [float.hex(high + (high - low) / 1e3), float.hex(high + (high - low or 2 * abs(high) * 2**-52))]
def flip(row, k=0):
    """The row with the sign of its k-th number turned."""
    return row[:16 * k] + "%x" % (int(row[16 * k], 16) ^ 8) + row[16 * k + 1:]
before = json.dumps(whole)
exec(change)
assert json.dumps(whole) != before
with open(path, "w") as file:
    json.dump(whole, file)
EOF
    checker "$work/bad" && complain "$1, $2: $3: passes: $(cat "$work/said")"
    grep -q "^CONTRADICTS" "$work/said" || complain "$1, $2: $3: $(head -n 5 "$work/said")"
}

tamper dy1_backprop frozen_radius 'array(c, "x")[0] = flip(array(c, "x")[0])'
tamper dy1_backprop frozen_radius 'c["found"]["radius"] = moved(c["found"]["radius"])'
tamper dy1_backprop frozen_radius 'c["outcome"] = "refuted"'
tamper dy1_backprop frozen_radius 'c["given"]["mu"] = float.hex(1.2 * float.fromhex(c["given"]["mu"]))'
tamper dy1_backprop frozen_radius 'del c["given"]["mu"]'
tamper dy1_backprop frozen_radius 'c["rows"] = ["another-row"]'
exit $bad
