#!/bin/sh
# What an experiment keeps is about the data and the kind of machine it was made on: other bytes in
# the same files, or another BLAS kernel, and it is measured again.
program=${PROGRAM:-$PWD/build/synthgrad}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_pieces: %s\n' "$*"; bad=1; }

case=$work/own.cfg
cat > "$case" <<'CASE'
claim = "NL1";  expect = "reproduced";  seed = 1;
budget = "seconds, but kept piece by piece";
data  = { kind = "idx"; n = 200; test = 100;
          train_files = ("seen-images", "seen-labels"); test_files = ("other-images", "other-labels"); };
net   = { layers = (8); depths = (2); activation = "relu"; batch_norm = true; loss = "softmax"; type = "float32"; };
sg    = ( { mix = 1.0; } );
train = { optimiser = "adam"; mu = 1e-2; nu = 1e-2; units = "absolute"; batch = 20; epochs = 2; seeds = 3; };
CASE
# Images of 8 x 8 random bytes, labels at random: idx NAME COUNT-IN-OCTAL COUNT
idx() {
    { printf "\\000\\000\\010\\003\\000\\000\\000\\$2\\000\\000\\000\\010\\000\\000\\000\\010"
      head -c $(($3 * 64)) /dev/urandom; } > "$work/$1-images"
    { printf "\\000\\000\\010\\001\\000\\000\\000\\$2"
      head -c $(($3 * 200)) /dev/urandom | LC_ALL=C tr -dc '\000-\011' | head -c "$3"
    } > "$work/$1-labels"
}
bits() {
    (cd "$1/own" && for file in *.dat summary.json; do
        echo "$file"
        sed 's/"seconds": [^,}]*/"seconds": 0/' "$file"
    done)
}
run() {                                                          # FOLDER
    "$program" run --full --out "$work/$1" "$case" > "$work/out" 2> "$work/err"
    [ $? -le 1 ] && [ ! -s "$work/err" ] || complain "$1: $(head -3 "$work/err")"
    bits "$work/$1" > "$work/$1.bits"
}
same() { cmp -s "$work/$1.bits" "$work/$2.bits"; }

idx seen 310 200; idx other 144 100
run first
[ "$(find "$work/first" -path '*/pieces/*' -type f | wc -l)" -ge 9 ] || complain "no pieces"
inodes() { find "$work/$1" -path '*/pieces/*' -type f -printf '%P %i\n' | sort; }
cp -r "$work/first" "$work/again"; inodes again > "$work/before"; run again
same first again || complain "the same command gives other bits"
inodes again | cmp -s - "$work/before" || complain "a piece was measured again without need"

# Other bytes in the same files, all pieces there, then some of them.
idx seen 310 200
cp -r "$work/first" "$work/replaced"; run replaced
cp -r "$work/first" "$work/mixed"; rm "$work"/mixed/own/pieces/*sg*; run mixed
run fresh
same first fresh && complain "two draws of the data give the same bits"
same replaced fresh || complain "the numbers of other data were given again"
same mixed fresh || complain "runs on two data sets were paired"

# A kernel of another kind of processor.
if [ "$(uname -m)" = x86_64 ]; then
    cp -r "$work/fresh" "$work/moved"
    OPENBLAS_CORETYPE=Prescott run moved
    OPENBLAS_CORETYPE=Prescott run prescott
    same moved prescott || complain "pieces of two kinds of processor were mixed"
    find "$work/moved" -path '*/pieces/*' -type f -exec grep -L 'OPENBLAS_CORETYPE=' {} + |
        grep -q . && complain "a piece of another BLAS kernel was used"
fi
[ $bad -eq 0 ] && echo "test_pieces: passed"
exit $bad
