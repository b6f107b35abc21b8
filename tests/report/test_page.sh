#!/bin/sh
# The report as a reader meets it: well-formed, one file, every link with something behind it, and nothing green that was not shown.
program=$PWD/${B:-build/release}/synthgrad
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_page: %s\n' "$*"; bad=1; }
command -v xmllint > /dev/null || { echo "test_page: no xmllint here; make deps installs it"; exit 1; }
page=$work/out/report/index.html
report() { "$program" report --out "$work/out" > "$work/log" 2>&1 || complain "report: exit $?: $(cat "$work/log")"; }

"$program" verify cases/dy3_joint_spectrum.cfg cases/dy8_two_layers.cfg cases/cp1_preservation.cfg cases/dy4_fixed_line.cfg --out "$work/out" \
    > "$work/log" 2>&1 || complain "verify: $(tail -n 3 "$work/log")"
sh tools/figure.sh plots/dy3_joint_spectrum.gp "$work/out/dy3_joint_spectrum" "$work/out/figures/dy3_joint_spectrum" || complain "no figure"
# The proof pages of the tree, made afresh; without pandoc the page has words in their place.
pandoc=''
if command -v pandoc > /dev/null; then
    pandoc=yes
    make pages > "$work/log" 2>&1 || complain "make pages: $(tail -n 3 "$work/log")"
    # Where cases/ is a link (a copy of the tree, as of make mutants), the program looks beside what it leads to.
    # Others may do so at the same time: whole, or not at all.
    [ ! -L cases ] || [ -d cases/../build/pages ] || {
        mkdir -p cases/../build && cp -r build/pages "cases/../build/pages.$$" &&
            { mv -T "cases/../build/pages.$$" cases/../build/pages 2> /dev/null || rm -rf "cases/../build/pages.$$"; }
    } || complain "the pages cannot be put beside the cases"
else
    make pages 2>&1 | grep -q 'no pandoc here' || complain "make pages does not say that pandoc is missing"
fi
report

# ---- the checks themselves: each notices what it is for ----
# What is wrong with the links of a page: those that lead nowhere, and addresses given twice.
wrong_links() {
    tr '<' '\n' < "$1" | sed -n 's/.* id="\([^"]*\)".*/\1/p' | LC_ALL=C sort > "$work/ids"
    uniq -d "$work/ids" | sed 's/^/twice: /'
    tr '<' '\n' < "$1" | sed -n 's/^a [^>]*href="\([^"]*\)".*/\1/p' | sort -u | while read -r href; do
        case $href in
        http*) ;;
        \#*) grep -qx -- "${href#?}" "$work/ids" || echo "nowhere: $href" ;;
        *) [ -e "$(dirname "$1")/${href%%#*}" ] || echo "no file: $href" ;;
        esac
    done
}
printf '<p id="a"><a href="#a">x</a></p><p id="a"/><a href="#b">y</a><a href="z.html">z</a>' > "$work/links.html"
[ "$(wrong_links "$work/links.html" | wc -l)" -eq 3 ] || complain "of three wrong links: $(wrong_links "$work/links.html")"

# ---- the page ----
xmllint --noout --nonet "$page" > "$work/log" 2>&1 || complain "not well-formed: $(head -n 3 "$work/log")"
grep -q '<script\|src="http\|<link\|@import\|url(http' "$page" && complain "the page is not one file"
said=$(wrong_links "$page"); [ -z "$said" ] || complain "$said"
for word in 'id="abstract"' 'id="answers"' 'id="claims"' 'id="how"' '<svg class="net"' 'id="DY8"' 'id="dy8_two_layers"' '<main>' \
            'href="#figure-dy3_joint_spectrum"' '<a href="../figures/dy3_joint_spectrum.svg"><img' 'the paper, Proposition 1' '<code>cp1_preserved</code>'; do
    grep -qF -- "$word" "$page" || complain "no $word in the page"
