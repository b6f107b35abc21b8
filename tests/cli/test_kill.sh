#!/bin/sh
# A long experiment, killed KILLS times (200 for the long version) and said again: the same bits as
# one that was left alone, no finished piece computed twice, no kept epoch computed twice.  Then the
# disk fills, the folder goes, and the program says so in one line and corrupts nothing.
kills=${KILLS:-6} draw=${KILL_SEED:-$(date +%s)}
program=$PWD/build/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_kill (KILL_SEED=%s): %s\n' "$draw" "$*"; bad=1; }

# A small copy of cases/nl1_learning_curves.cfg that keeps every epoch, as the large ones do.
epochs=5
mkdir -p "$work/project/cases"
case=$work/project/cases/small.cfg
cat > "$case" <<CASE
claim = "NL1";  expect = "reproduced";  seed = 1;
budget = "seconds, but kept piece by piece";
data  = { kind = "digits"; n = 300; test = 100; };
net   = { layers = (16); depths = (2); activation = "relu"; batch_norm = true; loss = "softmax"; type = "float32"; };
sg    = ( { mix = 1.0; } );
train = { optimiser = "adam"; mu = 1e-3; nu = 1e-3; units = "absolute"; batch = 30; epochs = $epochs; seeds = 5; };
control = { nu = 0.0; };
CASE
pieces=16                                                        # 3 rules, 5 seeds, and what these came to; no effect, so no control

# What a run leaves, without what time it took.
bits() {
    (cd "$1/small" && for file in *.dat summary.json; do
        echo "$file"
        sed 's/"seconds": [^,}]*/"seconds": 0/' "$file"
    done)
}
"$program" run --full --jobs 2 --out "$work/whole" "$case" > "$work/out" 2> "$work/err"; want=$?
[ $want -le 1 ] || { complain "exit $want: $(cat "$work/err")"; exit 1; }
bits "$work/whole" > "$work/whole.bits"
[ "$(find "$work/whole/small" -path '*/pieces/*' -type f | wc -l)" -eq $pieces ] ||
    complain "an undisturbed run keeps other pieces than its $pieces"
[ -s "$work/whole/small/curves.dat" ] || complain "no curves"

# Sanitizers want to be first in the process: without them only.
preload=
if [ "${B:-build/release}" = build/release ]; then
    preload=$work/log_renames.so
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -shared -fPIC -o "$preload" tests/cli/log_renames.c || exit 1
fi

