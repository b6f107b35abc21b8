"""A C file as tokens: which of them are expressions, and where an expression can be marked."""
import re
from collections import namedtuple

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
FOREIGN_TYPE = re.compile(r"(?:size|ptrdiff|locale|u?int\w*|(?:arb|arf|fmpq|fmpz|flint)\w*)_t")
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
        self.places = []         # (first token, one beyond the last, where, glue): text + glue put before token `where` runs when they do
        self.walk_items(0, len(self.tokens), True)

    def s(self, k):
        return self.tokens[k].text if 0 <= k < len(self.tokens) else ""

    def is_name(self, k):
        return 0 <= k < len(self.tokens) and self.tokens[k].kind == "name" and self.s(k) not in KEYWORDS

    def is_type_word(self, k):
        text = self.s(k)
        return self.tokens[k].kind == "name" and (text in TYPES or text in self.typedef_names or FOREIGN_TYPE.fullmatch(text) is not None
                                                  or self.s(k - 1) in TAGS)

    # -- declarations and statements: what is an expression at all

    def begins_declaration(self, k):
        if self.is_type_word(k):
            return True
        if not self.is_name(k):
            return False
        after = k + 1
        while self.s(after) == "*" or (self.s(after) in QUALIFIERS and after > k + 1):
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
                self.places.append((k + 2, self.match[k + 1], k + 2, ", "))
                k = self.match[k + 1] + 1
            elif text in (";", "else", "do"):
                k += 1
            elif text in ("return", "case"):
                stop = self.until(k, end, (";",) if text == "return" else (":",))
                self.expression(k + 1, stop)
                if text == "return":
                    self.places.append((k + 1, stop, k + 1, ", "))
                k = stop + 1
            elif text in ("goto", "break", "continue", "default") or (self.is_name(k) and self.s(k + 1) == ":" and not outermost):
                k = self.until(k, end, (";", ":")) + 1
            elif outermost or self.begins_declaration(k):
                start, k = k, self.walk_declaration(k, end)
                if not outermost:
                    self.places.append((start, k, start, "; "))
            else:
                stop = self.until(k, end, (";",))
                self.expression(k, stop)
                self.places.append((k, stop, k, "; " if self.s(k - 1) in ("{", "}", ";") else ", "))     # `a, MACRO(...);` may be none
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
        if init + 1 < test:                               # the first test comes with the init
            self.places += [(k, test, init + 1, ", "), (test + 1, close, test + 1, ", ")]

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
                self.places.append((k, self.match[k], k + 1, "; "))
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

    def places_at(self, position):
        """Where a mark that notes that `position` is reached may stand, the narrowest first: (offset, glue)."""
        around = [(self.tokens[b - 1].start - self.tokens[a].start, self.tokens[where].start, glue) for a, b, where, glue in self.places
                  if self.tokens[a].start <= position <= self.tokens[b - 1].end]
        return [(offset, glue) for _, offset, glue in sorted(around)]

    def span(self, a, b):
        return self.text[self.tokens[a].start:self.tokens[b - 1].end]
