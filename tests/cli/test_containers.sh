#!/bin/sh
# Two containers of one machine, each counting its processes anew from 1, write to one folder:
# neither ends the other, and both end with the numbers of one that was left alone.
# ROUNDS=200 is the long version.
rounds=${ROUNDS:-12}
program=${PROGRAM:-$PWD/build/synthgrad}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_containers: %s\n' "$*"; bad=1; }
if unshare -p -f true 2> /dev/null; then contain='unshare -p -f'
elif unshare -r -p -f true 2> /dev/null; then contain='unshare -r -p -f'
else echo "test_containers: skipped: no process namespaces here"; exit 0
fi

cat > "$work/small.cfg" <<'CASE'
claim = "NL1";  expect = "reproduced";  seed = 1;
budget = "seconds, but kept piece by piece";
data  = { kind = "digits"; n = 200; test = 100; };
net   = { layers = (8); depths = (2); activation = "relu"; batch_norm = true; loss = "softmax"; type = "float32"; };
sg    = ( { mix = 1.0; } );
train = { optimiser = "adam"; mu = 1e-3; nu = 1e-3; units = "absolute"; batch = 20; epochs = 4; seeds = 5; };
CASE
cat > "$work/one.sh" <<ONE
"$program" run --full --out "\$1" "$work/small.cfg" > "\$2.out" 2> "\$2.err" & wait \$!
echo "\$? \$!" > "\$2.code"
ONE
bits() { sed 's/"seconds": [^,}]*/"seconds": 0/' "$1/small/summary.json" "$1"/small/*.dat; }
"$program" run --full --out "$work/alone" "$work/small.cfg" > /dev/null; want=$?
[ $want -le 1 ] || complain "alone: exit $want"
bits "$work/alone" > "$work/alone.bits"

round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1)) both=$work/both
    rm -rf "$both"
    $contain sh "$work/one.sh" "$both" "$work/a" & a=$!
    $contain sh "$work/one.sh" "$both" "$work/b" & b=$!
    wait $a $b
    for who in a b; do
        read -r code pid < "$work/$who.code"
        [ "$code" -eq $want ] || complain "round $round: exit $code: $(head -2 "$work/$who.err")"
    done
    [ "$(cut -d ' ' -f 2 "$work/a.code")" = "$(cut -d ' ' -f 2 "$work/b.code")" ] ||
        complain "round $round: other process numbers, nothing was tried"
    bits "$both" | cmp -s - "$work/alone.bits" || complain "round $round: other numbers"
    find "$both" -name '*.part-*' | grep -q . && complain "round $round: a partial file is left"
done
[ $bad -eq 0 ] && echo "test_containers: $rounds rounds passed"
exit $bad
