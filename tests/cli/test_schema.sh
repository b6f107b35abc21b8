#!/bin/sh
# JSON that leaves the program is as schema/*.json says, and a schema that anything passes is none.
if ! python3 -c 'import jsonschema' 2> /dev/null; then
    echo "test_schema: skipped, python3-jsonschema is not installed"
    exit 0
fi
program=$PWD/build/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_schema: %s\n' "$*"; bad=1; }
check() {
    schema=$1; shift
    python3 tests/cli/schema.py "schema/$schema.schema.json" "$@" > "$work/said" 2>&1 ||
        complain "$(head -n 12 "$work/said")"
}

# Theorems and experiments of every kind of evidence, one that is skipped, one that falls short.
export NIST_DIR="$work" MNIST_DIR="$work"
"$program" verify --out "$work/out" --json "$work/verify.json" cases/cp1_preservation.cfg \
    cases/dy3_joint_spectrum.cfg cases/dy15_flight.cfg cases/nl7_observe_only.cfg > "$work/said" ||
    complain "verify: $(tail -n 3 "$work/said")"
"$program" verify --out "$work/all" --filter 'dy3_longley' --json "$work/skipped.json" > "$work/said" ||
    complain "verify: $(tail -n 3 "$work/said")"
grep -q '"skipped"' "$work/skipped.json" || complain "nothing is skipped"
sed 's/expect = "holds"/expect = "fails"/' cases/dy3_joint_spectrum.cfg > "$work/short.cfg"
"$program" run "$work/short.cfg" --out "$work/out" --json > "$work/run.json"
[ $? -eq 1 ] || complain "a case that falls short does not"
"$program" merge "$work/out" > "$work/merged.json" || complain "merge"
check certificates "$work/out/dy3_joint_spectrum/certificates.json" "$work/out/nl7_observe_only/certificates.json"
check verdict "$work/verify.json" "$work/skipped.json" "$work/run.json" "$work/merged.json" "$work"/out/*/summary.json

"$program" report --out "$work/out" --json > "$work/report.json" || complain "report"
check report "$work/report.json"

# Every part of an analysis: a delay, layers, rates, momentum, a target far off, realizable data,
# dependent columns, a column left out, missing cells, several targets; classes of every verdict.
awk 'BEGIN { print "a,b,k,y,z"; srand(3)
    for (i = 0; i < 30; i++) { a = rand(); b = rand(); print a "," b ",7," 2*a - b + rand() "," a + b } }' > "$work/t.csv"
printf 'a,b,y\n1,2,5\n3,6,5.5\n4,8,7\n9,NA,1\n' > "$work/dependent.csv"
analyze() { # NAME FILE OPTIONS...
    name=$1 file=$2
    shift 2
    "$program" analyze "$work/$file" --json "$@" > "$work/analysis_$name.json" 2> "$work/said" ||
        complain "$name: $(cat "$work/said")"
}
analyze plain t.csv --target y
analyze all t.csv --target y --drop z --delay 3 --layers 4 --sg-at 2 --rates 0.1,5 --momentum 0.5
analyze everywhere t.csv --target y --drop z --layers 3 --sg-at everywhere --no-standardise
analyze exact t.csv --target z --drop y --standardise-target
analyze origin t.csv --target y --no-intercept
analyze several t.csv --target y,z
analyze weighted t.csv --target y --weights z
analyze dependent dependent.csv --target y --drop-missing
printf 'a,b,ill\n0,1,0\n1,0,1\n1,1,0\n0,0,1\n2,1,1\n2,5,0\n' > "$work/two.csv"
printf 'x,y\n-3,0\n-1.1,0\n0.1,0\n0.1,1\n0.7,1\n3,1\n' > "$work/meet.csv"
printf 'a,y\n1,0\n2,0\n3,0\n5,1\n8,1\n' > "$work/apart.csv"
awk 'BEGIN { print "a,b,kind"; for (i = 0; i < 60; i++) print i * i % 17 "," i % 5 "," (i * 7 % 13 + i * i % 17) % 3 }' \
    > "$work/three.csv"
analyze two two.csv --target ill --loss log
analyze meet meet.csv --target y --loss log
analyze apart apart.csv --target y --loss log
analyze three three.csv --target kind --loss log
"$program" analyze "$work/dependent.csv" --target y --drop-missing --out "$work/out" > /dev/null || complain "analyze --out"
check analysis "$work"/analysis_*.json "$work/out/analyze_dependent/analysis.json"

# Trainings: with images, SGs and feedback; without SGs, classes or minibatches; one that diverges.
cat > "$work/images.cfg" <<'C'
data = { kind = "digits"; n = 60; test = 20; };
net = { layers = (8, 8); activation = "relu"; loss = "softmax"; type = "float32"; };
sg = ( { at = 1; } );
train = { optimiser = "adam"; mu = 3e-3; nu = 3e-3; start = "he"; batch = 20; epochs = 2; seeds = 2; };
C
printf 'data = { n = 30; d = 3; };\nsg = ();\ntrain = { mu = 0.05; steps = 40; seeds = 1; };\n' > "$work/rows.cfg"
printf 'data = { n = 30; d = 3; };\ntrain = { mu = 0.05; nu = 50.0; steps = 600; seeds = 2; };\n' > "$work/away.cfg"
"$program" train "$work/images.cfg" --against backprop,sg_everywhere,dfa,fa,kickback,nothing --no-figure --json \
    --out "$work/out" > "$work/train_images.json" || complain "train: images"
for case in rows away; do
    "$program" train "$work/$case.cfg" --no-figure --json --out "$work/out" > "$work/train_$case.json" || complain "train: $case"
done
grep -q '"diverged": true' "$work/train_away.json" || complain "no run diverges"
check training "$work"/train_*.json "$work/out/images/training.json"

# A summary of a later format is refused, not misread.
sed -i 's/"format": 1/"format": 2/' "$work/out/short/summary.json"
"$program" report --out "$work/out" > /dev/null 2> "$work/said"
[ $? -eq 2 ] && grep -q 'short/summary.json: a summary of format 2.*reads format 1' "$work/said" ||
    complain "a later format: $(cat "$work/said")"
exit $bad
