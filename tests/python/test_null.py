"""A NULL is a programmer's error: every public function that needs what is not there aborts and
names a file and a line.  None is a crash that says nothing, and none goes on for ever."""
import ctypes
import os
import re
import resource
import unittest

import support
import synthgrad as sg
from test_layout import headers

# The first two end the process for a living, and to the third a NULL is memory that was not there.
LEFT_OUT = {"sg_base_abort", "sg_base_exhausted", "sg_report_add"}


class Anything(ctypes.Structure):
    """A large struct, which is returned through a pointer; small ones are in registers."""
    _fields_ = [("bytes", ctypes.c_char * 4096)]


def functions():
    """Names of the public functions, and whether they return a struct."""
    found = {}
    for line, name in re.findall(r"^(\w[\w \*]*?)\b(sg_\w+)\(", headers(), re.M):
        if "typedef" not in line and hasattr(sg._lib, name):
            found[name] = line.strip().startswith("struct") or line.strip().startswith("const struct")
            found[name] = found[name] and "*" not in line
    return found


def called(name, is_struct):
    """What became of a call of the function with zeros alone, and what it said."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        os.dup2(write, 2)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        function = ctypes.CDLL(sg._lib._name)[name]
        function.restype = Anything if is_struct else ctypes.c_void_p
        function(*[ctypes.c_void_p(None)] * 48)          # structs by value are zeros, too
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    return os.waitpid(child, 0)[1], said


class Null(unittest.TestCase):
    def test_every_function(self):
        tried = functions()
        self.assertGreater(len(tried), 400)
        aborted = 0
        for name, is_struct in tried.items():
            if name in LEFT_OUT:
                continue
            status, said = called(name, False)
            if is_struct and os.WIFSIGNALED(status) and os.WTERMSIG(status) == 11:
                status, said = called(name, True)
            with self.subTest(name):
                if os.WIFSIGNALED(status):
                    aborted += 1
                    self.assertEqual(os.WTERMSIG(status), 6, f"crashes: {said}")
                    self.assertRegex(said, r"^synthgrad: (src|include)/\w[\w/]*\.[ch]:\d+: ")
                else:
                    self.assertEqual(os.WEXITSTATUS(status), 0, said)
        self.assertGreater(aborted, 300)

    def test_one_argument(self):
        """The first argument alone: what its size says is not looked at instead."""
        rates = sg._lib.sg_closed_rates
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(os.devnull, os.O_RDWR), 2)
            rates(None, 3)
            os._exit(0)
        self.assertEqual(os.WTERMSIG(os.waitpid(child, 0)[1]), 6)


if __name__ == "__main__":
    support.run()
