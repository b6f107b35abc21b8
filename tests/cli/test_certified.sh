#!/bin/sh
# The table of proofs/certificates.md has every shipped case that expects `holds`, with the certified
# rows that it really has, or why there are none.
program=$PWD/${B:-build/release}/synthgrad
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_certified: %s\n' "$*"; bad=1; }

# A certified row is of a case's first replicate.  Of the sanitizers' flavours the quick cases do.
# Not run: what takes minutes by its own word, and what reads files that are not here.
mkdir "$work/cases"
for path in cases/*.cfg; do
    grep -q 'expect = "holds"' "$path" && ! grep -q '^budget\|kind = "idx"' "$path" || continue
    ! grep -q 'longley.csv' "$path" || [ -e "${NIST_DIR:-.}/longley.csv" ] || continue
    sed -f tests/one_replicate.sed "$path" > "$work/cases/$(basename "$path")"
done
[ "${B:-build/release}" = build/release ] || find "$work/cases" -name '*.cfg' ! -name 'dy[1-4]_*' -delete
"$program" verify --jobs 1 --out "$work/out" --json "$work/said.json" "$work"/cases/*.cfg > "$work/log" 2>&1 ||
    complain "verify: $(tail -n 3 "$work/log")"
if ! grep -q '"evidence": "certified"' "$work/said.json"; then
    echo "test_certified: skipped, the program was built without Arb"
    exit 0
fi

# A limit shows both its ends in the terminal and in JSON.
"$program" run "$work/cases/dy1_backprop.cfg" --out "$work/one" > "$work/log" 2>&1
grep -A 1 'mu limit: ' "$work/log" | grep -q '^ *proved, low 0\.[0-9]*, high 0\.[0-9]*$' ||
    complain "run: no ends of DY1's limit: $(grep -A 1 'mu limit: ' "$work/log")"
"$python" - "$work/said.json" << 'P' || complain "a limit without its two ends, or wider than 1e-8"
import json, sys
rows = [row for case in json.load(open(sys.argv[1], encoding="utf-8")) if case["case"][:4] in (
            "dy1_", "dy2_", "dy3_", "dy4_")
        for row in case["rows"] if row["evidence"] == "certified" and row["form"] == "proof" and
        any(word in row["what"] for word in ("mu limit:", "nu limit:", "limit of c,"))]
ends = [row.get("interval") or (0, 1) for row in rows]
sys.exit(len(rows) < 20 or not all(0 < high - low <= 1e-8 * abs(low) for low, high in ends))
P

# compare TABLE: prints what is wrong with it, a line each.
compare() { "$python" - "$1" "$work/said.json" << 'P'
import fnmatch, glob, json, os, re, sys
table = {}
for line in re.search(r"^\| case \|.*?(?=\n\n|\Z)", open(sys.argv[1], encoding="utf-8").read(),
                      re.M | re.S)[0].split("\n")[2:]:
    cases, rows, why = (cell.strip() for cell in line.strip("| ").split(" | "))
    for case in re.findall(r"`([a-z0-9_]+)`", cases):
        if case in table:
            print(f"{case} is in the table twice")
        table[case] = re.findall(r"`([^`]+)`", rows), why
for case, (patterns, why) in table.items():
    if bool(patterns) == bool(why.strip("—")):
        print(f"{case}: rows, or why there are none")
shipped = {os.path.basename(path)[:-4] for path in glob.glob("cases/*.cfg")
           if 'expect = "holds"' in open(path, encoding="utf-8").read()}
for case in sorted(shipped ^ set(table)):
    print(f"{case} is not " + ("in the table" if case in shipped else "a case that expects holds"))
for judged in json.load(open(sys.argv[2], encoding="utf-8")):
    patterns = table.get(judged["case"], ([], ""))[0]
    rows = [row["id"] for row in judged["rows"] if row["evidence"] == "certified"]
    if judged["verdict"] != "skipped" and (
            any(sum(fnmatch.fnmatchcase(row, p) for p in patterns) != 1 for row in rows) or
            any(not fnmatch.filter(rows, p) for p in patterns)):
        print(f"{judged['case']} has the certified rows {' '.join(f'`{row}`' for row in rows) or 'none'}")
P
}
said=$(compare proofs/certificates.md)
[ -z "$said" ] || complain "proofs/certificates.md: $said"

# It notices a row that is not there, one that is left out, a case that is left out or invented, a
# reason that is missing.
spoilt() { # WORDS SED
    sed "$2" proofs/certificates.md > "$work/spoilt.md"
    case $(compare "$work/spoilt.md") in *"$1"*) ;; *) complain "passes: $2";; esac
}
spoilt 'dy1_rank_deficient has the certified rows `limit-proved`' 's/^\(| `dy1_rank_deficient`.*\)`limit-proved`/\1`limit-proved` `another-row`/'
spoilt 'dy3_momentum has the certified rows' '/`dy3_momentum`/s/`mu-limit-proved` //'
spoilt 'dy2_one_output is not in the table' 's/`dy2_one_output`//'
spoilt 'dy2_another is not a case' 's/`dy2_one_output`/`dy2_one_output` `dy2_another`/'
spoilt "dy11_deep: rows, or why" 's/measured: no limit is claimed at depth/—/'
exit $bad
