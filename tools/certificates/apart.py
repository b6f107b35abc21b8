"""DY9: a deep linear net with an SG at a hidden layer beside backprop, step by step, in midpoints
and radii of whole numbers over 2^BITS: every rounding goes into the radius."""
from fractions import Fraction
from math import isqrt

import numpy as np

from . import exact
from .record import Contradicts, NotChecked, checks, inside, show

BITS = 700


class Ball:
    """A matrix in [mid - rad, mid + rad], over 2^BITS."""
    def __init__(self, mid, rad):
        self.mid, self.rad = mid, rad

    def __add__(self, other):
        return Ball(self.mid + other.mid, self.rad + other.rad)

    def __sub__(self, other):
        return Ball(self.mid - other.mid, self.rad + other.rad)

    def __matmul__(self, other):
        rad = abs(self.mid) @ other.rad + self.rad @ (abs(other.mid) + other.rad)
        return Ball((self.mid @ other.mid) >> BITS, (rad >> BITS) + 2)

    def times(self, factor):
        """factor: a Fraction."""
        p, q = factor.numerator, factor.denominator
        return Ball((self.mid * p) // q, (self.rad * abs(p)) // q + 2)

    @property
    def T(self):
        return Ball(self.mid.T, self.rad.T)


def ball(rows):
    mid = np.array([[(x.numerator << BITS) // x.denominator for x in row] for row in rows],
                   dtype=object)
    return Ball(mid, mid * 0 + 1)


def identity(n):
    return Ball(np.array([[(1 << BITS) * int(i == j) for j in range(n)] for i in range(n)],
                         dtype=object), np.zeros((n, n), dtype=object))


def beside(*parts):
    return Ball(np.hstack([p.mid for p in parts]), np.hstack([p.rad for p in parts]))


def above(*parts):
    return Ball(np.vstack([p.mid for p in parts]), np.vstack([p.rad for p in parts]))


class Moments:
    """E of products of x, y and 1."""
    def __init__(self, c):
        if c.given["one"] or c.y is None:
            raise NotChecked("samples with labels only")
        d, m = len(c.x[0]), len(c.y[0])
        M = exact.gram([list(p) + list(q) + [Fraction(1)] for p, q in zip(c.x, c.y)])
        part = lambda i, j, rows, columns: ball(exact.block(M, i, j, rows, columns))  # noqa: E731
        self.xx, self.xy, self.x1 = part(0, 0, d, d), part(0, d, d, m), part(0, d + m, d, 1)
        self.yy, self.y1, self.one = part(d, d, m, m), part(d, d + m, m, 1), part(
            d + m, d + m, 1, 1)


def down(W, left, credit, chosen):
    """L_j^T credit (W_{j+1} ... W_last)^T for the chosen layers, the last first."""
    out = {}
    for j in reversed(chosen):
        out[j] = left[j].T @ credit
        credit = credit @ W[j].T
    return out


def step(W, phi, M, at, mu, nu):
    """One step of all parts; phi None: backprop.  s = h A + y B + C, g = (h V - y) V^T."""
    layers = len(W)
    left = [identity(len(W[0].mid))]
    for layer in W:
        left.append(left[-1] @ layer)
    error = M.xx @ left[-1] - M.xy                                           # E[x^T (p - y)]
    chosen = range(layers) if phi is None else range(at, layers)
    moves = down(W, left, error, chosen)
    if phi is not None:
        H, V = left[at], identity(len(W[at].mid))
        for layer in W[at:]:
            V = V @ layer
        x_z = beside(M.xx @ H, M.xy, M.x1)
        h_y, h_1 = H.T @ M.xy, H.T @ M.x1
        S = above(H.T @ x_z, beside(h_y.T, M.yy, M.y1), beside(h_1.T, M.y1.T, M.one))
        z_p = above(H.T @ (M.xx @ left[-1]), M.xy.T @ left[-1], M.x1.T @ left[-1])
        z_y = above(h_y, M.yy, M.y1.T)
        target = (z_p - z_y) @ V.T                                           # E[z^T g]
        moves.update(down(W, left, x_z @ phi, range(at)))
        keep = identity(len(S.mid)) - S.times(nu)
        phi = keep @ phi + target.times(nu)
    return [layer - moves[j].times(mu) for j, layer in enumerate(W)], phi


@checks("deep_apart")
def deep_apart(c):
    """|W - W_backprop| after all steps."""
    if c.outcome != "proved":
        raise NotChecked("the program could not enclose the distance")
    M, layers, flat = Moments(c), [], c.w_0[0]
    for inputs, outputs in zip(c.width, c.width[1:]):
        layers.append(ball([flat[i * outputs:(i + 1) * outputs] for i in range(inputs)]))
        flat = flat[inputs * outputs:]
    if flat:
        raise ValueError("more weights than the net has")
    W, phi, plain = list(layers), ball(c.phi_0), list(layers)
    for _ in range(c.steps):
        W, phi = step(W, phi, M, c.at, c.mu, c.nu)
        plain, _ = step(plain, None, M, c.at, c.mu, c.nu)
    low = high = 0
    for a, b in zip(W, plain):
        off = a - b
        far = abs(off.mid)
        near = np.maximum(far - off.rad, 0)
        low, high = low + (near * near).sum(), high + ((far + off.rad) ** 2).sum()
    own = Fraction(isqrt(low), 1 << BITS), Fraction(isqrt(high) + 1, 1 << BITS)
    if own[1] - own[0] > own[1] / 10 ** 15:
        raise NotChecked(f"known to [{show(own[0])}, {show(own[1])}] only, by {BITS} bits")
    inside("the distance", own, c.interval("distance"))
    if not own[0] > 0:
        raise Contradicts("the runs may be the same")
    return f"{c.steps} steps of whole numbers over 2^{BITS}: {show(own[0])}"
