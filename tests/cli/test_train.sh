#!/bin/sh
# train as a user meets it: what it writes, what it refuses, its figure and its line on a terminal; stopped and killed KILLS times (50 for the long
# version) it goes on to the bits of a run left alone, for every --jobs.
kills=${KILLS:-6} draw=${KILL_SEED:-$(date +%s)}
program=$PWD/${B:-build/release}/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_train (KILL_SEED=%s): %s\n' "$draw" "$*"; bad=1; }
random() {
    awk -v s="$draw" -v i="$1" -v n="$2" 'BEGIN { srand(s % 100000 * 1000 + i); rand(); print rand() * n }'
}
expect() { # CODE WORDS...: for 2 exactly one line on stderr that begins with "synthgrad: "
    want=$1; shift
    "$program" "$@" > "$work/out" 2> "$work/err" < /dev/null; code=$?
    [ $code -eq "$want" ] || complain "exit $code, not $want: $*: $(head -3 "$work/err")"
    [ "$want" -ne 2 ] || { [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q '^synthgrad: ' "$work/err"; } || complain "no clear line: $*: $(cat "$work/err")"
}
# What a training leaves, without what time it took.
bits() { (cd "$1" && for file in *.dat labels.txt training.json; do echo "$file"; sed 's/"seconds": [^,}]*/"seconds": 0/' "$file"; done); }

cat > "$work/small.cfg" <<'C'
seed = 7;
data = { kind = "digits"; n = 300; test = 100; bias = false; };
net = { layers = (16, 16); activation = "relu"; biases = true; loss = "softmax"; type = "float32"; };
sg = ( { at = 1; } );
train = { optimiser = "adam"; mu = 3e-3; nu = 3e-3; start = "he"; batch = 20; epochs = 6; seeds = 2; };
C

# ---- what it writes ----
expect 0 train "$work/small.cfg" --against backprop,sg_everywhere,dfa --out "$work/a"
for words in 'SG after layer 1' 'direct feedback alignment' 'test accuracy' 'tracking condition' "numbers: $work/a/small/"; do
    grep -qF "$words" "$work/out" || complain "no \"$words\" in the text"
done
[ -s "$work/err" ] && complain "progress in a pipe: $(cat "$work/err")"
for file in curves.dat layers.dat sgs.dat labels.txt training.json; do
    [ -s "$work/a/small/$file" ] || complain "no $file"
done
# 61 looks of four rules; of one SG, and of one after each of two layers
[ "$(grep -vc '^#' "$work/a/small/curves.dat")" -eq 244 ] || complain "curves.dat: $(grep -vc '^#' "$work/a/small/curves.dat") looks"
[ "$(grep -vc '^#' "$work/a/small/sgs.dat")" -eq 183 ] || complain "sgs.dat: $(grep -vc '^#' "$work/a/small/sgs.dat") looks"
awk '/^#/ { columns = NF - 1; next } NF != columns { exit 1 }' "$work/a/small/curves.dat" || complain "curves.dat: columns without a name"
expect 0 train "$work/small.cfg" --against backprop,sg_everywhere,dfa --out "$work/a" --json --no-figure
sed 's/"seconds": [^,}]*/"seconds": 0/' "$work/out" > "$work/json"
sed 's/"seconds": [^,}]*/"seconds": 0/' "$work/a/small/training.json" | cmp -s - "$work/json" || complain "--json is not training.json"
grep -q 'nan\|inf' "$work/json" && complain "a number in JSON is none"
if command -v python3 > /dev/null; then
    python3 - "$work/json" <<'P' || complain "JSON is not what it should be"
import json, sys
t = json.load(open(sys.argv[1]))
assert t["training"] == "small" and t["format"] == 1 and t["steps"] == 90 and t["epoch_steps"] == 15 and t["seeds"] == 2
assert [r["rule"] for r in t["rules"]] == ["case", "backprop", "sg_everywhere", "direct"]
assert [r["sg_after"] for r in t["rules"]] == [[1], [], [1, 2], []]
for r in t["rules"]:
    assert len(r["runs"]) == 2
    for run in r["runs"]:
        assert run["looks"]["step"][0] == 0 and run["looks"]["step"][-1] == 90 and len(run["looks"]["loss"]) == 61
        assert len(run["layers"]) == 3 and len(run["sgs"]) == len(r["sg_after"]) and not run["diverged"]
assert all(e == 0 for run in t["rules"][1]["runs"] for e in run["looks"]["error"])
P
fi

# ---- the figure ----
if command -v gnuplot > /dev/null; then
    for file in "$work/a/figures/small.svg" "$work/a/figures/small.png"; do [ -s "$file" ] || complain "no $file"; done
    xmllint --noout --nonet "$work/a/figures/small.svg" 2> "$work/log" || complain "the figure is no XML: $(head -2 "$work/log")"
    for word in 'SG everywhere' 'direct feedback alignment' 'training loss' 'test accuracy' 'DY6'; do
        grep -qF "$word" "$work/a/figures/small.svg" || complain "no \"$word\" in the figure"
    done
    said=$("${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py "$work/a/figures/small.svg" plots/train.gp 2>&1)
    [ -z "$said" ] || complain "$said"
    rm "$work/a/figures/small.svg"
    expect 0 plots small --out "$work/a"
    [ -s "$work/a/figures/small.svg" ] || complain "plots draws no training"
    # without SGs, without accuracies, with a run that left every bound
    printf 'data = { n = 30; d = 3; };\nnet = { layers = (3); };\nsg = ();\ntrain = { mu = 0.05; steps = 40; seeds = 2; };\n' > "$work/plain.cfg"
    expect 0 train "$work/plain.cfg" --out "$work/a"
    [ -s "$work/a/figures/plain.svg" ] || complain "no figure without SGs"
    expect 0 train "$work/plain.cfg" --against nothing --seeds 1 --out "$work/a"
    printf 'data = { n = 30; d = 3; };\ntrain = { mu = 0.05; nu = 50.0; steps = 600; seeds = 2; };\n' > "$work/away.cfg"
    expect 0 train "$work/away.cfg" --against backprop --out "$work/a"
    grep -q 'left every bound' "$work/out" || complain "a run that diverges is not named"
    [ -s "$work/a/figures/away.svg" ] || complain "no figure of a run that diverges"
fi
# A target far from size 1: no rule moves, and the mend is named.
awk 'BEGIN { print "a,y"; for (i = 0; i < 30; i++) print i % 7 "," 1e9 + 1e6 * (i * i % 11) }' > "$work/far.csv"
printf 'data = { kind = "csv"; file = "far.csv"; target = "y"; };\nnet = { layers = (4); };\nsg = ( { at = 1; } );\ntrain = { optimiser = "adam"; mu = 0.01; nu = 0.01; steps = 60; seeds = 1; };\n' > "$work/far.cfg"
expect 0 train "$work/far.cfg" --no-figure --out "$work/a"
tr '\n' ' ' < "$work/out" | tr -s ' ' | grep -q 'the loss stays where it was.*standardise_target = true' || complain "a target far from size 1: $(cat "$work/out")"
sed -i 's/target = "y";/target = "y"; standardise_target = true;/' "$work/far.cfg"
expect 0 train "$work/far.cfg" --no-figure --out "$work/a"
grep -q 'the loss stays' "$work/out" && complain "a loss that falls stays: $(cat "$work/out")"
# Without gnuplot everything else is there.
mkdir "$work/bin"
for tool in sh sed awk; do ln -s "$(command -v $tool)" "$work/bin/"; done
PATH=$work/bin "$program" train "$work/small.cfg" --out "$work/dry" > "$work/out" 2> "$work/err" || complain "without gnuplot: $(cat "$work/err")"
[ -s "$work/dry/small/training.json" ] && [ ! -e "$work/dry/figures" ] || complain "without gnuplot it writes something else"

# ---- new, list, explain, and the case that comes with the program ----
expect 0 new train --out "$work/mine.cfg"
cmp -s "$work/mine.cfg" cases/train_digits.cfg || complain "new train is not the project's case"
expect 2 new train --out "$work/mine.cfg"
sed -i 's/epochs = 20/epochs = 2/' "$work/mine.cfg"
expect 0 train "$work/mine.cfg" --seeds 1 --out "$work/a" --no-figure
expect 0 list
grep -q '^       train_digits ' "$work/out" || complain "list does not name the training"
expect 0 explain train
grep -q '^    train.sg_step ' "$work/out" || complain "explain train has no keys"
expect 0 run cases/dy3_joint_spectrum.cfg --out "$work/a"
expect 0 report --out "$work/a"

# ---- what it refuses ----
expect 2 train
expect 2 train "$work/small.cfg" "$work/mine.cfg"
expect 2 train "$work/none.cfg"
expect 2 train cases/dy3_joint_spectrum.cfg
grep -q 'dy3_joint_spectrum.cfg:[0-9]*: a case of a claim is run by' "$work/err" || complain "a claim's case: $(cat "$work/err")"
expect 2 run "$work/small.cfg"
grep -q 'is a training; `synthgrad train` runs it' "$work/err" || complain "run of a training: $(cat "$work/err")"
for words in '--against magic' '--against backprop,' '--seeds 0' '--seeds x' '--jobs 0' '--against'; do
    [ "$words" = '--against backprop,' ] || expect 2 train "$work/small.cfg" $words --out "$work/no"
done
refuse() { # TEXT LINE WORDS: a change of small.cfg by sed
    sed "$1" "$work/small.cfg" > "$work/bad.cfg"
    expect 2 train "$work/bad.cfg" --out "$work/no"
    grep -q "bad.cfg:$2${2:+:} .*$3" "$work/err" || complain "$1: $(cat "$work/err")"
}
refuse '5s/batch = 20/batch = 301/' 5 'the data have 300'
refuse '5s/epochs = 6/epochs = 6; steps = 9/' 5 'take one out'
refuse '5s/mu = 3e-3; //' '' 'needs train.mu'
refuse '4s/at = 1/at = 4/' 4 'the output is boundary 3'
refuse '5s/seeds = 2/radius = 0.1/' 5 'says nothing about train.radius'
refuse '1s/$/ control = { mu = 1.0; };/' 1 'no verdict'
refuse '3s/softmax/logistic/' 3 'one column'
[ ! -e "$work/no/bad" ] || complain "a refused training left something behind"
mkdir -p "$work/locked" && : > "$work/locked/small"
expect 2 train "$work/small.cfg" --out "$work/locked" --no-figure

# ---- on a terminal ----
if command -v script > /dev/null; then
    script -qec "env TERM=xterm '$program' train '$work/small.cfg' --no-figure --out '$work/t'" /dev/null < /dev/null > "$work/tty"
    tr '\r' '\n' < "$work/tty" | grep -q 'training: [0-9]* of 180; SG after layer 1, seed [12]: loss [0-9.]*, accuracy [0-9.]*' ||
        complain "no loss and accuracy on a terminal"
    tr '\r' '\n' < "$work/tty" | grep -q 's left' || complain "no time left on a terminal"
fi

# ---- the same bits for every --jobs ----
"$program" train "$work/small.cfg" --against backprop,sg_everywhere --jobs 4 --no-figure --out "$work/j" > /dev/null || complain "--jobs 4 fails"
"$program" train "$work/small.cfg" --against backprop,sg_everywhere --no-figure --out "$work/whole" > /dev/null || complain "one job fails"
bits "$work/whole/small" > "$work/whole.bits"
bits "$work/j/small" | cmp -s - "$work/whole.bits" || complain "--jobs 4 has other bits"

# ---- no thread that computes takes a signal: oneDNN has its stack pointer in the heap meanwhile, where the frame would overwrite something ----
sed 's/epochs = 6/epochs = 100000/' "$work/small.cfg" > "$work/endless.cfg"
"$program" train "$work/endless.cfg" --no-figure --jobs 2 --out "$work/e" > /dev/null 2> "$work/err" & pid=$!
sleep 1
blocked=$(sed -n 's/^SigBlk:[[:space:]]*//p' /proc/$pid/status)
[ $((0x${blocked:-0} & 0x4002)) -eq $((0x4002)) ] || complain "the main thread takes SIGINT or SIGTERM: $blocked"
kill -TERM $pid; wait $pid; code=$?
[ $code -eq 130 ] || complain "SIGTERM: exit $code"

# ---- stopped and killed ----
sed 's/epochs = 6/epochs = 120/; s/seeds = 2/seeds = 3/' "$work/small.cfg" > "$work/long.cfg"
start() { exec "$program" train "$work/long.cfg" --against backprop --jobs 2 --no-figure --out "$1" > "$work/out" 2> "$work/err"; }
begun=$(date +%s%N)
(start "$work/w") || complain "$(cat "$work/err")"
length=$((($(date +%s%N) - begun) / 1000000))
bits "$work/w/long" > "$work/whole.bits"
killed=0 stopped=0 rounds=0 round=0 tries=0
while [ $killed -lt "$kills" ] || [ $round -gt 0 ]; do
    tries=$((tries + 1)) signal=KILL
    [ $tries -le $((20 * kills + 100)) ] || { complain "no end after $tries starts"; break; }
    [ $((tries % 4)) -ne 0 ] || signal=INT
    (start "$work/cut") & pid=$!
    if [ $killed -lt "$kills" ]; then
        sleep "$(random $tries "$(awk -v l=$length 'BEGIN { print l / 1500 }')")"
        kill -$signal $pid 2> /dev/null
    fi
    wait $pid; code=$?
    case $code in
    137) killed=$((killed + 1)) round=$((round + 1));;
    130) stopped=$((stopped + 1)) round=$((round + 1))
         grep -q '^synthgrad: interrupted; what was finished is kept$' "$work/err" || complain "Ctrl-C: $(cat "$work/err")";;
    0) bits "$work/cut/long" | cmp -s - "$work/whole.bits" || complain "after $round stops other bits than the undisturbed run's"
       find "$work/cut" -name '*.part-*' | grep -q . && complain "a partial file was left behind"
       find "$work/cut" -name '*-checkpoint*' | grep -q . && complain "a checkpoint outlived its run"
       [ "$(find "$work/cut/long/pieces" -type f | wc -l)" -eq 6 ] || complain "not a piece for each run"
       rounds=$((rounds + 1)) round=0
       rm -rf "$work/cut";;
    *) complain "exit $code: $(head -2 "$work/err")"; round=0; rm -rf "$work/cut";;
    esac
    # Stopped, it has all files or none; whole ones.
    for file in "$work"/cut/long/*.dat "$work"/cut/long/training.json; do
        [ ! -e "$file" ] || [ -z "$(tail -c 1 "$file")" ] || complain "$file is there and not whole"
    done
done 2> "$work/gone"
printf 'test_train: %s kills, %s interrupts, %s whole runs between them\n' $killed $stopped $rounds
exit $bad
