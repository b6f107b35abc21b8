#!/usr/bin/env python3
"""Mutation run: change one operator, index, constant or name in a source file, and see whether the suite notices.

    python3 tools/mutants.py --n 20 --seed 1 --jobs 2        (make mutants N=20 SEED=1)

All changes that the operator table below makes in src/{net,sim,closed,data,cert} are listed, and N of them drawn uniformly.  The
draw orders changes by a hash of (seed, file, line of text, change): the same seed and tree give the same list anywhere, and an
edit in one file leaves the order of the others alone.

Everything happens in a copy of the tree under $TMPDIR, after the build is brought up to date.  A mutant is its one file compiled with
the build's own command (as `make -n` prints it) and linked in front of libsynthgrad.a, so that the archive's member is not taken.  It
runs the tests of its room, then those of the other rooms, then `synthgrad verify --jobs 1`, up to the first failure, with glibc's
heap checks on.  A change that does not compile, or compiles to the same code, is replaced by the next in the order.  The control is
the same procedure with nothing changed: it has to pass, or nothing is said (exit 2).

A survivor that changes nothing observable is excused by a line of tests/mutants.excused:

    path:function | line as it is -> line as changed | reason          (runs of blanks count as one; `--list` prints such lines)

":function" may be left out where the file has only one such change.

Score = killed / (drawn - excused).  Exit 0 when it is at least --least, 1 when not, 2 when no verdict is possible, 130 interrupted.
"""
import argparse
import concurrent.futures
import filecmp
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, namedtuple
from pathlib import Path

ROOMS = ("closed", "data", "net", "sim", "cert")
EXCUSED = "tests/mutants.excused"
QUICK = 5.0                      # seconds: another room's slower test waits until after verify
ENDLESS = 20.0                   # a test that takes longer than this, and ten times its usual time, will not end
MEMORY_KIB = 6 << 20             # address space of a mutant: a wrong size must not take the machine
OUTPUT_KIB = 256 << 10           # and no file may fill the disk
HEAP_CHECKER = "libc_malloc_debug.so.0"      # glibc: a write beyond a block ends the process when the block is freed

# ---- the operator table -----------------------------------------------------------------------------------------

SIGN = {"+": "-", "-": "+", "+=": "-=", "-=": "+="}
PRODUCT = {"*": "/", "/": "*", "*=": "/=", "/=": "*="}
LOOSEN = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
REVERSE = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
NEGATE = {"==": "!=", "!=": "=="}
LOGIC = {"&&": "||", "||": "&&", "&": "|", "|": "&"}
CONSTANT = {"2": "1", "2.0": "1.0", "1": "0", "1.0": "0.0", "0.5": "1.0"}


def both_ways(*pairs):
    table = {}
    for a, b in pairs:
        table.setdefault(a, []).append(b)
        table.setdefault(b, []).append(a)
    return table


TRANSPOSE = both_ways(("SG_NN", "SG_TN"), ("SG_NN", "SG_NT"), ("CblasNoTrans", "CblasTrans"), ("sg_base_mul", "sg_base_mul_tn"),
                      ("sg_base_mul", "sg_base_mul_nt"), ("sg_sim_spectral_from_w", "sg_sim_spectral_to_w"))
SWAP = both_ways(("mu", "nu"), ("net_opt", "sg_opt"), ("net_w", "sg_w"), ("net_phi", "sg_phi"), ("w_ago", "phi_ago"), ("w_at", "phi_at"),
                 ("w", "phi"), ("dw", "dphi"), ("n_w", "n_phi"), ("SG_WANT_W", "SG_WANT_PHI"), ("rate_x", "rate_z"),
                 ("lambda_x", "lambda_z"), ("v_x", "v_z"), ("s_x", "s_z"), ("xx", "zz"))
TRUTH = {"true": "false", "false": "true"}

# ---- tokens -----------------------------------------------------------------------------------------------------

Token = namedtuple("Token", "kind text start end")       # kind: name, number, text, op

TOKEN = re.compile(r"""
    (?P<skip>   \s+ | /\*.*?\*/ | //[^\n]* )
  | (?P<text>   (?:u8|[uUL])?"(?:\\.|[^"\\\n])*" | [uUL]?'(?:\\.|[^'\\\n])+' )
  | (?P<number> \.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.])* )
  | (?P<name>   [A-Za-z_]\w* )
  | (?P<op>     \.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.(){}\[\]] )
""", re.X | re.S)
DIRECTIVE = re.compile(r"[ \t]*#(?:[^\n\\]|\\.)*", re.S)   # with its continuation lines

