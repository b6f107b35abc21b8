#!/bin/sh
# Short resources end the program in one line that names them, and Ctrl-C ends it within a second.
program=${PROGRAM:-$PWD/build/synthgrad}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_limits: %s\n' "$*"; bad=1; }
case=cases/dy3_joint_spectrum.cfg
# within SECONDS COMMAND...: its exit status, 124 if it does not end by itself.
within() { limit=$1; shift; timeout -k 1 "$limit" "$@"; }
# refused WHAT: exit 2, one line that holds it, nothing half-written.
refused() {
    [ $code -eq 2 ] || complain "$1: exit $code: $(head -2 "$work/err")"
    [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q "^synthgrad: .*$1" "$work/err" ||
        complain "$1: no clear line: $(head -2 "$work/err")"
    [ ! -d "$work/o" ] || ! find "$work/o" -name '*.part-*' | grep -q . ||
        complain "$1: a partial file was left behind"
}

# ---- address space: none for a BLAS buffer, none for four.  A sanitizer reserves terabytes.
if [ "${B:-build/release}" = build/release ]; then
    for kib in 200000 300000 600000; do
        (ulimit -v $kib && within 60 "$program" run "$case" --jobs 4 --out "$work/o") \
            > "$work/out" 2> "$work/err"; code=$?
        grep -q 'error while loading' "$work/err" || refused "address space"
    done
    (ulimit -v 3000000 && within 120 "$program" run "$case" --jobs 4 --out "$work/o") \
        > "$work/out" 2> "$work/err"; code=$?
    [ $code -eq 0 ] || complain "3 GB of address space: exit $code: $(head -2 "$work/err")"
fi

# ---- file size, for a file and for standard output; stack
rm -rf "$work/o"
for blocks in 1 8; do
    (ulimit -f $blocks; exec "$program" run "$case" --out "$work/o") 2>&1 > /dev/null | cat > "$work/err"
    (ulimit -f $blocks; exec "$program" run "$case" --out "$work/o" > /dev/null 2>&1); code=$?
    refused "File too large"
done
(ulimit -f 1; exec "$program" list --json > "$work/out" 2> /dev/null); code=$?
[ $code -eq 2 ] || complain "standard output at its limit: exit $code"
if [ "${B:-build/release}" = build/release ]; then
    (ulimit -s 64; exec "$program" run "$case" --out "$work/o") > "$work/out" 2> "$work/err"; code=$?
    refused "stack"
    (ulimit -s 1024; exec "$program" run "$case" --jobs 2 --out "$work/o") > "$work/out" 2> "$work/err" ||
        complain "1 MiB of stack: exit $?: $(head -2 "$work/err")"
fi

# ---- threads: what the system does not give is gone without; inodes: none for the next file
bits() { sed 's/"seconds": [^,}]*/"seconds": 0/' "$1/few/summary.json" "$1"/few/*.dat; }
if [ "$(id -u)" -eq 0 ] && command -v setpriv > /dev/null && [ "${B:-build/release}" = build/release ]; then
    user=$(mktemp -d /tmp/sg_user.XXXXXX) || exit 1
    trap 'rm -rf "$work" "$user"' EXIT
    sed 's/replicates = [0-9]*/replicates = 3/' "$case" > "$user/few.cfg"
    cp "$(readlink -f "$program")" "$user/synthgrad"; chmod 755 "$user"; mkdir "$user/r"; chown 65534 "$user/r"
    # OpenBLAS starts threads before the program begins, unless it is told not to.
    for threads in 1 2 3 100; do
        OPENBLAS_NUM_THREADS=1 prlimit --nproc=$threads setpriv --reuid=65534 --regid=65534 --clear-groups \
            "$user/synthgrad" run "$user/few.cfg" --jobs 4 --out "$user/r/$threads" > "$work/out" 2> "$work/err" ||
            complain "$threads threads: exit $?: $(head -2 "$work/err")"
        bits "$user/r/$threads" > "$work/$threads.bits"
        cmp -s "$work/1.bits" "$work/$threads.bits" || complain "$threads threads give other bits than one"
    done
    if mkdir "$work/few" && mount -t tmpfs -o nr_inodes=5 none "$work/few" 2> /dev/null; then
        "$program" run "$case" --out "$work/few/o" > "$work/out" 2> "$work/err"; code=$?
        refused "No space left on device"
        find "$work/few" -name '*.part-*' | grep -q . && complain "inodes: a partial file was left behind"
        umount "$work/few"
    fi
fi

# ---- Ctrl-C: what keeps nothing ends at once; the second one ends anything
awk 'BEGIN { srand(7); print "a,y"; for (i = 0; i < 1500000; i++) print rand() "," rand() }' > "$work/long.csv"
for signal in INT TERM; do
    "$program" analyze "$work/long.csv" --target y > "$work/out" 2> "$work/err" & pid=$!
    sleep 0.3
    kill -$signal $pid; begun=$(date +%s%N)
    wait $pid; code=$?
    took=$((($(date +%s%N) - begun) / 1000000))
    [ $code -eq 130 ] || complain "analyze, SIG$signal: exit $code"
    [ $took -lt 1000 ] || complain "analyze, SIG$signal: ended after $took ms"
    [ "$(cat "$work/err")" = "synthgrad: interrupted" ] || complain "analyze, SIG$signal: $(cat "$work/err")"
done
sed 's/replicates = [0-9]*/replicates = 900/' "$case" > "$work/long.cfg"
"$program" run "$work/long.cfg" --out "$work/o" > "$work/out" 2> "$work/err" & pid=$!
sleep 0.5
kill -STOP $pid; kill -TERM $pid; kill -INT $pid; kill -CONT $pid
wait $pid; code=$?
[ $code -eq 130 ] || complain "run, both signals: exit $code: $(head -2 "$work/err")"

[ $bad -eq 0 ] && echo "test_limits: passed"
exit $bad
