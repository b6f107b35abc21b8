"""DY6: the factor of inexact gradient descent, x+ = x - gamma d, |d - g| <= rho |g|, over all
m-strongly convex L-smooth f.  A dual certificate in Fractions: multipliers of the interpolation
inequalities, and a residual that is positive semidefinite because the sums of its principal minors,
the coefficients of det(t + S), are not negative."""
from fractions import Fraction
from itertools import combinations, permutations

from . import exact
from .record import Contradicts, NotChecked, checks, inside, show
from .regression import Samples

X, G, D, NEXT = range(4)


def unit(i):
    return [Fraction(int(k == i)) for k in range(4)]


def plus(a, b, factor=1):
    return [x + factor * y for x, y in zip(a, b)]


def product(a, b, factor=1):
    """The symmetric matrix of factor <a, b>."""
    return [[factor * (p * q + r * s) / 2 for q, s in zip(b, a)] for p, r in zip(a, b)]


def total(*forms):
    return [[sum(rows) for rows in zip(*parts)] for parts in zip(*forms)]


def slack(i, j, m, L):
    """What f_i - f_j is at least:
    <g_j, x_i - x_j> + |g_i - g_j|^2/(2L) + m L/(2 (L - m)) |x_i - x_j - (g_i - g_j)/L|^2."""
    (x_i, g_i), (x_j, g_j) = i, j
    dx, dg = plus(x_i, x_j, -1), plus(g_i, g_j, -1)
    rest = plus(dx, dg, -1 / L)
    return total(product(g_j, dx), product(dg, dg, 1 / (2 * L)),
                 product(rest, rest, m * L / (2 * (L - m))))


def determinant(a):
    out = Fraction(0)
    for order in permutations(range(len(a))):
        term = Fraction(1)
        for i, j in enumerate(order):
            term *= a[i][j]
        odd = sum(p > q for k, p in enumerate(order) for q in order[k + 1:]) % 2
        out += -term if odd else term
    return out


def is_semidefinite(a):
    return all(sum(determinant([[a[i][j] for j in rows] for i in rows])
                   for rows in combinations(range(len(a)), size)) >= 0
               for size in range(1, len(a) + 1))


def corner(m, L, rho, gamma):
    """The largest factor of a quadratic h x^2/2 with d = s g."""
    return max((1 - gamma * s * h) ** 2 for h in (m, L) for s in (1 - rho, 1 + rho))


def bounded(m, L, rho, gamma):
    """r with f(x+) - f* <= r^2 (f(x) - f*); raises what stands in its way."""
    if not (0 < m < L and 0 <= rho < 1 and gamma > 0):
        raise Contradicts("no class, error or step")
    r = max(1 - (1 - rho) * m * gamma, (1 + rho) * L * gamma - 1)
    if not 0 <= r <= 1:
        raise Contradicts("the multipliers are negative: the step is beyond 2/((1 + rho) L)")
    x, g, d, after = map(unit, range(4))
    if rho == 0:
        d = g
    zero = [Fraction(0)] * 4
    start, end, rest = (x, g), (plus(x, d, -gamma), after), (zero, zero)
    forms = [exact.scale(r, slack(start, end, m, L)),
             exact.scale(r * (1 - r), slack(rest, start, m, L)),
             exact.scale(1 - r, slack(rest, end, m, L))]
    if rho:
        off, nu = plus(d, g, -1), r * gamma / (2 * rho)
        forms += [product(off, off, nu), product(g, g, -nu * rho ** 2)]
    if not is_semidefinite(total(*forms)):
        raise NotChecked("the residual of the multipliers is not semidefinite")
    return r


@checks("inexact_factor")
def inexact_factor(c):
    """The factor from above and below is one rational number."""
    if c.outcome != "proved":
        raise NotChecked("only that there is a bound is checked")
    numbers = (c.m, c.L, c.rho, c.gamma)
    r = bounded(*numbers)
    if corner(*numbers) != r * r:
        raise Contradicts("no quadratic attains the bound")
    inside("the factor", (r * r, r * r), c.interval("factor"))
    return f"{show(r * r)}: dual multipliers, principal minors of the residual; attained"


def ends(name, S, interval, top):
    """Is the largest (smallest) eigenvalue of S in the interval?"""
    low, high = interval
    tiny = Fraction(1, 1 << 200)
    above = exact.is_positive(exact.shifted(S, 1, -(low - abs(low) * tiny)))       # all above low
    below = exact.is_positive(exact.shifted(S, -1, high + abs(high) * tiny))       # all below high
    one_high = not exact.is_positive(exact.shifted(S, -1, low))                # one at low or above
    one_low = not exact.is_positive(exact.shifted(S, 1, -high))               # one at high or below
    if not (below and one_high if top else above and one_low):
        raise Contradicts(f"{name} is not in [{show(low)}, {show(high)}]")


@checks("curvature")
def curvature(c):
    """The ends of S_x's spectrum."""
    if c.outcome != "proved":
        raise NotChecked("only that S_x is regular is checked")
    S_x = Samples(c).S_x
    if not exact.is_positive(S_x):
        raise Contradicts("S_x is singular")
    ends("lambda_min", S_x, c.interval("least"), False)
    ends("lambda_max", S_x, c.interval("most"), True)
    return "pivots of S_x - lambda I and lambda I - S_x at both ends of both"


@checks("inexact_between")
def inexact_between(c):
    """The factor of a class whose m and L are eigenvalues: between those of the classes at the ends
    of their enclosures."""
    if c.outcome != "proved":
        raise NotChecked("only that there is a bound is checked")
    S_x = Samples(c).S_x
    m, L, (low, high) = c.interval("m"), c.interval("L"), c.interval("factor")
    ends("m", S_x, m, False)
    ends("L", S_x, L, True)
    if not m[1] < L[0]:
        raise Contradicts("m and L are not apart")
    r = bounded(m[0], L[1], c.rho, c.gamma)
    if not r * r <= high:
        raise NotChecked(f"the bound shown here is {show(r * r)}")
    if not low <= corner(m[1], L[0], c.rho, c.gamma):
        raise NotChecked("the quadratics of the class have less than the lower end")
    return f"{show(low)}: the classes inside and outside, the residual's principal minors"
