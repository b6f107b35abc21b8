"""Certificates as the program stores them, decoded exactly, and the verdicts on them."""
import json
import struct
from fractions import Fraction


class Contradicts(Exception):
    """The opposite of what a certificate concludes was shown, or what it says of itself is wrong."""


class NotChecked(Exception):
    """Neither the conclusion nor its opposite was shown; the text says why."""


class Undecided(NotChecked):
    """The program itself decided nothing, and its row says so."""


CHECKERS = {}


def checks(kind):
    """Registers the function that checks certificates of a kind: takes a Certificate, returns a
    sentence that says how it was shown, or raises Contradicts or NotChecked."""
    def register(function):
        assert kind not in CHECKERS, kind
        CHECKERS[kind] = function
        return function
    return register


def number(value):
    """A double written as C's %a; None for one that is not finite."""
    return None if value is None else Fraction(*float.fromhex(value).as_integer_ratio())


def double(bits):
    return Fraction(*struct.unpack(">d", bytes.fromhex(bits))[0].as_integer_ratio())


def _array(stored):
    rows = [[double(row[k:k + 16]) for k in range(0, len(row), 16)] for row in stored["bits"]]
    if len(rows) != stored["rows"] or any(len(row) != stored["columns"] for row in rows):
        raise ValueError("an array has another shape than it says")
    return rows


def _value(value, arrays):
    """Numbers become Fractions, arrays lists of rows; whole numbers, words and flags stay."""
    if isinstance(value, dict):
        at = value["array"]
        if not isinstance(arrays[at], list):
            arrays[at] = _array(arrays[at])
        return arrays[at]
    if isinstance(value, list):
        return [_value(part, arrays) for part in value]
    if isinstance(value, str) and "/" in value:
        return Fraction(value)
    if isinstance(value, str) and "0x" in value:
        return number(value)
    return value


class Certificate:
    """given and found are dictionaries with attributes' names; outcome is a word."""
    def __init__(self, stored, arrays):
        self.kind, self.rows, self.outcome = stored["kind"], stored["rows"], stored["outcome"]
        self.given = {name: _value(value, arrays) for name, value in stored["given"].items()}
        self.found = {name: _value(value, arrays) for name, value in stored["found"].items()}

    def __getattr__(self, name):
        for part in ("given", "found"):
            if name in self.__dict__.get(part, ()):
                return self.__dict__[part][name]
        raise ValueError(f"a certificate of kind {self.kind} without \"{name}\"")

    def interval(self, name):
        """An enclosure that the program found, low <= high."""
        low, high = self.found[name]
        if low is None or high is None:
            raise Contradicts(f"{self.outcome}, and {name} is not finite")
        if low > high:
            raise Contradicts(f"{name}: an enclosure whose ends are the wrong way round")
        return low, high

    def check(self):
        if self.outcome == "undecided":
            raise Undecided("the program decided nothing")
        if self.outcome not in ("proved", "refuted"):
            raise ValueError(f"outcome {self.outcome}")
        if self.kind not in CHECKERS:
            raise NotChecked(f"no second derivation for certificates of kind {self.kind}")
        return CHECKERS[self.kind](self)


FORMAT = 1


def load(path):
    """The file's dictionary and its Certificates."""
    with open(path, encoding="utf-8") as file:
        stored = json.load(file)
    if stored.get("format") != FORMAT:
        raise ValueError(f"format {stored.get('format')}, and this program reads {FORMAT}")
    arrays = stored["arrays"]
    return stored, [Certificate(one, arrays) for one in stored["certificates"]]


def show(x):
    """A Fraction for people."""
    return f"{float(x):.10g}"


def inside(name, own, claimed):
    """own: an enclosure (low, high) shown here, of the number that the program says is in
    `claimed`."""
    if own[1] < claimed[0] or claimed[1] < own[0]:
        raise Contradicts(f"{name} is in [{show(own[0])}, {show(own[1])}], which is disjoint from "
                          f"the program's [{show(claimed[0])}, {show(claimed[1])}]")
    if not (claimed[0] <= own[0] and own[1] <= claimed[1]):
        raise NotChecked(f"{name} could only be enclosed in [{show(own[0])}, {show(own[1])}], "
                         "which sticks out of the program's enclosure")
