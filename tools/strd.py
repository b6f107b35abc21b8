#!/usr/bin/env python3
"""NIST's linear regressions (StRD) through `synthgrad analyze`: digits right, digits claimed.

    tools/strd.py      prints the table of docs/strd.md; exit 1 if a digit that is claimed is wrong

The powers of a polynomial are columns of the CSV, written exactly.  The truth is that of the
numbers in the file, in fractions; the certified values of NIST are the same to their 15 digits, or
this file has a slip.  Longley is read from the folder NIST_DIR and left out where that is not
there.
Data and certified values: NIST Statistical Reference Datasets, public domain.
"""
import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from math import log10

PROGRAM = os.environ.get("SYNTHGRAD", "build/synthgrad")
MOST = 15                      # digits of a certified value, and the most that analyze claims

NORRIS_X = """
0.2 337.4 118.2 884.6 10.1 226.5 666.3 996.3 448.6 777.0 558.2 0.4 0.6 775.5 666.9 338.0 447.5
11.6 556.0 228.1 995.8 887.6 120.2 0.3 0.3 556.8 339.1 887.2 999.0 779.0 11.1 118.3 229.2 669.1
448.9 0.5
""".split()
NORRIS_Y = """
0.1 338.8 118.1 888.0 9.2 228.1 668.5 998.5 449.1 778.9 559.2 0.3 0.1 778.1 668.8 339.3 448.9
10.8 557.7 228.3 998.0 888.8 119.6 0.3 0.6 557.6 339.3 888.0 998.5 778.9 10.2 117.6 228.9 668.4
449.2 0.2
""".split()
PONTIUS_Y = """
.11019 .21956 .32949 .43899 .54803 .65694 .76562 .87487 .98292 1.09146 1.20001 1.30822 1.41599
1.52399 1.63194 1.73947 1.84646 1.95392 2.06128 2.16844 .11052 .22018 .32939 .43886 .54798
.65739 .76596 .87474 .98300 1.09150 1.20004 1.30818 1.41613 1.52408 1.63159 1.73965 1.84696
1.95445 2.06177 2.16829
""".split()
FILIP_X = """
-6.860120914 -4.324130045 -4.358625055 -4.358426747 -6.955852379 -6.661145254 -6.355462942
-6.118102026 -7.115148017 -6.815308569 -6.519993057 -6.204119983 -5.853871964 -6.109523091
-5.79832982 -5.482672118 -5.171791386 -4.851705903 -4.517126416 -4.143573228 -3.709075441
-3.499489089 -6.300769497 -5.953504836 -5.642065153 -5.031376979 -4.680685696 -4.329846955
-3.928486195 -8.56735134 -8.363211311 -8.107682739 -7.823908741 -7.522878745 -7.218819279
-6.920818754 -6.628932138 -6.323946875 -5.991399828 -8.781464495 -8.663140179 -8.473531488
-8.247337057 -7.971428747 -7.676129393 -7.352812702 -7.072065318 -6.774174009 -6.478861916
-6.159517513 -6.835647144 -6.53165267 -6.224098421 -5.910094889 -5.598599459 -5.290645224
-4.974284616 -4.64454848 -4.290560426 -3.885055584 -3.408378962 -3.13200249 -8.726767166
-8.66695597 -8.511026475 -8.165388579 -7.886056648 -7.588043762 -7.283412422 -6.995678626
-6.691862621 -6.392544977 -6.067374056 -6.684029655 -6.378719832 -6.065855188 -5.752272167
-5.132414673 -4.811352704 -4.098269308 -3.66174277 -3.2644011
""".split()
FILIP_Y = """
0.8116 0.9072 0.9052 0.9039 0.8053 0.8377 0.8667 0.8809 0.7975 0.8162 0.8515 0.8766 0.8885
0.8859 0.8959 0.8913 0.8959 0.8971 0.9021 0.909 0.9139 0.9199 0.8692 0.8872 0.89 0.891 0.8977
0.9035 0.9078 0.7675 0.7705 0.7713 0.7736 0.7775 0.7841 0.7971 0.8329 0.8641 0.8804 0.7668
0.7633 0.7678 0.7697 0.77 0.7749 0.7796 0.7897 0.8131 0.8498 0.8741 0.8061 0.846 0.8751 0.8856
0.8919 0.8934 0.894 0.8957 0.9047 0.9129 0.9209 0.9219 0.7739 0.7681 0.7665 0.7703 0.7702 0.7761
0.7809 0.7961 0.8253 0.8602 0.8809 0.8301 0.8664 0.8834 0.8898 0.8964 0.8963 0.9074 0.9119
0.9228
""".split()
WAMPLER_DELTA = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048,
                 -2048, 1838, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 759]


