"""Linear regression with a linear SG, from the samples: x, y, p = x W, z = (p, y, 1).

Everything is rational: moments are sums of products of doubles, W* solves a linear system."""
import math
from collections import namedtuple
from fractions import Fraction
from types import SimpleNamespace

import mpmath
import numpy

from . import exact, spectrum
from .record import Contradicts, NotChecked, checks, inside, show


# What a step is made of, where no certificate has it.
Step = namedtuple("Step", "mu nu order tau", defaults=("simultaneous", 0))


def ball(x):
    """The interval of a Fraction."""
    return mpmath.iv.mpf(x.numerator) / x.denominator


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


# ---- the step of W and the SG ------------------------------------------------------------------

def joint_slopes(s, A):
    """dF of F = (E[x^T s], E[z^T (s - g)]) where s = g on every sample, by blocks, on (W, Phi) row
    by row.  ds = x dW A + z dPhi and d(s - g) = x dW (A - I) + z dPhi; dz^T (s - g) is 0."""
    I, T, kron = exact.eye(s.m), exact.transpose, exact.kron
    X_z, S_z = s.x_z(s.W), s.S_z(s.W)
    return ((kron(s.S_x, T(A)), kron(X_z, I)),
            (kron(T(X_z), T(exact.add(A, I, -1))), kron(S_z, I)))


def family_slopes(s, A):
    """The same where y = x W*, so p = y there, on the quotient by the family (0, (E, -E, 0)):
    (W, A + B, C), since z Phi = p (A + B) + C when p = y.  A and B move by E[p^T (s - g)] and
    E[y^T (s - g)], which are equal to first order, so A + B by twice that."""
    I, T, kron, mul = exact.eye(s.m), exact.transpose, exact.kron, exact.multiply
    x_p = mul(s.S_x, s.W)
    X_r = exact.beside(x_p, s.x_1)
    p_p, p_1 = mul(T(s.W), x_p), mul(T(s.W), s.x_1)
    twice = exact.above(exact.scale(2, exact.beside(p_p, p_1)), exact.beside(T(p_1), s.one))
    down = exact.above(exact.scale(2, T(x_p)), T(s.x_1))
    return ((kron(s.S_x, T(A)), kron(X_r, I)),
            (kron(down, T(exact.add(A, I, -1))), kron(twice, I)))


def step_matrix(slopes, c):
    """I - rates times dF, one part after the other where the order says so.  Delayed pairs: the
    SG's rows read W of tau steps ago, and the state has the tau last W besides."""
    (ww, wp), (pw, pp) = slopes
    n, k = len(ww), len(pp)
    mu, nu = c.mu, c.nu
    ww, wp, pw, pp = (exact.scale(-rate, a) for rate, a in ((mu, ww), (mu, wp), (nu, pw), (nu, pp)))
    on_w = exact.beside(exact.add(exact.eye(n), ww), wp)
    on_phi = exact.beside(pw, exact.add(exact.eye(k), pp))
    if c.tau:
        if c.order != "simultaneous":
            raise ValueError("delayed pairs are taken at once")
        past = c.tau * n
        rows = [exact.beside(on_w, exact.zeros(n, past)),
                exact.beside(exact.zeros(k, n), exact.add(exact.eye(k), pp),
                             exact.zeros(k, past - n), pw),
                exact.beside(exact.eye(n), exact.zeros(n, k + past))]
        if c.tau > 1:
            rows.append(exact.beside(exact.zeros(past - n, n + k), exact.eye(past - n),
                                     exact.zeros(past - n, n)))
        return exact.above(*rows)
    if c.order == "simultaneous":
        return exact.above(on_w, on_phi)
    network = exact.above(on_w, exact.beside(exact.zeros(k, n), exact.eye(k)))
    sg = exact.above(exact.beside(exact.eye(n), exact.zeros(n, k)), on_phi)
    if c.order == "sg_first":
        return exact.multiply(network, sg)
    if c.order == "network_first":
        return exact.multiply(sg, network)
    raise ValueError(f"order {c.order}")


