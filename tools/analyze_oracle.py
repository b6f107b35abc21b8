#!/usr/bin/env python3
"""Random tables through `synthgrad analyze`, against least squares in 80 digits and more.

    tools/analyze_oracle.py [COUNT [FIRST [ROWS]]]   COUNT tables (default 2000), seeds from FIRST
                                                      (1), at most ROWS rows (100000)

From 1 row on.  Kinds: plain, offsets to 1e15, scales 1e-150 to 1e150, columns constant to rounding,
one-hot, ids, more columns than rows, collinear to rounding, classes on a line (separable, in part,
not), and 2 to 30 classes in space (separable, but for a row that neighbours share, or each around
one point).
Checked:
  - every coefficient, the constant and the RSS are within one unit of the last digit claimed,
    weighted or not, the target standardised or not; the RSS also where columns depend on each
    other exactly
  - the stable rates as printed, of tables of at most 60 rows; the fastest ones and the contraction
    too, where the spectrum is within 1e9
  - the verdict is never "fails", and a refusal is one line with exit 2
  - classes on a line are separable in whole, in part or not as their order says, classes in space
    as they were made; the loss is that of the coefficients; no SG is better than the optimum, whose
    coefficients, of two or three classes, are right in the ten digits that are printed
Exit 1 on any fault.  The truth is that of the cells as they are written, not of their doubles.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

from mpmath import mp, mpf, matrix, lu_solve, norm, eigsy, log10, log, exp, sqrt

PROGRAM = os.environ.get("SYNTHGRAD", "build/synthgrad")
KINDS = ["plain", "offset", "scale", "ulp", "one_hot", "id", "wide", "collinear", "line", "classes"]


def rows_of(rng, most):
    """Mostly few, now and then as many as may be."""
    if rng.random() < 0.9:
        return rng.randint(1, 40)
    return int(10 ** rng.uniform(1.6, max(1.6, log10(most))))


def draw(kind, rng, most):
    """Rows of text, header first; the last column is y."""
    n, d = rows_of(rng, most), rng.randint(1, 4)
    if kind == "wide":
        n, d = rng.randint(2, 5), rng.randint(6, 9)
    columns = []
    for _ in range(d):
        offset = rng.choice([0, 1, -1]) * 10.0 ** rng.randint(0, 15) if kind == "offset" else 0
        scale = 10.0 ** rng.randint(-150, 150) if kind == "scale" else 10.0 ** rng.randint(-2, 2)
        columns.append([repr(offset + scale * rng.gauss(0, 1)) for _ in range(n)])
    if kind == "ulp":
        columns.append([repr(2.5 * (1 + rng.randint(-1, 1) * 2.0**-52)) for _ in range(n)])
    if kind == "one_hot":
        group = [rng.randint(0, 2) for _ in range(n)]
        columns += [[str(int(g == k)) for g in group] for k in range(3)]
    if kind == "id":
        start = 10 ** rng.randint(3, 12)
        columns.append([str(start + i) for i in range(n)])
    if kind == "collinear":
        columns.append([repr(3 * float(v) * (1 + rng.randint(-2, 2) * 2.0**-52))
                        for v in columns[0]])
    weights = [rng.gauss(0, 1) for _ in columns]
    noise = 10.0 ** rng.randint(-6, 2)
    spread = [max(abs(float(v)) for v in c) or 1 for c in columns]
    y = [repr(sum(w * float(c[i]) / s for w, c, s in zip(weights, columns, spread)) +
              noise * rng.gauss(0, 1)) for i in range(n)]
    if rng.random() < 0.2:
        far = 10.0 ** rng.randint(3, 12)
        y = [repr(float(v) + far) for v in y]
    names = [f"c{k}" for k in range(len(columns))]
    return [names + ["y"]] + [list(r) for r in zip(*columns, y)]


def exact_numbers(table, options):
    """Columns in many digits: of names, targets and weights (1 without)."""
    cells = table[1:]
    big = max((abs(int(log10(abs(mpf(v))))) if mpf(v) != 0 else 0) for r in cells for v in r)
    mp.dps = 80 + 4 * big
    columns = {name: [mpf(r[k]) for r in cells] for k, name in enumerate(table[0])}
    counts = columns.pop("w") if "--weights" in options else [mpf(1)] * len(cells)
    y = columns.pop("y")
    if "--standardise-target" in options:
        y = standard(y, counts, "--no-intercept" not in options)
    return columns, y, counts


def standard(c, counts, centred):
    """(c - mean) / standard deviation, or c / root mean square."""
    n = sum(counts)
    mean = sum(v * t for v, t in zip(counts, c)) / n if centred else mpf(0)
    scale = sqrt(sum(v * (t - mean)**2 for v, t in zip(counts, c)) / n)
    return [(t - mean) / scale for t in c]


def moments(z, counts):
    """E[z z^T] of columns."""
    n = sum(counts)
    return matrix([[sum(v * a * b for v, a, b in zip(counts, p, q)) / n for q in z] for p in z])


def least_squares(columns, y, counts):
    """Coefficients and RSS, or None where columns are dependent."""
    rows = [list(r) for r, v in zip(zip(*columns), counts) if v > 0]
    y = [t for t, v in zip(y, counts) if v > 0]
    counts = [v for v in counts if v > 0]
    size = len(columns)
    unit = [max(abs(r[k]) for r in rows) or mpf(1) for k in range(size)]
    rows = [[v / u for v, u in zip(r, unit)] for r in rows]
    if len(rows) < size:
        return None
    gram = matrix(size, size)
    right = matrix(size, 1)
    for j in range(size):
        right[j] = sum(v * r[j] * t for v, r, t in zip(counts, rows, y))
        for k in range(size):
            gram[j, k] = sum(v * r[j] * r[k] for v, r in zip(counts, rows))
    try:
        w = lu_solve(gram, right)
    except ZeroDivisionError:
        return None
    rss = sum(v * (t - sum(a * b for a, b in zip(r, w)))**2 for v, r, t in zip(counts, rows, y))
    return [w[k] / unit[k] for k in range(size)], rss


def independent(columns, counts):
    """Columns that span all of them: each is kept that is no combination of those before it."""
    basis, kept = [], []
    for c in columns:
        rest = [sqrt(v) * t for v, t in zip(counts, c)]
        size = sqrt(sum(t * t for t in rest))
        for _ in range(2):
            for b in basis:
                along = sum(s * t for s, t in zip(b, rest))
                rest = [t - along * s for s, t in zip(b, rest)]
        left = sqrt(sum(t * t for t in rest))
        if left > size * mpf(10)**(-mp.dps // 2):
            basis.append([t / left for t in rest])
            kept.append(c)
    return kept


def wrong(value, digits, truth):
    """Is `value` with that many digits more than one unit of the last away from the truth?"""
    if digits == 0:
        return False
    text = f"{value:.{digits - 1}e}"
    unit = mpf(10)**(int(text.split("e")[1]) - digits + 1)
    return abs(mpf(text) - truth) > unit * (1 + mpf(10)**-9)


def run(path, *options):
    return subprocess.run([PROGRAM, "analyze", path, "--target", "y", "--json", *options],
                          capture_output=True, text=True, check=False)


def refused(done):
    return (done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1)


def answer_of(path, seen, *options):
    """What analyze says of a table; or None, and the faults of saying nothing."""
    done = run(path, *options)
    if done.returncode == 2:
        seen["refused"] += 1
        return None, [] if refused(done) else [f"not a clear refusal: {done.stderr}"]
    if done.returncode != 0:
        return None, [f"exit {done.returncode}, {options}: {done.stderr or done.stdout[-300:]}"]
    return json.loads(done.stdout), []


def off_as_printed(value, truth):
    """Is the number, in the six digits that are printed, off by more than one of the last?"""
    return value is None or wrong(value, 6, truth)


def check_rates(out, x, z, counts):
    """Both blocks' rates against eigenvalues in many digits."""
    faults = []
    for block, columns in (("mu", x), ("nu", z)):
        spectrum = sorted(eigsy(moments(columns, counts), eigvals_only=True))
        low, high = spectrum[0], spectrum[-1]
        pairs = [(f"{block}_critical", 2 / high)]
        if low > high / 10**9:
            pairs.append((f"{block}_optimal", 2 / (high + low)))
        faults += [f"{name}: {out[name]!r}, is {mp.nstr(truth, 12)}" for name, truth in pairs
                   if off_as_printed(out[name], truth)]
    return faults


