"""Logistic regression with a linear SG, y in {0, 1}: p = x w, q = 1 / (1 + e^-p),
s = alpha p + beta y + gamma, g = q - y, in mpmath's intervals of 60 digits around exact moments."""
import functools
from fractions import Fraction

import mpmath

from . import exact
from .record import Contradicts, NotChecked, checks, inside, show
from .regression import ball
from .spectrum import end

iv = mpmath.iv
SHARPENINGS, NARROW = 16, 1e-40


def pair(x):
    return end(x, -1), end(x, 1)


class Model:
    """Samples, and moments of (x, y, 1) as intervals."""
    def __init__(self, x, y):
        iv.dps = mpmath.mp.dps = 60
        self.x, self.y, self.n, self.d = x, [row[0] for row in y], len(x), len(x[0])
        self.samples = [[ball(v) for v in row] for row in x]
        M = exact.gram([list(p) + list(q) + [Fraction(1)] for p, q in zip(x, y)])
        self.M = [[ball(v) for v in row] for row in M]

    def sums(self, w, slopes):
        """E[q x], E[q p], E[q y], E[q] (and with slopes q' = q (1 - q) the same of q' x: rows for
        p, y and 1)."""
        d, n = self.d, self.n
        q_x, q_z = [iv.mpf(0)] * d, [iv.mpf(0)] * 3
        slope = [[iv.mpf(0)] * d for _ in range(3)]
        for x, y in zip(self.samples, self.y):
            p = sum((a * b for a, b in zip(x, w)), iv.mpf(0))
            q = 1 / (1 + iv.exp(-p))
            z = (p, int(y), 1)
            for k in range(3):
                q_z[k] += q * z[k]
            for j in range(d):
                q_x[j] += q * x[j]
            if slopes:
                rate = q / (1 + iv.exp(p))
                for j in range(d):
                    r = rate * x[j]
                    slope[0][j] += p * r
                    slope[2][j] += r
                    if y:
                        slope[1][j] += r
        return ([v / n for v in q_x], [v / n for v in q_z],
                [[v / n for v in row] for row in slope])

    def directions(self, state, slopes):
        """F = (E[x s], E[z (s - g)]) and, with slopes, its Jacobian at a box of states (w, phi)."""
        d, M = self.d, self.M
        w, (alpha, beta, gamma) = state[:d], state[d:]
        S = [row[:d] for row in M[:d]]
        x_y, x_1 = [M[i][d] for i in range(d)], [M[i][d + 1] for i in range(d)]
        x_p = [sum((S[i][j] * w[j] for j in range(d)), iv.mpf(0)) for i in range(d)]
        dot = lambda a, b: sum((u * v for u, v in zip(a, b)), iv.mpf(0))  # noqa: E731
        p_p, p_y, p_1 = dot(w, x_p), dot(w, x_y), dot(w, x_1)
        y_y, y_1 = M[d][d], M[d][d + 1]
        z_z = [[p_p, p_y, p_1], [p_y, y_y, y_1], [p_1, y_1, iv.mpf(1)]]
        q_x, q_z, slope = self.sums(w, slopes)
        x_s = [alpha * a + beta * b + gamma * c for a, b, c in zip(x_p, x_y, x_1)]
        phi = (alpha, beta, gamma)
        z_e = [dot(z_z[k], phi) - q_z[k] + z_z[k][1] for k in range(3)]
        F = x_s + z_e
        if not slopes:
            return F, None
        x_e = [x_s[j] - q_x[j] + x_y[j] for j in range(d)]
        x_z = [x_p, x_y, x_1]
        J = [[alpha * S[i][j] for j in range(d)] + [x_z[k][i] for k in range(3)]
             for i in range(d)]
        for k in range(3):
            J.append([alpha * x_z[k][j] - slope[k][j] + (x_e[j] if k == 0 else 0)
                      for j in range(d)] + z_z[k])
        return F, J

    def slope(self, w, slopes):
        """F = grad L = E[x (q - y)] and its Jacobian E[q (1 - q) x x^T]."""
        d, n = self.d, self.n
        F = [-row[d] for row in self.M[:d]]
        J = [[iv.mpf(0)] * d for _ in range(d)]
        for x in self.samples:
            p = sum((a * b for a, b in zip(x, w)), iv.mpf(0))
            q = 1 / (1 + iv.exp(-p))
            for i in range(d):
                F[i] += q * x[i] / n
                for j in range(d if slopes else 0):
                    J[i][j] += q / (1 + iv.exp(p)) * x[i] * x[j] / n
        return F, J if slopes else None

    def loss(self, w):
        """E[log(1 + e^p) - y p]."""
        total = iv.mpf(0)
        for x, y in zip(self.samples, self.y):
            p = sum((a * b for a, b in zip(x, w)), iv.mpf(0))
            total += iv.log(1 + iv.exp(p)) - int(y) * p
        return total / self.n

    def gradient(self, w):
        """|E[x (q - y)]|."""
        q_x, _, _ = self.sums(w, False)
        square = sum(((a - row[self.d]) ** 2 for a, row in zip(q_x, self.M)), iv.mpf(0))
        return iv.sqrt(square)


@functools.lru_cache(maxsize=4)
def model(x, y):
    if any(row[0] not in (0, 1) for row in y):
        raise Contradicts("a label that is neither 0 nor 1")
    return Model(x, y)


def model_of(c):
    if c.given["one"] or c.given["w"]:
        raise NotChecked("samples with labels only")
    return model(tuple(map(tuple, c.x)), tuple(map(tuple, c.y)))


def middle(x):
    return mpmath.mpf(x.mid)