def decimal(value):
    """A fraction whose denominator divides a power of 10, in all its digits."""
    places = 0
    while value * 10**places != int(value * 10**places):
        places += 1
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    whole, part = digits[:len(digits) - places], digits[len(digits) - places:]
    return ("-" if value < 0 else "") + whole + ("." + part if part else "")


def powers(x, degree, y):
    """A table: x, x^2, ..., x^degree, y."""
    return ([f"x{k}" for k in range(1, degree + 1)] + ["y"],
            [[Fraction(a)**k for k in range(1, degree + 1)] + [Fraction(b)]
             for a, b in zip(x, y)])


def wampler(base, size):
    """1 + b x + ... + b^5 x^5 + size delta."""
    b = Fraction(base)
    return powers(range(21), 5, [sum((b * x)**k for k in range(6)) + size * delta
                                 for x, delta in enumerate(WAMPLER_DELTA)])


def longley():
    path = os.path.join(os.environ.get("NIST_DIR", ""), "longley.csv")
    if not os.environ.get("NIST_DIR") or not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as file:
        lines = [line.strip().split(",") for line in file if line.strip()]
    at = lines[0].index("employed")
    order = [k for k in range(len(lines[0])) if k != at] + [at]
    rows = [[Fraction(line[k]) for k in order] for line in lines[1:]]
    return [lines[0][k] for k in order[:-1]] + ["y"], rows


# Name, what it is, table, options, certified: the constant, coefficients, RSS.
SETS = [
    ("Norris", "a line", powers(NORRIS_X, 1, NORRIS_Y), [],
     ["-0.262323073774029", "1.00211681802045", "26.6173985294224"]),
    ("Pontius", "a parabola", powers(list(range(150000, 3000001, 150000)) * 2, 2, PONTIUS_Y), [],
     ["0.673565789473684E-03", "0.732059160401003E-06", "-0.316081871345029E-14",
      "0.155761768796992E-05"]),
    ("NoInt1", "through the origin", powers(range(60, 71), 1, range(130, 141)),
     ["--no-intercept"], ["2.07438016528926", "127.272727272727"]),
    ("NoInt2", "through the origin", powers((4, 5, 6), 1, (3, 4, 4)), ["--no-intercept"],
     ["0.727272727272727", "0.272727272727273"]),
    ("Filip", "a polynomial of degree 10", powers(FILIP_X, 10, FILIP_Y), [],
     ["-1467.48961422980", "-2772.17959193342", "-2316.37108160893", "-1127.97394098372",
      "-354.478233703349", "-75.1242017393757", "-10.8753180355343", "-1.06221498588947",
      "-0.670191154593408E-01", "-0.246781078275479E-02", "-0.402962525080404E-04",
      "0.795851382172941E-03"]),
    ("Longley", "six columns, nearly collinear", longley(), [],
     ["-3482258.63459582", "15.0618722713733", "-0.358191792925910E-01", "-2.02022980381683",
      "-1.03322686717359", "-0.511041056535807E-01", "1829.15146461355", "836424.055505915"]),
    ("Wampler1", "degree 5, no noise", wampler(1, 0), [], ["1"] * 6 + ["0"]),
    ("Wampler2", "degree 5, no noise", wampler("0.1", 0), [],
     ["1", "0.1", "0.01", "0.001", "0.0001", "0.00001", "0"]),
    ("Wampler3", "degree 5", wampler(1, 1), [], ["1"] * 6 + ["83554268"]),
    ("Wampler4", "degree 5, noise 100 times that", wampler(1, 100), [],
     ["1"] * 6 + ["835542680000"]),
    ("Wampler5", "degree 5, noise 10,000 times that", wampler(1, 10000), [],
     ["1"] * 6 + ["8355426800000000"]),
]


