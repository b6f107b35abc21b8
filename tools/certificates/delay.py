"""DY11: the recursion of a stale gradient, x_{t+1} = x_t - a x_{t - tau}."""
from fractions import Fraction

import mpmath
import numpy

from . import spectrum
from .record import Contradicts, NotChecked, checks, inside, show

BITS = 240


def approximate_roots(coefficients):
    """Of a polynomial in floating point, then by Newton at 60 digits."""
    mpmath.mp.dps = 60
    p = [mpmath.mpf(c.numerator) / c.denominator for c in coefficients]
    roots = [mpmath.mpc(z) for z in numpy.roots([float(c) for c in coefficients])]
    for _ in range(4):
        for i, z in enumerate(roots):
            f, slope = mpmath.polyval(p, z, derivative=True)
            roots[i] = z - f / slope if slope else z
    return roots


def polynomial_discs(coefficients):
    """Discs that contain the roots of a monic polynomial (Fractions, the highest power first): by
    Smith's theorem, |z - z_i| <= n |p(z_i)| / prod_j |z_i - z_j| around any n distinct points, and
    each component of their union contains as many roots as it has discs."""
    n = len(coefficients) - 1
    if n == 1:
        return [(-coefficients[1], Fraction(0), Fraction(0))]
    unit = mpmath.mpf(2) ** BITS
    points = [(int(mpmath.floor(mpmath.re(z) * unit)), int(mpmath.floor(mpmath.im(z) * unit)))
              for z in approximate_roots(coefficients)]
    discs = []
    for i, (x, y) in enumerate(points):
        re, im = Fraction(0), Fraction(0)
        for c in coefficients:
            re, im = (re * x - im * y) / (1 << BITS) + c, (re * y + im * x) / (1 << BITS)
        gaps = 1
        for j, (u, v) in enumerate(points):
            if j != i:
                gaps *= (x - u) ** 2 + (y - v) ** 2
        if gaps == 0:
            raise NotChecked("two approximate roots are the same")
        square = (re * re + im * im) * (1 << 2 * BITS * (n - 1)) / gaps
        discs.append((Fraction(x, 1 << BITS), Fraction(y, 1 << BITS),
                      n * spectrum.modulus_of_square(square)))
    return discs


@checks("delay_limit")
def delay_limit(c):
    """2 sin(pi / (2 (2 tau + 1))) in mpmath's intervals."""
    if c.tau < 2:                                        # sin(pi / 2) = 1, sin(pi / 6) = 1/2
        inside("the limit", (2 - Fraction(c.tau),) * 2, c.interval("limit"))
        return "exactly"
    iv = mpmath.iv
    limit = 2 * iv.sin(iv.pi / (2 * (2 * iv.mpf(c.tau) + 1)))
    inside("the limit", (spectrum.end(limit, -1), spectrum.end(limit, 1)), c.interval("limit"))
    return "an interval of 60 digits"


@checks("delay_sides")
def delay_sides(c):
    """The roots of lambda^(tau + 1) - lambda^tau + a at both ends of the limit of a, in discs."""
    low, high = c.interval("a")
    if c.outcome != "proved":
        raise NotChecked("only limits that are proved are checked")
    if high - low > low / 10 ** 8:
        raise Contradicts("wider than 1e-8 of the limit")
    for a, stable in ((low, True), (high, False)):
        coefficients = [Fraction(1), Fraction(-1)] + [Fraction(0)] * c.tau
        coefficients[-1] += a
        least, most = spectrum.radius_of(polynomial_discs(coefficients))
        if least > 1 and stable or most < 1 and not stable:
            raise Contradicts(f"at {show(a)} the largest root has modulus {show(least)}")
        if not (most < 1 if stable else least > 1):
            raise NotChecked(f"at {show(a)} the largest modulus is in [{show(least)}, "
                             f"{show(most)}]")
    return f"{c.tau + 1} roots in discs at both ends"
