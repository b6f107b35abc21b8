#!/usr/bin/env python3
"""tamper.py OUT: changes each kind of certificate in OUT/*/certificates.json in turn, and says which
change the second program does not catch.  Exit 1 if there is one, or a kind without any change."""
import copy
import glob
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools"))
import check_certificates  # noqa: E402,F401  (registers the kinds)
from certificates import record  # noqa: E402


def array(whole, c, name):
    return whole["arrays"][c["given"][name]["array"]]["bits"]


def flip(whole, c, name, row=0, column=0):
    """Turns the sign of an entry of an array; one that is 0 becomes 1."""
    bits = array(whole, c, name)
    word = bits[row][16 * column:16 * column + 16]
    word = "3ff0000000000000" if int(word, 16) << 1 & (1 << 64) - 1 == 0 else \
        "%016x" % (int(word, 16) ^ 1 << 63)
    bits[row] = bits[row][:16 * column] + word + bits[row][16 * column + 16:]


def change(whole, c, name, factor, row=0, column=0):
    """Multiplies an entry of an array."""
    bits = array(whole, c, name)
    at = 16 * column
    value = float(record.double(bits[row][at:at + 16])) * factor
    bits[row] = bits[row][:at] + struct.pack(">d", value).hex() + bits[row][at + 16:]


def moved(c, name):
    """An enclosure moved up by its width and a little; one that is a point by a few units in the
    last place."""
    low, high = map(float.fromhex, c["found"][name])
    width = max(high - low, 4 * abs(high) * 2 ** -52)
    c["found"][name] = [float.hex(low + 1.01 * width), float.hex(high + 1.01 * width)]


def times_both(c, name, factor):
    c["found"][name] = [float.hex(float.fromhex(end) * factor) for end in c["found"][name]]


def wider(c, name):
    """An interval a thousand times as wide, which says less, and too little."""
    low, high = map(float.fromhex, c["found"][name])
    c["found"][name] = [float.hex(low - 500 * (high - low)), float.hex(high + 500 * (high - low))]


def times(c, part, name, factor):
    c[part][name] = float.hex(float.fromhex(c[part][name]) * factor)


def other(c):
    c["outcome"] = {"proved": "refuted", "refuted": "proved"}[c["outcome"]]


def put(c, part, name, value):
    c[part][name] = value


COUNTS = ("zeros", "left", "axis", "right", "positive", "rests")


def count(c, name, **more):
    """Adds to some of the counts of eigenvalues."""
    for word, number in more.items():
        c["found"][name][COUNTS.index(word)] += number