QUALIFIERS = set("const volatile restrict static extern inline register typedef signed unsigned _Noreturn _Atomic _Thread_local auto".split())
TAGS = {"struct", "union", "enum"}
TYPES = QUALIFIERS | TAGS | set("void char short int long float double _Bool _Complex bool complex FILE va_list slong ulong".split())
CONTROL = {"if", "while", "switch", "for"}
KEYWORDS = TYPES | CONTROL | set("return case default else do goto break continue sizeof _Alignof _Static_assert".split())
UNARY = {"-", "+", "!", "~", "*", "&", "++", "--", "sizeof"}
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
TIMES = {"*", "/", "%"}


def tokenize(source):
    tokens, at = [], 0
    while at < len(source):
        line_start = source.rfind("\n", 0, at) + 1
        directive = DIRECTIVE.match(source, line_start) if source[line_start:at].strip() == "" else None
        if directive:
            at = max(directive.end(), at + 1)
            continue
        found = TOKEN.match(source, at)
        if not found:
            raise ValueError(f"line {source.count(chr(10), 0, at) + 1}: what is {source[at]!r}?")
        if found.lastgroup != "skip":
            tokens.append(Token(found.lastgroup, found.group(), at, found.end()))
        at = found.end()
    return tokens


def typedefs(tree):
    """The names that the project's own typedefs declare."""
    names = set()
    for path in sorted(tree.glob("include/**/*.h")) + sorted(tree.glob("src/**/*.[ch]")):
        text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.S)
        names.update(re.findall(r"\btypedef\b[^;{}]*?\b(\w+)\s*(?:\[[^;]*)?(?:__attribute__[^;]*)?;", text))
        names.update(re.findall(r"\btypedef\b[^;]*?\(\s*\*\s*(\w+)\s*\)", text))
    return names