def options_for(table, rng):
    """Options, and the table with a column of weights where they ask for one."""
    options = [o for o in ("--no-intercept", "--no-standardise") if rng.random() < 0.25]
    if rng.random() < 0.15 and len({r[-1] for r in table[1:]}) > 1:
        options.append("--standardise-target")
    if rng.random() < 0.25:
        options += ["--weights", "w"]
        whole = rng.random() < 0.5
        table = [["w"] + table[0]] + [
            [str(rng.randint(0, 3)) if whole else repr(10.0 ** rng.uniform(-3, 3))] + r
            for r in table[1:]]
        table[1][0] = "1"
    return options, table


def check_table(table, path, rng, seen):
    options, table = options_for(table, rng)
    with open(path, "w", encoding="ascii") as out:
        out.write("".join(",".join(r) + "\n" for r in table))
    out, faults = answer_of(path, seen, *options)
    if out is None:
        return faults
    seen[out["check"]["verdict"]] += 1
    columns, y, counts = exact_numbers(table, options)
    names = [name for name in columns if name not in out["dropped"]]
    one = [] if "--no-intercept" in options else [[mpf(1)] * len(y)]
    x = [columns[name] for name in names] + one
    names += ["(intercept)"] if one else []
    truth = None if out["minimum_norm"] else least_squares(x, y, counts)
    if truth is None:
        seen["dependent"] += 1
        spans = independent(x, counts) if len(y) <= 60 else []
        if len(spans) == out["rank"]:
            seen["spans"] += 1
            exact = least_squares(spans, y, counts)[1]
            if wrong(out["rss"], out["digits"]["rss"], exact):
                faults.append(f"{options} rss of rank {len(spans)}: {out['rss']!r} claims "
                              f"{out['digits']['rss']} digits, is {mp.nstr(exact, 20)}")
        return faults
    if len(y) <= 60:
        seen["rates"] += 1
        fitted = [sum(w * c[i] for w, c in zip(truth[0], x)) for i in range(len(y))]
        design = x if "--no-standardise" in options else [
            standard(c, counts, bool(one)) if len(set(c)) > 1 else c for c in x]
        faults += [f"{options} {f}"
                   for f in check_rates(out, design, [fitted, y, [mpf(1)] * len(y)], counts)]
    claimed = out["digits"]["coefficients"]
    for name, exact in zip(names, truth[0]):
        seen["digits"] += claimed[name]
        seen["numbers"] += 1
        if wrong(out["coefficients"][name], claimed[name], exact):
            faults.append(f"{options} {name}: {out['coefficients'][name]!r} claims "
                          f"{claimed[name]} digits, is {mp.nstr(exact, 20)}")
    if wrong(out["rss"], out["digits"]["rss"], truth[1]):
        faults.append(f"{options} rss: {out['rss']!r} claims {out['digits']['rss']} digits, is "
                      f"{mp.nstr(truth[1], 20)}")
    return faults


