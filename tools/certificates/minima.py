"""DY8 and DY15: on which side of the axis the eigenvalues of the flow lie at a minimum of a deep
linear net with SGs, at one speed kappa of the SGs and at all.

Everything is written in u = (x, r, 1), y = x P + r, whose moments are the certificate's: a score is
the matrix c of v = u c.  The program writes it in (x, y, 1).  It counts by Sturm's chain; here by
Routh's array in intervals.  For all kappa at once it takes the whole Jacobian; here J =
C(kappa) F, F what the flow reads of a state, and the roots are those of F C(kappa)."""
import math
from fractions import Fraction

import mpmath

from . import exact
from .deep import Dual, unpack_layers, value
from .record import Contradicts, NotChecked, checks, show


class Minimum:
    """SGs after layers at[0] < at[1] < ..., each taught by what arrives from the next."""
    def __init__(self, c):
        self.width, self.at = c.width, c.at
        self.d, self.m = c.width[0], c.width[-1]
        over = exact.scale
        layers = unpack_layers(c.width, over(1 / c.w_over, c.w)[0])
        S, R = over(1 / c.S_over, c.S), over(1 / c.R_over, c.R)
        mean = over(1 / c.mean_over, c.mean)[0] if c.mean else [Fraction(0)] * (self.d + self.m)
        if sorted(set(self.at)) != self.at or not 1 <= self.at[0] <= self.at[-1] < len(c.width):
            raise ValueError("places of SGs")
        if len(S) != self.d or len(R) != self.m or len(mean) != self.d + self.m:
            raise ValueError("moments of other sizes")
        first = exact.beside(S, exact.zeros(self.d, self.m), [[x] for x in mean[:self.d]])
        second = exact.beside(exact.zeros(self.m, self.d), R, [[x] for x in mean[self.d:]])
        self.joint = exact.above(first, second, [mean + [Fraction(1)]])
        self.S, self.layers = S, layers
        if not exact.is_semidefinite(self.joint):
            raise Contradicts("these are no moments")
        self.P = self.product([Dual(a) for a in layers], 0, len(layers)).a
        self.y = exact.above(self.P, exact.eye(self.m), exact.zeros(1, self.m))
        self.Phi = []
        for at in self.at:
            V = self.product([Dual(a) for a in layers], at, len(layers)).a
            self.Phi.append(exact.above(exact.multiply(V, exact.transpose(V)),
                                        exact.scale(-1, exact.transpose(V)),
                                        exact.zeros(1, self.width[at])))

    def product(self, layers, from_, to):
        out = Dual(exact.eye(self.width[from_]))
        for layer in layers[from_:to]:
            out = out @ layer
        return out

    def pad(self, a):
        """(a; 0; 0) for a with as many rows as x."""
        rest = exact.zeros(self.m + 1, len(a.a[0]))
        return Dual(exact.above(a.a, rest), exact.above(a.b, rest) if a.b else None)

    def regressors(self, layers, j):
        """z_j = u Z"""
        H = self.pad(self.product(layers, 0, self.at[j]))
        one = exact.above(exact.zeros(self.d + self.m, 1), [[Fraction(1)]])
        blank = exact.zeros(self.d + self.m + 1, self.m + 1)
        return Dual(exact.beside(H.a, self.y, one), exact.beside(H.b, blank) if H.b else None)

    def read(self, layers, Phi):
        """(what arrives at each SG, s_j less that, p - y) in u."""
        N = len(layers)
        off = self.pad(self.product(layers, 0, N)) + Dual(exact.scale(-1, self.y))
        arriving, errors, now, place = [None] * len(Phi), [None] * len(Phi), off, N
        for j in reversed(range(len(Phi))):
            arriving[j] = now @ self.product(layers, self.at[j], place).T
            now, place = self.regressors(layers, j) @ Phi[j], self.at[j]
            errors[j] = now + -arriving[j]
        return arriving, errors, off

    def flow(self, layers, Phi):
        """W_i' and Phi_j' / kappa"""
        N, E_x = len(layers), Dual(self.joint[:self.d])
        arriving, errors, off = self.read(layers, Phi)
        rates = []
        for i in range(N):
            j = next((j for j, at in enumerate(self.at) if at > i), None)
            to, score = (N, off) if j is None else (self.at[j], arriving[j] + errors[j])
            rates.append(-(self.product(layers, 0, i).T @ E_x @ score @
                           self.product(layers, i + 1, to).T))
        return rates + [-(self.regressors(layers, j).T @ Dual(self.joint) @ errors[j])
                        for j in range(len(Phi))]

    def differentiate(self, what):
        """A list of columns: the derivative of what(layers, Phi), flat, by each number."""
        state, columns = self.layers + self.Phi, []
        for k, matrix in enumerate(state):
            rows, width = exact.shape(matrix)
            for place in range(rows * width):
                unit = exact.zeros(rows, width)
                unit[place // width][place % width] = Fraction(1)
                duals = [Dual(a, unit if i == k else None) for i, a in enumerate(state)]
                N = len(self.layers)
                columns.append(sum((x.derivative() for x in what(duals[:N], duals[N:])), []))
        return columns

    def jacobian(self):
        """(J at kappa = 1, how many rows are of weights); the others are proportional to kappa."""
        rates = self.flow([Dual(a) for a in self.layers], [Dual(a) for a in self.Phi])
        if any(x for rate in rates for row in rate.a for x in row):
            raise Contradicts("the flow does not vanish there")
        n_w = sum(len(a) * len(a[0]) for a in self.layers)
        return exact.transpose(self.differentiate(self.flow)), n_w

    def rests(self):
        """The dimension of the manifold of rests, or None where the ranks are not maximal."""
        rank_S, rank_M = rank(self.S), rank(self.joint)
        layers = [Dual(a) for a in self.layers]
        k = min(self.width[1:] + [rank_S])
        columns = []
        for i, matrix in enumerate(self.layers):
            for a in range(len(matrix)):
                for b in range(len(matrix[0])):
                    left = [[row[a]] for row in self.product(layers, 0, i).a]
                    right = [self.product(layers, i + 1, len(layers)).a[b]]
                    columns.append(sum(exact.multiply(self.S, exact.multiply(left, right)), []))
        map_ = rank(columns)
        if map_ != k * (rank_S + self.m - k):
            return None
        dimension = len(columns) - map_
        for j, at in enumerate(self.at):
            Z = self.regressors(layers, j).a
            own = rank(exact.multiply(self.joint, Z))
            if own != min(min(self.width[1:at + 1] + [rank_S]) + self.m + 1, rank_M):
                return None
            dimension += self.width[at] * (len(Z[0]) - own)
        return dimension


def rank(a):
    """By Bareiss' elimination in whole numbers."""
    common = math.lcm(*(x.denominator for row in a for x in row))
    m, found, before = [[int(x * common) for x in row] for row in a], 0, 1
    for column in range(len(m[0])):
        pivot = next((i for i in range(found, len(m)) if m[i][column]), None)
        if pivot is None:
            continue
        m[found], m[pivot] = m[pivot], m[found]
        for i in range(found + 1, len(m)):
            m[i] = [(x * m[found][column] - y * m[i][column]) // before
                    for x, y in zip(m[i], m[found])]
        before = m[found][column]
        found += 1
        if found == len(m):
            break
    return found


# ---- roots on the right ------------------------------------------------------------------------

def routh(p, bits):
    """Changes of sign in the first column of Routh's array, in intervals; None where a sign is not
    decided."""
    mpmath.iv.prec = bits
    a = [mpmath.iv.mpf(x) for x in reversed(p)]
    two, first = [a[0::2], a[1::2]], [a[0]]
    while two[1]:
        over, under = two
        if not (under[0].a > 0 or under[0].b < 0):
            return None
        first.append(under[0])
        factor = over[0] / under[0]
        two = [under, [x - factor * (under[i + 1] if i + 1 < len(under) else 0)
                       for i, x in enumerate(over[1:])]]
    signs = [x.a > 0 for x in first]
    return sum(x != y for x, y in zip(signs, signs[1:]))


def rights(p):
    """How many roots of p, p(0) != 0, lie right of the axis; a regular array says that none is on
    it."""
    found, bits = None, 1000
    while found is None and bits <= 64000:
        found, bits = routh(p, bits), 4 * bits
    mpmath.iv.dps = 60
    if found is None:
        raise NotChecked("Routh's array is not regular")
    return found


def valuation(p):
    return next(i for i, x in enumerate(p) if x)


# ---- one kappa --------------------------------------------------------------------------------

@checks("deep_sides")
def deep_sides(c):
    """Faddeev and LeVerrier, Routh's array, ranks by Bareiss."""
    zeros, left, axis, right, positive, rests = c.sides
    if not (c.mu > 0 and c.nu > 0):
        raise Contradicts("kappa is not positive")
    if (c.outcome == "refuted") != (right > 0) or c.outcome == "proved" and axis:
        raise Contradicts("the outcome is not that of the counts")
    minimum = Minimum(c)
    J, n_w = minimum.jacobian()
    kappa = c.nu / c.mu
    J = J[:n_w] + exact.scale(kappa, J[n_w:])
    p, D = exact.characteristic(J)
    own = valuation(p)
    p = p[own:]
    if own != zeros or len(p) - 1 != left + axis + right:
        raise Contradicts(f"{own} eigenvalues are 0, of {len(J)}")
    own = rights(p)
    if own != right or axis:
        raise Contradicts(f"{own} eigenvalues lie on the right, and the program found {right}")
    if len(isolate(p)) != positive:
        raise Contradicts("another number of positive ones")
    if "near" in c.found:
        low, high = c.interval("near")
        if value(p, low * D) * value(p, high * D) >= 0:
            raise Contradicts("no eigenvalue is shown where one is said to be")
    own = minimum.rests()
    if own is not None and own != rests:
        raise Contradicts(f"the rests have {own} dimensions")
    if c.outcome == "proved" and own != zeros:
        raise Contradicts("the rests do not account for the zeros")
    return f"{right} right and {left} left by Routh's array, {zeros} zeros of {len(J)}"


# ---- every kappa ------------------------------------------------------------------------------

class Pencil:
    """F C(kappa) = A + kappa B.  F(dW, dPhi) = (dP, d(s_j - what arrives)), in the order of
    Minimum.read; C: what the flow makes of these at the minimum, where p = y on average and s_j =
    what arrives."""
    def __init__(self, minimum):
        self.minimum = minimum
        J, n_w = minimum.jacobian()
        columns = minimum.differentiate(self.reads)
        made = exact.transpose([sum((x.derivative() for x in self.makes(unit)), [])
                                for unit in self.units()])
        F = exact.transpose(columns)
        if exact.multiply(made, F) != J:
            raise Contradicts("the flow is not a function of the product and the SGs' errors")
        self.A = exact.multiply([row[:n_w] for row in F], made[:n_w])
        self.B = exact.multiply([row[n_w:] for row in F], made[n_w:])
        self.lost = len(J) - len(F)                      # roots 0 of J that F C has not

    def reads(self, layers, Phi):
        _, errors, _ = self.minimum.read(layers, Phi)
        return [self.minimum.product(layers, 0, len(layers))] + errors

    def units(self):
        """dP and the errors, one entry 1."""
        m = self.minimum
        shapes = [(m.d, m.m)] + [(m.d + m.m + 1, m.width[at]) for at in m.at]
        for k, (rows, width) in enumerate(shapes):
            for place in range(rows * width):
                parts = [exact.zeros(*shape) for shape in shapes]
                parts[k][place // width][place % width] = Fraction(1)
                yield parts

    def makes(self, parts):
        """C of (dP, errors), as Duals whose b it is."""
        m, N = self.minimum, len(self.minimum.layers)
        layers = [Dual(a) for a in m.layers]
        E_x = m.joint[:m.d]
        scores, now, place = [None] * len(m.at), exact.multiply(m.S, parts[0]), N
        off = now                                        # of E[x^T (p - y)]
        for j in reversed(range(len(m.at))):
            arrives = exact.multiply(now, exact.transpose(m.product(layers, m.at[j], place).a))
            now, place = exact.add(arrives, exact.multiply(E_x, parts[1 + j])), m.at[j]
            scores[j] = now
        out = []
        for i in range(N):
            j = next((j for j, at in enumerate(m.at) if at > i), None)
            to, score = (N, off) if j is None else (m.at[j], scores[j])
            left = exact.transpose(m.product(layers, 0, i).a)
            right = exact.transpose(m.product(layers, i + 1, to).a)
            out.append(exact.multiply(exact.multiply(left, score), right))
        for j in range(len(m.at)):
            Z = exact.transpose(m.regressors(layers, j).a)
            out.append(exact.multiply(exact.multiply(Z, m.joint), parts[1 + j]))
        return [Dual(a, exact.scale(-1, a)) for a in out]


def interpolate(values):
    """Whole coefficients of the polynomial with these values at 0, 1, 2, ...: by differences."""
    n, differences, row = len(values), [], list(values)
    while row:
        differences.append(row[0])
        row = [b - a for a, b in zip(row, row[1:])]
    # sum of differences[k] x (x - 1) ... (x - k + 1) / k!, over (n - 1)!
    out, basis, factor = [0] * n, [1], math.factorial(n - 1)
    for k, d in enumerate(differences):
        weight = factor // math.factorial(k) * d
        for i, b in enumerate(basis):
            out[i] += weight * b
        basis = [(basis[i - 1] if i else 0) - k * (basis[i] if i < len(basis) else 0)
                 for i in range(len(basis) + 1)]
    if any(x % factor for x in out):
        raise Contradicts("no polynomial with whole coefficients")
    out = [x // factor for x in out]
    while out and out[-1] == 0:
        out.pop()
    return out


def at(p, x):
    total = 0
    for c in reversed(p):
        total = total * x + c
    return total


def at_fraction(p, x, degree):
    """p(x) denominator(x)^degree, whole; degree at least p's."""
    num, den = x.numerator, x.denominator
    return sum(c * num ** i * den ** (degree - i) for i, c in enumerate(p))


def resultant(a, b):
    """By Euclid in Fractions, two polynomials with the lowest coefficient first."""
    a, b = [Fraction(x) for x in a], [Fraction(x) for x in b]
    out = Fraction(1)
    while len(b) > 1:
        if len(a) < len(b):
            if (len(a) - 1) * (len(b) - 1) % 2:
                out = -out
            a, b = b, a
            continue
        rest = list(a)
        while len(rest) >= len(b):
            factor = rest[-1] / b[-1]
            for i in range(len(b)):
                rest[len(rest) - len(b) + i] -= factor * b[i]
            rest.pop()
        while rest and rest[-1] == 0:
            rest.pop()
        if not rest:
            return Fraction(0)
        if (len(a) - 1) * (len(b) - 1) % 2:
            out = -out
        out *= b[-1] ** (len(a) - len(rest))
        a, b = b, rest
    return out * b[0] ** (len(a) - 1)


def shift(p, x):
    """p(x + .) by Horner."""
    p = list(p)
    for k in range(len(p) - 1):
        for i in range(len(p) - 2, k - 1, -1):
            p[i] += x * p[i + 1]
    return p


def changes(p, low, high):
    """Descartes' bound on the roots in (low, high), dyadic Fractions; 0 and 1 are exact."""
    den = max(low.denominator, high.denominator)
    n = len(p) - 1
    q = [c * den ** (n - i) for i, c in enumerate(p)]
    q = shift(q, int(low * den))
    width = int((high - low) * den)
    q = shift([c * width ** i for i, c in enumerate(q)][::-1], 1)
    signs = [c > 0 for c in q if c]
    return sum(a != b for a, b in zip(signs, signs[1:]))


def octave(x):
    """log2 of x, up to 1."""
    return x.numerator.bit_length() - x.denominator.bit_length()


def isolate(p):
    """Intervals of dyadic Fractions, each with one root of p in (0, inf) inside, ascending."""
    p = p[valuation(p):]
    if len(p) < 2:
        return []
    top = max(abs(c) for c in p)
    high = Fraction(2) ** ((top // abs(p[-1])).bit_length() + 1)       # Cauchy's bounds
    low = Fraction(1, 2 ** ((top // abs(p[0])).bit_length() + 1))
    found, open_ = [], [(low, high)]
    while open_:
        a, b = open_.pop()
        count = changes(p, a, b)
        if count == 1:
            found.append((a, b))
        if count < 2:
            continue
        if b > 16 * a:
            middle = Fraction(2) ** ((octave(a) + octave(b)) // 2)
        else:
            middle = (a + b) / 2
        if at_fraction(p, middle, len(p) - 1) == 0 or (b - a) * 2 ** 200 < a:
            raise NotChecked("a root of the resultant is multiple, or hit by a bisection")
        open_ += [(a, middle), (middle, b)]
    return sorted(found)


def halved(root):
    """The half of an interval that has its root."""
    low, high, p, real = root
    middle, degree = (low + high) / 2, len(p) - 1
    if at_fraction(p, middle, degree) == 0:
        raise NotChecked("a root is hit by a bisection")
    inside = at_fraction(p, middle, degree) * at_fraction(p, high, degree) < 0
    return (middle, high, p, real) if inside else (low, middle, p, real)


class Line:
    """chi(lambda; kappa) = lambda^z (lambda + D kappa)^c p, whole coefficients in kappa; p has a
    root 0 or a pair that is mirrored in the axis only at roots of p(0) and of its halves'
    resultant."""
    def __init__(self, minimum):
        pencil = Pencil(minimum)
        nodes = len(pencil.A) + 1
        D = math.lcm(*(x.denominator for a in (pencil.A, pencil.B) for row in a for x in row))
        A, B = exact.scale(D, pencil.A), exact.scale(D, pencil.B)
        values = [exact.characteristic(exact.add(A, B, k))[0] for k in range(nodes)]
        self.chi = [interpolate([row[j] for row in values]) for j in range(nodes)]
        self.D, self.lost = D, pencil.lost
        p = list(self.chi)
        self.zeros = next(j for j, a in enumerate(p) if a)
        p = p[self.zeros:]
        self.constants = 0
        for _ in range(sum(minimum.width[place] for place in minimum.at)):
            quotient = self.divided(p)
            if quotient is None:
                break
            p, self.constants = quotient, self.constants + 1
        self.p = p
        n = len(p) - 1
        self.mirrored = interpolate([self.mirror([at(a, k) for a in p])
                                     for k in range(n * (n - 1) // 2 + 1)])

    def divided(self, p):
        """p / (lambda + D kappa), or None."""
        out, carry = [], []
        for a in reversed(p):
            shifted = [0] + [self.D * x for x in carry]
            length = max(len(a), len(shifted))
            carry = [(a[i] if i < len(a) else 0) - (shifted[i] if i < len(shifted) else 0)
                     for i in range(length)]
            while carry and carry[-1] == 0:
                carry.pop()
            out.append(carry)
        return None if out.pop() else out[::-1]

    @staticmethod
    def mirror(p):
        if not p[-2]:
            raise NotChecked("the trace vanishes at a whole kappa")
        own = resultant(p[0::2], p[1::2])
        return int(own)

    def right(self, kappa):
        degree = max(len(a) for a in self.p)
        p = [at_fraction(a, kappa, degree) for a in self.p]
        if p[0] == 0:
            raise NotChecked("an eigenvalue 0 at a sample")
        return rights(p)


@checks("deep_line")
def deep_line(c):
    """Counts between all roots of p(0) and of the resultant, by Routh's array."""
    minimum = Minimum(c)
    stated, gaps = [], [c.found["between_0"]]
    while f"crossing_{len(stated)}" in c.found:
        k = len(stated)
        stated.append((*c.interval(f"crossing_{k}"), c.found[f"real_{k}"]))
        gaps.append(c.found[f"between_{k + 1}"])
    critical = c.interval("critical")
    if critical != (stated[-1][:2] if stated else (0, 0)) or gaps[-1][3] or c.outcome != "proved":
        raise Contradicts("kappa_c is not the last crossing, or the last gap does not attract")
    if any(high <= low or (high - low) * 10 ** 9 > low for low, high, _ in stated):
        raise Contradicts("an enclosure that is empty or wide")
    line = Line(minimum)
    rests, n = minimum.rests(), len(line.p) - 1
    if rests is None:
        raise Contradicts("the rests are not shown to be a manifold")
    roots = sorted([(low, high, line.mirrored, False) for low, high in isolate(line.mirrored)] +
                   [(low, high, line.p[0], True) for low, high in isolate(line.p[0])],
                   key=lambda root: root[:2])
    for _ in range(200):
        touching = {i for i, (one, two) in enumerate(zip(roots, roots[1:])) if one[1] >= two[0]}
        if not touching:
            break
        roots = sorted((halved(root) if touching & {i - 1, i} else root
                        for i, root in enumerate(roots)), key=lambda root: root[:2])
    else:
        raise NotChecked("roots of the two polynomials are not told apart")
    ends = [Fraction(0)] + [x for low, high, _, _ in roots for x in (low, high)]
    ends.append(2 * ends[-1] + 1)
    counts = [line.right((ends[2 * k] + ends[2 * k + 1]) / 2) for k in range(len(roots) + 1)]
    passed = []
    for (low, high, p, real), before, after in zip(roots, counts, counts[1:]):
        if before == after:
            continue
        if len(passed) == len(stated):
            raise Contradicts("a crossing more")
        own = stated[len(passed)]
        degree = len(p) - 1
        near = [root for root in roots if root[0] <= own[1] and own[0] <= root[1]]
        if own[2] != real or (low, high, p, real) not in near or \
                at_fraction(p, own[0], degree) * at_fraction(p, own[1], degree) >= 0:
            raise Contradicts(f"no crossing in [{show(own[0])}, {show(own[1])}]")
        if len(near) > 1:
            raise NotChecked("two roots near an enclosure are not told apart")
        passed.append(before)
    passed.append(counts[-1])
    for gap, right in zip(gaps, passed):
        zeros, left, axis, own, _, dimension = gap
        if own != right or axis or zeros != line.zeros + line.lost or dimension != rests or \
                zeros != rests or left + right != n + line.constants:
            raise Contradicts(f"{right} lie on the right in a gap, and the program found {own}")
    if len(passed) != len(gaps):
        raise Contradicts("a crossing less")
    return (f"{len(roots)} roots isolated, {len(stated)} of them crossings, kappa_c in "
            f"[{float(critical[0]):.12g}, {float(critical[1]):.12g}]" if stated else "no crossing")