class Source:
    """One C file: which tokens are expressions, and which of their operators are binary."""

    def __init__(self, path, text, typedef_names):
        self.path, self.text, self.tokens = path, text, tokenize(text)
        self.typedef_names = typedef_names
        self.match, stack = {}, []
        for k, token in enumerate(self.tokens):
            if token.kind == "op" and token.text in OPEN:
                stack.append(k)
            elif token.kind == "op" and token.text in CLOSE:
                a = stack.pop()
                self.match[a], self.match[k] = k, a
        self.live = set()        # tokens of expressions: what may be changed
        self.first = set()       # where an expression begins
        self.casts = set()       # closing parentheses of casts
        self.bounds = set()      # tokens of the condition of a for
        self.starts = set()      # tokens of the init of a for
        self.functions = []      # (name, first token, one beyond the last)
        self.walk_items(0, len(self.tokens), True)

    def s(self, k):
        return self.tokens[k].text if 0 <= k < len(self.tokens) else ""

    def is_name(self, k):
        return 0 <= k < len(self.tokens) and self.tokens[k].kind == "name" and self.s(k) not in KEYWORDS

    def is_type_word(self, k):
        text = self.s(k)
        return self.tokens[k].kind == "name" and (text in TYPES or text in self.typedef_names or re.fullmatch(r"\w+_t", text) is not None
                                                  or self.s(k - 1) in TAGS)

    # -- declarations and statements: what is an expression at all

    def begins_declaration(self, k):
        if self.is_type_word(k):
            return True
        if not self.is_name(k):
            return False
        after = k + 1
        while self.s(after) == "*":
            after += 1
        starred = after > k + 1 and self.s(after + 1) in ("=", ";", ",", "[")   # `a * b;` would be no statement
        return self.is_name(after) and (after == k + 1 or starred)

    def until(self, k, end, stops):
        """The first token from k on that is one of `stops`, outside brackets."""
        while k < end and self.s(k) not in stops:
            k = self.match[k] + 1 if self.s(k) in OPEN else k + 1
        return k

    def walk_items(self, k, end, outermost):
        while k < end:
            text = self.s(k)
            if text == "{":
                self.walk_items(k + 1, self.match[k], False)
                k = self.match[k] + 1
            elif text == "for" and not outermost:
                close = self.match[k + 1]
                self.walk_for(k + 2, close)
                k = close + 1
            elif text in CONTROL and not outermost:
                self.expression(k + 2, self.match[k + 1])
                k = self.match[k + 1] + 1
            elif text in (";", "else", "do"):
                k += 1
            elif text in ("return", "case"):
                stop = self.until(k, end, (";",) if text == "return" else (":",))
                self.expression(k + 1, stop)
                k = stop + 1
            elif text in ("goto", "break", "continue", "default") or (self.is_name(k) and self.s(k + 1) == ":" and not outermost):
                k = self.until(k, end, (";", ":")) + 1
            elif outermost or self.begins_declaration(k):
                k = self.walk_declaration(k, end)
            else:
                stop = self.until(k, end, (";",))
                self.expression(k, stop)
                k = stop + 1

    def walk_for(self, k, close):
        init = self.until(k, close, (";",))
        test = self.until(init + 1, close, (";",))
        if self.begins_declaration(k):
            self.walk_declaration(k, init + 1)
        else:
            self.expression(k, init)
        self.expression(init + 1, test)
        self.expression(test + 1, close)
        self.starts.update(range(k, init))
        self.bounds.update(range(init + 1, test))

    def walk_declaration(self, k, end):
        """Declarators are left alone; initialisers and enumerators' values are expressions."""
        name = ""                # of the function, should this be one
        while k < end:
            text = self.s(k)
            if text == "(" and not name and self.is_name(k - 1):
                name = self.s(k - 1)
            if text == ";":
                return k + 1
            if text == "=":
                stop = self.until(k + 1, end, (",", ";"))
                self.expression(k + 1, stop)
                k = stop
            elif text == "{" and (self.s(k - 1) in TAGS or self.s(k - 2) in TAGS):
                inner = k + 1
                while "enum" in (self.s(k - 1), self.s(k - 2)) and inner < self.match[k]:
                    inner = self.until(inner, self.match[k], ("=",))
                    stop = self.until(inner, self.match[k], (",",))
                    self.expression(inner + 1, stop)
                    inner = stop + 1
                k = self.match[k] + 1
            elif text == "{":
                self.functions.append((name, k, self.match[k]))
                self.walk_items(k + 1, self.match[k], False)
                return self.match[k] + 1
            else:
                k = self.match[k] + 1 if text in OPEN else k + 1
        return end

    def is_type(self, a, b):
        """Are the tokens of [a, b) a type's name: const char *const *, struct part[3], double[]?"""
        inside = [k for k in range(a, b) if self.s(k) not in ("*", "[", "]") and self.tokens[k].kind != "number"]
        if not inside:
            return False
        if all(self.is_type_word(k) for k in inside):
            return True
        return len(inside) == 1 and inside[0] == a and self.is_name(a) and b > a + 1 and all(self.s(k) == "*" for k in range(a + 1, b))

    def expression(self, a, b):
        self.first.add(a)
        k = a
        while k < b:
            if self.s(k) == "(" and self.is_type(k + 1, self.match[k]):
                close = self.match[k]
                if self.s(k - 1) not in ("sizeof", "_Alignof") and not self.is_name(k - 1):
                    self.casts.add(close)
                k = close + 1
            elif self.s(k) in (".", "[") and self.s(k - 1) in ("{", ",") and self.s(k) != self.s(k + 1):     # a designator
                k = self.until(k, b, ("=", ",")) if self.s(k) == "[" else k + 2
            else:
                if not self.is_type_word(k):
                    self.live.add(k)
                k += 1

    # -- operators and operands

    def ends_operand(self, k):
        """Does token k end an operand, so that an operator behind it is binary?"""
        token = self.tokens[k]
        if token.kind in ("number", "text"):
            return True
        if token.kind == "name":
            return token.text not in KEYWORDS and not self.is_type_word(k)
        if token.text in ("++", "--"):
            return k > 0 and self.ends_operand(k - 1)
        return token.text == "]" or (token.text == ")" and k not in self.casts) or (token.text == "}" and self.s(self.match[k] - 1) == ")")

    def is_binary(self, k):
        return k not in self.first and k > 0 and self.ends_operand(k - 1)

    def operand_end(self, k):
        """One beyond the last token of the unary expression that begins at k."""
        while True:
            if self.s(k) == "sizeof" and self.s(k + 1) == "(" and self.is_type(k + 2, self.match[k + 1]):
                return self.match[k + 1] + 1
            if self.s(k) in UNARY:
                k += 1
            elif self.s(k) == "(" and self.match[k] in self.casts:
                k = self.match[k] + 1
            else:
                break
        k = self.match[k] + 1 if self.s(k) in OPEN else k + 1
        while self.s(k) in ("(", "[", ".", "->", "++", "--"):
            k = self.match[k] + 1 if self.s(k) in OPEN else k + (1 if self.s(k) in ("++", "--") else 2)
        return k

    def operand_start(self, k):
        """The first token of the unary expression that ends with token k."""
        while True:                                       # back over postfixes
            if self.s(k) in ("++", "--"):
                k -= 1
                continue
            if self.s(k) in CLOSE:
                bracket = self.s(k)
                k = self.match[k]
                if (bracket == "]" or (bracket == ")" and self.s(k - 1) != "(")) and self.ends_operand(k - 1):
                    k -= 1
                    continue
            if self.s(k - 1) not in (".", "->"):
                break
            k -= 2
        while k - 1 in self.casts or (k - 1 in self.live and self.s(k - 1) in UNARY and not self.is_binary(k - 1)):
            k = self.match[k - 1] if k - 1 in self.casts else k - 1
        return k

    def function_at(self, position):
        inside = [name for name, a, b in self.functions if self.tokens[a].start <= position < self.tokens[b].end]
        return inside[0] if inside else ""

    def span(self, a, b):
        return self.text[self.tokens[a].start:self.tokens[b - 1].end]


