"""DY14: one step of a net with SGs in fractions, and what it does to the ledger."""
from fractions import Fraction

from . import exact
from .record import Contradicts, checks

H, Y, ONE = 1, 2, 4


def unpack(numbers, shapes):
    """Consecutive blocks of a list of numbers."""
    out, at = [], 0
    for rows, columns in shapes:
        flat = numbers[at:at + rows * columns]
        if len(flat) < rows * columns:
            raise ValueError("too few numbers")
        out.append([flat[i * columns:(i + 1) * columns] for i in range(rows)])
        at += rows * columns
    if at != len(numbers):
        raise ValueError("too many numbers")
    return out


class Module:
    """s = h A + y B + C at a boundary; those of A, B, C that it has."""
    def __init__(self, c, j, m):
        self.at, self.terms, self.arriving = (c.module_at[j], c.module_terms[j],
                                              bool(c.module_arriving[j]))
        self.mix, k = c.module_mix[0][j], c.width[c.module_at[j]]
        self.shapes = ([(k, k)] if self.terms & H else []) + (
            [(m, k)] if self.terms & Y else []) + ([(1, k)] if self.terms & ONE else [])

    def read(self, blocks):
        blocks = list(blocks)
        self.A = blocks.pop(0) if self.terms & H else None
        self.B = blocks.pop(0) if self.terms & Y else None
        self.C = blocks.pop(0) if self.terms & ONE else None

    def s(self, h, y):
        total = exact.zeros(len(y), len((self.A or self.B or self.C)[0]))
        for factor, block in ((h, self.A), (y, self.B), ([[Fraction(1)]] * len(y), self.C)):
            if block:
                total = exact.add(total, exact.multiply(factor, block))
        return total


def read_modules(c, m):
    modules = [Module(c, j, m) for j in range(len(c.module_at))]
    blocks = unpack(c.phi[0], [shape for one in modules for shape in one.shapes])
    for one in modules:
        one.read(blocks[:len(one.shapes)])
        blocks = blocks[len(one.shapes):]
    return {one.at: one for one in modules}


def forward(x, layers, relu):
    """Activations at every boundary; a layer is (W, b)."""
    h = [x]
    for i, (W, b) in enumerate(layers):
        a = [[v + t for v, t in zip(row, b[0])] for row in exact.multiply(h[-1], W)]
        if relu and i + 1 < len(layers):
            a = [[max(v, Fraction(0)) for v in row] for row in a]
        h.append(a)
    return h


def masked(g, h):
    """g through relu, whose slope at 0 is 0."""
    return [[v if u > 0 else Fraction(0) for v, u in zip(p, q)] for p, q in zip(g, h)]


def directions(h, y, layers, modules, relu):
    """The update direction of each layer, (dW, db), and dA of each module with the term h."""
    n, T = len(y), exact.transpose
    arrives = true = exact.add(h[-1], y, -1)
    dW, dA = [None] * len(layers), {}
    for i in reversed(range(len(layers))):
        k = i + 1
        if k in modules:
            one = modules[k]
            s = one.s(h[k], y)
            if one.A:
                error = exact.add(s, arrives if one.arriving else true, -1)
                dA[k] = exact.scale(Fraction(1, n), exact.multiply(T(h[k]), error))
            arrives = exact.add(exact.scale(1 - one.mix, arrives), exact.scale(one.mix, s))
        if relu and k < len(layers):
            arrives, true = masked(arrives, h[k]), masked(true, h[k])
        dW[i] = (exact.scale(Fraction(1, n), exact.multiply(T(h[i]), arrives)),
                 [[sum(column) / n for column in T(arrives)]])
        arrives, true = (exact.multiply(g, T(layers[i][0])) for g in (arrives, true))
    return dW, dA


def imbalance(below, over):
    """W^T W + b^T b of the layer below, less W W^T of the layer above."""
    (W, b), (V, _), T = below, over, exact.transpose
    return exact.add(exact.add(exact.multiply(T(W), W), exact.multiply(T(b), b)),
                     exact.multiply(V, T(V)), -1)


@checks("ledger_step")
def ledger_step(c):
    """At each hidden boundary, with A+ = A - nu dA and kappa = nu / mu:
    D+ - D = mu^2 (dW^T dW + db^T db - dV dV^T), D = W^T W + b^T b - V V^T - mix (A + A^T) / kappa.
    """
    width, mu, m = c.width, c.mu, len(c.y[0])
    shapes = [shape for a, b in zip(width, width[1:]) for shape in ((a, b), (1, b))]
    blocks = unpack(c.w[0], shapes)
    layers = list(zip(blocks[::2], blocks[1::2]))
    modules = read_modules(c, m)
    h = forward(c.x, layers, c.relu)
    d, dA = directions(h, c.y, layers, modules, c.relu)
    after = [tuple(exact.add(a, b, -mu) for a, b in zip(*both)) for both in zip(layers, d)]
    kept = True
    for k in range(1, len(layers)):
        off = exact.add(imbalance(after[k - 1], after[k]), imbalance(layers[k - 1], layers[k]), -1)
        off = exact.add(off, imbalance(d[k - 1], d[k]), -mu * mu)
        if k in dA:
            both = exact.add(dA[k], exact.transpose(dA[k]))
            off = exact.add(off, both, mu * modules[k].mix)
        wrong = ([off[i][i] for i in range(len(off))] if c.relu else sum(off, []))
        kept = kept and not any(wrong)
    if kept != (c.outcome == "proved"):
        raise Contradicts("the ledger is " + ("" if kept else "not ") + "kept")
    return f"{len(layers)} layers, {len(c.x)} samples, in fractions"
