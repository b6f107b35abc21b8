"""The excuses, and the table at the end."""
from collections import Counter, namedtuple

from shop import VERIFY, Unable

EXCUSED = "tests/mutants.excused"
Excuse = namedtuple("Excuse", "number path function before after reason")


def read_excuses(path, mutants, only_file):
    """The excuses, and those that match nothing in this tree; every other matches changes of one line, or of one function."""
    good, stale = [], []
    lines = path.read_text().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        place, _, rest = line.partition(" | ")
        change, bar, reason = rest.rpartition(" | ")
        before, arrow, after = change.partition(" -> ")
        if not (bar and arrow and reason.strip()):
            raise Unable(f"{EXCUSED}:{number}: write `path:function | line -> changed line | reason`")
        source, _, function = place.strip().partition(":")
        excuse = Excuse(number, source, function, " ".join(before.split()), " ".join(after.split()), reason.strip())
        matches = [m for m in mutants if excuses(excuse, m)]
        if len(matches) > 1 and not function:
            raise Unable(f"{EXCUSED}:{number}: matches {len(matches)} changes (lines {', '.join(str(m.line) for m in matches)}); write {source}:FUNCTION")
        if matches:
            good.append(excuse)
        elif not only_file or source == only_file:
            stale.append(excuse)
    return good, stale


def excuses(excuse, m):
    return (excuse.path, excuse.before, excuse.after) == m.key() and excuse.function in ("", m.function)


def reach(m):
    names = [t.removeprefix(VERIFY).rpartition("/")[2] for t in m.targets]
    return f"  (reached by {', '.join(names[:6])}{f' and {len(names) - 6} more' if len(names) > 6 else ''})" if names else "  (nothing reaches it)"


def show_change(m):
    print(f"      - {m.before}\n      + {m.after}")


def report(drawn, good, stale, options):
    """The table; returns the exit status."""
    done = [m for m in drawn if m.outcome]
    killed = [m for m in done if m.outcome != "survived"]
    for m in done:
        m.excuse = next((e for e in good if excuses(e, m)), None) if m.outcome == "survived" else None
    excused = [m for m in done if m.excuse]
    survivors = [m for m in done if m.outcome == "survived" and not m.excuse]
    print(f"\n{'#':>4}  {'killed by':<26} {'with':<10} {'s':>5}  change")
    for m in done:
        by = m.outcome if m in killed else "EXCUSED" if m.excuse else "SURVIVED"
        print(f"{m.number:>4}  {by:<26} {m.how:<10} {m.seconds:5.1f}  {m.path}:{m.line}  {m.operator}")
    ways = Counter(m.outcome if m.outcome == "time-out" else "verify" if m.outcome.startswith(VERIFY) else
                   "tests of the room" if m.outcome.split("/")[1] == m.room else "tests of other rooms" for m in killed)
    print(f"\nkilled {len(killed)} of {len(done)}: " + (", ".join(f"{ways[w]} by {w}" for w in
          ("tests of the room", "tests of other rooms", "verify", "time-out") if ways[w]) or "none"))
    for title, group in (("killed by time-out", [m for m in killed if m.outcome == "time-out"]), ("excused", excused), ("survivors", survivors)):
        if group:
            print(f"\n{title}:")
        for m in group:
            note = f"  ({m.excuse.reason})" if m.excuse else "" if m in killed else reach(m)
            print(f"  #{m.number} {m.path}:{m.line}  {m.operator}{note}")
            show_change(m)
    for e in stale:
        print(f"\nstale, {EXCUSED}:{e.number}: {e.path} has no such change any more")
        show_change(e)
    for e in good:
        for m in killed:
            if excuses(e, m):
                print(f"\n{EXCUSED}:{e.number} excuses what is killed, and can go: #{m.number} {m.path}:{m.line}")
    forgiven = min(len(excused), -(-len(done) // 10))     # one in ten
    counted = len(done) - forgiven
    score = len(killed) / counted if counted else 1.0
    print(f"\nscore {len(killed)}/{counted} = {score:.3f}, wanted {options.least:g}" + (f" ({forgiven} excused)" if excused else "")
          + (f"; {len(excused) - forgiven} more than one in ten, which count as survivors" if len(excused) > forgiven else ""))
    return 0 if score >= options.least else 1