# ---- mutants ----------------------------------------------------------------------------------------------------

class Mutant:
    def __init__(self, source, operator, edits):
        """edits: (start, end, text) in the file, not overlapping."""
        edits = sorted(edits)
        self.path, self.operator = source.path, operator
        self.at, last = edits[0][0], edits[-1][1]
        changed, at = [], 0
        for start, end, text in edits:
            changed += [source.text[at:start], text]
            at = end
        self.text = "".join(changed) + source.text[at:]
        low, high = source.text.rfind("\n", 0, self.at) + 1, source.text.find("\n", last)
        self.line = source.text.count("\n", 0, self.at) + 1
        self.function = source.function_at(self.at)
        self.before = " ".join(source.text[low:high].split())
        self.after = " ".join(self.text[low:high + len(self.text) - len(source.text)].split())
        self.number = self.outcome = self.how = self.seconds = self.excuse = None

    def key(self):
        return self.path, self.before, self.after


def edits_of(src):
    """Every change that the table makes: (operator, edits)."""
    t = src.tokens

    def put(k, text):
        return [(t[k].start, t[k].end, text)]

    def cut(a, b):
        return [(t[a].start, t[b].start, "")]            # up to the start of token b

    for k in sorted(src.live):
        kind, text = t[k].kind, t[k].text
        if kind == "name":
            field_of_designator = src.s(k - 1) == "." and src.s(k - 2) in ("{", ",")
            for other in TRANSPOSE.get(text, ()):
                yield "transpose", put(k, other)
            for other in SWAP.get(text, ()) if not field_of_designator else ():
                yield "swap", put(k, other)
            if text in TRUTH:
                yield "negate", put(k, TRUTH[text])
        elif kind == "number":
            if text in CONSTANT:
                yield "constant", put(k, CONSTANT[text])
            if text == "0" and k in src.starts and src.s(k - 1) == "=":
                yield "off by one", put(k, "1")
        elif kind == "op" and text == "[" and src.is_binary(k):
            inside = range(k + 1, src.match[k])
            if inside and src.match[k] in src.live:
                loose = any(src.s(j) in ("?", "<", ">", "==", "!=", "&", "|", "<<", ">>", "=") for j in inside)
                index = src.span(k + 1, src.match[k])
                yield "off by one", [(t[k].end, t[src.match[k]].start, f"({index}) + 1" if loose else f"{index} + 1")]
        elif kind == "op" and src.is_binary(k):
            yield from binary_edits(src, k, put, cut)
        elif kind == "op" and text in ("-", "!") and k + 1 < len(t):
            yield ("sign" if text == "-" else "negate"), cut(k, k + 1)


