#!/bin/sh
# After the compilation: every theorem of proofs/coq/THEOREMS with its assumptions, which have to be none.  The statements go to
# build/proofs/statements.txt.  Exit 1 on an assumption, an unlisted theorem of a claim, a shortcut in a source, a page that does not name its theorem,
# a claim without its share, or words for a theorem that is not listed.
list=proofs/coq/THEOREMS out=build/proofs status=0
rm -f $out/checked.txt
fail() { echo "synthgrad: $*" >&2; status=1; }

# Comments (nested) are cut out first: only what Coq reads counts.
for file in proofs/coq/*.v; do
    hit=$(awk 'BEGIN { RS = "\001" } { depth = 0; text = ""; n = length($0)
            for (i = 1; i <= n; i++) { two = substr($0, i, 2)
                if (two == "(*") { depth++; i++ } else if (two == "*)") { depth--; i++ } else if (!depth) text = text substr($0, i, 1) }
            print text }' "$file" |
        grep -nwE 'Admitted|admit|Axioms?|Parameters?|Conjecture|give_up|Abort|bypass_check|Guard|Positivity|type_in_type' | head -1)
    [ -z "$hit" ] || fail "$file: a shortcut, in the text without comments: $hit"
done

grep -v '^#' "$list" | while read -r claim file names; do
    case $file in =|:) continue ;; esac
    for name in $names; do echo "$claim $file $name"; done
done > $out/listed.txt

# One query file: names and statements in one order, so that the answers can be paired with the list.
{ while read -r _ file _; do echo "Require SG.$file."; done < $out/listed.txt | sort -u
  while read -r _ file name; do
      printf 'Goal True. idtac "@@ %s.%s". Abort.\nPrint Assumptions SG.%s.%s.\n' "$file" "$name" "$file" "$name"
  done < $out/listed.txt; } > $out/query.v
{ sed -n '/^Require/p' $out/query.v; sed 's/^[^ ]* \([^ ]*\) \(.*\)$/About SG.\1.\2./' $out/listed.txt; } > $out/statements.v
(cd $out && coqc -q -Q . SG query.v > query.out 2>&1) || { grep -v "^@@\|^Closed" $out/query.out >&2; fail "$list names a theorem that is not there"; exit 1; }
(cd $out && coqc -q -Q . SG -w none statements.v > statements.txt 2>&1) || fail "the statements do not print"

last=
share() { [ -z "$1" ] || awk -v claim="$1" '$1 == claim && $2 == "=" { sub(/^[^=]*= */, ""); print "        carried: " $0 }' "$list"; }
while read -r claim file name; do
    [ "$claim" = "$last" ] || share "$last"
    last=$claim
    grep -q "^$claim *= *." "$list" || fail "$list does not say what share of $claim is carried"
    answer=$(awk -v key="@@ $file.$name" '$0 == key { on = 1; next } /^@@/ { on = 0 } on' $out/query.out)
    printf '  %-5s %-34s %s\n' "$claim" "$name" "$answer"
    [ "$answer" = "Closed under the global context" ] || fail "$file.v: $name rests on assumptions"
    for page in proofs/"$(echo "$claim" | tr '[:upper:]' '[:lower:]')"_*.md; do
        [ ! -e "$page" ] || grep -q "\`$name\`" "$page" || fail "$page does not name the theorem $name of proofs/coq/$file.v"
    done
done < $out/listed.txt
share "$last"
awk '$2 == ":" { print $1, $3 }' "$list" > $out/said.txt
while read -r claim name; do
    grep -q "^$claim [^ ]* $name\$" $out/listed.txt || fail "$list: words for $name, which is not listed for $claim"
done < $out/said.txt

# A theorem named after a claim has to be on the list, and a listed one in its file.
for file in proofs/coq/*.v; do
    base=$(basename "$file" .v)
    sed -n 's/^ *\(Theorem\|Corollary\) \([A-Za-z0-9_]*\).*/\2/p' "$file" | grep -E '^(cp|dy)[0-9]+_' | while read -r name; do
        grep -q " $base $name\$" $out/listed.txt || echo "$file: $name is not in $list"
    done
done > $out/unlisted.txt
[ ! -s $out/unlisted.txt ] || { cat $out/unlisted.txt >&2; status=1; }

n=$(wc -l < $out/listed.txt)
[ "$n" -gt 0 ] || fail "$list is empty"
[ $status -ne 0 ] || cp $out/listed.txt $out/checked.txt       # `verify` shows these as evidence until a source is newer
[ $status -ne 0 ] || echo "proofs: $n theorems for $(cut -d' ' -f1 $out/listed.txt | sort -u | wc -l) claims, no assumptions; statements in $out/statements.txt"
exit $status
