#!/bin/sh
# Every figure is a picture: its script is UTF-8 and free of the symbol font, the SVG drawn from it is well-formed XML.
program=$PWD/${B:-build/release}/synthgrad
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_figures: %s\n' "$*"; bad=1; }
is_utf8() { iconv -f UTF-8 -t UTF-8 "$1" > /dev/null 2>&1; }
no_picture() { # prints what is wrong with an SVG, or nothing
    is_utf8 "$1" || { echo "not UTF-8"; return; }
    xmllint --noout --nonet "$1" 2>&1 | head -n 2
    grep -q 'font-family="Symbol"' "$1" && echo "asks for the symbol font"
}
command -v xmllint > /dev/null || { echo "test_figures: no xmllint here; make deps installs it"; exit 1; }

# ---- the checks themselves: each notices what it is for ----
printf '<svg>\321</svg>\n' > "$work/bytes.svg"                        # nabla in the symbol font's table
printf '<svg><text>&</text></svg>\n' > "$work/open.svg"
printf '<svg><text font-family="Symbol">m</text></svg>\n' > "$work/latin.svg"
printf '<svg><text>\316\274</text></svg>\n' > "$work/good.svg"        # mu in UTF-8
for file in bytes open latin; do
    [ -n "$(no_picture "$work/$file.svg")" ] || complain "$file.svg passes for a picture"
done
[ -z "$(no_picture "$work/good.svg")" ] || complain "good.svg: $(no_picture "$work/good.svg")"

# ---- all scripts, those of cases that take long included ----
for script in plots/*.gp; do
    is_utf8 "$script" || complain "$script is not UTF-8"
    found=$(grep -n 'Symbol\|\\[0-7][0-7][0-7]' "$script" | head -n 1)
    [ -z "$found" ] || complain "$script: write the letter itself: $found"
done
grep -q '^set encoding utf8$' plots/style.gp || complain "plots/style.gp does not set the encoding"

# ---- drawn afresh: the figures of all cases but those of more than about a second or on files that may not be here; with a slow program, DY3's ----
slow=' ad1_artificial_data dy11_deep dy8_map_deep nl1_learning_curves nl2_applied nl2_random nl2_seen_loss'
slow="$slow nl1_sigmoid nl6_one_framework nl6_unlocked "
# A figure shows the first replicate.
scripts='plots/*.gp' least=20 drawn=0
mkdir "$work/cases"
[ "${B:-build/release}" = build/release ] || { scripts=plots/dy3_joint_spectrum.gp; least=1; }
for script in $scripts; do
    name=$(basename "$script" .gp)
    case "$slow" in *" $name "*) continue;; esac
    [ -e "cases/$name.cfg" ] && ! grep -q '^budget\|kind = "idx"' "cases/$name.cfg" || continue
    sed -f tests/one_replicate.sed "cases/$name.cfg" > "$work/cases/$name.cfg"
    "$program" run "$work/cases/$name.cfg" --jobs 1 --out "$work/out" > "$work/log" 2>&1
    [ -s "$work/out/$name/summary.json" ] || { complain "$name: $(tail -n 3 "$work/log")"; continue; }
    said=$(LC_ALL=C sh tools/figure.sh "$script" "$work/out/$name" "$work/out/figures/$name" 2>&1) || \
        complain "$name: not drawn"
    [ -z "$said" ] || complain "$name: $said"
    said=$(no_picture "$work/out/figures/$name.svg")
    [ -z "$said" ] || complain "$name.svg: $said"
    drawn=$((drawn + 1))
done
[ $drawn -ge $least ] || complain "only $drawn figures were drawn"
# Letters come out as letters: DY3's axis names both rates and the eigenvalue.
for letter in μ ν λ; do
    grep -q "$letter" "$work/out/figures/dy3_joint_spectrum.svg" || complain "no $letter in DY3's figure"
done

# Folders of any name: what is in one is neither gnuplot's nor the shell's to obey.
odd="$work/it's \$(touch $work/obeyed) \`touch $work/obeyed\`'; system('touch $work/obeyed'); x='"
mkdir -p "$odd"
[ ! -d "$work/out/dy3_joint_spectrum" ] || cp -r "$work/out/dy3_joint_spectrum" "$odd/results"
said=$(sh tools/figure.sh plots/dy3_joint_spectrum.gp "$odd/results" "$odd/figure" 2>&1) && [ -s "$odd/figure.svg" ] ||
    complain "a folder with quotes: $said"
mkdir "$odd/nl1"
awk 'BEGIN { for (a = 0; a < 2; a++) for (d = 2; d < 5; d++) for (r = 0; r < 3; r++) for (e = 1; e < 4; e++)
    print a, d, r, e, 1 / e, 1 / e, 1 / e, 1 - 1 / e, 1 - 1 / e, 1 - 1 / e, 0, 0 }' > "$odd/nl1/curves.dat"
awk 'BEGIN { for (d = 2; d < 5; d++) for (r = 0; r < 3; r++) print 0, d, r, 0.5, 0.4, 0.6 }' > "$odd/nl1/ends.dat"
said=$(sh tools/figure.sh plots/nl1_learning_curves.gp "$odd/nl1" "$odd/nl1/figure" 2>&1)
[ ! -e "$work/obeyed" ] || complain "the name of a folder was obeyed"
case $said in *"awk: "* | *"sh: "*) complain "a folder with quotes, NL1: $said";; esac

# ---- figures that `make plots` left here, if script and style have not changed since ----
for svg in results/figures/*.svg; do
    script=plots/$(basename "$svg" .svg).gp
    [ -e "$svg" ] && [ "$svg" -nt "$script" ] && [ "$svg" -nt plots/style.gp ] || continue
    said=$(no_picture "$svg")
    [ -z "$said" ] || complain "$svg: $said"
done

# ---- what is no picture is not drawn, and does not come into the page ----
mkdir "$work/data"
cat > "$work/raw.gp" <<'G'
load 'plots/style.gp'
do for [pass = 1:2] { eval sg_terminal(pass); set title "{/Symbol \321}L"; plot x }
G
sh tools/figure.sh "$work/raw.gp" "$work/data" "$work/raw" 2> "$work/log" && \
    complain "figure.sh draws an SVG that is not UTF-8"
grep -q 'not UTF-8' "$work/log" || complain "figure.sh says: $(cat "$work/log")"
[ -e "$work/raw.svg" ] && complain "figure.sh leaves an SVG that is not UTF-8"
"$program" report --out "$work/out" > "$work/log" 2>&1 || complain "report: exit $?: $(cat "$work/log")"
grep -q '<img' "$work/out/report/index.html" || complain "the report has no figure"
rm "$work/out/report/index.html"
# A NUL, a raw byte, a cut character, an overlong one, a surrogate.
for bytes in '\0' '\321' '\316' '\300\257' '\355\240\200'; do
    printf "<svg>\n<text>$bytes</text></svg>\n" > "$work/out/figures/dy3_joint_spectrum.svg"
    "$program" report --out "$work/out" > "$work/log" 2>&1; code=$?
    [ $code -eq 2 ] || complain "report, $bytes in a figure: exit $code"
    grep -q 'figures/dy3_joint_spectrum.svg:2: not UTF-8' "$work/log" || complain "report, $bytes: $(cat "$work/log")"
    [ -e "$work/out/report/index.html" ] && complain "report, $bytes: a page was written"
done
exit $bad