def binary_edits(src, k, put, cut):
    t, text = src.tokens, src.s(k)
    for operator, table in (("sign", SIGN), ("product", PRODUCT), ("loosen", LOOSEN), ("reverse", REVERSE), ("negate", NEGATE), ("logic", LOGIC)):
        if text in table and not (table is LOOSEN and is_extremum(src, k)):
            yield operator, put(k, table[text])
    if text == "<" and k in src.bounds:                   # `<=` is the other side
        end = src.operand_end(k + 1)
        while src.s(end) in TIMES:
            end = src.operand_end(end + 1)
        yield "off by one", [(t[end - 1].end, t[end - 1].end, " - 1")]
    if text in TIMES:
        end, start = src.operand_end(k + 1), src.operand_start(k - 1)
        yield "drop", [(t[k - 1].end, t[end - 1].end, "")]
        if text == "*" and src.s(start - 1) not in TIMES:
            yield "drop", cut(start, k + 1)
        if text == "%" or (text == "/" and in_index(src, k)):
            yield "transpose", put(k, "/" if text == "%" else "%")
    if text == "+" and in_index(src, k):                  # i * n + j -> j * n + i
        right_end, left = src.operand_end(k + 1), src.operand_start(k - 1)
        if src.s(left - 1) == "*" and src.is_binary(left - 1) and src.s(right_end) not in TIMES:
            first = src.operand_start(left - 2)
            if src.s(first - 1) not in TIMES or not src.is_binary(first - 1):
                i, j = src.span(first, left - 1), src.span(k + 1, right_end)
                yield "transpose", [(t[first].start, t[left - 2].end, j), (t[k + 1].start, t[right_end - 1].end, i)]


def is_extremum(src, k):
    """a > b ? a : b, in which a tie makes no difference."""
    left, right_end = src.operand_start(k - 1), src.operand_end(k + 1)
    if src.s(right_end) != "?":
        return False
    first_end = src.operand_end(right_end + 1)
    chosen = [src.span(right_end + 1, first_end), src.span(first_end + 1, src.operand_end(first_end + 1))]
    return src.s(first_end) == ":" and sorted(chosen) == sorted((src.span(left, k), src.span(k + 1, right_end)))


def in_index(src, k):
    """Is token k inside [ ], parentheses of the index itself included?"""
    while k >= 0:
        if src.s(k) in CLOSE:
            k = src.match[k]
        elif src.s(k) == "[":
            return True
        elif src.s(k) == "{" or (src.s(k) == "(" and src.is_name(k - 1)) or src.s(k) == ";":
            return False
        k -= 1
    return False


def all_mutants(tree, seed, only_file):
    """In the order of the draw."""
    names, mutants = typedefs(tree), []
    paths = [p for room in ROOMS for p in sorted(tree.glob(f"src/{room}/**/*.c"))]
    for path in paths:
        relative = path.relative_to(tree).as_posix()
        if only_file and relative != only_file:
            continue
        try:
            source = Source(relative, path.read_text(), names)
        except (ValueError, IndexError, KeyError) as why:
            raise Unable(f"{relative}: not understood: {why!r}")
        seen = {source.text}
        for operator, edits in edits_of(source):
            mutant = Mutant(source, operator, edits)
            if mutant.text not in seen:
                seen.add(mutant.text)
                mutants.append(mutant)
    if not mutants:
        raise Unable(f"nothing to change in {only_file or 'src/{' + ','.join(ROOMS) + '}'}; give --file a path like src/closed/joint.c")
    again = Counter()
    for m in mutants:                                     # equal lines of one file: told apart by their rank, not by line number
        again[m.key()] += 1
        m.rank = hashlib.sha256("\0".join((str(seed), *m.key(), m.operator, str(again[m.key()]))).encode()).digest()
    return sorted(mutants, key=lambda m: m.rank)


# ---- the build: commands as make prints them ---------------------------------------------------------------------

class Unable(Exception):
    """No verdict is possible."""


class Stopped(Exception):
    """Ctrl-C."""