# kind: {name: change(whole, certificate)}
CHANGES = {
    "frozen_radius": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "mu": lambda w, c: times(c, "given", "mu", 1.2),
        "the enclosure": lambda w, c: moved(c, "radius"),
        "the outcome": lambda w, c: other(c),
    },
    "step_radius": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "nu": lambda w, c: times(c, "given", "nu", -1),
        "the order": lambda w, c: put(c, "given", "order", "backwards"),
        "the enclosure": lambda w, c: moved(c, "radius"),
        "the outcome": lambda w, c: other(c),
    },
    "moments": {
        "a sign of x": lambda w, c: flip(w, c, "x", 3, 1),
        "a sign of y": lambda w, c: flip(w, c, "y", 2),
        "lambda_x": lambda w, c: moved(c, "lambda_x"),
        "lambda_z": lambda w, c: moved(c, "lambda_z"),
    },
    "basin": {
        "a larger ball": lambda w, c: times(c, "found", "radius", 40),
        "a sign of nu": lambda w, c: times(c, "given", "nu", -1),
        "a larger rate": lambda w, c: times(c, "given", "mu", 3),
        "a faster contraction": lambda w, c: put(c, "found", "contraction", float.hex(0.5)),
    },
    "critical": {
        "a box of 2": lambda w, c: put(c, "found", "box", float.hex(2.0)),
        "no box": lambda w, c: put(c, "found", "box", None),
        "a gradient": lambda w, c: put(c, "found", "gradient", float.hex(1e-9)),
        "dependent columns": lambda w, c: w["arrays"][c["given"]["x"]["array"]].update(bits=[
            row[:-32] + 2 * row[-16:] for row in array(w, c, "x")]),
    },
    "unlabelled": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "a sign of the direction": lambda w, c: flip(w, c, "direction"),
        "the enclosure": lambda w, c: moved(c, "gradient"),
    },
    "delay_limit": {
        "the enclosure": lambda w, c: moved(c, "limit"),
        "tau": lambda w, c: put(c, "given", "tau", c["given"]["tau"] + 1),
    },
    "delay_sides": {
        "the interval": lambda w, c: moved(c, "a"),
        "tau": lambda w, c: put(c, "given", "tau", c["given"]["tau"] + 1),
        "the outcome": lambda w, c: other(c),
        "a wide interval": lambda w, c: wider(c, "a"),
    },
    "rates": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "a sign of y": lambda w, c: flip(w, c, "y"),
        "beta": lambda w, c: put(c, "given", "beta", float.hex(0.25)),
        "the interval of mu": lambda w, c: moved(c, "mu"),
        "the interval of nu": lambda w, c: moved(c, "nu"),
        "a wide interval": lambda w, c: wider(c, "nu"),
        "the outcome": lambda w, c: other(c),
    },
    "frozen_limit": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "the interval": lambda w, c: moved(c, "limit"),
        "a wide interval": lambda w, c: wider(c, "limit"),
        "the outcome": lambda w, c: other(c),
    },
    "step_limit": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "the interval": lambda w, c: moved(c, "limit"),
        "a wide interval": lambda w, c: wider(c, "limit"),
        "another quantity": lambda w, c: put(c, "given", "of", "tau"),
        "the order": lambda w, c: put(c, "given", "order", "backwards"),
        "the outcome": lambda w, c: other(c),
    },
    "descent_step": {
        "a sign of the weights": lambda w, c: flip(w, c, "before"),
        "weights that stay": lambda w, c: put(c, "given", "after", c["given"]["before"]),
        "a rate of the other sign": lambda w, c: times(c, "given", "mu", -1),
        "rho": lambda w, c: put(c, "given", "rho", float.hex(2.0 ** -40)),
        "a net of another shape": lambda w, c: put(c, "given", "width", c["given"]["width"][::-1]),
        "the outcome": lambda w, c: other(c),
    },
    "ledger_step": {
        "the outcome": lambda w, c: other(c),
        "a module less": lambda w, c: [c["given"][name].pop() for name in (
            "module_at", "module_terms", "module_arriving")],
        "a smaller net": lambda w, c: put(c, "given", "width", c["given"]["width"][:-1]),
    },
    "log_point": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "a sign of phi": lambda w, c: flip(w, c, "phi"),
        "the gradient": lambda w, c: moved(c, "gradient"),
        "the loss": lambda w, c: moved(c, "loss"),
    },
    "inexact_factor": {
        "a larger error": lambda w, c: times(c, "given", "rho", 1.01) if float.fromhex(
            c["given"]["rho"]) else put(c, "given", "rho", float.hex(0.1)),
        "a step beyond": lambda w, c: put(c, "given", "gamma", float.hex(2.5)),
        "the factor": lambda w, c: moved(c, "factor"),
    },
    "inexact_between": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "another m": lambda w, c: moved(c, "m"),
        "the factor": lambda w, c: times_both(c, "factor", 1 - 1e-9),
    },
    "curvature": {
        "a sign of x": lambda w, c: flip(w, c, "x", 3, 1),
        "lambda_min": lambda w, c: moved(c, "least"),
        "lambda_max": lambda w, c: moved(c, "most"),
    },
    "mode": {
        "sigma": lambda w, c: times(c, "given", "sigma", 1 + 1e-12),
        "a step more": lambda w, c: put(c, "given", "gap", c["given"]["gap"] + 1),
        "a mode": lambda w, c: moved(c, "discrete_3"),
        "the curve": lambda w, c: moved(c, "curve_7"),
        "a step beyond": lambda w, c: put(c, "given", "mu", float.hex(1.0)),
    },
    "iteration": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "theta": lambda w, c: times(c, "given", "theta", 1 + 1e-9),
        "the rule": lambda w, c: put(c, "given", "line_search", not c["given"]["line_search"]),
        "the norm": lambda w, c: put(c, "found", "norm", "refuted"),
        "the energy": lambda w, c: put(c, "found", "energy", {
            "proved": "refuted", "refuted": "proved"}[c["found"]["energy"]]),
        "the end": lambda w, c: moved(c, "psi"),
    },
    "deep_apart": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "a sign of phi": lambda w, c: flip(w, c, "phi_0"),
        "a step less": lambda w, c: put(c, "given", "steps", c["given"]["steps"] - 1),
        "the distance": lambda w, c: moved(c, "distance"),
    },
    "log_optimum": {
        "a sign of x": lambda w, c: flip(w, c, "x"),
        "a label": lambda w, c: w["arrays"][c["given"]["y"]["array"]].update(bits=[
            "%016x" % (int(row, 16) ^ 0x3ff0000000000000) for row in array(w, c, "y")[:1]] +
            array(w, c, "y")[1:]),
        "the loss": lambda w, c: moved(c, "loss"),
        "another point": lambda w, c: flip(w, c, "point"),
    },
    "separates": {
        "a sign of the weights": lambda w, c: flip(w, c, "point"),
        "the outcome": lambda w, c: other(c),
    },
    "linear_gap": {
        "the gap": lambda w, c: moved(c, "gap"),
        "a sign of phi": lambda w, c: flip(w, c, "phi"),
        "another optimum, or none": lambda w, c: flip(w, c, "best"),
    },
    "log_gap": {
        "a larger gap": lambda w, c: times(c, "found", "gap", 1 + 1e-9),
        "no separating weights": lambda w, c: flip(w, c, "best"),
        "no gap": lambda w, c: put(c, "found", "gap", float.hex(-1.0)),
    },
    "deep_growth": {
        "rates at which it attracts": lambda w, c: times(c, "given", "nu", 1e5),
        "a sign of S": lambda w, c: flip(w, c, "S"),
        "a faster growth": lambda w, c: times(c, "found", "growth", 8),
        "the outcome": lambda w, c: other(c),
    },
    "deep_sides": {
        "a sign of w": lambda w, c: flip(w, c, "w"),
        "other moments": lambda w, c: times(c, "given", "S_over", 2),
        "rates at which it attracts": lambda w, c: times(c, "given", "nu", 1e5),
        "an SG elsewhere": lambda w, c: put(c, "given", "at", [x + 1 for x in c["given"]["at"]]),
        "one on the axis": lambda w, c: count(c, "sides", left=-1, axis=1),
        "one right more": lambda w, c: count(c, "sides", left=-1, right=1),
        "a zero more": lambda w, c: count(c, "sides", left=-1, zeros=1),
        "a rest more": lambda w, c: count(c, "sides", rests=1),
        "a positive one more": lambda w, c: count(c, "sides", positive=1),
        "the outcome": lambda w, c: other(c),
    },
    "deep_line": {
        "a sign of w": lambda w, c: flip(w, c, "w"),
        "other moments": lambda w, c: times(c, "given", "R_over", 2),
        "kappa_c": lambda w, c: moved(c, "critical"),
        "a crossing": lambda w, c: moved(c, "crossing_0"),
        "kappa_c and its crossing": lambda w, c: [moved(c, name) for name in (
            "critical", next(n for n in sorted(c["found"], reverse=True)
                             if n.startswith("crossing")))],
        "a pair for a real one": lambda w, c: put(c, "found", "real_0", not c["found"]["real_0"]),
        "one right less": lambda w, c: count(c, "between_0", left=2, right=-2),
        "a rest more": lambda w, c: count(c, "between_0", rests=1),
        "no crossing": lambda w, c: [c["found"].pop(n) for n in list(c["found"])
                                     if n.startswith("crossing")],
        "the outcome": lambda w, c: other(c),
    },
    "spurious_set": {
        "a sample": lambda w, c: change(w, c, "x", 1.5),
        "the outcome": lambda w, c: other(c),
    },
}


