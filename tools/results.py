#!/usr/bin/env python3
"""Results that pages quote: kept from summaries of runs, and looked up by the check.

keep NAME SUMMARY...   writes proofs/results/NAME.json, NAME that of the case or CASE-MORE, from
                       results/CASE/summary.json of one run, or of several with other seeds, and what
                       they come to over the runs: mean, least, most and Student's 95 % interval
series NAME DIR        adds DIR's columns (*.dat) to the record, for the figure of a run too long to
                       make again
columns NAME OUT       writes them to OUT/CASE, with a summary, as the run did: what a figure is drawn of
check                  every measured number of the pages on nets (proofs/nl*.md) is in a record of its
                       claim, or in a case of its claim, or in a section "... not kept"; exit 1 if not.
                       A number: two decimals or more, an exponent, or per cent; a number with its
                       interval or range is looked up as one.
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
    # where the images lay is the machine's own
    return [{"title": re.sub(r" \(\w+_DIR=[^)]*\)", "", t["title"]), "columns": t["columns"],
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
    for i, table in enumerate(tables(summaries[0])):
        rows = [{"name": row["name"],
                 "values": [spread([s["tables"][i]["rows"][j]["values"][k] for s in summaries])
                            for k in range(len(row["values"]))]}
                for j, row in enumerate(table["rows"])]
        listed.append({"title": table["title"], "columns": table["columns"], "rows": rows})
    return {"of": ["mean", "least", "most", "low", "high"], "effects": said,
            "found, the other way round": found, "tables": listed}


def write(path, record):
    with open(path + ".new", "w") as out:
        json.dump(record, out, indent=0, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")
    os.rename(path + ".new", path)


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
    write(f"{RECORDS}/{name}.json", record)


def add_series(name, folder):
    """Five digits are more than a figure shows.  Rows are text: the check of numbers on pages does
    not look there, since among thousands of numbers any is."""
    path = f"{RECORDS}/{name}.json"
    record = json.load(open(path))
    record["series"] = {}
    for file in sorted(glob.glob(f"{folder}/*.dat")):
        lines = [line.strip() for line in open(file)]
        rows = [" ".join(f"{float(x):.5g}" for x in line.split())
                for line in lines if line and not line.startswith("#")]
        record["series"][os.path.basename(file)[:-4]] = {"columns": lines[1].lstrip("# "),
                                                         "rows": rows}
    write(path, record)


def put_columns(name, out):
    record = json.load(open(f"{RECORDS}/{name}.json"))
    if "series" not in record:
        sys.exit(f"results: {RECORDS}/{name}.json has no columns")
    folder, run = f"{out}/{record['case']}", record["runs"][0]
    os.makedirs(folder, exist_ok=True)
    for series, kept in record["series"].items():
        with open(f"{folder}/{series}.dat", "w") as file:
            file.write(f"# kept in {RECORDS}/{name}.json, sources {run['sources']}, seed "
                       f"{run['seed']}\n# {kept['columns']}\n")
            file.writelines(row + "\n" for row in kept["rows"])
    with open(f"{folder}/summary.json", "w") as file:
        json.dump({"claim": record["claim"], "case": record["case"], "seed": run["seed"],
                   "verdict": run["verdict"], "rows": run["effects"]}, file, indent=2)


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


def rows_in(value):
    """Lists of numbers: a row of a table, a spread; an effect with its interval."""
    if isinstance(value, dict):
        if value.get("interval"):
            yield [abs(x) for x in [value["measured"]] + value["interval"]]
        for v in value.values():
            yield from rows_in(v)
    elif isinstance(value, list):
        if len(value) > 2 and all(isinstance(x, (int, float)) or x is None for x in value):
            yield [math.inf if x is None else abs(x) for x in value]
        for v in value:
            yield from rows_in(v)


def triples_in(record):
    """What may stand on a page as "a [b, c]" or "a (b, c)": three in a row, or of a spread the mean
    with the ends of its interval."""
    for row in rows_in(record):
        for i in range(len(row) - 2):
            yield tuple(row[i:i + 3])
        if len(row) == 5:
            yield row[0], row[3], row[4]


DECIMAL = r"\d+\.\d+"
NUMBER = re.compile(rf"(?<![\w.:])({DECIMAL})(?:(?:\\cdot\s*10\^\{{(-?\d+)\}})|e(-?\d+))?(\s*\\?%)?")
TRIPLE = re.compile(rf"({DECIMAL})(?: [\[(])-?({DECIMAL}), -?({DECIMAL})[\])]")


def is_shown_as(x, text, scale=1.0):
    """Is x what was rounded to this text?"""
    half = 0.5 * 10.0 ** -len(text.split(".")[1]) * scale
    return abs(x - float(text) * scale) <= half * (1 + 1e-6)


class Records:
    def __init__(self, claim):
        self.values, self.triples = [], []
        for path in glob.glob(f"{RECORDS}/{claim}_*.json"):
            record = json.load(open(path))
            self.values += numbers_in(record)
            self.triples += triples_in(record)
        for path in glob.glob(f"cases/{claim}_*.cfg"):
            settings = re.findall(r"\d+\.\d+(?:e-?\d+)?|\d+e-?\d+", open(path).read())
            self.values += [float(x) for x in settings]

    def lack(self, line):
        """What the line says and no record has, and how many things were looked at.  A number with
        its interval or range has to be one row's: among thousands of numbers any three are."""
        missing, n = [], 0
        for found in TRIPLE.finditer(line):
            n += 1
            if not any(all(is_shown_as(x, text) for x, text in zip(triple, found.groups()))
                       for triple in self.triples):
                missing.append(found[0])
        for found in NUMBER.finditer(TRIPLE.sub("", line)):
            text, times = found[1], int(found[2] or found[3] or 0)
            if len(text.split(".")[1]) < 2 and not any(found.groups()[1:]):
                continue
            n += 1
            scale = 10.0 ** times / (100.0 if found[4] else 1.0)
            if not any(is_shown_as(x, text, scale) for x in self.values):
                missing.append(found[0])
        return missing, n


def check():
    missing = looked_at = 0
    for page in sorted(glob.glob("proofs/nl*.md")):
        records = Records(os.path.basename(page).split("_")[0])
        kept = True
        for number, line in enumerate(open(page), 1):
            if line.startswith("#"):
                kept = not line.rstrip().endswith("not kept")
            if not kept:
                continue
            lacking, n = records.lack(line)
            looked_at += n
            missing += len(lacking)
            for text in lacking:
                print(f"results: {page}:{number}: {text} is in no record of its claim",
                      file=sys.stderr)
    print(f"results: {looked_at} numbers on pages, {missing} in no record")
    return missing > 0


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "keep":
        keep(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 4 and sys.argv[1] in ("series", "columns"):
        (add_series if sys.argv[1] == "series" else put_columns)(*sys.argv[2:])
    elif sys.argv[1:] == ["check"]:
        sys.exit(check())
    else:
        sys.exit(__doc__)


main()