class Shop:
    """A copy of the tree, the build's commands in it, and processes that end in time."""

    def __init__(self, tree, flavour, with_program):
        self.origin, self.flavour, self.with_program = tree, flavour, with_program
        self.top = Path(tempfile.mkdtemp(prefix="synthgrad-mutants-"))
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
        if self.with_program:
            self.tests += [p.relative_to(self.tree).as_posix() for p in sorted(self.tree.glob("tests/*/test_*.sh"))]
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

    def compile_copy(self, path, text, folder, seconds=120):
        """Objects of `text` compiled as `path`, stripped of debug information; None when it does not compile."""
        folder.mkdir(parents=True)
        copy = folder / Path(path).name
        copy.write_text(f'#line 1 "{path}"\n{text}')      # __FILE__ and the lines of messages stay
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
        """`target` with the objects in front of the archive; the second time, nothing is left to do."""
        binary = folder / target
        if not binary.exists():
            binary.parent.mkdir(parents=True, exist_ok=True)
            argv = list(self.link[target])
            place = argv.index("-o") + 1
            argv[place:place + 1] = [str(binary), *map(str, objects)]
            if self.run(argv, folder / "link.log", 120) != 0:
                raise Unable(f"{target} does not link with a changed object in front:\n" + tail(folder / "link.log"))
        return str(binary)

    def start(self, target, objects, folder, deadline):
        """Links and runs a test, or the program as `verify`, in `folder`: (status, seconds)."""
        script = target.endswith(".sh")
        if script or "/tests/cli/" in target:             # they start build/synthgrad
            self.link_with(self.program, objects, folder)
        checked = self.heap_checker and target not in self.own_heap
        argv = ["sh", target] if script else [self.link_with(target, objects, folder)]
        if target == self.program:
            argv += ["verify", "--jobs", "1", "--out", str(folder / "results")]
        extra = {"TMPDIR": str(folder / "tmp"), **({"LD_PRELOAD": HEAP_CHECKER, "MALLOC_CHECK_": "3"} if checked else {})}
        begun = time.monotonic()
        status = self.run(argv, folder / "run.log", deadline - begun, extra, folder)
        return status, time.monotonic() - begun

    def members_taken(self, target):
        """Names of the objects that the linker takes out of the archive (two files of one name count as one)."""
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


# ---- the run ----------------------------------------------------------------------------------------------------

class Run:
    def __init__(self, shop, options):
        self.shop, self.options = shop, options
        self.not_compiled, self.same_code = [], []
        self.duration = {}                                # target -> seconds of the unchanged suite
        self.taken = {}                                   # target -> the archive's members that it takes; None: any
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

    def control(self):
        """The unchanged files the same way: everything has to pass, and this says how long it takes."""
        objects = [o for path in sorted(self.reference) for o in self.reference[path]]

        def pass_unchanged(numbered):
            number, target = numbered
            folder = self.shop.top / f"control{number}"
            self.shop.make_room(folder)
            status, self.duration[target] = self.shop.start(target, objects, folder, time.monotonic() + 600)
            if status and self.shop.heap_checker:
                self.shop.own_heap.add(target)
                status, self.duration[target] = self.shop.start(target, objects, folder, time.monotonic() + 600)
            if status != 0:
                what = f"{target} verify" if target == self.shop.program else target
                raise Unable(f"the unchanged tree fails: {what} ended with {'a time-out' if status is None else status}\n" + tail(folder / "run.log"))
            self.taken[target] = self.shop.members_taken(target)
            shutil.rmtree(folder)
            self.note(f"unchanged: {target}")

        targets = self.shop.tests + ([self.shop.program] if self.shop.with_program else [])
        self.parallel(pass_unchanged, list(enumerate(targets)))
        whole = sum(self.duration.values())
        self.cap = self.options.cap
        if 1.5 * whole > self.cap:
            self.cap = 2 * whole
            print(f"the unchanged suite takes {whole:.0f} s, so a mutant gets {self.cap:.0f} s instead of {self.options.cap:.0f}")

    def order(self, mutant):
        room, members = mutant.path.split("/")[1], {o.name for o in mutant.objects}
        tests = [t for t in self.shop.tests if self.taken[t] is None or self.taken[t] & members]    # the others never meet it
        own = [t for t in tests if f"tests/{room}/" in t]
        others = [t for t in tests if t not in own]
        quick = [t for t in others if self.duration[t] <= QUICK]
        program = [self.shop.program] if self.shop.with_program else []
        by_time = self.duration.get
        return sorted(own, key=by_time) + sorted(quick, key=by_time) + program + sorted(set(others) - set(quick), key=by_time)

    def run_mutant(self, mutant):
        begun = time.monotonic()
        self.shop.make_room(mutant.folder)
        outcome, how = "survived", ""
        for target in self.order(mutant):
            endless = time.monotonic() + max(ENDLESS, 10 * self.duration[target])
            status, _ = self.shop.start(target, mutant.objects, mutant.folder, min(begun + self.cap, endless))
            if status is None:
                outcome, how = "time-out", "in " + target.removeprefix(f"{self.shop.build}/")
            elif status != 0:
                how = f"exit {status}" if status > 0 else signal.Signals(-status).name
                outcome = "verify" if target == self.shop.program else target.removeprefix(f"{self.shop.build}/")
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