done
# A limit that is proved shows both its ends.
grep -q 'so it is, low -1.0000000045, high -0.9999999955</td>' "$page" || complain "the lower limit of DY4 has no ends"
grep -q 'cases/dy4_fixed_line.cfg">' "$page" || complain "a case file is not linked"
[ "$(grep -c 'data:image/' "$page")" -eq 1 ] || complain "DY3's figure is on the page $(grep -c 'data:image/' "$page") times"
# The abstract's five sentences, a paragraph each.
sentences=$(sed -n '/id="abstract"/,/<\/section>/p' "$page" | grep -c '^<p>')
[ "$sentences" -eq 5 ] || complain "the abstract has $sentences sentences"
if [ -n "$pandoc" ]; then
    [ "$(grep -c '<div class="statement" tabindex' "$page")" -eq 4 ] || complain "not every claim has its statement in mathematics"
    grep -q '<mi>λ</mi>' "$page" || complain "no lambda in the statements"
    grep -q '<annotation' "$page" && complain "TeX is left in the page"
    for html in "$work"/out/report/proofs/*.html; do
        xmllint --noout --nonet "$html" > "$work/log" 2>&1 || complain "$html: $(head -n 2 "$work/log")"
        said=$(wrong_links "$html" | grep -v 'twice'); [ -z "$said" ] || complain "$html: $said"
    done
    grep -q 'href="../index.html#DY8"' "$work/out/report/proofs/dy8_repelling_minima.html" || complain "no way back from a proof page"
    # A formula that pandoc does not read is refused, not left as TeX.
    printf '# X\n\n$$a_{\\rm null} b$$\n' > "$work/x.md"
    sh tools/pages.sh "$work/x.md" "$work/x.html" 2> /dev/null && complain "an unreadable formula makes a page"
    [ -e "$work/x.html" ] && complain "an unreadable formula leaves a page"
fi
# Nothing of the project at hand: words for statements, no link to what is not there.
mkdir "$work/alone" && (cd "$work/alone" && "$program" report --out ../out > ../log 2>&1) || complain "report elsewhere: $(cat "$work/log")"
rm -r "$work/out/report"
(cd "$work/alone" && "$program" report --out ../out > ../log 2>&1) || complain "report elsewhere: $(cat "$work/log")"
said=$(wrong_links "$page"); [ -z "$said" ] || complain "elsewhere: $said"
grep -q '<div class="statement"><p>' "$page" || complain "elsewhere: no statement in words"

# ---- colours: green for what was shown, and the first screen says what these results do not ----
colour() { # CASE: the class of its verdict
    tr '\n' ' ' < "$page" | sed -n "s/.*<h3 id=\"$1\">[^ ]* *href[^>]*>[^<]*<\/a>: <span class=\"verdict \([a-z]*\)\">.*/\1/p"
}
[ "$(colour dy4_fixed_line)" = good ] || complain "a theorem that holds is $(colour dy4_fixed_line)"
grep -q 'in these results' "$page" || complain "the first screen leaves out what was not run"
edit() { # VERDICT OK: of DY8
    sed -i "s/^  \"verdict\": \"[a-z ]*\"/  \"verdict\": \"$1\"/; s/^  \"ok\": [a-z]*/  \"ok\": $2/" "$work/out/dy8_two_layers/summary.json"
    report
    printf '%s' "$(colour dy8_two_layers)"
}
[ "$(edit 'not reproduced' true)" = open ] || complain "not reproduced is green"
[ "$(edit inconclusive true)" = open ] || complain "inconclusive is green"
[ "$(edit fails false)" = bad ] || complain "a failure is not red"
sed -n '/id="abstract"/,/<\/section>/p' "$page" | grep -q '>DY8</a> (in these results: <span class="verdict bad">' || \
    complain "the first screen claims what these results contradict"

# ---- what nobody wrote for a page: a control character in a note; a drawing heavier than its picture ----
sed -i 's/^  "note": ".*"/  "note": "a\\u0001<b>"/' "$work/out/dy4_fixed_line/summary.json"
awk 'BEGIN { print "<svg xmlns=\"http://www.w3.org/2000/svg\">"
    for (i = 0; i < 9000; i++) printf "<rect x=\"%d\" y=\"1\" width=\"2\" height=\"%d\"/>", i, i; print "</svg>" }' \
    > "$work/out/figures/dy4_fixed_line.svg"
cp "$work/out/figures/dy3_joint_spectrum.png" "$work/out/figures/dy4_fixed_line.png"
report
grep -qF 'a\x01&lt;b&gt;' "$page" || complain "the note is not in the page"
xmllint --noout --nonet "$page" > "$work/log" 2>&1 || complain "edited: not well-formed: $(head -n 3 "$work/log")"
grep -o 'data:image/png;base64,[^"]*' "$page" | sed 's/[^,]*,//' | base64 -d | cmp -s - "$work/out/figures/dy4_fixed_line.png" || \
    complain "the heavy drawing's picture is not on the page"

# ---- own runs: another case, and a case of the project that was changed, are marked and counted ----
sed 's/^train = /# as mine\ntrain = /' cases/dy3_joint_spectrum.cfg > "$work/mine.cfg"
mkdir "$work/changed" && sed 's/seed = 1/seed = 2/' cases/cp1_preservation.cfg > "$work/changed/cp1_preservation.cfg"
"$program" verify "$work/mine.cfg" "$work/changed/cp1_preservation.cfg" --out "$work/out" > "$work/log" 2>&1 || complain "verify: $(tail -n 3 "$work/log")"
report
for case in mine cp1_preservation; do
    grep -q "<h3 id=\"$case\">.*, own run</h3>" "$page" || complain "$case is not marked as an own run"
    grep -q "cases/$case.cfg" "$page" && complain "$case is linked as a case of the project"
done
[ "$(grep -c ', own run</h3>' "$page")" -eq 2 ] || complain "$(grep -c ', own run</h3>' "$page") own runs are marked"
grep -q '2 of the cases are of your own' "$page" || complain "own runs are not counted"

# ---- the whole report, where make report left one: 3 MB at most ----
whole=results/report/index.html
if [ -e "$whole" ] && [ "$whole" -nt "$program" ]; then
    [ "$(wc -c < "$whole")" -le 3000000 ] || complain "$whole has $(wc -c < "$whole") bytes"
    xmllint --noout --nonet "$whole" > "$work/log" 2>&1 || complain "$whole: $(head -n 2 "$work/log")"
    said=$(wrong_links "$whole"); [ -z "$said" ] || complain "$whole: $said"
fi
exit $bad