@functools.lru_cache(maxsize=8)
def the_zero(m, centre, width, of="directions"):
    """Krawczyk's test on the box of half-width width max(1, |entry|), then a few sharpenings: an
    enclosure of the only zero in the box of the model's function `of`."""
    function = getattr(m, of)
    n = len(centre)
    start = [ball(v) for v in centre]
    box = [ball(v) + iv.mpf([-1, 1]) * ball(width * max(1, abs(v))) for v in centre]
    _, J = function(start, True)
    Y = mpmath.matrix([[middle(v) for v in row] for row in J]) ** -1
    Y = [[iv.mpf(Y[i, j]) for j in range(n)] for i in range(n)]
    for round_ in range(SHARPENINGS):
        at = start if round_ == 0 else [iv.mpf(middle(b)) for b in box]
        F, _ = function(at, False)
        _, J = function(box, True)
        K = []
        for i in range(n):
            step = at[i] - sum((Y[i][k] * F[k] for k in range(n)), iv.mpf(0))
            for j in range(n):
                rest = int(i == j) - sum((Y[i][k] * J[k][j] for k in range(n)), iv.mpf(0))
                step += rest * (box[j] - at[j])
            K.append(step)
        if round_ == 0 and not all(b.a < k.a and k.b < b.b for b, k in zip(box, K)):
            if any(k.b < b.a or b.b < k.a for b, k in zip(box, K)):
                raise Contradicts("no zero is in the box")
            raise NotChecked("Krawczyk's test does not succeed on the box in mpmath's intervals")
        box = [iv.mpf([max(b.a, k.a), min(b.b, k.b)]) for b, k in zip(box, K)]
        if all(mpmath.mpf(b.delta) < NARROW for b in box):
            break
    return box


@checks("log_point")
def log_point(c):
    """One zero in the box, |grad L| and L there."""
    if c.outcome != "proved":
        raise NotChecked("only that there is one is checked")
    m = model_of(c)
    if c.box is None or not 0 < c.box <= 1:
        raise Contradicts("no box")
    zero = the_zero(m, tuple(c.point[0] + c.phi[0]), c.box)
    gradient = pair(m.gradient(zero[:m.d]))
    inside("|grad L|", gradient, c.interval("gradient"))
    inside("L", pair(m.loss(zero[:m.d])), c.interval("loss"))
    if c.apart and not gradient[0] > 0:
        raise Contradicts("|grad L| may be 0")
    return f"Krawczyk on a box of half-width {show(c.box)}; |grad L| = {show(gradient[0])}"


def separates(m, w):
    """x w > 0 where y = 1 and < 0 where y = 0, exactly."""
    return all((sum(a * b for a, b in zip(x, w)) > 0) if y else
               (sum(a * b for a, b in zip(x, w)) < 0) for x, y in zip(m.x, m.y))


@checks("separates")
def separated(c):
    """Sample by sample, exactly."""
    found = separates(model_of(c), c.point[0])
    if found != (c.outcome == "proved"):
        raise Contradicts("the weights " + ("separate" if found else "do not separate"))
    return "x w has the label's sign on every sample"


@checks("log_optimum")
def log_optimum(c):
    """One zero of grad L in the box, and inf L there, L being convex."""
    if c.outcome != "proved":
        raise NotChecked("only that there is one is checked")
    m = model_of(c)
    if c.box is None or not 0 < c.box <= 1:
        raise Contradicts("no box")
    loss = pair(m.loss(the_zero(m, tuple(c.point[0]), c.box, "slope")))
    inside("inf L", loss, c.interval("loss"))
    return f"Krawczyk on a box of half-width {show(c.box)}; inf L = {show(loss[0])}"


@checks("linear_gap")
def linear_gap(c):
    """L where a linear SG rests less inf L, and that a run ended below it."""
    if c.outcome != "proved":
        raise NotChecked("the program could not show the point")
    m = model_of(c)
    zero = the_zero(m, tuple(c.point[0] + c.phi[0]), c.box)
    loss, least = m.loss(zero[:m.d]), iv.mpf(0)
    if c.separable and not separates(m, c.best[0]):
        raise Contradicts("the weights do not separate the labels")
    if not c.separable:
        if c.best_box is None or not 0 < c.best_box <= 1:
            raise Contradicts("no box of the optimum")
        least = m.loss(the_zero(m, tuple(c.best[0]), c.best_box, "slope"))
    gap = pair(loss - least)
    inside("the gap", gap, c.interval("gap"))
    if not gap[0] > 0:
        raise Contradicts("a gap that is not positive")
    if c.end is not None and not pair(loss - m.loss([ball(v) for v in c.end[0]]))[0] > 0:
        raise Contradicts("the run did not end below the linear SG's point")
    return f"L - inf L = {show(gap[0])}" + (", the labels separable" if c.separable else "")


@checks("log_gap")
def log_gap(c):
    """L at the critical point, less L at `best` or, where `best` separates the labels, less 0."""
    m = model_of(c)
    if c.outcome != "proved":
        raise NotChecked("the program could not show a gap")
    zero = the_zero(m, tuple(c.point[0] + c.phi[0]), c.box)
    if c.separates and not separates(m, c.best[0]):
        raise Contradicts("the weights do not separate the labels")
    low = end(m.loss(zero[:m.d]), -1)
    high = 0 if c.separates else end(m.loss([ball(v) for v in c.best[0]]), 1)
    if c.gap is None or not c.gap > 0:
        raise Contradicts("a gap that is not positive")
    if not low - high >= c.gap:
        raise Contradicts(f"the gap is {show(low - high)}, less than what is stated")
    return f"L - inf L >= {show(low - high)}" + (", the labels separable" if c.separates else "")