# ---- excuses and the report --------------------------------------------------------------------------------------

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
    ways = Counter(m.outcome if m.outcome in ("time-out", "verify") else
                   "tests of the room" if m.outcome.split("/")[1] == m.path.split("/")[1] else "tests of other rooms" for m in killed)
    print(f"\nkilled {len(killed)} of {len(done)}: " + (", ".join(f"{ways[w]} by {w}" for w in
          ("tests of the room", "tests of other rooms", "verify", "time-out") if ways[w]) or "none"))
    for title, group in (("killed by time-out", [m for m in killed if m.outcome == "time-out"]), ("excused", excused), ("survivors", survivors)):
        if group:
            print(f"\n{title}:")
        for m in group:
            print(f"  #{m.number} {m.path}:{m.line}  {m.operator}" + (f"  ({m.excuse.reason})" if m.excuse else ""))
            show_change(m)
    for e in stale:
        print(f"\nstale, {EXCUSED}:{e.number}: {e.path} has no such change any more")
        show_change(e)
    for e in good:
        for m in killed:
            if excuses(e, m):
                print(f"\n{EXCUSED}:{e.number} excuses what is killed, and can go: #{m.number} {m.path}:{m.line}")
    counted = len(done) - len(excused)
    score = len(killed) / counted if counted else 1.0
    print(f"\nscore {len(killed)}/{counted} = {score:.3f}, wanted {options.least:g}" + (f" ({len(excused)} excused)" if excused else ""))
    return 0 if score >= options.least else 1


def parse_options():
    parser = argparse.ArgumentParser(description="Mutation run over src/{" + ",".join(ROOMS) + "}.", epilog="See the head of this file.")
    parser.add_argument("--n", type=int, default=20, help="mutants to draw (default 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--least", type=float, default=0.95, help="score below which the exit status is 1 (default 0.95)")
    parser.add_argument("--cap", type=float, default=60, help="seconds a mutant may take in total (default 60; twice the unchanged suite where that takes long)")
    parser.add_argument("--file", metavar="PATH", help="change this file only, e.g. src/closed/joint.c")
    parser.add_argument("--only", metavar="K", type=int, help="run only number K of the list")
    parser.add_argument("--list", action="store_true", help="print what is drawn, and run nothing")
    parser.add_argument("--tests-only", action="store_true", help="leave `synthgrad verify` out")
    parser.add_argument("--flavour", default="release")
    parser.add_argument("--keep", action="store_true", help="keep the temporary directory")
    options = parser.parse_args()
    if options.n < 1 or options.jobs < 1 or not 0 <= options.least <= 1 or not options.cap > 0:
        parser.error("--n and --jobs want at least 1, --least a share between 0 and 1, --cap a positive time")
    if options.only is not None and not 1 <= options.only <= options.n:
        parser.error(f"--only wants a number of the list, 1 to {options.n}")
    if options.file:
        options.file = Path(options.file).as_posix()
    return options


def main():
    options = parse_options()
    tree = Path(__file__).resolve().parent.parent
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
        if options.only is not None:
            drawn = [m for m in drawn if m.number == options.only]
        if options.list:
            for m in drawn:
                print(f"#{m.number} {m.path}:{m.line}  {m.operator}\n{m.path}:{m.function} | {m.before} -> {m.after} |")
            return 0
        run.control()
        run.run_all(drawn)
        run.note("")
        return report(drawn, good, stale, options)
    except Unable as why:
        shop.stop()
        run.note("")
        print(f"tools/mutants.py: {why}", file=sys.stderr)
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
