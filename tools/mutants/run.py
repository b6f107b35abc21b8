"""The draw, the unchanged suite, and the mutants."""
import concurrent.futures
import filecmp
import shutil
import signal
import sys
import time

from marks import Marks
from shop import Stopped, Unable, tail

ENDLESS = 20.0                   # a target that takes longer than this, and ten times its usual time, will not end
SLOW = 5.0                       # beyond the cap: that many seconds more than that many times its usual time


class Run:
    def __init__(self, shop, options):
        self.shop, self.options = shop, options
        self.not_compiled, self.same_code = [], []
        self.duration = {}                                # target -> seconds of the unchanged suite
        self.reference = {}                               # path -> objects of the unchanged file
        self.pool = concurrent.futures.ThreadPoolExecutor(options.jobs)
        self.note_width = 0

    def note(self, text):
        if sys.stderr.isatty():
            sys.stderr.write("\r" + text[:110].ljust(self.note_width))
            sys.stderr.flush()
            self.note_width = min(len(text), 110)

    def parallel(self, work, items):
        futures = [self.pool.submit(work, item) for item in items]
        return [f.result() for f in futures]

    # -- draw

    def compile_reference(self, path):
        objects = self.shop.compile_copy(path, (self.shop.tree / path).read_text(), self.shop.top / "unchanged" / path)
        if objects is None:
            raise Unable(f"{path} does not compile outside its folder:\n" + tail(self.shop.top / "unchanged" / path / "compile.log"))
        self.reference[path] = objects

    def compile_mutant(self, numbered):
        number, mutant = numbered
        mutant.folder = self.shop.top / f"m{number}"
        mutant.objects = self.shop.compile_copy(mutant.path, mutant.text, mutant.folder / "object")
        if mutant.objects is None:
            return "not compiled"
        same = all(filecmp.cmp(a, b, shallow=False) for a, b in zip(mutant.objects, self.reference[mutant.path]))
        return "same code" if same else "drawn"

    def draw(self, mutants, n):
        """The first n of the order that compile to other code; strictly in order, however many jobs."""
        drawn, at = [], 0
        while len(drawn) < n and at < len(mutants):
            batch = mutants[at:at + n - len(drawn)]
            self.parallel(self.compile_reference, sorted({m.path for m in batch} - set(self.reference)))
            fates = self.parallel(self.compile_mutant, list(enumerate(batch, at)))
            at += len(batch)
            for mutant, fate in zip(batch, fates):
                if fate == "drawn":
                    drawn.append(mutant)
                    mutant.number = len(drawn)
                else:
                    (self.same_code if fate == "same code" else self.not_compiled).append(mutant)
                    shutil.rmtree(mutant.folder)
            self.note(f"drawing: {len(drawn)} of {n}")
        return drawn

    # -- run

    def control(self, drawn):
        """The unchanged files the same way, but for the marks: everything has to pass, and this says how long it takes and what it reaches."""
        marks = Marks(self.shop, drawn, self.parallel)
        self.shop.make_room(marks.folder)
        if self.shop.with_program:
            self.shop.link_with(self.shop.program, marks.objects, marks.folder)

        def pass_unchanged(target):
            for _ in range(2 if self.shop.heap_checker else 1):
                record = marks.record(target)
                status, self.duration[target] = self.shop.start(target, marks.objects, marks.folder, time.monotonic() + 600, record)
                if not status:
                    break
                self.shop.own_heap.add(target)
            if status != 0:
                ended = "a time-out" if status is None else status
                raise Unable(f"the unchanged tree fails: {target} ended with {ended}\n" + tail(self.shop.log(target, marks.folder)))
            self.note(f"unchanged: {target}")

        wanted = self.options.targets or [""]
        targets = [t for t in self.shop.tests + self.shop.cases if any(text in t for text in wanted)]
        self.parallel(pass_unchanged, targets)
        reached = {target: set(marks.reached(target)) for target in targets}
        taken = {}
        if len(marks.known) < len(drawn):
            taken = dict(zip(targets, self.parallel(self.shop.members_taken, targets)))
        for m in drawn:
            if m.mark in marks.known:
                m.targets = [t for t in targets if m.mark in reached[t]]
            else:
                names = {o.name for o in m.objects}
                m.targets = [t for t in targets if taken[t] is None or taken[t] & names or self.shop.including.get(t) == m.path]
            m.targets.sort(key=lambda t: (f"tests/{m.room}/" not in t, self.duration[t]))
            m.expected = sum(self.duration[t] for t in m.targets)
        shutil.rmtree(marks.folder)
        unmarked, wide = len(drawn) - len(marks.known), sum(1 for how in marks.known.values() if how == "wide")
        print(f"the unchanged suite: {sum(self.duration.values()):.0f} s in {len(targets)} targets, of which a change is reached by "
              f"{sum(len(m.targets) for m in drawn) / max(1, len(drawn)):.0f} ({sum(m.expected for m in drawn) / max(1, len(drawn)):.0f} s) on average"
              + (f"; {wide} marked by function only" if wide else "") + (f"; {unmarked} not marked, so all that link them run" if unmarked else ""))

    def deadline(self, target, begun):
        """No target is cut off for being slow on a busy machine: beyond the cap it still gets several times what it takes unchanged."""
        now, usual = time.monotonic(), self.duration[target]
        return min(now + max(ENDLESS, 10 * usual), max(begun + self.options.cap, now + SLOW * (1 + usual)))

    def run_mutant(self, mutant):
        begun = time.monotonic()
        self.shop.make_room(mutant.folder)
        outcome, how = "survived", ""
        for target in mutant.targets:
            status, _ = self.shop.start(target, {mutant.path: mutant.objects}, mutant.folder, self.deadline(target, begun))
            name = target.removeprefix(f"{self.shop.build}/")
            if status is None:
                outcome, how = "time-out", "in " + name
            elif status != 0:
                outcome, how = name, f"exit {status}" if status > 0 else signal.Signals(-status).name
            if status != 0:
                break
        mutant.outcome, mutant.how, mutant.seconds = outcome, how, time.monotonic() - begun
        if not self.options.keep:
            shutil.rmtree(mutant.folder)
        self.finished += 1
        self.note(f"{self.finished}/{self.total} #{mutant.number} {outcome}")

    def run_all(self, drawn):
        self.finished, self.total = 0, len(drawn)
        futures = [self.pool.submit(self.run_mutant, m) for m in drawn]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except (KeyboardInterrupt, Stopped, Unable):
            for future in futures:
                future.cancel()
            raise
