"""Which targets reach a change: a mark in front of its expression, set in a file that outlives the process.

Marked sources are the unchanged ones with `sg_mutants_reached[k] = 1` put before the full expression (or the declaration) that change k is
in.  The marks are a shared mapping of a file, so that what forks, aborts or is killed leaves them, and threads need no lock.  A program
without the file aborts: no run goes unrecorded.  A change outside functions has no mark; neither has one in a file that does not compile
with marks, and then nobody knows who reaches it.
"""
from shop import Unable

RECORD = "SG_MUTANTS_REACHED"                    # the environment variable that names the file

RUNTIME = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static volatile unsigned char before_begin[%(n)d];
volatile unsigned char *sg_mutants_reached = before_begin;
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("%(record)s");
    const int file = path ? open(path, O_RDWR) : -1;
    void *map = file < 0 ? MAP_FAILED : mmap(NULL, %(n)d, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map == MAP_FAILED)
        abort();
    sg_mutants_reached = map;
    close(file);
}
"""


def marked(mutants, level):
    """The source of these changes, all of one file, with their marks: at the narrowest place (level 0) or at the function's beginning (-1)."""
    text, marks = mutants[0].source.text, []
    for m in mutants:
        places = m.source.places_at(m.at)
        if places:
            offset, glue = places[level]
            marks.append((offset, f"sg_mutants_reached[{m.mark}] = 1{glue}"))
    for offset, mark in sorted(marks, reverse=True):
        text = text[:offset] + mark + text[offset:]
    return text


class Marks:
    """Marked objects of all files that are changed, and what the targets that ran with them have reached."""

    def __init__(self, shop, mutants, parallel):
        self.shop, self.folder, self.known = shop, shop.top / "marked", {}
        for k, m in enumerate(mutants):
            m.mark = k
        by_path = {}
        for m in mutants:
            by_path.setdefault(m.path, []).append(m)
        self.n = len(mutants)
        self.objects = dict(zip(by_path, parallel(self.compile, by_path.items())))
        self.objects[""] = [shop.compile_text(RUNTIME % {"n": self.n, "record": RECORD}, self.folder / "runtime.c")]

    def compile(self, item):
        path, mutants = item
        declaration = "extern volatile unsigned char *sg_mutants_reached;\n"
        for attempt, text in (("narrow", marked(mutants, 0)), ("wide", marked(mutants, -1)), ("unmarked", mutants[0].source.text)):
            objects = self.shop.compile_copy(path, text, self.folder / attempt / path, declaration)
            if objects is not None:
                self.known.update({m.mark: attempt for m in mutants if attempt != "unmarked" and m.source.places_at(m.at)})
                return objects
        raise Unable(f"{path} does not compile outside its folder")

    def record(self, target):
        """A file for the marks of one target, which its processes find through the environment."""
        path = self.folder / (target.replace("/", "-") + ".reached")
        path.write_bytes(bytes(self.n))
        path.chmod(0o666)        # other users' processes leave marks too
        return {RECORD: str(path)}

    def reached(self, target):
        return [k for k, mark in enumerate((self.folder / (target.replace("/", "-") + ".reached")).read_bytes()) if mark]
