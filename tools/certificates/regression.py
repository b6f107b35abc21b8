"""Linear regression with a linear SG, from the samples: x, y, p = x W, z = (p, y, 1).

Everything is rational: moments are sums of products of doubles, W* solves a linear system."""
from fractions import Fraction

from . import exact, spectrum
from .record import Contradicts, NotChecked, checks, inside, show


class Samples:
    """Moments of (x, y, 1) of a certificate's data.  y = x w exactly where w is given."""
    def __init__(self, c):
        x, y, w = c.given["x"], c.given["y"], c.given["w"]
        self.n, self.d = exact.shape(x)
        self.realizable = y is None
        if self.realizable:
            y = exact.multiply(x, w)
        self.m = len(y[0])
        one = c.given["one"] or [[Fraction(1)]] * self.n
        M = exact.gram([list(p) + list(q) + list(r) for p, q, r in zip(x, y, one)])
        d, m = self.d, self.m
        self.S_x = exact.block(M, 0, 0, d, d)
        self.S_xy = exact.block(M, 0, d, d, m)
        self.x_1 = exact.block(M, 0, d + m, d, 1)
        self.S_y = exact.block(M, d, d, m, m)
        self.y_1 = exact.block(M, d, d + m, m, 1)
        self.one = exact.block(M, d + m, d + m, 1, 1)
        self.W = w if self.realizable else exact.solve(self.S_x, self.S_xy)

    def x_z(self, W):
        """E[x^T z]."""
        return exact.beside(exact.multiply(self.S_x, W), self.S_xy, self.x_1)

    def S_z(self, W):
        """E[z^T z]."""
        T, mul = exact.transpose, exact.multiply
        p_x = mul(T(W), self.S_x)
        p_y, p_1 = mul(T(W), self.S_xy), mul(T(W), self.x_1)
        return exact.above(exact.beside(mul(p_x, W), p_y, p_1),
                           exact.beside(T(p_y), self.S_y, self.y_1),
                           exact.beside(T(p_1), T(self.y_1), self.one))


def agree_on_radius(c, J):
    """Is the spectral radius of J in c's enclosure, and on the side of 1 that c says?"""
    claimed = c.interval("radius")
    wanted = c.outcome == "proved"

    def enough(low, high):
        return (high < 1 if wanted else low > 1) and claimed[0] <= low and high <= claimed[1]
    low, high = spectrum.enclose_radius(J, enough)
    if high < 1 and not wanted or low > 1 and wanted:
        raise Contradicts(f"the spectral radius is in [{show(low)}, {show(high)}], and the "
                          f"program says {c.outcome}")
    if not (high < 1 if wanted else low > 1):
        raise NotChecked(f"the spectral radius could only be enclosed in [{show(low)}, "
                         f"{show(high)}], on both sides of 1")
    inside("the spectral radius", (low, high), claimed)
    return f"rho in [{show(low)}, {show(high)}], a matrix of {len(J)}"


@checks("frozen_radius")
def frozen_radius(c):
    """W <- W - mu E[x^T x] W A:  I - mu S_x (x) A^T on W row by row; backprop without A."""
    s = Samples(c)
    A = c.A or [[Fraction(1)]]
    return agree_on_radius(c, exact.shifted(exact.kron(s.S_x, exact.transpose(A)), -c.mu, 1))
