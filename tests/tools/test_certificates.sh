#!/bin/sh
# The second program agrees with the certificates of quick cases, one of each kind at least, and a
# certificate that was changed is caught (tamper.py): a sign of an entry, an enclosure moved by its
# width, another kind, another outcome.
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

# One replicate is certified, so one is enough.
for case in cp1_preservation cp4_spurious cp5_no_labels cp6_log_loss cp6_separable cp7_matching_module cp7_separable dy1_backprop dy3_joint_spectrum \
    dy4_two_columns dy5_line_search dy6_tracking dy7_chosen_rates dy9_fast_sg dy10_mode_trajectories dy13_line_search \
    dy8_repelling_minima dy8_two_layers dy11_delay dy12_order dy14_mixed; do
    sed -e 's/replicates *= *[0-9]*/replicates = 1/' -e 's/tau *= *([0-9, ]*)/tau = (1, 3)/' \
        "cases/$case.cfg" > "$work/$case.cfg"
    # 2000 steps of a smaller net, of which each is a dozen products
    [ $case != dy9_fast_sg ] ||
        sed -i 's/n = 60; d = 6; outputs = 2;/n = 20; d = 2; outputs = 1;/; s/layers = (2)/layers = (1)/' "$work/$case.cfg"
    build/synthgrad run "$work/$case.cfg" --out "$work/out" > "$work/said" 2>&1
    [ -e "$work/out/$case/certificates.json" ] || complain "$case: $(tail -n 3 "$work/said")"
done
if grep -q '"certificates": \[\]' "$work/out/dy1_backprop/certificates.json"; then
    echo "test_certificates: skipped, the program was built without Arb"
    exit 0
fi
checker "$work/out" || complain "as written: $(grep -v '^agrees' "$work/said" | head -n 5)"
grep -q ' 0 contradict, 0 not checked$' "$work/said" || complain "as written: $(tail -n 1 "$work/said")"
"$PYTHON" tests/tools/tamper.py "$work/out" > "$work/said" 2>&1 || complain "$(tail -n 20 "$work/said")"

# The same bits for every number of threads.
build/synthgrad run "$work/dy3_joint_spectrum.cfg" --out "$work/two" --jobs 2 > /dev/null
cmp -s "$work/two/dy3_joint_spectrum/certificates.json" "$work/out/dy3_joint_spectrum/certificates.json" ||
    complain "other certificates with two threads"

# Of the whole program: its exit, a row without a certificate, one for a row that is not there, a file of another
# format, a file of another run, no file.
spoil() { # WORDS EXIT SED [FILE]
    rm -rf "$work/bad" && mkdir "$work/bad" && cp -r "$work/out/dy1_backprop" "$work/bad/"
    sed -i "$3" "$work/bad/dy1_backprop/${4:-certificates.json}"
    checker "$work/bad"
    [ $? -eq "$2" ] && grep -q "$1" "$work/said" || complain "$3: $(cat "$work/said")"
}
spoil '0 contradict, 0 not checked' 0 ''
spoil 'no certificate is stored for this row' 1 's/"limit-proved"/"inside-proved"/'
spoil 'for a row that is not certified' 1 's/"limit-proved"/"another-row"/'
spoil 'the row is met, and its certificate is undecided' 1 's/"outcome": "proved"/"outcome": "undecided"/'
spoil 'which no certificate of its has' 1 '/"interval"/{n;s/0\.9/0.8/}' summary.json
spoil 'summary.json has another seed' 1 's/"seed": 1/"seed": 2/'
spoil 'no second derivation' 1 's/"kind": "frozen_radius"/"kind": "no_such_kind"/'
spoil 'format 7' 2 's/"format": 1/"format": 7/'
spoil 'run verify again' 2 '1s/{/[/'
checker "$work/none"
[ $? -eq 2 ] && grep -q 'no certificates; name a folder' "$work/said" || complain "no file: $(cat "$work/said")"
sed 's/replicates *= *[0-9]*/replicates = 1/' cases/cp3_zero_loss.cfg > "$work/cp3_zero_loss.cfg"
build/synthgrad run "$work/cp3_zero_loss.cfg" --out "$work/empty" > /dev/null
checker "$work/empty"
[ $? -eq 2 ] && grep -q 'no certified rows' "$work/said" || complain "nothing to check: $(cat "$work/said")"
exit $bad