@checks("step_radius")
def step_radius(c):
    """The joint step at its fixed point (W*, phi* + (C, -C, 0))."""
    s = Samples(c)
    if s.W is None:
        raise Contradicts("S_x is singular")
    A = exact.eye(s.m)
    if c.C:
        if not s.realizable:
            raise Contradicts("C is not 0, and y is not x w: no fixed point")
        A = exact.add(A, c.C)
    slopes = family_slopes(s, A) if s.realizable else joint_slopes(s, A)
    return agree_on_radius(c, step_matrix(slopes, c))


@checks("moments")
def moments(c):
    """lambda_max of S_x and S_z, by the pivots of lambda I - S at both ends; the hypotheses."""
    s = Samples(c)
    if s.W is None:
        raise Contradicts("S_x is singular")
    if c.outcome != "proved":
        raise NotChecked("only that the hypotheses are met is checked")
    S_z = s.S_z(s.W)
    for name, S in (("lambda_x", s.S_x), ("lambda_z", S_z)):
        low, high = c.interval(name)
        if not exact.is_positive(exact.shifted(S, -1, high)):
            if exact.is_positive(exact.shifted(S, -1, high * (1 + Fraction(1, 1 << 200)))):
                continue                         # high itself is the eigenvalue
            raise Contradicts(f"{name} is above {show(high)}")
        if exact.is_positive(exact.shifted(S, -1, low)):
            raise Contradicts(f"{name} is below {show(low)}")
    residual = sum(s.S_y[k][k] for k in range(s.m)) - sum(
        s.W[j][k] * s.S_xy[j][k] for j in range(s.d) for k in range(s.m))
    if not (exact.is_positive(s.S_x) and exact.is_positive(S_z)):
        raise Contradicts("S_x or S_z is not positive definite")
    if not residual > 0:
        raise Contradicts("E|r*|^2 is not positive")
    return "pivots of lambda I - S at both ends, of S_x and of S_z; E|r*|^2 exactly"


# ---- critical points ---------------------------------------------------------------------------

@checks("unlabelled")
def unlabelled(c):
    """On base + t u the one point with E[p r] = 0 (and E[r] = 0), and |grad L| = |S_x w - S_xy|
    there, all rational."""
    s = Samples(c)
    if s.m != 1 or c.outcome != "proved":
        raise NotChecked("only one output, and a gradient that is not 0")
    T, mul = exact.transpose, exact.multiply
    u, base = T(c.direction), exact.zeros(s.d, 1)
    if c.constant:
        if any(row[-1] != 1 for row in c.x):
            raise Contradicts("the last column is not all ones")
        base[-1][0] = s.y_1[0][0]
        u[-1][0] = Fraction(0)
        u[-1][0] = -mul(T(s.x_1), u)[0][0]
    uSu, uSy = mul(T(u), mul(s.S_x, u))[0][0], mul(T(u), s.S_xy)[0][0]
    if not uSu > 0 or uSy == 0:
        raise Contradicts("there is no such point on the half-line but the base")
    w = exact.add(base, exact.scale(uSy / uSu, u))
    r = exact.add(mul(s.S_x, w), s.S_xy, -1)             # E[x^T (p - y)]
    p_r = mul(T(w), r)[0][0]
    if p_r != 0 or (c.constant and r[-1][0] != 0):
        raise Contradicts("E[p r] or E[r] is not 0 there")
    square = sum(x[0] ** 2 for x in r)
    low, high = c.interval("gradient")
    if not low > 0:
        raise Contradicts("an enclosure of |grad L| that contains 0")
    if not low ** 2 <= square <= high ** 2:
        raise Contradicts(f"|grad L| is {show(Fraction(float(square) ** 0.5))}, outside the "
                          "enclosure")
    return "E[p r] = 0 and |grad L|^2 exactly"


