#!/bin/sh
# A sweep of many replicates, with --full and without, and a search, each killed KILLS times (200
# for the long version) at random moments and said again: no finished piece computed twice or lost,
# the same bits as of one that was left alone.  Every fifth time it is Ctrl-C.
kills=${KILLS:-4} draw=${KILL_SEED:-$(date +%s)}
program=$PWD/build/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_kill_sweep (KILL_SEED=%s): %s\n' "$draw" "$*"; bad=1; }
random() {
    awk -v s="$draw" -v i="$1" -v n="$2" \
        'BEGIN { srand(s % 100000 * 1000 + i); rand(); print rand() * n }'
}

sed 's/replicates = [0-9]*/replicates = 100/' cases/dy3_joint_spectrum.cfg > "$work/sweep.cfg"
start() {                                                        # WHAT FOLDER
    case $1 in
    full)   exec "$program" run --full --jobs 2 --out "$2" "$work/sweep.cfg";;
    brief)  exec "$program" run --jobs 2 --out "$2" "$work/sweep.cfg";;
    search) exec "$program" search repelling --climbs 24 --draws 60 --steps 1500 --jobs 2 \
                --out "$2" --json "$2/all.json";;
    esac > "$work/out" 2> "$work/err"
}
pieces() {
    [ ! -d "$1" ] || find "$1" \( -path '*/pieces/*' -o -name 'climb_*.cfg' \) -type f \
        ! -name '*.part-*' -printf '%P %T@ %i\n' | sort
}
bits() {
    (cd "$1" && find . -type f ! -path '*/pieces/*' | sort | while read -r file; do
        echo "$file"
        sed 's/"seconds": [^,}]*/"seconds": 0/' "$file"
    done)
}

for what in ${SWEEPS:-full brief search}; do
    whole=$work/whole.$what cut=$work/cut killed=0 stopped=0 rounds=0 round=0 tries=0
    begun=$(date +%s%N)
    (start "$what" "$whole") || { complain "$what: $(head -2 "$work/err")"; continue; }
    length=$((($(date +%s%N) - begun) / 1000000))                # ms
    bits "$whole" > "$work/whole.bits"
    rm -rf "$cut"; : > "$work/before"
    while [ $killed -lt "$kills" ] || [ $round -gt 0 ]; do
        tries=$((tries + 1)) signal=KILL
        [ $tries -le $((20 * kills + 100)) ] ||
            { complain "$what: no end after $tries starts"; break; }
        [ $((tries % 5)) -ne 0 ] || signal=INT
        (start "$what" "$cut") & pid=$!
        if [ $killed -lt "$kills" ]; then
            sleep "$(random $tries "$(awk -v l=$length 'BEGIN { print l / 2000 }')")"
            kill -$signal $pid
        fi
        wait $pid; code=$?
        pieces "$cut" > "$work/after"
        gone=$(comm -23 "$work/before" "$work/after")
        # Stopped behind its last line: it had come to its end.
        if [ -e "$cut/sweep/summary.json" ] && { [ $code -eq 137 ] || [ $code -eq 130 ]; }; then
            late=1 code=0
        fi
        case $code in
        137 | 130)
            [ -z "$gone" ] ||
                complain "$what: finished pieces are gone or were computed again: $gone"
            if [ $code -eq 137 ]; then killed=$((killed + 1)); else stopped=$((stopped + 1)); fi
            round=$((round + 1)); cp "$work/after" "$work/before"
            for file in "$cut"/sweep/*.dat; do
                [ ! -e "$file" ] || [ -z "$(tail -c 1 "$file")" ] ||
                    complain "$what: $file is there and not whole"
            done
            [ $code -ne 130 ] ||
                [ "$(find "$cut" -name '*.part-*' | wc -l)" -le "${parts:-0}" ] ||
                complain "$what: an interrupt left a partial file"
            parts=$(find "$cut" -name '*.part-*' 2> "$work/gone" | wc -l)
            continue;;
        0) ;;
        *) complain "$what: exit $code: $(head -2 "$work/err")";;
        esac
        # It came to its end: compare, and begin anew.
        bits "$cut" > "$work/cut.bits"
        cmp -s "$work/whole.bits" "$work/cut.bits" ||
            complain "$what: after $round kills other bits than the undisturbed run's"
        [ "$what" = brief ] || [ -z "$gone" ] ||
            complain "$what: finished pieces are gone or were computed again: $gone"
        [ "$what" = brief ] || [ "$(wc -l < "$work/after")" -eq "$(pieces "$whole" | wc -l)" ] ||
            complain "$what: $(wc -l < "$work/after") pieces"
        [ "$what" != brief ] || [ "${late:-0}" -gt 0 ] || [ ! -s "$work/after" ] ||
            complain "brief: pieces outlived their sweep"
        find "$cut" -name '*.part-*' | grep -q . && complain "$what: a partial file was left behind"
        rounds=$((rounds + 1)) round=0 parts=0 late=0
        rm -rf "$cut"; : > "$work/before"
    done 2> "$work/gone"
    printf 'test_kill_sweep: %s: %s kills, %s interrupts, %s whole runs between them\n' \
        $what $killed $stopped $rounds
done
exit $bad