def check_line(path, rng, seen):
    """Classes on a line, ordered by exact fractions of the doubles."""
    n, reach = rng.randint(4, 40), rng.randint(1, 8)
    unit, offset = rng.choice([1, 0.1, 1e-9, 1e9]), rng.choice([0, 0, 1e3])
    label = [0, 1] + [rng.randint(0, 1) for _ in range(n - 2)]
    lift = rng.choice([0, 0, reach, reach + 1])
    x = [offset + unit * (rng.randint(0, reach) + k * lift) for k in label]
    with open(path, "w", encoding="ascii") as out:
        out.write("x,y\n" + "".join(f"{a!r},{b}\n" for a, b in zip(x, label)))
    answer, faults = answer_of(path, seen, "--loss", "log")
    if answer is None:
        return faults
    side = [[Fraction(a) for a, b in zip(x, label) if b == k] for k in (0, 1)]
    apart = max(side[0]) < min(side[1]) or max(side[1]) < min(side[0])
    touch = max(side[0]) <= min(side[1]) or max(side[1]) <= min(side[0])
    want = "all" if apart else "part" if touch and len(set(x)) > 1 else "none"
    seen["line " + str(answer["separation"])] += 1
    if answer["separation"] not in (want, None):
        faults.append(f"separable: {answer['separation']}, is {want}")
    if answer["optimum"]["finite"] not in (want == "none", None):
        faults.append(f"finite optimum: {answer['optimum']['finite']}, separable: {want}")
    return faults