def schur(a, keep):
    """What is left of a symmetric matrix across its rows `keep`, which are left out: a Schur
    complement.  None: those rows are dependent."""
    rest = [i for i in range(len(a)) if i not in keep]
    if not keep:
        return a
    inner = [[a[i][j] for j in keep] for i in keep]
    side = [[a[i][j] for j in rest] for i in keep]
    if not exact.is_positive(inner):
        return None
    return exact.add([[a[i][j] for j in rest] for i in rest],
                     exact.multiply(exact.transpose(side), exact.solve(inner, side)), -1)


def has_full_rank(s, centre, width, keep):
    """Are the kept columns of z = (x W, y, 1) independent for every W in the box?  Across y and 1
    they are Q^(1/2) W, Q the Schur complement of S_x, and
        |Q^(1/2) U|_F^2 <= sum_k |u_k|^T |Q| |u_k| < lambda_min(W^T Q W)
    proves it; a column of W and of U is divided by the size of Q^(1/2) w_k first."""
    d, m = s.d, s.m
    all_ = exact.above(exact.beside(s.S_x, s.S_xy, s.x_1),
                       exact.beside(exact.transpose(s.S_xy), s.S_y, s.y_1),
                       exact.beside(exact.transpose(s.x_1), exact.transpose(s.y_1), s.one))
    taken = list(range(d)) + [d + k - m for k in keep if k >= m]
    all_ = [[all_[i][j] for j in taken] for i in taken]
    Q = schur(all_, list(range(d, len(taken))))
    if Q is None:
        return False
    kept = [k for k in keep if k < m]
    if not kept:
        return True
    W = [[row[k] for k in kept] for row in centre]
    WQW = exact.multiply(exact.transpose(W), exact.multiply(Q, W))
    size = [WQW[k][k] for k in range(len(kept))]
    if min(size) <= 0:
        return False
    unit = [Fraction(2) ** -int(math.log2(x) / 2) for x in size]
    WQW = [[x * unit[i] * unit[j] for j, x in enumerate(row)] for i, row in enumerate(WQW)]
    moved = sum(unit[i] ** 2 * width[a][k] * abs(Q[a][b]) * width[b][k]
                for i, k in enumerate(kept) for a in range(d) for b in range(d))
    return exact.is_positive(exact.shifted(WQW, 1, -moved))


@checks("critical")
def critical(c):
    """(W*, phi*) is a critical point exactly, since E[x^T r*] = 0 and s = g.  No second one is in
    the box: the SG's rows that are not held have E[z_B^T z_B] of full rank for every W in the box,
    so E[z_B^T (s - g)] = 0 makes Phi = phi*, and then E[x^T r] = 0 makes W = W*."""
    s = Samples(c)
    if c.outcome != "proved":
        raise NotChecked("only that there is one is checked")
    if s.W is None or not exact.is_positive(s.S_x):
        raise Contradicts("S_x is singular")
    m, d, box = s.m, s.d, c.box
    if box is None or not 0 < box <= 1:
        raise Contradicts("no box")
    keep = [i for i in range(2 * m + 1) if not c.held[i]]
    # W within box max(1, |w|) around the doubles nearest W*
    centre = [[Fraction(float(x)) for x in row] for row in s.W]
    width = [[box * max(1, abs(x)) for x in row] for row in centre]
    if any(abs(x - y) > r for p, q, t in zip(s.W, centre, width) for x, y, r in zip(p, q, t)):
        raise Contradicts("W* is not in the box")
    if not has_full_rank(s, centre, width, keep):
        raise NotChecked(f"S_z could not be shown nonsingular in the box of half-width {show(box)}")
    gradient = c.gradient
    if gradient is None or not 0 <= gradient < Fraction(2) ** -79:
        raise Contradicts("|grad L| at the point is not stated to be 0 but for rounding")
    return (f"E[x^T r*] = 0 and s = g exactly; S_z nonsingular in the box of half-width "
            f"{show(box)}")


# ---- a ball in which every start converges -----------------------------------------------------

