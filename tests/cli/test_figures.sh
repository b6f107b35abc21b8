#!/bin/sh
# Every figure is a picture: its script is UTF-8 and free of the symbol font, the SVG drawn from it is well-formed XML, no label is missing, no text lies on
# another, beyond the edge or under a curve.
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
boxes() { "${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py "$@"; }
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

# Drawings with one fault each, and the words that the fault is told by.
mkdir "$work/data"
faulty() { # NAME WORDS < what a script says after the style
    { echo "load 'plots/style.gp'"; cat; } > "$work/$1.gp"
    sh tools/figure.sh "$work/$1.gp" "$work/data" "$work/$1" > "$work/log" 2>&1 || complain "$1: $(cat "$work/log")"
    said=$(boxes "$work/$1.svg" "$work/$1.gp")
    [ -n "$2" ] || { [ -z "$said" ] || complain "$1: $said"; return; }
    [ "$(printf '%s\n' "$said" | wc -l)" -eq 1 ] || complain "$1: not one fault: $said"
    case $said in *"$2"*) ;; *) complain "$1: the fault is not told: $said";; esac
}
faulty sound '' <<'G'
set title "A finding"; set xlabel "time t"; set ylabel "loss L_{SG}"; set label 1 "curve" at 2,1.2; set key top right
plot [0:10] [-2:2] 0.5*sin(x) title "in the key", 0.5*cos(x) with points notitle
G
faulty on_another '"curve" lies on "another"' <<'G'
set xlabel "time t"; set label 1 "another" at 2,1.2; set label 2 "curve" at 2.1,1.25
plot [0:10] [-2:2] 0.5*sin(x)
G
faulty beyond '"as long as it pleases to be" reaches beyond the edge' <<'G'
set label 1 "as long as it pleases to be" at 9,1.2
plot [0:10] [-2:2] 0.5*sin(x)
G
faulty crossed 'runs through "curve"' <<'G'
set label 1 "curve" at 4,-0.4
plot [0:10] [-2:2] 0.5*sin(x)
G
faulty marked 'runs through "label"' <<'G'
set label 1 "label" at 5,1.5
plot [0:10] [-2:2] '+' using (5.3):(1.5) with points pt 7 ps 0.5
G
faulty arrowed 'runs through "label"' <<'G'
set label 1 "label" at 5,1.5; set arrow 1 from 4,1.5 to 6,1.5
plot [0:10] [-2:2] 0.5*sin(x)
G
faulty under_key "lies under the key's" <<'G'
set key top right
plot [0:10] [-2:2] 0.5*sin(x) title "a key", [9.3:9.5] 1.82 with lines lw 5
G
# gnuplot leaves out what has no room; here the script says what the drawing does not have.
printf 'set ylabel "left out"\n' >> "$work/sound.gp"
case $(boxes "$work/sound.svg" "$work/sound.gp") in *'"left out" is set in'*) ;; *) complain "a missing label passes";; esac
for file in bytes open; do
    case $(boxes "$work/$file.svg" "$work/sound.gp") in *'no picture'*) ;; *) complain "boxes: $file.svg passes for a picture";; esac
done

# ---- all scripts, those of cases that take long included ----
for script in plots/*.gp; do
    is_utf8 "$script" || complain "$script is not UTF-8"
    found=$(grep -n 'Symbol\|\\[0-7][0-7][0-7]' "$script" | head -n 1)
    [ -z "$found" ] || complain "$script: write the letter itself: $found"
    # One drawing: the style opens it, tools/figure.sh makes the PNG of it.
    found=$(grep -n 'set terminal\|set output\|unset output' "$script" | head -n 1)
    [ "$script" = plots/style.gp ] || [ -z "$found" ] || complain "$script opens a drawing of its own: $found"
done
grep -q '^set encoding utf8$' plots/style.gp || complain "plots/style.gp does not set the encoding"

# ---- drawn afresh: the figures of all cases but those of more than about a second or on files that may not be here; with a slow program, DY3's ----
slow=' ad1_artificial_data dy11_deep dy8_map_deep nl1_learning_curves nl2_applied nl2_random nl2_seen_loss'
slow="$slow nl1_sigmoid nl1_gd nl1_no_norm nl6_one_framework nl6_unlocked "
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
    printf '%s\n%s\n' "$work/out/figures/$name.svg" "$script" >> "$work/pairs"
    drawn=$((drawn + 1))
done
[ ! -s "$work/pairs" ] || said=$(xargs -d '\n' "${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py < "$work/pairs")
[ -z "$said" ] || complain "$said"
[ $drawn -ge $least ] || complain "only $drawn figures were drawn"
# The run as a whole, against the summaries: rows by state, by kind of evidence, and the theorems' names.
said=$("$program" plots run_margins run_evidence --out "$work/out" 2>&1) && [ "$(printf '%s\n' "$said" | grep -c 'run_.*svg')" -eq 2 ] || complain "plots of the run: $said"
for name in run_margins run_evidence; do
    said=$(boxes "$work/out/figures/$name.svg" "plots/$name.gp")
    [ -z "$said" ] || complain "$said"
done
said=$("${PYTHON:-/usr/bin/python3}" - "$work/out" << 'P'
import collections, glob, json, sys
margins, kinds = collections.Counter(), collections.Counter()
for path in glob.glob(sys.argv[1] + "/*/summary.json"):
    with open(path, encoding="utf-8") as file:
        summary = json.load(file)
    for row in summary["rows"]:
        state = 0 if row["state"] == "met" else 1 if summary["ok"] else 2
        margin = "inf" if row["margin"] is None else "%.6g" % row["margin"]
        margins[(summary["claim"], margin, str(state))] += 1
        if row["evidence"] != "machine-checked":    # `make proofs` was run: its theorems are counted below
            kinds[(summary["claim"], row["evidence"])] += 1
for line in open("proofs/coq/THEOREMS", encoding="utf-8"):
    words = line.split()
    if len(words) > 2 and words[0] != "#" and words[1] not in ("=", ":"):
        kinds[(words[0], "machine-checked")] += len(words) - 2
def lines(name):
    with open(f"{sys.argv[1]}/{name}.dat", encoding="utf-8") as file:
        return [line.split() for line in file if line[0] != "#"]
if collections.Counter((w[1], w[2], w[3]) for w in lines("run_margins/margins")) != margins or not margins:
    print("run_margins: not the summaries' rows")
names = ["closed form", "simulated", "certified", "machine-checked"]
table = {(w[1], name): int(n) for w in lines("run_evidence/evidence") for name, n in zip(names, w[2:])}
if {k: n for k, n in table.items() if n} != {k: n for k, n in kinds.items() if k[1] in names}:
    wrong = {k: (table.get(k, 0), kinds.get(k, 0)) for k in set(table) | set(kinds) if table.get(k, 0) != kinds.get(k, 0)}
    print(f"run_evidence: not the summaries' counts: {wrong}")
P
)
[ -z "$said" ] || complain "$said"
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
    printf '%s\n%s\n' "$svg" "$script" >> "$work/here"
done
[ ! -s "$work/here" ] || said=$(xargs -d '\n' "${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py < "$work/here")
[ -z "$said" ] || complain "$said"

# ---- what is no picture is not drawn, and does not come into the page ----
cat > "$work/raw.gp" <<'G'
load 'plots/style.gp'
set title "{/Symbol \321}L"; plot x
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