# ---- killed ----
cut=$work/cut log=$work/log
random() {
    awk -v s="$draw" -v i="$1" -v n="$2" \
        'BEGIN { srand(s % 100000 * 1000 + i); rand(); print rand() * n }'
}
finished() {
    [ ! -d "$cut/small" ] || find "$cut/small" -path '*/pieces/*' -type f ! -name '*-checkpoint*' \
        ! -name '*.part-*' -printf '%P %T@ %i\n' | sort
}
# The eight bytes behind a piece's head, which ends with a blank line.
epochs_in() {
    od -An -t u8 -j "$(LC_ALL=C sed '/^$/q' "$1" | wc -c)" -N 8 "$1" | tr -d ' '
}
# What the disk holds now, after a kill: DISK piece epochs.
inventory() {
    echo KILLED
    for file in "$cut"/small/pieces/* "$cut"/small/control/pieces/*; do
        case $file in
            *.part-* | *'*') ;;
            *) echo "DISK ${file#"$cut/small/"} $(epochs_in "$file")";;
        esac
    done
}
killed=0 rounds=0 round=0
: > "$log"; : > "$work/before"
start() {
    LD_PRELOAD=$preload RENAMES_LOG=$log RENAMES_ROOT=$cut/small/ KILL_AT=$1 \
        exec "$program" run --full --jobs "${jobs:-2}" --out "$cut" "$case" \
        > "$work/out" 2> "$work/err"
}
while [ $killed -lt "$kills" ] || [ $round -gt 0 ]; do
    at='' how=$((killed % 3)) tries=$((${tries:-0} + 1))
    [ $tries -le $((20 * kills + 100)) ] || { complain "no end after $tries starts"; break; }
    [ $killed -eq 0 ] && how=first
    [ $killed -ge "$kills" ] && how=left_alone
    [ -n "$preload" ] || case $how in 1 | 2 | first) how=0;; esac
    case $how in
    0) (start 0) & pid=$!; sleep "$(random $tries 0.5)"
       { kill -KILL $pid; wait $pid; } 2> "$work/gone"; code=$?;;
    1) at=$(random $tries 12); { (start $((${at%.*} + 2))); } 2> "$work/gone"; code=$?;;
    2) at=$(random $tries 12)
       { (KILL_AFTER=1; export KILL_AFTER; start $((${at%.*} + 1))); } 2> "$work/gone"; code=$?;;
    # a piece is whole and its checkpoint still there
    first) { (KILL_AFTER=1; export KILL_AFTER; jobs=1; start $epochs); } 2> "$work/gone"; code=$?;;
    *) (start 0); code=$?;;
    esac
    finished > "$work/after"
    lost=$(comm -23 "$work/before" "$work/after")
    [ -z "$lost" ] || complain "finished pieces were written again: $lost"
    if [ $code -eq 137 ]; then
        killed=$((killed + 1)) round=$((round + 1))
        inventory >> "$log"
        cp "$work/after" "$work/before"
        for file in "$cut"/small/*.dat "$cut"/small/summary.json; do
            [ ! -e "$file" ] || [ -z "$(tail -c 1 "$file")" ] ||
                complain "$file is there and not whole"
        done
        continue
    fi
    # It came to its end: compare, and begin anew.
    [ $code -eq $want ] || complain "exit $code, not $want: $(head -2 "$work/err")"
    bits "$cut" > "$work/cut.bits"
    cmp -s "$work/whole.bits" "$work/cut.bits" ||
        complain "after $round kills: other bits than the undisturbed run's"
    [ "$(wc -l < "$work/after")" -eq $pieces ] ||
        complain "$(wc -l < "$work/after") finished pieces, not $pieces"
    find "$cut" -name '*-checkpoint*' ! -name '*.part-*' | grep -q . &&
        complain "a checkpoint outlived its run"
    rounds=$((rounds + 1)) round=0
    rm -rf "$cut"; : > "$work/before"; echo ANEW >> "$log"
done 2> "$work/gone"
# Every epoch that appears follows the one that was on the disk; what a kill cost is less than the
# epoch that was under way.
if [ -n "$preload" ]; then
    awk -v epochs=$epochs -v pieces=$pieces '
        function fail(what) { print "test_kill: line " NR ": " what; bad = 1 }
        $1 == "ANEW"   { if (ended != pieces) fail(ended " pieces ended, not " pieces)
                         split("", have); split("", over); ended = 0; next }
        $1 == "KILLED" { for (p in have) said[p] = have[p]
                         split("", have); split("", over); split("", disk); ended = 0; next }
        $1 == "DISK"   { if ($2 ~ /-checkpoint/) have[$2] = $3; else { over[$2] = 1; ended++ }
                         if ($2 ~ /-checkpoint/ && $3 < said[$2] - 1)
                             fail($2 ": " said[$2] " epochs were kept, " $3 " are there"); next }
        /-checkpoint/  { if ($2 != have[$1] + 1) fail($1 ": epoch " $2 " after " have[$1] + 0)
                         have[$1] = $2; lines++; next }
                       { if ($1 in over) fail($1 " ended twice"); over[$1] = 1; ended++
                         if (/replicate/) { lines++; next }
                         c = $1; sub(/\./, "-checkpoint.", c)
                         if (have[c] != epochs - 1)
                             fail($1 " ended after " have[c] + 0 " epochs kept"); lines++ }
        END            { if (lines < (pieces - 2) * epochs + 2)
                             fail("only " lines + 0 " pieces seen"); exit bad }' "$log" || bad=1
fi
printf 'test_kill: %s kills, %s whole runs between them\n' "$killed" "$rounds"

# ---- a disk that fills, a folder that goes ----
# refuses WHAT: exit 2, one line that begins with "synthgrad: " and names a reason.
refuses() {
    [ $code -eq 2 ] || complain "$1: exit $code, not 2"
    [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q "^synthgrad: .*: cannot .*: .*" "$work/err" ||
        complain "$1: no clear line: $(cat "$work/err")"
}
ends_well() {
    (start 0); code=$?
    [ $code -eq $want ] || complain "$1: exit $code afterwards: $(cat "$work/err")"
    bits "$cut" > "$work/cut.bits"; cmp -s "$work/whole.bits" "$work/cut.bits" ||
        complain "$1: other bits afterwards"
    find "$cut" -name '*.part-*' | grep -q . && complain "$1: a partial file was left behind"
}
preload=
# What killed processes were writing is swept up: at once where it was this machine, later where it
# may have a writer on another; the user's files are not ours.
rm -rf "$cut"; mkdir -p "$cut/small/pieces"
one=0123456789abcde1 two=0123456789abcde2 three=0123456789abcde3
boot=$(head -c 8 /proc/sys/kernel/random/boot_id 2> /dev/null)
for place in small/pieces/relu-2-bp-0.1.0 small/summary.json; do
    part=$cut/$place.part
    for name in $boot-$one 0badb007-$one 0badb007-$two 1 $boot-$three; do echo half > "$part-$name"; done
    touch -d '2 hours ago' "$part-0badb007-$one" "$part-1"
    want_left="$want_left${part#"$cut/"}-0badb007-$two ${part#"$cut/"}-1 ${part#"$cut/"}-$boot-$three "
done
held=$cut/small/pieces/relu-2-bp-0.1.0.part-$boot-$three
(exec 8> "$held" 9> "$cut/small/summary.json.part-$boot-$three"; flock 8; flock 9; start 0) 
[ "$(cd "$cut" && find . -name '*.part-*' | sed 's/^..//' | LC_ALL=C sort | tr '\n' ' ')" = \
  "$(echo "$want_left" | tr ' ' '\n' | sed '/^$/d' | LC_ALL=C sort | tr '\n' ' ')" ] ||
    complain "partial files left: $(cd "$cut" && find . -name '*.part-*')"
# No file may grow beyond 10 kB: a checkpoint is larger, a summary is not.  Also where the case is
# one of many: what cannot be written is not a case skipped.
rm -rf "$cut"
(trap '' XFSZ; ulimit -f 20; start 0); code=$?; refuses "a full disk"
(trap '' XFSZ; ulimit -f 20; cd "$work/project" && exec "$program" verify --full --out "$cut") \
    > "$work/out" 2> "$work/err"; code=$?
refuses "a full disk, all cases"
find "$cut" -name '*.part-*' | grep -q . && complain "a full disk: a partial file was left behind"
ends_well "a full disk"
if [ "$(id -u)" = 0 ] && mkdir "$work/tiny" &&
   mount -t tmpfs -o size=300k none "$work/tiny" 2> /dev/null; then
    "$program" run --full --out "$work/tiny/r" "$case" > "$work/out" 2> "$work/err"; code=$?
    refuses "a tiny file system"
    find "$work/tiny" -name '*.part-*' | grep -q . &&
        complain "a tiny file system: a partial file was left behind"
    mount -o remount,ro "$work/tiny"
    "$program" run --full --out "$work/tiny/r" "$case" > "$work/out" 2> "$work/err"; code=$?
    refuses "a read-only file system"
    umount "$work/tiny"
fi
if [ "$(id -u)" != 0 ]; then
    mkdir "$work/locked"; chmod a-w "$work/locked"
    "$program" run --full --out "$work/locked" "$case" > "$work/out" 2> "$work/err"; code=$?
    refuses "a read-only folder"
fi
# Gone, with a file in its place, while a run goes on that would last minutes; back again, it goes
# on from the epochs that are kept.
sed "s/epochs = $epochs;/epochs = 20000;/" "$case" > "$work/project/slow.cfg"
slow() {
    exec "$program" run --full --out "$work/far" "$work/project/slow.cfg" \
        > "$work/out" 2> "$work/err"
}
# epochs, of one thread's one checkpoint
kept() {
    for file in "$work"/far/slow/pieces/*-checkpoint.?.?; do
        if [ -e "$file" ]; then epochs_in "$file"; else echo 0; fi
    done
}
wait_for() {
    tries=0
    while [ $tries -lt 500 ] && [ "$(kept)" -le "$1" ]; do tries=$((tries + 1)); sleep 0.02; done
}
(slow) & pid=$!
wait_for 2; kill -STOP $pid
before=$(kept); [ "$before" -gt 2 ] || complain "a folder that went: the slow run keeps nothing"
# stopped, or it makes the folder anew
mv "$work/far" "$work/away"; echo > "$work/far"
kill -CONT $pid; wait $pid; code=$?; refuses "a folder that went"
rm "$work/far"; mv "$work/away" "$work/far"
(slow) & pid=$!
wait_for "$before"; kill -KILL $pid; { wait $pid; } 2> "$work/gone"
[ "$(kept)" -gt "$before" ] || complain "a folder that came back: $(kept) epochs after $before"
"$program" verify dy1_backprop --out "$work/full" --json /dev/full > "$work/out" 2> "$work/err"
code=$?; refuses "/dev/full"
if [ -e /dev/full ]; then
    for words in list --help 'list --json' "verify dy1_backprop --out $work/full" \
                 "merge $work/full"; do
        # shellcheck disable=SC2086
        "$program" $words > /dev/full 2> "$work/err"; code=$?
        [ $code -eq 2 ] &&
            [ "$(cat "$work/err")" = 'synthgrad: cannot write to standard output' ] ||
            complain "$words > /dev/full: exit $code: $(cat "$work/err")"
    done
fi
exit $bad