def upper_eigenvalue(S):
    """An upper bound of lambda_max, within 1e-12 of it."""
    about = max(numpy.linalg.eigvalsh([[float(x) for x in row] for row in S]))
    high = Fraction(float(about)) * (1 + Fraction(1, 10 ** 12))
    if not exact.is_positive(exact.shifted(S, -1, high)):
        raise NotChecked("an eigenvalue could not be bounded")
    return high


def lyapunov(J):
    """sum_k (J^k)^T J^k in floating point, as Fractions: any P will do."""
    A = numpy.array([[float(x) for x in row] for row in J])
    P = numpy.eye(len(A))
    while 1e-30 < numpy.abs(A).max() < 1e50:
        P = P + A.T @ P @ A
        A = A @ A
    return [[Fraction(float(x)) for x in row] for row in (P + P.T) / 2]


@checks("basin")
def basin(c):
    """With U = W - W*, Psi = Phi - phi*, zeta = (x U, 0, 0): s - g = z Psi exactly, so one step is
    J delta + N, N_W = -mu S_x U a, N_Phi = -nu (E[z*^T zeta] + E[zeta^T z*] + E[zeta^T zeta]) Psi,
        |N| <= c2 |delta|^2 + c3 |delta|^3,  c2 = sqrt((mu L)^2 + (2 nu chi)^2) / 2,
        c3 = 2 nu L / (3 sqrt 3),  L = lambda_max(S_x), chi = |E[x^T z*]|_2,
    and with q^2 P - J^T P J > 0 a step from |delta|_P <= R shrinks |.|_P by
        q + sqrt(p_max) (c2 R / p_min + c3 R^2 / p_min^(3/2)),   p the eigenvalues of P."""
    s, iv = Samples(c), mpmath.iv
    if s.W is None or s.realizable or c.radius is None or not c.radius > 0:
        raise Contradicts("no ball")
    J = exact.rounded(step_matrix(joint_slopes(s, exact.eye(s.m)), Step(c.mu, c.nu)), 200)
    found = spectrum.discs(J)
    if found and (spectrum.radius_of(found)[0] > min(1, c.contraction or 1)):
        raise Contradicts("an eigenvalue is outside the unit circle, or larger than the contraction")
    P, X = lyapunov(J), s.x_z(s.W)
    p_max = upper_eigenvalue(P)
    about = min(numpy.linalg.eigvalsh([[float(x) for x in row] for row in P]))
    p_min = Fraction(float(about)) * (1 - Fraction(1, 10 ** 12))
    if not (p_min > 0 and exact.is_positive(exact.shifted(P, 1, -p_min))):
        p_min = 1 - Fraction(1, 10 ** 9)                 # P is I and more, but for rounding
    if not exact.is_positive(exact.shifted(P, 1, -p_min)):
        raise NotChecked("P could not be shown positive definite")
    q2 = 1 - Fraction(9999, 10000) / p_max
    D = exact.add(exact.scale(q2, P),
                  exact.multiply(exact.transpose(J), exact.multiply(P, J)), -1)
    # what rounding J to 200 bits moved: below 3 n^3 max |P| (1 + max |J|) 2^-200
    largest = max(abs(x) for row in J for x in row)
    moved = 3 * len(J) ** 3 * p_max * (1 + largest) * Fraction(1, 1 << 200)
    if not exact.is_positive(exact.shifted(exact.rounded(D, 400), 1, -moved - Fraction(1, 1 << 300))):
        raise NotChecked("no contraction in the Lyapunov norm could be shown")
    L = ball(upper_eigenvalue(s.S_x))
    chi2 = ball(upper_eigenvalue(exact.multiply(X, exact.transpose(X))))
    mu, nu, low, high = (ball(v) for v in (c.mu, c.nu, p_min, p_max))
    c2 = iv.sqrt((mu * L) ** 2 + 4 * nu ** 2 * chi2) / 2
    c3 = 2 * nu * L / (3 * iv.sqrt(3))
    t = ball(c.radius) * iv.sqrt(high / low)             # R / sqrt(p_min)
    factor = iv.sqrt(ball(q2)) + iv.sqrt(high / low) * (c2 * t + c3 * t ** 2)
    shown = spectrum.end(factor, 1)
    if not shown < 1:
        raise NotChecked(f"a step may change the norm by {show(shown)}")
    if c.contraction is None or shown > c.contraction:
        raise NotChecked(f"the contraction could only be shown to be {show(shown)}")
    return f"a Lyapunov matrix of {len(J)}, a step shrinks its norm by {show(shown)}"


