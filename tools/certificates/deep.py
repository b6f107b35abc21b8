"""DY8: deep linear nets with one SG, p = x W_1 ... W_N, z = (h, y, 1), h = x W_1 ... W_at.

The flow is written down as it is defined and differentiated in dual numbers a + b eps, eps^2 = 0,
over fractions: its Jacobian at a minimum is exact."""
import math
from fractions import Fraction

from . import exact, spectrum
from .record import Contradicts, NotChecked, checks, show


class Dual:
    """A matrix a + b eps; b None: 0."""
    def __init__(self, a, b=None):
        self.a, self.b = a, b

    def __matmul__(self, other):
        mul = exact.multiply
        b = mul(self.b, other.a) if self.b else None
        if other.b:
            b = exact.add(b, mul(self.a, other.b)) if b else mul(self.a, other.b)
        return Dual(mul(self.a, other.a), b)

    def __add__(self, other):
        b = exact.add(self.b, other.b) if self.b and other.b else self.b or other.b
        return Dual(exact.add(self.a, other.a), b)

    def __neg__(self):
        return Dual(exact.scale(-1, self.a), exact.scale(-1, self.b) if self.b else None)

    @property
    def T(self):
        return Dual(exact.transpose(self.a), exact.transpose(self.b) if self.b else None)

    def derivative(self):
        """b row by row."""
        return sum(self.b or exact.zeros(*exact.shape(self.a)), [])


