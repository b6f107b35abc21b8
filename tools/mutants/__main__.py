#!/usr/bin/env python3
"""Mutation run: change one operator, index, constant or name in a source file, and see whether the suite notices.

    python3 tools/mutants --n 20 --seed 1 --jobs 2        (make mutants N=20 SEED=1)

All changes that the operator table (changes.py) makes in src/{net,sim,closed,data,cert} are listed, and N of them drawn uniformly.
The draw orders changes by a hash of (seed, file, line of text, change): the same seed and tree give the same list anywhere, and an
edit in one file leaves the order of the others alone.

Everything happens in a copy of the tree under $TMPDIR, after the build is brought up to date.  A mutant is its one file compiled with
the build's own command (as `make -n` prints it) and linked in front of libsynthgrad.a, so that the archive's member is not taken.  A
change that does not compile, or compiles to the same code, is replaced by the next in the order.

First the unchanged files go the same way, with a mark in front of each expression that is to be changed (marks.py): every test, every
script and `synthgrad verify` of every case has to pass, or nothing is said (exit 2), and leaves the marks that it reached.  A mutant
then runs what reaches it and nothing else, up to the first failure: the tests of its room, then tests, scripts and cases by the time
they take, with glibc's heap checks on.  What nothing reaches has survived.

A time-out counts as killed, and is listed: a target that takes ten times its usual time and 20 s; or, once the mutant has had its cap
of 60 s, five times and 5 s.  So a busy machine kills nothing, and mutants whose own targets take longer than the cap still meet them all.

While you write a test: --only K for its mutants, --targets closed/test_joint for the tests.

A survivor that changes nothing observable is excused by a line of tests/mutants.excused:

    path:function | line as it is -> line as changed | reason          (runs of blanks count as one; `--list` prints such lines)

":function" may be left out where the file has only one such change.

Score = killed / (drawn - excused), where at most one in ten of the drawn is excused.  Exit 0 when it is at least --least, 1 when not,
2 when no verdict is possible, 130 interrupted.
"""
import argparse
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from changes import ROOMS, all_mutants
from report import EXCUSED, read_excuses, report
from run import Run
from shop import Shop, Stopped, Unable


def parse_options():
    parser = argparse.ArgumentParser(description="Mutation run over src/{" + ",".join(ROOMS) + "}.", epilog="See the head of this file.")
    parser.add_argument("--n", type=int, default=20, help="mutants to draw (default 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--least", type=float, default=0.95, help="score below which the exit status is 1 (default 0.95)")
    parser.add_argument("--cap", type=float, default=60, help="seconds a mutant may take in total (default 60)")
    parser.add_argument("--file", metavar="PATH", help="change this file only, e.g. src/closed/joint.c")
    parser.add_argument("--only", metavar="K", type=int, nargs="+", help="run only these numbers of the list")
    parser.add_argument("--list", action="store_true", help="print what is drawn, and run nothing")
    parser.add_argument("--targets", metavar="TEXT", nargs="+", help="run only tests, scripts and cases (`verify NAME`) with one of these in their name")
    parser.add_argument("--tests-only", action="store_true", help="leave `synthgrad verify` out")
    parser.add_argument("--flavour", default="release")
    parser.add_argument("--keep", action="store_true", help="keep the temporary directory")
    options = parser.parse_args()
    if options.n < 1 or options.jobs < 1 or not 0 <= options.least <= 1 or not options.cap > 0:
        parser.error("--n and --jobs want at least 1, --least a share between 0 and 1, --cap a positive time")
    if options.only and not all(1 <= k <= options.n for k in options.only):
        parser.error(f"--only wants numbers of the list, 1 to {options.n}")
    if options.file:
        options.file = Path(options.file).as_posix()
    return options


def main():
    options, begun = parse_options(), time.monotonic()
    tree = Path(__file__).resolve().parents[2]
    sys.stdout.reconfigure(line_buffering=True)
    shop = Shop(tree, options.flavour, not options.tests_only)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    run, drawn, good, stale = Run(shop, options), [], [], []
    try:
        shop.open()
        mutants = all_mutants(shop.tree, options.seed, options.file)
        good, stale = read_excuses(shop.tree / EXCUSED, mutants, options.file)
        drawn = run.draw(mutants, options.n)
        run.note("")
        print(f"{len(mutants)} possible changes, seed {options.seed}: {len(drawn)} drawn; passed over: "
              f"{len(run.same_code)} equivalent by compiler, {len(run.not_compiled)} not compiling")
        if options.only:
            drawn = [m for m in drawn if m.number in options.only]
        if options.list:
            for m in drawn:
                print(f"#{m.number} {m.path}:{m.line}  {m.operator}\n{m.path}:{m.function} | {m.before} -> {m.after} |")
            return 0
        run.control(drawn)
        run.run_all(drawn)
        run.note("")
        print(f"{time.monotonic() - begun:.0f} s in all, {options.jobs} at a time")
        return report(drawn, good, stale, options)
    except Unable as why:
        shop.stop()
        run.note("")
        print(f"mutants: {why}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Stopped):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        shop.stop()
        run.pool.shutdown(wait=True, cancel_futures=True)
        run.note("")
        print(f"\ninterrupted: {sum(1 for m in drawn if m.outcome)} of {len(drawn)} finished")
        if any(m.outcome for m in drawn):
            report(drawn, good, stale, options)
        return 130
    finally:
        run.pool.shutdown(wait=True, cancel_futures=True)
        shop.close(options.keep)


if __name__ == "__main__":
    sys.exit(main())
