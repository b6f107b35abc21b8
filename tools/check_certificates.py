#!/usr/bin/env python3
"""check_certificates.py FOLDER...: checks stored certificates without the program's code.

`synthgrad verify --out FOLDER` stores what its certified rows prove in FOLDER/CASE/certificates.json.
This program derives each statement again from the stored numbers, by other formulas and another
arithmetic (fractions, and mpmath's intervals at 60 digits), and prints a line for each:
    agrees        the conclusion was shown here too
    CONTRADICTS   its opposite was shown
    not checked   neither, and why
A certified row of summary.json is held against its certificates: there is one, the enclosure shown
is one that was found, and the row is open where the program decided nothing.

Exit 0 when all agree that decide anything, 1 otherwise, 2 where a file cannot be read or there is
nothing to check.
"""
import glob
import json
import multiprocessing
import os
import signal
import sys
import time

try:
    import mpmath
    import numpy  # noqa: F401
except ImportError as missing:
    print(f"check_certificates: {missing}; make deps-dev installs python3-mpmath and python3-numpy",
          file=sys.stderr)
    sys.exit(2)

from certificates import record
from certificates import (apart, deep, delay, inexact, iteration,  # noqa: F401
                          ledger, logistic, minima, regression, spurious)

# A certificate that takes longer is not checked, and says so.
SECONDS = 120


class Late(Exception):
    """A certificate took SECONDS."""


def ring(*_):
    raise Late


def check(certificate):
    """(word, why, fine, seconds) of one certificate."""
    started, fine = time.time(), False
    signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        word, why = "agrees", certificate.check()
        fine = True
    except record.Undecided as found:
        word, why, fine = "not checked", str(found), True
    except record.Contradicts as found:
        word, why = "CONTRADICTS", str(found)
    except record.NotChecked as found:
        word, why = "not checked", str(found)
    except Late:
        word, why = "not checked", f"it takes longer than {SECONDS} s"
    except (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError, OverflowError) as found:
        word, why = "CONTRADICTS", f"it is none of its kind: {type(found).__name__}: {found}"
    finally:
        signal.alarm(0)
    return word, why or "", fine, time.time() - started


def certified_rows(folder):
    """The certified rows that a summary shows, by id, and the summary."""
    with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    return {row["id"]: row for row in summary["rows"] if row["evidence"] == "certified"}, summary


def enclosures(certificate):
    """Pairs of doubles that a row may show: what was found, and that over one of its ends."""
    pairs = [tuple(float(end) for end in pair) for pair in certificate.found.values()
             if isinstance(pair, list) and len(pair) == 2 and None not in pair]
    return pairs + [(low / high, 1.0) for low, high in pairs] + \
        [(1.0, high / low) for low, high in pairs if low]


def check_row(row, certificates):
    """What is wrong with a row, as (word, why), or None."""
    mine = [c for c in certificates if row["id"] in c.rows]
    if not mine:
        return "not checked", "no certificate is stored for this row"
    undecided = any(c.outcome == "undecided" for c in mine)
    if row["form"] == "proof" and undecided != (row["state"] == "open"):
        return "CONTRADICTS", f"the row is {row['state']}, and its certificate is " + \
            ("undecided" if undecided else "not")
    shown = row.get("interval")
    if shown and not any(tuple(shown) in enclosures(c) for c in mine):
        return "CONTRADICTS", f"the row shows {shown}, which no certificate of its has"
    return None


def check_case(path):
    """(case, lines): a line is (word, kind, rows, why, fine, seconds)."""
    mpmath.mp.dps = mpmath.iv.dps = 60
    stored, certificates = record.load(path)
    rows, summary = certified_rows(os.path.dirname(path))
    for key in ("case", "claim", "seed", "sources"):
        if stored[key] != summary[key]:
            return stored["case"], [("CONTRADICTS", "", "", f"summary.json has another {key}",
                                     False, 0)]
    lines = []
    for c in certificates:
        word, why, fine, seconds = check(c)
        lines.append((word, c.kind, " ".join(c.rows), why, fine, seconds))
    for row in rows.values():
        fault = check_row(row, certificates)
        if fault:
            lines.append((fault[0], "", row["id"], fault[1], False, 0))
    for row in sorted({row for c in certificates for row in c.rows} - set(rows)):
        lines.append(("CONTRADICTS", "", row, "a certificate for a row that is not certified",
                      False, 0))
    return stored["case"], lines


def main(folders):
    paths = sorted(path for folder in folders
                   for path in glob.glob(os.path.join(glob.escape(folder), "*",
                                                      "certificates.json")))
    if not paths:
        print("check_certificates: no certificates; name a folder that verify wrote with --out",
              file=sys.stderr)
        return 2
    faults, count = 0, {"agrees": 0, "CONTRADICTS": 0, "not checked": 0}
    jobs = int(os.environ.get("JOBS") or os.cpu_count() or 1)
    with multiprocessing.Pool(jobs) as pool:
        try:
            for case, lines in pool.imap(check_case, paths, 1):
                for word, kind, rows, why, fine, seconds in lines:
                    count[word] += 1
                    faults += not fine
                    print(f"{word:<12} {case:<24} {rows}: {kind}{': ' if kind else ''}{why}"
                          f"{f' ({seconds:.1f} s)' if seconds >= 1 else ''}", flush=True)
        except (OSError, ValueError, KeyError) as fault:
            print(f"check_certificates: {fault}; run verify again", file=sys.stderr)
            return 2
    print(f"{count['agrees']} certificates agree, {count['CONTRADICTS']} contradict, "
          f"{count['not checked']} not checked")
    if not sum(count.values()):
        print("check_certificates: no certified rows; was the program built without Arb?",
              file=sys.stderr)
        return 2
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["results"]))