# ---- limits from both sides --------------------------------------------------------------------

def side(J, wanted):
    """Is rho(J) below 1 (wanted: -1) or above it (1)?  Raises where the other or neither is shown."""
    low, high = spectrum.enclose_radius(
        J, lambda low, high: high < 1 if wanted < 0 else low > 1)
    if (low > 1) if wanted < 0 else (high < 1):
        raise Contradicts(f"at one end the spectral radius is in [{show(low)}, {show(high)}]")
    if not (high < 1 if wanted < 0 else low > 1):
        raise NotChecked(f"at one end the spectral radius is in [{show(low)}, {show(high)}], on "
                         "both sides of 1")


def narrow(limit, width=Fraction(1, 10 ** 8)):
    """The ends of an interval that has at most this relative width."""
    low, high = limit
    if high - low > width * abs(low):
        raise Contradicts(f"[{show(low)}, {show(high)}] is wider than {float(width)} of the limit")
    return low, high


def has_top_between(S, low, high):
    """Is lambda_max(S) strictly between two numbers?  By the pivots of lambda I - S."""
    inner = low * (1 + Fraction(1, 1 << 60))
    return exact.is_positive(exact.shifted(S, -1, high)) and \
        not exact.is_positive(exact.shifted(S, -1, inner))


@checks("rates")
def rates(c):
    """DY3's limits 2 (1 + beta) / lambda_max.  That the Jacobian is block triangular is seen in the
    rational one itself; so its eigenvalues are those of the symmetric I - mu S_x and I - nu S_z, at
    all rates and under every delay, and heavy ball moves the limits to 2 (1 + beta)."""
    s = Samples(c)
    if s.W is None:
        raise Contradicts("S_x is singular")
    (ww, _), (pw, pp) = joint_slopes(s, exact.eye(s.m))
    S_z = s.S_z(s.W)
    if any(x != 0 for row in pw for x in row):
        raise NotChecked("the Jacobian is not triangular")
    if not 0 <= c.beta < 1:
        raise Contradicts("beta is not in [0, 1)")
    if not (exact.is_positive(s.S_x) and exact.is_positive(S_z)):
        raise Contradicts("S_x or S_z is singular: what is said of small rates is not so")
    I = exact.eye(s.m)
    if ww != exact.kron(s.S_x, I) or pp != exact.kron(S_z, I):
        raise NotChecked("the blocks are not S_x and S_z")
    limits = {"mu": s.S_x, "nu": S_z}
    wrong = [name for name, S in limits.items() if not has_top_between(
        S, *(2 * (1 + c.beta) / x for x in reversed(narrow(c.interval(name)))))]
    if c.of not in limits:
        raise ValueError(f"a limit of {c.of}")
    if (c.of in wrong) if c.outcome == "proved" else (c.of not in wrong):
        raise Contradicts(f"2 (1 + beta) / lambda_max is {'not ' if c.of in wrong else ''}there")
    if c.outcome == "proved" and wrong:
        raise Contradicts(f"the limit of {wrong[0]} is not in its interval")
    return "triangular exactly; pivots of lambda I - S at both ends of both limits"