class Net:
    """A minimum of centred data with E[x^T x] = S, E[r^T r] = R and solution W_1 ... W_N.  e: a
    constant term and the ones among the columns of X, 1 = x e, E[x^T 1] = S e; and then E[1] = 1
    says e^T S e = 1.  Without: E[x] = 0."""
    def __init__(self, width, at, layers, S, R, e=None):
        self.width, self.at, self.layers = width, at, layers
        self.S, self.R = S, R
        mul, T = exact.multiply, exact.transpose
        P = self.product(0, len(layers))
        SP = mul(S, P)
        self.x_y, self.y_y = SP, exact.add(mul(T(P), SP), R)
        d, m = len(S), len(R)
        self.x_1 = mul(S, e) if e else exact.zeros(d, 1)
        self.y_1 = mul(T(P), self.x_1) if e else exact.zeros(m, 1)
        V = self.product(at, len(layers))
        self.Phi = [mul(V, T(V)), exact.scale(-1, T(V)), exact.zeros(1, width[at])]

    def product(self, from_, to, layers=None):
        out = exact.eye(self.width[from_])
        for layer in (layers or self.layers)[from_:to]:
            out = exact.multiply(out, layer)
        return out

    def flow(self, layers, Phi, kappa):
        """W_i' and (A', B', C'), all Duals:  s = h A + y B + C, e = p - y,
            W_i' = -(left)^T E[x^T s] (middle)^T   below the SG, middle up to h
            W_i' = -(left)^T E[x^T e] (right)^T    above it
            A' = -kappa E[h^T (s - g)] ...,        g = e V^T."""
        N, width = len(layers), self.width
        A, B, C = Phi
        S, x_y, x_1 = Dual(self.S), Dual(self.x_y), Dual(self.x_1)
        y_y, y_1 = Dual(self.y_y), Dual(self.y_1)

        def product(from_, to):
            out = Dual(exact.eye(width[from_]))
            for layer in layers[from_:to]:
                out = out @ layer
            return out
        h, V, P = product(0, self.at), product(self.at, N), product(0, N)
        x_s = S @ h @ A + x_y @ B + x_1 @ C
        x_e = S @ P + -x_y
        rates = []
        for i in range(N):
            left = product(0, i).T
            rates.append(-(left @ x_s @ product(i + 1, self.at).T) if i < self.at
                         else -(left @ x_e @ product(i + 1, N).T))
        y_s = x_y.T @ h @ A + y_y @ B + y_1 @ C
        one_s = x_1.T @ h @ A + y_1.T @ B + C
        y_e = x_y.T @ P + -y_y
        one_e = x_1.T @ P + -y_1.T
        off = [h.T @ (x_s + -(x_e @ V.T)), y_s + -(y_e @ V.T), one_s + -(one_e @ V.T)]
        rates += [Dual(exact.scale(-kappa, o.a), exact.scale(-kappa, o.b) if o.b else None)
                  for o in off]
        return rates

    def jacobian(self, kappa):
        """Of the flow on (W_1, ..., W_N, A, B, C), each row by row."""
        state = list(self.layers) + self.Phi
        columns = []
        for k, matrix in enumerate(state):
            rows, width = exact.shape(matrix)
            for place in range(rows * width):
                unit = exact.zeros(rows, width)
                unit[place // width][place % width] = Fraction(1)
                duals = [Dual(a, unit if i == k else None) for i, a in enumerate(state)]
                rates = self.flow(duals[:-3], duals[-3:], kappa)
                columns.append(sum((rate.derivative() for rate in rates), []))
        return exact.transpose(columns)

    def is_fixed(self, kappa):
        """Is the flow 0 here?"""
        rates = self.flow([Dual(a) for a in self.layers], [Dual(a) for a in self.Phi], kappa)
        return not any(x for rate in rates for row in rate.a for x in row)


def unpack_layers(width, flat):
    layers, at = [], 0
    for a, b in zip(width, width[1:]):
        layers.append([flat[at + i * b:at + (i + 1) * b] for i in range(a)])
        at += a * b
    if at != len(flat):
        raise ValueError("as many weights as the widths say")
    return layers


def cayley_bounds(J, low, high, c):
    """The largest real part from the radius r of C = (I - h J)^-1 (I + h J), h |J|_F <= 1/2, whose
    eigenvalues are (1 + h l) / (1 - h l).  4 h Re l = |1 + h l|^2 - |1 - h l|^2, so
        4 h Re l <= (r^2 - 1) |1 - h l|^2 for each, 1/4 <= |1 - h l|^2 <= 9/4,
    and equal for the largest, where |1 - h l|^2 (1 + r^2) = 2 + 2 h^2 |l|^2."""
    norm = sum(x * x for row in J for x in row)
    h = Fraction(1 << 20, 2 * (math.isqrt(int(norm * (1 << 40))) + 2))
    C = exact.solve(exact.shifted(J, -h, 1), exact.shifted(J, h, 1))

    def enough(below, _):
        return c.outcome == "refuted" and below > 1 and \
            (below ** 2 - 1) / (2 * h * (1 + below ** 2)) >= c.growth
    r_low, r_high = spectrum.powers_radius(C, Fraction(0), None, enough)
    if r_low > 1:
        own = (r_low ** 2 - 1) / (2 * h * (1 + r_low ** 2))
        low = own if low is None else max(low, own)
    if r_high is not None:
        own = (r_high ** 2 - 1) * (9 if r_high > 1 else 1) / (16 * h)
        high = own if high is None else min(high, own)
    return low, high


@checks("deep_growth")
def deep_growth(c):
    """Real parts of the flow's eigenvalues at the minimum, by Gershgorin's discs."""
    if not (exact.is_semidefinite(c.S) and exact.is_semidefinite(c.R) and c.mu > 0 and c.nu > 0):
        raise Contradicts("S or R is not symmetric and positive semidefinite")
    net = Net(c.width, c.at, unpack_layers(c.width, c.w[0]), c.S, c.R)
    kappa = c.nu / c.mu
    if not net.is_fixed(kappa):
        raise Contradicts("the flow does not vanish there")
    J = net.jacobian(kappa)
    low = high = None
    for sharpenings in (0, 2, 4):
        discs = spectrum.discs(J, sharpenings)
        if discs is None:
            break
        low, high = spectrum.abscissa_of(discs)
        if c.outcome == "refuted" and c.growth is not None and low >= c.growth > 0:
            return f"a real part of at least {show(low)}, a matrix of {len(J)}"
        if c.outcome == "proved" and high < 0:
            return f"all real parts at most {show(high)}, a matrix of {len(J)}"
    if c.outcome == "refuted" and (c.growth is None or not c.growth > 0):
        raise Contradicts("no positive growth is stated")
    if low is None or not (c.outcome == "proved" and low > 0 or
                           c.outcome == "refuted" and high < c.growth):
        low, high = cayley_bounds(J, low, high, c)
    how = f"by powers of a Cayley transform of {len(J)}"
    if c.outcome == "refuted" and low is not None and low >= c.growth:
        return f"a real part of at least {show(low)}, {how}"
    if c.outcome == "proved" and high is not None and high < 0:
        return f"all real parts at most {show(high)}, {how}"
    if low is None or high is None:
        raise NotChecked("the largest real part could not be enclosed")
    if c.outcome == "proved" and low > 0 or c.outcome == "refuted" and high < c.growth:
        raise Contradicts(f"the largest real part is in [{show(low)}, {show(high)}]")
    raise NotChecked(f"the largest real part could only be enclosed in [{show(low)}, {show(high)}]")


# ---- polynomials -------------------------------------------------------------------------------

def value(p, x):
    total = Fraction(0)
    for c in reversed(p):
        total = total * x + c
    return total