def draw_classes(rng, k):
    """Rows of numbers, the class last, and how they are separable: "all" by linear scores; in
    "part", but for a row that is in two classes; or each class all around one point: "none"."""
    d, offset, how = rng.randint(1, 4), rng.choice([0, 0, 10, 1e4]), rng.random()
    if how < 0.5:
        centre = [offset + rng.gauss(0, 1) for _ in range(d)]
        rows = []
        for c in range(k):
            for j in range(d):
                for sign in (-1, 1):
                    x = list(centre)
                    x[j] += sign * 2.0 ** rng.randint(-3, 3)
                    rows.append(x + [c])
            rows += [[v + rng.gauss(0, 1) for v in centre] + [c] for _ in range(rng.randint(0, 4))]
        return rows, "none"
    # Slices of the first axis: scores c x - c^2 / 2 separate them.
    rows = []
    for c in range(k):
        for _ in range(rng.randint(1, 4)):
            at = c + rng.uniform(-0.4, 0.4)
            rows.append([offset + at] + [rng.gauss(0, 1) for _ in range(d - 1)] + [c])
    if how < 0.75:
        return rows, "all"
    c = rng.randint(0, k - 2)
    shared = [offset + c + 0.5] + [rng.gauss(0, 1) for _ in range(d - 1)]
    return rows + [shared + [c], shared + [c + 1]], "part"


def scores(w, x, k):
    """Of class 0 it is 0."""
    return [mpf(0)] + [sum(w[c * len(x) + j] * v for j, v in enumerate(x)) for c in range(k - 1)]


def mean_loss(w, z, label, k):
    total = mpf(0)
    for x, c in zip(z, label):
        s = scores(w, x, k)
        total += log(sum(exp(v) for v in s)) - s[c]
    return total


def newton_step(w, z, label, k):
    """H^-1 gradient of the log loss."""
    size, q = len(z[0]), (k - 1) * len(z[0])
    gradient, hessian = matrix(q, 1), matrix(q, q)
    for x, c in zip(z, label):
        p = [exp(v) for v in scores(w, x, k)]
        p = [v / sum(p) for v in p]
        for a in range(q):
            ca, xa = a // size + 1, x[a % size]
            gradient[a] += (p[ca] - (c == ca)) * xa
            for b in range(q):
                cb = b // size + 1
                hessian[a, b] += p[ca] * ((ca == cb) - p[cb]) * xa * x[b % size]
    return lu_solve(hessian, gradient)


def log_optimum(rows, k):
    """The classes' coefficients, the constant last, by Newton's method in 40 digits."""
    mp.dps = 40
    label = [r[-1] for r in rows]
    c = [[mpf(r[j]) for r in rows] for j in range(len(rows[0]) - 1)]
    mean = [sum(v) / len(v) for v in c]
    scale = [sqrt(sum((t - m)**2 for t in v) / len(v)) for v, m in zip(c, mean)]
    z = [[(t - m) / s for t, m, s in zip(x, mean, scale)] + [mpf(1)] for x in zip(*c)]
    w, step = matrix((k - 1) * len(z[0]), 1), mpf(1)
    for _ in range(200):
        full = newton_step(w, z, label, k)
        step, before = mpf(1), mean_loss(w, z, label, k)
        while mean_loss(w - step * full, z, label, k) > before and step > 1e-9:
            step /= 2
        w -= step * full
        if norm(full) < mpf(10)**-30:
            break
    out = [[mpf(0)] * len(z[0])]
    for a in range(k - 1):
        own = [w[a * len(z[0]) + j] / s for j, s in enumerate(scale)]
        out.append(own + [w[(a + 1) * len(z[0]) - 1] - sum(v * m for v, m in zip(own, mean))])
    middle = [sum(column) / k if k > 2 else mpf(0) for column in zip(*out)]
    return [[v - m for v, m in zip(column, middle)] for column in out]