def is_caught(whole, at):
    """Does the second program refuse the certificate in place `at`?  And what it says."""
    arrays = copy.deepcopy(whole["arrays"])
    word, why, fine, _ = check_certificates.check(
        record.Certificate(whole["certificates"][at], arrays))
    return not fine, f"{word}: {why}"


def try_changes(whole, at):
    """(changes, faults) of the certificate in place `at`."""
    kind = whole["certificates"][at]["kind"]
    changes, faults = dict(CHANGES.get(kind, {})), []
    if not changes:
        faults.append(f"no change is tried of {kind}; add some to CHANGES")
    for word in sorted(set(record.CHECKERS) - {kind}):
        changes[f"kind {word}"] = lambda w, c, word=word: c.update(kind=word)
    changes["a key less"] = lambda w, c: c["given"].pop(next(iter(c["given"])))
    changes["no outcome that there is"] = lambda w, c: c.update(outcome="true")
    for name, spoil in changes.items():
        spoilt = copy.deepcopy(whole)
        spoil(spoilt, spoilt["certificates"][at])
        caught, said = is_caught(spoilt, at)
        if spoilt == whole:
            faults.append(f"{kind}: {name}: nothing was changed")
        elif not caught:
            faults.append(f"{kind}: {name}: {said}")
    return len(changes), faults


def main(out):
    """Of each kind the certificate on which most rows stand: its enclosures are narrow."""
    best = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(out), "*", "certificates.json"))):
        with open(path, encoding="utf-8") as file:
            whole = json.load(file)
        for at, c in enumerate(whole["certificates"]):
            if c["kind"] not in best or len(c["rows"]) > best[c["kind"]][0]:
                best[c["kind"]] = len(c["rows"]), whole, at
    faults, tried = [f"no certificate of kind {kind}: name a case that makes one"
                     for kind in sorted(set(record.CHECKERS) - set(best))], 0
    for _, whole, at in best.values():
        count, found = try_changes(whole, at)
        tried += count
        faults += found
    print("".join(f"{fault}\n" for fault in faults) + f"{tried} changes")
    return 1 if faults or not tried else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
