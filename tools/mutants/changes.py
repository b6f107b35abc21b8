"""The operator table, every change that it makes in a file, and the order of the draw."""
import hashlib
from collections import Counter

from shop import Unable
from source import CLOSE, TIMES, Source, typedefs

ROOMS = ("closed", "data", "net", "sim", "cert")

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


class Mutant:
    def __init__(self, source, operator, edits):
        """edits: (start, end, text) in the file, not overlapping."""
        edits = sorted(edits)
        self.path, self.operator, self.source = source.path, operator, source
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
        self.room = source.path.split("/")[1]
        self.targets, self.expected = [], 0.0             # what can notice the change, and the seconds that this takes unchanged

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