def loss_of(rows, coefficients, classes):
    """Mean log loss of the coefficients in 50 digits, and how much rounding may have moved it."""
    mp.dps = 50
    total, size = mpf(0), mpf(0)
    for row in rows:
        scores = []
        for column in coefficients:
            terms = [mpf(column["(intercept)"])] + [mpf(column[f"c{j}"]) * mpf(v)
                                                    for j, v in enumerate(row[:-1])]
            scores.append(sum(terms))
            size = max(size, sum(abs(t) for t in terms))
        own = scores[classes.index(row[-1])]
        total += log(sum(exp(s - own) for s in scores))
    return total / len(rows), size * 2.0 ** -48


def check_classes(path, rng, seen):
    """2 to 30 classes in space."""
    k = rng.choice([2, 3, rng.randint(2, 30)])
    rows, want = draw_classes(rng, k)
    d = len(rows[0]) - 1
    with open(path, "w", encoding="ascii") as out:
        out.write(",".join(f"c{j}" for j in range(d)) + ",y\n")
        out.write("".join(",".join(repr(v) for v in r) + "\n" for r in rows))
    answer, faults = answer_of(path, seen, "--loss", "log")
    if answer is None:
        return faults
    seen["space " + str(answer["separation"])] += 1
    if answer["separation"] not in (want, None):
        faults.append(f"{k} classes, separable: {answer['separation']}, is {want}")
    for name in ("optimum", "sg"):
        fit = answer[name]
        if not fit["coefficients"] or fit["loss"] is None:
            continue
        columns = ([dict.fromkeys(fit["coefficients"], 0.0), fit["coefficients"]] if k == 2 else
                   [fit["coefficients"][str(c)] for c in range(k)])
        truth, error = loss_of(rows, columns, list(range(k)))
        if abs(truth - mpf(fit["loss"])) > error + mpf(fit["loss"]) * 2.0 ** -40:
            faults.append(f"{k} classes, {name}: loss {fit['loss']!r}, is {mp.nstr(truth, 17)}")
        seen["losses"] += 1
    found = answer["optimum"]["coefficients"]
    if k <= 3 and want == "none" and len(rows) <= 60 and found:
        seen["optima"] += 1
        for c, column in enumerate(log_optimum(rows, k)):
            own = found if k == 2 else found[str(c)]
            for name, truth in zip([f"c{j}" for j in range(d)] + ["(intercept)"], column):
                if (k > 2 or c == 1) and wrong(own[name], 10, truth):
                    faults.append(f"{k} classes, {name} of {c}: {own[name]!r}, is "
                                  f"{mp.nstr(truth, 15)}")
    gap = answer["sg"]["gap"]
    if gap is not None and gap < 0:
        faults.append(f"{k} classes: the SG is better than the optimum by {-gap}")
    return faults


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 100000
    seen = dict.fromkeys(["holds", "inconclusive", "fails", "refused", "dependent", "digits",
                          "numbers", "line all", "line part", "line none", "line None",
                          "space all", "space part",
                          "space none", "space None", "losses",
                          "optima", "spans", "rates"], 0)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        for seed in range(first, first + count):
            rng = random.Random(seed)
            kind = KINDS[seed % len(KINDS)]
            if kind == "line":
                faults = check_line(path, rng, seen)
            elif kind == "classes":
                faults = check_classes(path, rng, seen)
            else:
                faults = check_table(draw(kind, rng, most), path, rng, seen)
            for fault in faults:
                print(f"seed {seed}, {kind}: {fault}")
            bad += bool(faults)
    mean = seen.pop("digits") / max(1, seen["numbers"])
    print(f"{count} tables, {bad} with a fault; {mean:.1f} digits claimed on average; "
          + ", ".join(f"{v} {k}" for k, v in seen.items()))
    sys.exit(1 if bad or count == 0 else 0)


if __name__ == "__main__":
    main()
