#!/bin/sh
# What somebody hostile, or a machine that is not like ours, puts in the way: text that a terminal, a
# shell, gnuplot or a browser would obey; folders that go or cannot be written; clocks that jump;
# processes that are stopped; tampered pieces; files made to be too large.
program=${PROGRAM:-$PWD/build/synthgrad}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_hostile: %s\n' "$*"; bad=1; }
escape=$(printf '\033')
expect() { # CODE COMMAND...
    want=$1; shift
    timeout -k 1 120 "$@" > "$work/out" 2> "$work/err"; code=$?
    [ $code -eq "$want" ] || complain "$*: exit $code, not $want: $(head -2 "$work/err")"
}
refused() { # WORDS COMMAND...: exit 2 and one line with these words
    words=$1; shift
    expect 2 "$@"
    [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q "^synthgrad: .*$words" "$work/err" ||
        complain "$*: no clear line: $(head -2 "$work/err")"
}
# All numbers of a results folder, without the time that they took.
bits() {
    (cd "$1" && find . -name '*.dat' -o -name summary.json | grep -v pieces | LC_ALL=C sort |
        while read -r file; do echo "$file"; sed 's/"seconds": [^,}]*/"seconds": 0/' "$file"; done)
}
sed 's/replicates = [0-9]*/replicates = 2/' cases/dy3_joint_spectrum.cfg > "$work/few.cfg"
cat > "$work/kept.cfg" <<'CASE'
claim = "NL1";  expect = "reproduced";  seed = 1;
budget = "a second, but kept piece by piece";
data  = { kind = "digits"; n = 60; test = 30; };
net   = { layers = (8); depths = (2); activation = "relu"; batch_norm = true; loss = "softmax"; type = "float32"; };
sg    = ( { mix = 1.0; } );
train = { optimiser = "adam"; mu = 1e-3; nu = 1e-3; units = "absolute"; batch = 30; epochs = 2; seeds = 3; };
control = { nu = 0.0; };
CASE
keep() { "$program" run --full --out "$1" "$work/kept.cfg" > "$work/out" 2> "$work/err"; }
keep "$work/kept"; kept=$?
[ $kept -le 1 ] || { complain "exit $kept: $(cat "$work/err")"; exit 1; }
bits "$work/kept" > "$work/want"
unchanged() { # WHAT CODE FOLDER
    [ "$2" -eq $kept ] && bits "$3" | cmp -s - "$work/want" || complain "$1: exit $2, other results: $(head -2 "$work/err")"
}

# ---- a folder's name reaches the terminal as text, and the files where it says
odd=$work/$(printf 'o\033[31mx\ty\nz')
none_obeyed() {
    grep -q "$escape" "$work/out" "$work/err" && complain "$1: an escape sequence is printed"
    [ "$(grep -c '^z' "$work/out")" -eq 0 ] || complain "$1: a line end in a folder's name is one"
}
expect 0 "$program" run "$work/few.cfg" --out "$odd"; none_obeyed run
expect 0 "$program" verify "$work/few.cfg" --out "$odd"; none_obeyed verify
expect 0 "$program" report --out "$odd"; none_obeyed report
[ -s "$odd/report/index.html" ] || complain "no page in a folder with an odd name"
grep -qF 'o\x1b[31mx' "$work/out" || complain "the page's place is not printed: $(cat -v "$work/out")"
climb='search repelling --draws 5 --steps 40'
expect 0 "$program" $climb --climbs 1 --out "$odd/s"; none_obeyed search
[ -s "$odd/s/climb_000000.cfg" ] || complain "no climb in a folder with an odd name"

# ---- names and folders that a shell, gnuplot or a browser would run
mkdir "$work/here"; cd "$work/here" || exit 1
mkdir tools; cp "$OLDPWD/tools/figure.sh" tools/; cp -r "$OLDPWD/cases" "$OLDPWD/plots" .
for name in 'x$(touch run1)' 'x`touch run2`' "x';touch run3;'" 'x" ; system("touch run4") ; "' "x'.system('touch run5').'" 'x<b>&amp;"' '%s%n'; do
    cp "$work/few.cfg" "$name.cfg"
    expect 0 "$program" run "./$name.cfg" --out "out"
    rm "$name.cfg"
done
expect 0 "$program" report --out out
grep -q '<b>\|%n%n' out/report/index.html && complain "a case's name writes the page"
if command -v gnuplot > /dev/null; then
    for out in 'a$(touch run1)`touch run2`' "b'.system('touch run3').'" 'c"; system("touch run4"); "'; do
        expect 0 "$program" run dy3_joint_spectrum --out "$out"
        expect 0 "$program" plots --out "$out"
        [ -s "$out/figures/dy3_joint_spectrum.svg" ] || complain "no figure in $out"
    done
fi
find . -name 'run[0-9]' | grep -q . && complain "a name was run: $(find . -name 'run[0-9]')"
printf 'a,"b\033[31m",y\n1,2,3\n2,1,5\n3,5,1\n7,1,2\n' > table.csv
refused 'plain UTF-8 text' "$program" analyze table.csv --target y; none_obeyed 'a column'
# Names of columns reach JSON, the figure's title and its numbers as text.
{ printf '%s\n' '"$(touch run6)`touch run7`","'"'"'.system('"'"'touch run8'"'"').'"'"'","a""; system(""touch run9""); ""<b>&{/Symbol x}^2%s%n",.TH'
  awk 'BEGIN { srand(3); for (i = 0; i < 30; i++) print rand() "," rand() "," rand() "," rand() }'; } > named.csv
for name in '$(touch run6)`touch run7`' "'.system('touch run8').'" 'a"; system("touch run9"); "<b>&{/Symbol x}^2%s%n'; do
    rm -rf named
    expect 0 "$program" analyze named.csv --target "$name" --rates 0.1,0.01 --out named --plot --json
    tr '\n' ' ' < "$work/out" | grep -q '"\.TH":' || complain "$name: no JSON"
    if command -v gnuplot > /dev/null; then
        [ -s named/figures/analyze_named.svg ] || complain "$name: no figure"
        ! command -v xmllint > /dev/null || xmllint --noout named/figures/analyze_named.svg 2> "$work/err" || complain "$name: $(head -1 "$work/err")"
        grep -q '<b>' named/figures/analyze_named.svg && complain "$name writes the figure"
    fi
done
find . -name 'run[0-9]' | grep -q . && complain "a column's name was run: $(find . -name 'run[0-9]')"
cd "$OLDPWD" || exit 1

# ---- a climb of another kind of machine is climbed again
expect 0 "$program" $climb --climbs 2 --out "$work/s" --json "$work/s.json"
grep -q '^# made on .*-endian' "$work/s/climb_000001.cfg" || complain "a climb names no machine"
cp -r "$work/s" "$work/t"
sed -i '2s/made on [^,]*/made on pdp11/' "$work/t/climb_000001.cfg"
touch -d 2001-01-01 "$work"/t/*.cfg
expect 0 "$program" $climb --climbs 2 --out "$work/t" --json "$work/t.json"
diff -r "$work/s" "$work/t" > "$work/said" || complain "a climb of a pdp11 stays: $(head -3 "$work/said")"
[ -n "$(find "$work/t" -name climb_000000.cfg ! -newermt 2002-01-01)" ] || complain "a climb of this machine was climbed again"

# ---- stopped and continued; a clock that jumps
stops=0
for i in 1 2 3; do
    rm -rf "$work/o"
    keep "$work/o" & pid=$!
    for k in 1 2 3 4; do kill -STOP $pid 2> /dev/null && stops=$((stops + 1)); sleep 0.05; kill -CONT $pid 2> /dev/null; sleep 0.0$i; done
    wait $pid; unchanged "stopped $k times" $? "$work/o"
done
if command -v faketime > /dev/null && [ "${B:-build/release}" = build/release ]; then
    for clock in '-400d' '@2040-01-01 00:00:00' '+0 x100'; do
        rm -rf "$work/o"
        faketime -f "$clock" "$program" run --full --out "$work/o" "$work/kept.cfg" > "$work/out" 2> "$work/err"
        unchanged "the clock $clock" $? "$work/o"
    done
fi

# ---- other languages: numbers have a point, words have their letters
for language in de_DE.UTF-8 tr_TR.UTF-8; do
    rm -rf "$work/o"
    LC_ALL=$language keep "$work/o"; unchanged "in $language" $? "$work/o"
done

# ---- the folder is gone; folders that cannot be written, at every stage
mkdir "$work/gone"
(cd "$work/gone" && rmdir "$work/gone" && "$program" run "$work/few.cfg") > "$work/out" 2> "$work/err"; code=$?
[ $code -eq 2 ] && [ "$(wc -l < "$work/err")" -eq 1 ] || complain "in a folder that is gone: exit $code: $(cat "$work/err")"
if [ "$(id -u)" -eq 0 ] && command -v setpriv > /dev/null && [ "${B:-build/release}" = build/release ]; then
    user=$(mktemp -d /tmp/sg_user.XXXXXX) || exit 1
    trap 'rm -rf "$work" "$user"' EXIT
    cp "$(readlink -f "$program")" "$user/synthgrad"; cp "$work/kept.cfg" "$user/"; mkdir "$user/a"; chmod 755 "$user"; chown 65534 "$user/a"
    as() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    again() { as "$user/synthgrad" run --full --out "$user/a/o" "$user/kept.cfg"; }
    again > "$work/out" 2> "$work/err"; unchanged "as another user" $? "$user/a/o"
    for folder in a/o/kept/pieces a/o/kept a/o; do
        rm -f "$user"/a/o/kept/pieces/replicate* "$user"/a/o/kept/pieces/*-sg-1*
        chmod 555 "$user/$folder"
        again > "$work/out" 2> "$work/err"; code=$?
        [ $code -eq 2 ] && [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q 'Permission denied; choose another place' "$work/err" ||
            complain "$folder cannot be written: exit $code: $(head -2 "$work/err")"
        chmod 755 "$user/$folder"
        again > "$work/out" 2> "$work/err"; unchanged "$folder can be written again" $? "$user/a/o"
    done
    chmod 000 "$user/a/o/kept/summary.json"
    for command in merge 'report --out'; do
        refused 'Permission denied' setpriv --reuid=65534 --regid=65534 --clear-groups "$user/synthgrad" $command "$user/a/o"
    done
fi

# ---- pieces that were tampered with give the same results or none
tampered=0 i=0
while [ $i -lt "${TAMPER:-24}" ]; do
    i=$((i + 1))
    piece=$(find "$work/kept/kept/pieces" -type f | LC_ALL=C sort | awk -v i=$i -v n="$(find "$work/kept/kept/pieces" -type f | wc -l)" 'NR == i % n + 1')
    cp "$piece" "$work/piece"
    size=$(wc -c < "$piece")
    at=$(awk -v i=$i -v n="$size" 'BEGIN { srand(i); rand(); print int(rand() * n) }')
    case $((i % 6)) in
    0) head -c "$at" "$work/piece" > "$piece";;
    1) printf '\377\377\377\377\377\377\377\377' | dd of="$piece" bs=1 seek="$at" conv=notrunc 2> /dev/null;;
    2) : > "$piece";;
    3) echo more >> "$piece";;
    4) rm "$piece"; mkfifo "$piece";;
    5) cp "$(find "$work/kept/kept/pieces" -type f ! -path "$piece" | LC_ALL=C sort | tail -1)" "$piece";;
    esac
    timeout 120 "$program" run --full --out "$work/kept" "$work/kept.cfg" > "$work/out" 2> "$work/err"
    unchanged "tampered $i with $piece" $? "$work/kept"
    tampered=$((tampered + 1))
done
# A pipe in a result's place is not waited for without end.
rm "$work/kept/kept/summary.json"; mkfifo "$work/kept/kept/summary.json"
refused 'summary.json: cannot write' "$program" run --full --out "$work/kept" "$work/kept.cfg"

# ---- made to be too large, or too deep
cd "$work" || exit 1
deep() { awk -v n="$1" -v a="$2" -v b="$3" 'BEGIN { while (n--) { s = s a; t = t b }; print s t }'; }
small='claim = "DY3"; expect = "holds";'
for nest in '{ a = |; }' '(|)'; do
    echo "$small data = $(deep 2000 "${nest%|*}" "${nest#*|}");" > deep.cfg
    refused 'brackets more than 8 deep' "$program" run deep.cfg
done
{ echo "$small"; printf '#%2000000s\n' x; } > long.cfg
refused 'larger than 1 MiB' "$program" run long.cfg
mkdir -p bomb/x
for text in "$(deep 5000 '[' ']')" "$(deep 5000 '{"a":' '}')" '{"claim": 1e99999}' '{"claim": "\ud800"}' '{"claim": NaN}' '{} {}' ''; do
    printf '%s' "$text" > bomb/x/summary.json
    refused 'summary.json' "$program" merge bomb
done
{ printf 'a,y\n'; yes 0 | head -c 60000000 | tr -d '\n'; } | gzip -1 > bomb.csv.gz
refused 'longer than 65536 bytes' "$program" analyze bomb.csv.gz --target y
{ printf '\0\0\10\3\0\0\0\12\0\0\0\4\0\0\0\4'; head -c 60000000 /dev/zero; } | gzip -1 > images.gz
printf '\0\0\10\1\0\0\0\12\1\1\1\1\1\1\1\1\1\1' > labels
sed -e 's/^data.*/data = { kind = "idx"; n = 10; test = 10; train_files = ["images", "labels"]; test_files = ["images", "labels"]; };/' \
    -e 's/batch = 30/batch = 5/' kept.cfg > idx.cfg
refused 'the data go on after the 160 bytes' "$program" run --full idx.cfg

printf 'test_hostile: %d stops, %d tampered pieces\n' $stops $tampered
exit $bad
