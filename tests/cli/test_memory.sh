#!/bin/sh
# One allocation fails, the k-th of a command, for a sample of k: no exit 0 with less than the whole,
# no crash in our code, nothing on standard output that is no result.
# EVERY=1 KS=2000 is the long version: each k up to KS.
ks=${KS:-12} program=${PROGRAM:-$PWD/build/synthgrad}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0 tried=0 ended=0 survived=0 theirs=0
complain() { printf 'test_memory: %s\n' "$*"; bad=1; }
[ "${B:-build/release}" = build/release ] || { echo "test_memory: skipped: a sanitizer"; exit 0; }
preload=$work/fail_memory.so
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o "$preload" tests/cli/fail_memory.c -ldl || exit 1

sed 's/replicates = [0-9]*/replicates = 2/' cases/dy3_joint_spectrum.cfg > "$work/few.cfg"
awk 'BEGIN { srand(7); print "a,b,y"; for (i = 0; i < 60; i++) { a = rand(); b = rand()
    print a "," b "," a - 2 * b + rand() / 10 } }' > "$work/data.csv"
awk 'BEGIN { srand(7); print "a,b,y"; for (i = 0; i < 60; i++) { a = rand(); b = rand()
    print a "," b "," (a - b + rand() > 0.5) } }' > "$work/classes.csv"
cat > "$work/net.cfg" <<'CASE'
seed  = 1;
data  = { kind = "digits"; n = 40; test = 20; };
net   = { layers = (5, 4); activation = "relu"; biases = true; loss = "softmax"; type = "float32"; };
sg    = ( { at = 1; } );
train = { optimiser = "adam"; mu = 1e-3; nu = 1e-3; start = "he"; batch = 20; epochs = 2; seeds = 1; };
CASE
# A home without built pages: another test may be building them, and a report shows what is there.
# The cases are copied, since a link to them would lead back to the tree.
mkdir "$work/home" && cp -r cases "$work/home/" && ln -s "$PWD/proofs" "$PWD/plots" "$work/home" &&
    cd "$work/home" || exit 1
"$program" run --out "$work/r0" "$work/few.cfg" > /dev/null || exit 1

# command NAME FOLDER: what it prints goes to $work/out, what it writes to FOLDER.
command() {
    case $1 in
    run)     exec "$program" run --out "$2" "$work/few.cfg";;
    json)    exec "$program" run --json --out "$2" "$work/few.cfg";;
    analyze) exec "$program" analyze "$work/data.csv" --target y --json;;
    classes) exec "$program" analyze "$work/classes.csv" --target y --loss log --json;;
    text)    exec "$program" analyze "$work/data.csv" --target y --delay 3;;
    report)  exec "$program" report --out "$2";;
    search)  exec "$program" search repelling --climbs 2 --draws 20 --steps 100 --out "$2" --json "$2/all.json";;
    train)   exec "$program" train "$work/net.cfg" --against backprop --no-figure --json --out "$2";;
    merge)   exec "$program" merge "$2";;
    list)    exec "$program" list --json;;
    explain) exec "$program" explain DY3 --json;;
    esac
}
# All that came of it, without what time it took, when that was, and where it lies.
whole() {
    { cat "$work/out"; [ ! -d "$1" ] || (cd "$1" && find . -type f | LC_ALL=C sort |
        while read -r file; do echo "$file"; cat "$file"; done); } |
        sed -e 's/"seconds": [^,}]*/"seconds": 0/; s/, [0-9.]* s$//; s/[0-9.]* s<//g; s/page written [-0-9]* [0-9:]*//' -e "s|$1|OUT|g"
}
for what in ${COMMANDS:-run json analyze classes text report search train merge list explain}; do
    case $what in report | merge) cp -r "$work/r0" "$work/ref";; *) mkdir "$work/ref";; esac
    (export FAIL_COUNT="$work/count" LD_PRELOAD="$preload"; command "$what" "$work/ref") \
        > "$work/out" 2> "$work/err" || { complain "$what: exit $?: $(head -2 "$work/err")"; continue; }
    whole "$work/ref" > "$work/want"
    read -r total < "$work/count"
    k=0
    while [ $k -lt "$ks" ]; do
        k=$((k + 1))
        # thin at the end: the first are of start-up, the last of what is written
        at=$(awk -v k=$k -v n="$ks" -v t="$total" -v e="${EVERY:-0}" 'BEGIN {
            print e ? k : 1 + int((t - 1) * k / n) }')
        [ "$at" -le "$total" ] || break
        rm -rf "$work/cut"
        case $what in report | merge) cp -r "$work/r0" "$work/cut";; *) mkdir "$work/cut";; esac
        (export FAIL_AT="$at" LD_PRELOAD="$preload"; command "$what" "$work/cut") \
            > "$work/out" 2> "$work/err" & pid=$!
        (sleep 60; kill -9 $pid) 2> /dev/null & guard=$!
        wait $pid; code=$?
        kill $guard 2> /dev/null; wait $guard 2> /dev/null
        tried=$((tried + 1))
        where="$what, allocation $at of $total"
        case $code in
        0)  survived=$((survived + 1))
            whole "$work/cut" | cmp -s - "$work/want" || complain "$where: exit 0 with other results";;
        134 | 139)
            if grep -q '^crashed in .*\.so' "$work/err"; then theirs=$((theirs + 1))
            else complain "$where: exit $code: $(head -2 "$work/err")"
            fi;;
        137) complain "$where: no end";;
        *)  ended=$((ended + 1))
            grep -q '^synthgrad: \|terminate\|memory' "$work/err" || complain "$where: exit $code, no line: $(head -2 "$work/err")"
            [ $code -ne 1 ] || complain "$where: exit 1, as if a claim fell short";;
        esac
        grep -qi 'in LAPACKE_\|not enough memory' "$work/out" && complain "$where: a message among the results"
    done
    rm -rf "$work/ref"
done
printf 'test_memory: %d allocations failed: %d times one line, %d times the whole result, %d crashes in other libraries\n' \
    $tried $ended $survived $theirs
exit $bad
