#!/bin/sh
# explain: hypotheses and keys of every claim, as text and as JSON, and who reads a key.
program=$PWD/build/synthgrad
LC_ALL=C; export LC_ALL # text and JSON have the same letters
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_explain: %s\n' "$*"; bad=1; }
complain_of() { while IFS= read -r line; do complain "$1: $line"; touch "$work/bad"; done; }
# field NAME FILE: the values of that name in the JSON, one a line, as a shell would print them.
field() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$2" | sed 's/\\"/"/g; s/\\\\/\\/g'; }
# has FILE TEXT: in the file, line breaks and indents taken for one blank.
has() { tr -s ' \n' '  ' < "$1" | grep -qF -- "$2"; }

"$program" list --json > "$work/list" || complain "list fails"
# Where text is UTF-8, formulas are in letters and signs: no name of a letter is left, no line is
# too wide, and keys that one types keep theirs.
for claim in DY3 DY8 DY13; do
    LC_ALL=C.UTF-8 "$program" explain "$claim" > "$work/text"
    sed '/A case must give:/,$d' "$work/text" > "$work/words"
    grep -nE '(^|[^a-z._])(mu|nu|lambda|kappa|phi|sqrt)([^a-zA-Z]|$)|<=|>=|\^[0-9]' "$work/words" |
        complain_of "$claim: a formula in ASCII"
    [ "$(grep -v 'run it:' "$work/text" | LC_ALL=C.UTF-8 wc -L)" -le 98 ] ||
        complain "$claim: a line is too wide"
done
LC_ALL=C.UTF-8 "$program" explain DY3 > "$work/text"
for shown in 'μ < 2/λ_max(S_x)' '√((1 - R²)² + 4 R⁴)' 'R² → 1' 'r* ≠ 0' 'train.mu'; do
    has "$work/text" "$shown" || complain "explain DY3 does not show $shown"
done
LANG=C.UTF-8 LC_ALL= LC_CTYPE=C "$program" explain DY3 | grep -q 'λ' &&
    complain "LC_CTYPE=C is not heeded"

for claim in $(field claim "$work/list"); do
    "$program" explain "$claim" > "$work/text" || complain "explain $claim fails"
    "$program" explain "$claim" --json > "$work/json" || complain "explain $claim --json fails"
    for part in hypotheses keys required; do
        grep -q "\"$part\": \[" "$work/json" || complain "$claim: no $part in JSON"
    done
    for name in words mend takes; do
        field $name "$work/json" > "$work/lines"
        while IFS= read -r line; do
            has "$work/text" "$(printf '%s' "$line" | tr -s ' ')" || complain "$claim: $name: $line"
        done < "$work/lines"
    done
    for key in $(field key "$work/json"); do
        grep -q "^    $key " "$work/text" || complain "$claim: no line for $key"
    done
    awk 'length > 98 && !/run it:/' "$work/text" | grep . && complain "$claim: a line is too wide"
    sed -n '/"required": \[/,/\]/s/^ *"\([a-z]*\.*[a-z0-9_A-Z]*\)",\{0,1\}$/\1/p' "$work/json" \
        > "$work/required"
    while IFS= read -r key; do
        sed -n '/A case must give:/,/^$/p' "$work/text" | tr -s ' \n' '  ' | tr -d , |
            grep -q " $key " || complain "$claim: $key is required and not told"
        # a key has a line for each experiment that reads it otherwise
        awk -v key="$key" '/^    [a-z]/ { on = $1 == key } on' "$work/text" | tr -s ' \n' '  ' |
            grep -q 'must be given' || complain "$claim: $key must be given, and its line is mute"
    done < "$work/required"
done

"$program" explain DY3 > "$work/text"
has "$work/text" 'train.order only "simultaneous"' || complain "DY3: train.order"
has "$work/text" 'data.kind "gaussian" or "csv"' || complain "DY3: data.kind"
has "$work/text" 'train.mu a number above 0; default 0.9' || complain "DY3: train.mu"
has "$work/text" 'sg one SG module' || complain "DY3: sg"
grep -q '^    train.delay' "$work/text" && complain "DY3 does not read train.delay"
[ "$(grep -c '^      else ' "$work/text")" -eq 3 ] || complain "DY3: not three mends"
"$program" explain DY3 --json > "$work/json"
sed -n '/"key": "data.kind"/,/}/p' "$work/json" | tr -d ' \n' |
    grep -q '"required":false,"values":\["gaussian","csv"\]' || complain "DY3: data.kind in JSON"

# reads KEY CLAIM: does `explain case` say so?
"$program" explain case > "$work/case"
reads() {
    awk -v key="$1" '/^  [a-zA-Z]/ { on = $1 == key } on' "$work/case" | tr -s ' \n.' '  ' |
        sed -n 's/.*Read by//p' | tr -d , | grep -q " $2 "
}
reads steps DY3 || complain "case: steps is read by DY3"
reads order DY3 && complain "case: order is not read by DY3, which knows one value"
reads claim DY3 && complain "case: claim is the judge's"
[ -e "$work/bad" ] && bad=1
exit $bad