def least_squares(rows, intercept):
    """The constant (if any), the coefficients and the RSS, as fractions."""
    x = [([Fraction(1)] if intercept else []) + r[:-1] for r in rows]
    y, size = [r[-1] for r in rows], len(x[0])
    a = [[sum(r[j] * r[k] for r in x) for k in range(size)] +
         [sum(r[j] * t for r, t in zip(x, y))] for j in range(size)]
    for k in range(size):
        a[k] = [v / a[k][k] for v in a[k]]
        for j in range(size):
            if j != k:
                a[j] = [v - a[j][k] * w for v, w in zip(a[j], a[k])]
    w = [row[-1] for row in a]
    return w + [sum((t - sum(c * v for c, v in zip(w, r)))**2 for r, t in zip(x, y))]


def right(value, truth):
    """Digits of the value that are right: -log10 of the relative error, at most MOST."""
    off = abs(Fraction(value) - truth)
    if off == 0:
        return MOST
    return max(0, min(MOST, int(-log10(off / abs(truth))))) if truth else 0


def is_wrong(value, digits, truth):
    """Printed with that many digits, is it off by more than one of the last?"""
    if digits == 0:
        return False
    text = f"{value:.{digits - 1}e}"
    return abs(Fraction(text) - truth) > Fraction(10)**(int(text.split("e")[1]) - digits + 1)


def slips(truth, certified):
    """Does a certified value differ from what the data say?"""
    for exact, text in zip(truth, certified):
        if abs(Fraction(text) - exact) > abs(exact) * Fraction(11, 10**15):
            return [f"certified {text}, the data say {float(exact)!r}"]
    return []


def analyze(names, rows, options):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="ascii") as file:
        file.write(",".join(names) + "\n")
        file.write("".join(",".join(decimal(v) for v in r) + "\n" for r in rows))
        file.flush()
        return json.loads(subprocess.run(
            [PROGRAM, "analyze", file.name, "--target", "y", "--json", *options],
            check=True, capture_output=True, text=True).stdout)


def main():
    bad = 0
    print("| set | what it is | right | claimed | RSS right | RSS claimed |\n"
          "|---|---|--:|--:|--:|--:|")
    for name, what, table, options, certified in SETS:
        if table is None:
            print(f"{name} is left out: NIST_DIR has no longley.csv", file=sys.stderr)
            continue
        names, rows = table
        truth = least_squares(rows, not options)
        out = analyze(names, rows, options)
        terms = ([] if options else ["(intercept)"]) + names[:-1]
        numbers = [(out["coefficients"][t], out["digits"]["coefficients"][t]) for t in terms]
        numbers.append((out["rss"], out["digits"]["rss"]))
        faults = slips(truth, certified)
        faults += [f"{v!r} claims {k} digits, is {float(exact)!r}"
                   for (v, k), exact in zip(numbers, truth) if is_wrong(v, k, exact)]
        for fault in faults:
            print(f"{name}: {fault}", file=sys.stderr)
        bad += len(faults)
        score = [right(v, exact) for (v, _), exact in zip(numbers, truth)]
        rss = [score[-1], numbers[-1][1]] if truth[-1] else ["is 0", "is 0"]
        print(f"| {name} | {what} | {min(score[:-1])} | {min(k for _, k in numbers[:-1])} "
              f"| {rss[0]} | {rss[1]} |")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