@checks("frozen_limit")
def frozen_limit(c):
    """lambda_max(S_x) to 1e-30 by bisection on the pivots of lambda I - S_x, then the discs of
    I - mu lambda_max A."""
    s = Samples(c)
    low, high = narrow(c.interval("limit"))
    if c.outcome != "proved":
        raise NotChecked("only limits that are proved are checked")
    A = c.A or [[Fraction(1)]]
    bottom, top = Fraction(0), sum(s.S_x[k][k] for k in range(s.d)) * 2
    if not top > 0:
        raise Contradicts("S_x is 0")
    while top - bottom > top * Fraction(1, 1 << 100):
        middle = (top + bottom) / 2
        if exact.is_positive(exact.shifted(s.S_x, -1, middle)):
            top = middle
        else:
            bottom = middle
    side(exact.shifted(A, -low * top, 1), -1)
    side(exact.shifted(A, -high * bottom, 1), 1)
    return "lambda_max by pivots, and the eigenvalues of I - mu lambda_max A at both ends"


@checks("step_limit")
def step_limit(c):
    """The joint step at the two ends of a limit in mu, in nu, or in c on the family C = c C_0."""
    s = Samples(c)
    if s.W is None:
        raise Contradicts("S_x is singular")
    if c.outcome != "proved":
        raise NotChecked("only limits that are proved are checked")
    low, high = narrow(c.interval("limit"))
    near, far = (low, high) if abs(low) < abs(high) else (high, low)
    for value, wanted in ((near, -1), (far, 1)):
        at = SimpleNamespace(mu=c.mu, nu=c.nu, order=c.order, tau=c.tau)
        A = exact.eye(s.m)
        if c.of == "c":
            C = c.C_inside if wanted < 0 else c.C_outside
            # a double next to value times C_0's
            if any(abs(x - value * y) > abs(value * y) / (1 << 52)
                   for row, base in zip(C, c.C_0) for x, y in zip(row, base)):
                raise Contradicts("C is not c C_0")
            if not s.realizable:
                raise Contradicts("C is not 0, and y is not x w: no fixed point")
            A = exact.add(A, C)
        elif c.of in ("mu", "nu"):
            setattr(at, c.of, value)
        else:
            raise ValueError(f"a limit of {c.of}")
        slopes = family_slopes(s, A) if s.realizable else joint_slopes(s, A)
        side(step_matrix(slopes, at), wanted)
    return "the radius at both ends, by discs"


# ---- a step of a deep linear net ---------------------------------------------------------------

@checks("descent_step")
def descent_step(c):
    """DY7's two inequalities in rational numbers: E[x^T (x P - y)] and its pull-backs exactly."""
    s = Samples(c)
    T, mul = exact.transpose, exact.multiply
    if c.width[0] != s.d or c.width[-1] != s.m or not c.mu > 0:
        raise ValueError("another net than the data's")

    def layers(flat):
        out, at = [], 0
        for rows, columns in zip(c.width, c.width[1:]):
            out.append([flat[at + i * columns:at + (i + 1) * columns] for i in range(rows)])
            at += rows * columns
        if at != len(flat):
            raise ValueError("weights of another net")
        return out

    def loss(W):
        P = W[0]
        for layer in W[1:]:
            P = mul(P, layer)
        SP = mul(s.S_x, P)
        return (sum(s.S_y[k][k] for k in range(s.m)) / 2 + sum(
            P[i][k] * (SP[i][k] / 2 - s.S_xy[i][k]) for i in range(s.d) for k in range(s.m)),
            exact.add(SP, s.S_xy, -1))
    before, after = layers(c.before[0]), layers(c.after[0])
    L, Q = loss(before)
    square = error = Fraction(0)
    for i, layer in enumerate(before):
        left, right = exact.eye(s.d), exact.eye(s.m)
        for W in before[:i]:
            left = mul(left, W)
        for W in reversed(before[i + 1:]):
            right = mul(W, right)
        gradient = mul(mul(T(left), Q), T(right))
        for g, w, v in zip(gradient, layer, after[i]):
            square += sum(x * x for x in g)
            error += sum(((x - y) / c.mu - z) ** 2 for x, y, z in zip(w, v, g))
    so = {"tracks": error <= c.rho ** 2 * square,
          "falls": loss(after)[0] <= L - (1 - c.rho) / 2 * c.mu * square}[c.says]
    if so != (c.outcome == "proved"):
        raise Contradicts("the opposite holds, exactly")
    return "both sides in rational numbers"
