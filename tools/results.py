#!/usr/bin/env python3
"""Results that pages quote: kept from summaries of runs, and looked up by the check.

keep NAME SUMMARY...   writes proofs/results/NAME.json, NAME that of the case or CASE-MORE, from
                       results/CASE/summary.json of one run, or of several with other seeds, and what
                       they come to over the runs: mean, least, most and Student's 95 % interval
check                  every measured number of the pages on nets (proofs/nl*.md) is in a record of its
                       claim, or in a case of its claim, or in a section "... not kept"; exit 1 if not.
                       A number: two decimals or more, an exponent, or per cent.
"""
import glob
import json
import math
import os
import re
import sys

RECORDS = "proofs/results"
# Student's t at 97.5 %, by degrees of freedom
T = {1: 12.7062, 2: 4.30265, 3: 3.18245, 4: 2.77645, 5: 2.57058, 6: 2.44691, 7: 2.36462,
     8: 2.30600, 9: 2.26216, 11: 2.20099, 15: 2.13145, 19: 2.09302}


def short(x):
    return float(f"{x:.7g}") if isinstance(x, float) and math.isfinite(x) else x


def effects(summary):
    return [{"id": row["id"], "what": row["what"], "measured": short(row["measured"]),
             "interval": [short(x) for x in row.get("interval") or []],
             "predicted": short(row["predicted"]), "tolerance": short(row["tolerance"])}
            for row in summary["rows"]]


def tables(summary):
    return [{"title": t["title"], "columns": t["columns"],
             "rows": [{"name": r["name"], "values": [short(x) for x in r["values"]]}
                      for r in t["rows"]]} for t in summary["tables"]]


def spread(values):
    """Mean, least, most, and the interval of the mean."""
    n = len(values)
    if any(not isinstance(x, (int, float)) for x in values):
        return None
    mean = sum(values) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in values) / (n - 1))
    half = T[n - 1] * sd / math.sqrt(n)
    return [short(x) for x in (mean, min(values), max(values), mean - half, mean + half)]


def over_runs(summaries):
    said = {row["id"]: spread([next(r["measured"] for r in s["rows"] if r["id"] == row["id"])
                               for s in summaries]) for row in summaries[0]["rows"]}
    found = {row["id"]: [sum(1 for s in summaries for r in s["rows"]
                             if r["id"] == row["id"] and r.get("interval")
                             and sign * r["interval"][side] > 0)
                         for sign, side in ((1, 0), (-1, 1))]
             for row in summaries[0]["rows"] if row.get("interval")}
    listed = []
    for i, table in enumerate(summaries[0]["tables"]):
        rows = [{"name": row["name"],
                 "values": [spread([s["tables"][i]["rows"][j]["values"][k] for s in summaries])
                            for k in range(len(row["values"]))]}
                for j, row in enumerate(table["rows"])]
        listed.append({"title": table["title"], "columns": table["columns"], "rows": rows})
    return {"of": ["mean", "least", "most", "low", "high"], "effects": said,
            "found, the other way round": found, "tables": listed}


def keep(name, paths):
    summaries = [json.load(open(path)) for path in paths]
    case = name.split("-")[0]
    if any(s["case"] != case for s in summaries):
        sys.exit(f"results: a summary is of another case than {case}")
    many = len(summaries) > 1
    record = {"format": 1, "claim": summaries[0]["claim"], "case": case, "runs": []}
    for s in summaries:
        run = {"seed": s["seed"], "verdict": s["verdict"], "sources": s["sources"],
               "machine": s["machine"], "effects": effects(s)}
        if not many:
            run["tables"] = tables(s)
        record["runs"].append(run)
    if many:
        record["over_runs"] = over_runs(summaries)
    os.makedirs(RECORDS, exist_ok=True)
    path = f"{RECORDS}/{name}.json"
    with open(path + ".new", "w") as out:
        json.dump(record, out, indent=0, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")
    os.rename(path + ".new", path)


def numbers_in(value):
    if isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        yield abs(float(value))
    elif isinstance(value, dict):
        for v in value.values():
            yield from numbers_in(v)
    elif isinstance(value, list):
        for v in value:
            yield from numbers_in(v)


NUMBER = re.compile(r"(?<![\w.:])(\d+\.\d+)(?:(?:\\cdot\s*10\^\{(-?\d+)\})|e(-?\d+))?(\s*\\?%)?")


def known(text, times, percent, values):
    digits = len(text.split(".")[1])
    scale = 10.0 ** times / (100.0 if percent else 1.0)
    value, half = float(text) * scale, 0.5 * 10.0 ** -digits * scale
    return any(abs(x - value) <= half * (1 + 1e-6) for x in values)


def check():
    missing = looked_at = 0
    for page in sorted(glob.glob("proofs/nl*.md")):
        claim = os.path.basename(page).split("_")[0]
        values = []
        for record in glob.glob(f"{RECORDS}/{claim}_*.json"):
            values += numbers_in(json.load(open(record)))
        for case in glob.glob(f"cases/{claim}_*.cfg"):
            values += [float(x) for x in re.findall(r"\d+\.\d+(?:e-?\d+)?|\d+e-?\d+", open(case).read())]
        kept = True
        for number, line in enumerate(open(page), 1):
            if line.startswith("#"):
                kept = not line.rstrip().endswith("not kept")
            if not kept:
                continue
            for found in NUMBER.finditer(line):
                if len(found[1].split(".")[1]) < 2 and not any(found.groups()[1:]):
                    continue
                looked_at += 1
                if not known(found[1], int(found[2] or found[3] or 0), found[4], values):
                    missing += 1
                    print(f"results: {page}:{number}: {found[0]} is in no record of its claim",
                          file=sys.stderr)
    print(f"results: {looked_at} numbers on pages, {missing} in no record")
    return missing > 0


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "keep":
        keep(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:] == ["check"]:
        sys.exit(check())
    else:
        sys.exit(__doc__)


main()
