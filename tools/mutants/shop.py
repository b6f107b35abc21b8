"""A copy of the tree, the build's commands in it as make prints them, and processes that end in time."""
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

MEMORY_KIB = 6 << 20             # address space of a mutant: a wrong size must not take the machine
OUTPUT_KIB = 256 << 10           # and no file may fill the disk
HEAP_CHECKER = "libc_malloc_debug.so.0"      # glibc: a write beyond a block ends the process when the block is freed
FROM_SOURCE = {f"tests/{name}.sh" for name in   # these build or read a library of their own, without the change
               ("base/test_blas", "cli/test_install", "tools/test_odd_path", "tools/test_reference")}
VERIFY = "verify "               # a case is a target: `verify NAME`


class Unable(Exception):
    """No verdict is possible."""


class Stopped(Exception):
    """Ctrl-C."""


class Shop:
    """A copy of the tree, the build's commands in it, and processes that end in time."""

    def __init__(self, tree, flavour, with_program):
        self.origin, self.flavour, self.with_program = tree, flavour, with_program
        self.top = Path(tempfile.mkdtemp(prefix="synthgrad-mutants-"))
        self.top.chmod(0o711)    # a test that runs the program as another user finds its marks
        self.tree = self.top / "tree"
        self.build = f"build/{flavour}"
        self.stopping, self.groups, self.lock = False, set(), threading.Lock()
        flags = os.environ.get("MAKEFLAGS", "").partition("-- ")[2]
        self.overrides = [w for w in shlex.split(flags) if "=" in w]         # `make mutants CFLAGS=...`
        self.environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "LD_PRELOAD")}
        self.heap_checker = False
        self.own_heap = set()                             # targets that bring an allocator of their own

    def open(self):
        def skip(folder, names):
            if Path(folder) == self.origin:
                return {".git", "results"} & set(names)
            return {n for n in names if n == "__pycache__" or (Path(folder) == self.origin / "build" and n != self.flavour)}

        self.cases = []
        self.tests = [f"{self.build}/{p.relative_to(self.origin).with_suffix('').as_posix()}" for p in sorted(self.origin.glob("tests/*/test_*.c"))]
        self.program = f"{self.build}/synthgrad"
        targets = self.tests + ([self.program] if self.with_program else [])
        if not targets:
            raise Unable("there is no test and no program to run mutants with")
        make = ["make", *self.overrides, f"FLAVOUR={self.flavour}"]
        if self.run([*make, "-s", f"-j{os.cpu_count() or 1}", *targets], self.top / "make.log", 1800, cwd=self.origin, limited=False) != 0:
            raise Unable("the unchanged tree does not build:\n" + tail(self.top / "make.log"))
        listed = subprocess.run([*make, "-n", "-B", *targets], cwd=self.origin, env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        shutil.copytree(self.origin, self.tree, symlinks=True, ignore=skip)
        self.compile, self.link = {}, {}                  # source -> its commands (a kernel has two), target -> its command
        for line in listed.stdout.replace("\\\n", " ").splitlines():
            if " -o " not in line:
                continue
            argv = shlex.split(line)
            target = argv[argv.index("-o") + 1]
            sources = [a for a in argv if a.endswith(".c")]
            if "-c" in argv and len(sources) == 1:
                self.compile.setdefault(sources[0], []).append(argv)
            elif target in targets:
                self.link[target] = argv
        missing = [t for t in targets if t not in self.link]
        if missing:
            raise Unable(f"`make -n -B {missing[0]}` printed no link command:\n{listed.stderr[-2000:]}")
        self.including = {}                               # test -> the source that it includes, to test what is static there
        for target in self.tests:
            source = target.removeprefix(f"{self.build}/") + ".c"
            for inner in re.findall(r'^#include "(\S+\.c)"', (self.tree / source).read_text(), re.M):
                self.including[target] = f"src/{inner}"
        if self.with_program:
            scripts = [p.relative_to(self.tree).as_posix() for p in sorted(self.tree.glob("tests/*/test_*.sh"))]
            self.tests += [s for s in scripts if s not in FROM_SOURCE]
            self.cases = [VERIFY + p.stem for p in sorted(self.tree.glob("cases/*.cfg")) if re.search(r"^claim\b", p.read_text(), re.M)]
        if self.flavour != "asan":                        # which checks the heap itself
            probe = self.run(["true"], self.top / "probe.log", 10, {"LD_PRELOAD": HEAP_CHECKER})
            self.heap_checker = probe == 0 and (self.top / "probe.log").read_text() == ""

    def close(self, keep):
        if keep:
            print(f"kept: {self.top}")
        else:
            shutil.rmtree(self.top, ignore_errors=True)

    def run(self, argv, log, seconds, extra=None, cwd=None, limited=True):
        """Exit status, or None when the time was up; limits on memory and on what is written."""
        limits = "ulimit -c 0; "
        if limited:
            limits += f"ulimit -f {OUTPUT_KIB * 2}; " + (f"ulimit -v {MEMORY_KIB}; " if self.flavour != "asan" else "")
        if self.stopping:
            raise Stopped()
        with open(log, "wb") as out:
            with self.lock:
                child = subprocess.Popen(["sh", "-c", limits + 'exec "$@"', "sh", *argv], cwd=cwd or self.tree, env={**self.environment, **(extra or {})},
                                         stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
                self.groups.add(child.pid)
            try:
                return child.wait(max(seconds, 0.01))
            except subprocess.TimeoutExpired:
                return None
            finally:
                with self.lock:
                    if child.poll() is None:
                        os.killpg(child.pid, signal.SIGKILL)             # whatever the process started ends with it
                        child.wait()
                    self.groups.discard(child.pid)
                if self.stopping:
                    raise Stopped()

    def stop(self):
        self.stopping = True
        with self.lock:
            for pid in self.groups:
                try:
                    os.killpg(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def compile_text(self, text, source):
        """The object of a C file that is not part of the project."""
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        target = source.with_suffix(".o")
        log = source.with_suffix(".log")
        if self.run([*shlex.split(self.environment.get("CC", "cc")), "-O2", "-fPIC", "-c", "-o", str(target), str(source)], log, 120) != 0:
            raise Unable(f"{source.name} does not compile:\n" + tail(log))
        return target

    def compile_copy(self, path, text, folder, before="", seconds=120):
        """Objects of `text` compiled as `path`, stripped of debug information; None when it does not compile."""
        folder.mkdir(parents=True)
        copy = folder / Path(path).name
        copy.write_text(f'{before}#line 1 "{path}"\n{text}')      # __FILE__ and the lines of messages stay
        objects = []
        for argv in self.compile.get(path, ()):
            target = folder / Path(argv[argv.index("-o") + 1]).name
            command = [str(copy) if a == path else a for a in argv if a not in ("-MMD", "-MP", "-MD") and not a.startswith("-Werror")]
            command[command.index("-o") + 1] = str(target)
            command[1:1] = ["-iquote", str(Path(path).parent), "-Werror=implicit-function-declaration"]
            if self.run(command, folder / "compile.log", seconds) != 0:
                return None
            if self.run(["objcopy", "--strip-debug", str(target)], folder / "strip.log", seconds) != 0:
                raise Unable("objcopy failed:\n" + tail(folder / "strip.log"))
            objects.append(target)
        if not objects:
            raise Unable(f"make prints no command that compiles {path}: is it part of the library?")
        return objects

    def link_with(self, target, objects, folder):
        """`target` with the objects (source -> list) in front of the archive; the second time, nothing is left to do."""
        binary = folder / target
        if not binary.exists():
            binary.parent.mkdir(parents=True, exist_ok=True)
            argv, front = list(self.link[target]), dict(objects)
            if self.including.get(target) in front:       # its copy is the one that counts
                argv[argv.index(f"{target}.o")] = self.test_object(target, front.pop(self.including[target])[0].parent, folder)
            place = argv.index("-o") + 1
            argv[place:place + 1] = [str(binary), *(str(o) for group in front.values() for o in group)]
            if self.run(argv, folder / "link.log", 120) != 0:
                raise Unable(f"{target} does not link with a changed object in front:\n" + tail(folder / "link.log"))
        return str(binary)

    def test_object(self, target, changed, folder):
        """The test that includes a source, compiled with its copy in `changed`."""
        path = self.including[target]
        copy = folder / "including" / path
        copy.parent.mkdir(parents=True)
        shutil.copy(changed / copy.name, copy)
        command = list(self.compile[target.removeprefix(f"{self.build}/") + ".c"][0])
        made = command.index("-o") + 1
        command[made] = str(folder / "including" / Path(command[made]).name)
        command[1:1] = ["-I", str(folder / "including/src"), "-iquote", str(Path(path).parent)]
        command = [a for a in command if a not in ("-MMD", "-MP", "-MD") and not a.startswith("-Werror")]
        if self.run(command, folder / "link.log", 120) != 0:
            raise Unable(f"{target} does not compile with a changed {path}:\n" + tail(folder / "link.log"))
        return command[command.index("-o") + 1]

    def start(self, target, objects, folder, deadline, extra=None):
        """Links and runs a test, or the program on a case, in `folder`: (status, seconds)."""
        script, case = target.endswith(".sh"), target.startswith(VERIFY)
        program = None
        if script or case or "/tests/cli/" in target:     # they start build/synthgrad
            program = self.link_with(self.program, objects, folder)
        if case:
            name = target.removeprefix(VERIFY)            # as a filter: a case whose data are not there is skipped
            argv = [program, "verify", "--jobs", "1", "--filter", name, "--out", str(folder / "results" / name)]
        else:
            argv = ["sh", target] if script else [self.link_with(target, objects, folder)]
        extra = {"TMPDIR": str(folder / "tmp"), **(extra or {})}
        if self.heap_checker and target not in self.own_heap:
            extra |= {"LD_PRELOAD": HEAP_CHECKER, "MALLOC_CHECK_": "3"}
        begun = time.monotonic()
        status = self.run(argv, self.log(target, folder), deadline - begun, extra, folder)
        return status, time.monotonic() - begun

    def log(self, target, folder):
        return folder / (target.replace("/", "-") + ".log")

    def members_taken(self, target):
        """Names of the objects that the linker takes out of the archive (two files of one name count as one); None: any."""
        if target.startswith(VERIFY):
            target = self.program
        if target not in self.link:
            return None                                   # a script
        log = self.top / (target.replace("/", "-") + ".trace")
        self.run([*self.link[target], "-Wl,-t,-t", "-o", str(log.with_suffix(".out"))], log, 120)
        return set(re.findall(r"^\(.*\.a\)(\S+\.o)$", log.read_text(errors="replace"), re.M)) or None

    def make_room(self, folder):
        """A working directory that looks like the tree, with the mutated program as build/synthgrad."""
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / self.build).mkdir(parents=True, exist_ok=True)
        for entry in self.tree.iterdir():
            if entry.name != "build" and not (folder / entry.name).exists():
                (folder / entry.name).symlink_to(entry)
        (folder / "build/synthgrad").symlink_to(f"{self.flavour}/synthgrad")


def tail(path, lines=15):
    return "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-lines:])
