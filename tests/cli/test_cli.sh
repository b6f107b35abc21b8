#!/bin/sh
# The program as a user meets it: exit codes, one-line refusals, whole files, the same bits for
# every --jobs and shard.
program=$PWD/build/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_cli: %s\n' "$*"; bad=1; }

# expect CODE WORDS... : that exit code, and for 2 exactly one line on stderr that begins with
# "synthgrad: ".
expect() {
    want=$1; shift
    "$program" "$@" > "$work/out" 2> "$work/err" < /dev/null
    code=$?
    [ $code -eq "$want" ] || complain "exit $code, not $want: $*: $(head -3 "$work/err")"
    if [ "$want" -eq 2 ]; then
        [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q '^synthgrad: ' "$work/err" ||
            complain "no clear line: $*: $(cat "$work/err")"
    fi
}

expect 0 --help
expect 0 --version
expect 0 list
expect 0 list --json
expect 0 explain DY3
expect 0 explain case
for command in verify run list explain new analyze bench merge plots report search train; do
    expect 0 $command --help
done

expect 2 nonsense
expect 2 verify --nonsense
expect 2 verify --jobs
expect 2 verify --jobs 0
expect 2 verify --jobs -1
expect 2 verify --jobs 2x
expect 2 verify --jobs 99999999999999999999
expect 2 verify --jobs 1 --jobs 2
expect 2 verify --full=yes
expect 2 verify --seed 1.5
expect 2 verify --shard 3/2
expect 2 verify --shard 0/2
expect 2 verify --shard 1/2/3
expect 2 verify --shard -1/2
expect 2 verify --shard 4294967297/4294967297
expect 2 verify --shard '1/2 '
expect 2 verify --shard 1/18446744073709551617
expect 2 verify --filter no_such_case
expect 2 verify no_such_file.cfg
expect 2 verify -x
expect 2 run
expect 2 run cases/dy3_joint_spectrum.cfg another
expect 2 explain DY99
expect 2 new DY99
expect 2 bench nothing
expect 2 bench linear-regression --form cubic
expect 2 bench linear-regression --samples 10 --features 20
expect 2 bench linear-regression --width 3
expect 2 bench deep-linear --form spectral
expect 2 bench mlp --rule kickback
# Names that are no folder of --out, that look like options or that reorder a line; what a terminal
# would obey.
mkdir -p "$work/odd/out/p"
for name in ... .. .hidden -x "$(printf 'a\342\200\217b')" "$(printf 'a\330\234b')" \
            "$(printf 'a\342\200\256b')" "$(printf 'a\033[31mb')"; do
    cp cases/dy3_joint_spectrum.cfg "$work/odd/$name.cfg"
    expect 2 run --out "$work/odd/out/p" -- "$work/odd/$name.cfg"
done
[ "$(find "$work/odd/out" | wc -l)" -eq 2 ] || complain "results of a refused name: $(find "$work/odd/out")"
escape=$(printf 'z\033[31m')
for words in "$escape" "run --$escape" "run -$escape" "run $escape" "explain $escape" "bench $escape" \
             "verify --shard $escape" "verify --jobs $escape" "search repelling --widths $escape"; do
    expect 2 $words
    grep -q '\\x1b' "$work/err" || complain "an escape reaches the terminal: $words"
done
expect 0 run --out "$work/odd/page" cases/dy3_joint_spectrum.cfg
sed -i 's/"what": "/&\\u001b[31m\\u202e/; s/"title": "/&\\u001b]0;x\\u0007/' "$work/odd/page/dy3_joint_spectrum/summary.json"
expect 0 report --out "$work/odd/page"
grep -q '\\x1b\[31m' "$work/odd/page/report/index.html" || complain "the page has not what its summary says"
LC_ALL=C grep -q "$(printf '[\033\007]')" "$work/odd/page/report/index.html" &&
    complain "an escape reaches the page"
expect 2 bench mlp --samples 10
expect 0 bench mlp --layers 2 --width 8 --batch 16 --steps 4 --threads 2 --json
expect 0 bench mlp --layers 1 --width 8 --batch 16 --steps 4 --rule bp
expect 2 bench deep-linear --samples 10 --width 10
expect 2 bench unlocked --layers 1
expect 2 bench unlocked --samples 10
expect 0 bench unlocked --layers 2 --width 16 --batch 20 --steps 2 --json
expect 2 merge "$work/nowhere"
expect 2 verify dy3_joint_spectrum --out /dev/null/x
expect 2 verify dy3_joint_spectrum --out "$work/o" --json /dev/null/x

# Bad case files: one line with the file's name, exit 2, nothing written.
case_file() {
    printf '%s\n' "$2" > "$work/$1.cfg"
    expect 2 verify "$work/$1.cfg" --out "$work/none"
    grep -q "$1.cfg" "$work/err" || complain "$1: file not named"
}
case_file unknown_key   'claim = "DY3"; expect = "holds"; trian = { mu = 1.0; };'
case_file wrong_type    'claim = "DY3"; expect = "holds"; data = { n = "many"; };'
case_file out_of_range  'claim = "DY3"; expect = "holds"; train = { mu = -1.0; };'
case_file overflow      'claim = "DY3"; expect = "holds"; data = { n = 99999999999; };'
case_file infinite      'claim = "DY3"; expect = "holds"; train = { mu = 1e400; };'
case_file include       '@include "/etc/passwd"'
case_file no_claim      'claim = "DY99"; expect = "holds";'
case_file empty         ''
case_file syntax        'claim = "DY3'
head -c 10000000 /dev/urandom > "$work/noise.cfg"; expect 2 verify "$work/noise.cfg"
[ -e "$work/none" ] && complain "a refused case left results"

# Outputs: checked before the work, links and pipes stay what they are.
expect 2 verify dy3_joint_spectrum --out ''
expect 2 verify dy3_joint_spectrum --out "$work/noise.cfg"
expect 2 verify dy3_joint_spectrum --out "$work/o" --json "$work"
echo old > "$work/target"; ln -s target "$work/link"; mkfifo "$work/pipe"
expect 0 verify dy3_joint_spectrum --out "$work/o" --json "$work/link"
[ -L "$work/link" ] && grep -q DY3 "$work/target" || complain "a link was replaced"
cat "$work/pipe" > "$work/piped" &
expect 0 verify dy3_joint_spectrum --out "$work/o" --json "$work/pipe"; wait
[ -p "$work/pipe" ] && grep -q DY3 "$work/piped" || complain "a pipe was replaced"
mkdir "$work/twin"; cp cases/dy1_backprop.cfg "$work/twin"
expect 2 verify dy1_backprop "$work/twin/dy1_backprop.cfg" --out "$work/twins"
grep -q "twin/dy1_backprop.cfg: cases/dy1_backprop.cfg has the name dy1_backprop too, \
and both would write $work/twins/dy1_backprop; " "$work/err" ||
    complain "two cases of one name: $(cat "$work/err")"
mkdir "$work/empty"; expect 2 merge "$work/empty"
expect 0 explain case --json

# Cases that a claim says nothing about are refused, with what to write; those outside its
# hypotheses are inconclusive, which is not what they expect; data that are named have to be there.
for sg in '()' '({terms="y";})' '({mix=0.5;})'; do
    for claim in DY3 DY6; do
        case_file outside "claim = \"$claim\"; expect = \"holds\"; sg = $sg;"
        grep -q "claim $claim .*; write sg" "$work/err" || complain "$claim: $(cat "$work/err")"
    done
done
echo 'claim = "DY3"; expect = "holds"; data = { n = 5; d = 9; };' > "$work/outside.cfg"
expect 1 run "$work/outside.cfg" --out "$work/outside"
grep -q 'the statement supposes that S_x .* is nonsingular; here S_x is singular: ' "$work/out" ||
    complain "an unmet hypothesis is not named: $(cat "$work/out")"
case_file missing_data  'claim = "DY3"; expect = "holds";
    data = { kind = "csv"; file = "nope.csv"; target = "y"; };'
grep -q 'data file nope.csv not found' "$work/err" || complain "missing data: $(cat "$work/err")"
rm -rf "$work/none"
# A malformed data file: the message names it, not the case.
printf '\000\000\010\003\377\377\377\377\000\000\000\034\000\000\000\034' > "$work/images"
printf '\000\000\010\001\000\000\000\001\012' > "$work/labels"
files='train_files = ["images", "labels"]; test_files = ["images", "labels"];'
sed "/^control/d; s/batch = 50/batch = 1/; s/^data .*/data = { kind = \"idx\"; n = 1; test = 1; $files };/" \
    cases/nl1_learning_curves.cfg > "$work/idx.cfg"
expect 2 verify "$work/idx.cfg" --out "$work/none"
grep -q "^synthgrad: $work/images: the header says .* at most 1 GiB are read; " "$work/err" ||
    complain "malformed images: $(cat "$work/err")"
printf '\000\000\010\003\000\000\000\001\000\000\000\001\000\000\000\001\377' |
    gzip > "$work/images"
expect 2 verify "$work/idx.cfg" --out "$work/none"
grep -q "^synthgrad: $work/labels: label 1 of 1 is 10, beyond the digits 0 to 9, .*; " "$work/err" ||
    complain "malformed labels: $(cat "$work/err")"
case_file too_large     'claim = "DY3"; expect = "holds"; data = { n = 1000000; d = 2000; };'

# new: a case that runs; never over an existing file.
expect 0 new DY3 --out "$work/mine.cfg"
expect 2 new DY3 --out "$work/mine.cfg"
expect 0 run "$work/mine.cfg" --out "$work/mine"
[ -s "$work/mine/mine/summary.json" ] || complain "run wrote no summary"

# The same bits for 1, 2 and 8 jobs and for 1 and 3 shards, verdicts and columns; only the time may
# differ.  Six cases, two of them sweeps.
bits() { sed -e 's/"seconds": [^,]*/"seconds": 0/' "$1"; }
expect 0 verify --filter '[cd][py]5*' --jobs 1 --out "$work/a" --json "$work/a.json"
bits "$work/a.json" > "$work/a.bits"
columns=$(cd "$work/a" && ls -- */*.dat)
[ "$(echo "$columns" | wc -l)" -ge 6 ] || complain "the cases leave too few columns to compare"
same_columns() {
    for file in $columns; do cmp -s "$work/a/$file" "$1/$file" && echo same; done | wc -l
}
for jobs in 2 8; do
    expect 0 verify --filter '[cd][py]5*' --jobs $jobs --out "$work/j$jobs" --json "$work/j.json"
    bits "$work/j.json" > "$work/j.bits"
    cmp -s "$work/a.bits" "$work/j.bits" || complain "--jobs $jobs changes the bits"
    [ "$(same_columns "$work/j$jobs")" -eq "$(echo "$columns" | wc -l)" ] ||
        complain "--jobs $jobs changes the columns"
done
# As a Slurm array gives them; merge sorts by name.
for SLURM_ARRAY_TASK_ID in 3 1 2; do
    expect 0 verify --filter '[cd][py]5*' --shard "$SLURM_ARRAY_TASK_ID/3" \
        --out "$work/shards/$SLURM_ARRAY_TASK_ID"
    [ "$(ls "$work/shards/$SLURM_ARRAY_TASK_ID" | wc -l)" -eq 2 ] ||
        complain "shard $SLURM_ARRAY_TASK_ID/3 of six cases has not two of them"
done
expect 0 merge "$work/a"; bits "$work/out" > "$work/whole"
expect 0 merge "$work"/shards/*; bits "$work/out" > "$work/shards.bits"
cmp -s "$work/whole" "$work/shards.bits" || complain "shards differ from the whole"
mkdir "$work/all"; for shard in "$work"/shards/*; do cp -r "$shard/." "$work/all"; done
[ "$(same_columns "$work/all")" -eq "$(echo "$columns" | wc -l)" ] ||
    complain "shards change the columns"
expect 2 merge "$work/a" "$work/a"
find "$work" -name '*.part-*' | grep -q . && complain "a partial file was left behind"

# The page: every case on it, a figure inside, nothing fetched from elsewhere.
mkdir -p "$work/a/figures"
printf '<svg xmlns="http://www.w3.org/2000/svg"/>' > "$work/a/figures/cp5_bias.svg"
expect 0 report --out "$work/a"
page="$work/a/report/index.html"
for file in "$work"/a/*/summary.json; do
    grep -q "<h3 id=\"$(basename "$(dirname "$file")")\">" "$page" ||
        complain "$file is not in the report"
done
grep -q "<a href=\"#DY5\">DY5</a>.*>holds<" "$page" ||
    complain "the report does not say that DY5 holds"
figure="%3Csvg xmlns='http://www.w3.org/2000/svg'/>"
grep -q "src=\"data:image/svg+xml,$figure\"" "$page" ||
    complain "the figure is not in the report"
grep -q 'src="http\|href="http\|<script' "$page" && complain "the report is not one file"
expect 2 report --out "$work/nowhere"
# Results that somebody edited: text stays text, a name stays in its folder, and what is no text is
# none.
mkdir -p "$work/edited/x"
printf '<svg/>' > "$work/edited/outside.svg"; mkdir "$work/edited/figures"
printf '{"claim": "DY3", "case": "../outside", "ok": true, "verdict": "<i>", "note": "<i>", %s}' \
  '"commit": "<i>", "version": "<i>", "evidence": [1], "tables": [{"columns": [2]}]' \
  > "$work/edited/x/summary.json"
expect 0 report --out "$work/edited"
grep -q 'DY3' "$work/edited/report/index.html" || complain "an edited result is not in the report"
grep -q '<i>\|<img' "$work/edited/report/index.html" && complain "an edited result writes the page"
mkdir "$work/edited/y"; mkfifo "$work/edited/y/summary.json"          # a pipe is not waited for
sed -i 's|"../outside"|"x"|' "$work/edited/x/summary.json"; mkfifo "$work/edited/figures/x.svg"
expect 0 report --out "$work/edited"

# search: the same files for any number of jobs and after a stop; another search's files are
# refused; what it finds is a case that holds.
for bad_words in 'nothing' 'repelling --widths 2' 'repelling --widths 2,x,2' \
                 'repelling --widths 2,9,2' 'repelling --at 3' 'repelling --kappa -1' \
                 'repelling --kappa nan' 'repelling --box 0' 'repelling --climbs 0' \
                 'repelling --depth 3 --widths 2,2,2' \
                 'repelling --tau 1' 'delayed --kappa 0.1' 'delayed --tau 101' 'delayed --tau x'; do
    expect 2 search $bad_words --out "$work/h0"
done
climbs='search repelling --draws 20 --steps 400'
expect 0 $climbs --climbs 3 --jobs 2 --out "$work/h1" --json "$work/h1.json"
[ -s "$work/err" ] && complain "search: progress in a pipe"
expect 0 $climbs --climbs 1 --out "$work/h2"
echo 'touched' > "$work/stamp"; touch -d '2001-01-01' "$work/h2/climb_000000.cfg"
expect 0 $climbs --climbs 3 --out "$work/h2" --json "$work/h2.json"
[ "$work/h2/climb_000000.cfg" -ot "$work/stamp" ] ||
    complain "search: a finished climb was climbed again"
cmp -s "$work/h1.json" "$work/h2.json" || complain "search: jobs or a stop change the JSON"
diff -r "$work/h1" "$work/h2" > /dev/null || complain "search: jobs or a stop change the files"
expect 2 $climbs --climbs 1 --seed 2 --out "$work/h2"
grep -q 'another search' "$work/err" || complain "search: took another search's climbs"
for case in "$work"/h1/*.cfg; do expect 0 run "$case" --out "$work/h3"; done
# delayed: the same; its climbs are cases too, whose shares are computed again, not read
late='search delayed --widths 2,2,2 --tau 2 --draws 20 --steps 300'
expect 0 $late --climbs 2 --jobs 2 --out "$work/late" --json "$work/late.json"
expect 0 $late --climbs 2 --out "$work/late" --json "$work/late2.json"
cmp -s "$work/late.json" "$work/late2.json" || complain "search delayed: read back, it says something else"
[ "$(grep -c '"share"' "$work/late.json")" -eq 2 ] || complain "search delayed: no shares in JSON"
grep -q '^# Pairs 2 steps late' "$work/late/climb_000000.cfg" || complain "search delayed: no delay in its case"
expect 0 run "$work/late/climb_000001.cfg" --out "$work/h3"
expect 2 search delayed --widths 2,2,2 --tau 3 --draws 20 --steps 300 --climbs 1 --out "$work/late"
"$program" search repelling --climbs 1000 --out "$work/h4" > "$work/out" 2> "$work/err" & pid=$!
sleep 2; kill -INT $pid; wait $pid; code=$?
[ $code -eq 130 ] || complain "search: exit $code after an interrupt"
grep -q 'climbs of' "$work/out" || complain "search: no summary after an interrupt"

# search triples: three points of any function stay below DY6's factor, the same ones for any number of
# jobs, and above the largest step there is none to beat.
for bad_words in 'triples --kappa 1' 'triples --out x' 'triples --m 0' 'triples --m 1' \
                 'triples --rho 1' 'triples --gamma nan' 'repelling --m 0.5' 'triples --climbs 0'; do
    expect 2 search $bad_words
done
triples='search triples --draws 20 --steps 400 --climbs 4'
expect 0 $triples --json "$work/t1.json"
grep -q '4 climbs of 20 + at most 400 triples' "$work/out" || complain "triples: says not what it tried"
expect 0 $triples --jobs 2 --json "$work/t2.json"
cmp -s "$work/t1.json" "$work/t2.json" || complain "triples: jobs change the JSON"
if grep -q '"verified": 4' "$work/t1.json"; then                       # FLINT is there
    grep -q '0 of them beat' "$work/out" || complain "triples: not held against the factor"
    expect 0 $triples --gamma 1.5
    grep -q 'no factor is proved' "$work/out" || complain "triples: a factor beyond the largest step"
fi

# A narrow terminal gets narrow paragraphs; no terminal, the usual ones.
widest() {
    tr -d '\r' | awk 'NF == 0 { part++ }
        part == 1 && length > most { most = length }
        END { print most + 0 }'
}
if command -v script > /dev/null; then
    for columns in 30 60; do
        width=$(script -qec "stty cols $columns; LC_ALL=C '$program' explain DY3" /dev/null < /dev/null |
            widest)
        [ "$width" -gt $((columns / 2)) ] && [ "$width" -le $columns ] ||
            complain "explain: $width columns on a terminal of $columns"
    done
fi
width=$(LC_ALL=C "$program" explain DY3 | widest)
[ "$width" -gt 60 ] && [ "$width" -le 98 ] || complain "explain: $width columns in a pipe"

# A claim that falls short: exit 1 and ok false.
sed 's/mu = 0.9/mu = 1.01/; s/^control.*//' cases/dy3_joint_spectrum.cfg > "$work/short.cfg"
expect 1 verify "$work/short.cfg" --out "$work/short" --json "$work/short.json"
grep -q '"ok": false' "$work/short.json" || complain "a failing claim is ok in the JSON"

# verify: a line a case, and what fell short; all rows with -v, which run always prints.
lines() { grep -c . "$work/out"; }
expect 0 verify dy1_backprop dy1_rank_deficient --out "$work/p"
[ "$(lines)" -le 6 ] || complain "verify: $(lines) lines for two cases"
grep -q '^DY1   dy1_backprop  *holds ' "$work/out" || complain "verify: no line for dy1_backprop"
grep -q '^    ' "$work/out" && complain "verify: rows of a case that holds"
expect 1 verify "$work/short.cfg" --out "$work/short"
grep -q '^DY3 .* fails .*not as expected' "$work/out" || complain "verify: no line for a failure"
grep -q '^    FAIL at the case.s rates a start near' "$work/out" ||
    complain "verify: what fell short is left out"
grep -q '^    ok' "$work/out" && complain "verify: rows that are met"
for words in 'verify -v dy1_backprop' 'verify --verbose dy1_backprop' 'run cases/dy1_backprop.cfg'; do
    expect 0 $words --out "$work/p"
    grep -q '^    ok   ' "$work/out" || complain "$words: no rows"
    grep -q '  => holds' "$work/out" || complain "$words: no verdict"
done
expect 2 run -v cases/dy1_backprop.cfg

# Quiet in a pipe: no progress, no escape codes.  On a terminal colours and progress, unless it has none or they are not wanted.
expect 0 verify dy3_joint_spectrum --out "$work/p"
[ -s "$work/err" ] && complain "progress in a pipe"
escape=$(printf '\033')
grep -q "$escape" "$work/out" && complain "escape codes in a pipe"
codes() { # SETTINGS: how many lines of escape codes on a terminal
    script -qec "env -u NO_COLOR $1 '$program' verify dy1_backprop --out '$work/p' $2" /dev/null < /dev/null |
        grep -c "$escape"
}
if command -v script > /dev/null; then
    [ "$(codes TERM=xterm)" -gt 0 ] || complain "no colours on a terminal"
    [ "$(codes TERM=dumb)" -eq 0 ] || complain "escape codes on a dumb terminal"
    [ "$(codes 'TERM=xterm NO_COLOR=1' '2> /dev/null')" -eq 0 ] || complain "colours in spite of NO_COLOR"
    [ "$(codes TERM=xterm '| cat')" -eq 0 ] || complain "progress beside a pipe on the same terminal"
    width=$(script -qec "stty cols 60; '$program' verify --help" /dev/null < /dev/null | tr -d '\r' |
        awk 'length > most { most = length } END { print most + 0 }')
    [ "$width" -le 60 ] || complain "verify --help: $width columns on a terminal of 60"
fi
exit $bad
