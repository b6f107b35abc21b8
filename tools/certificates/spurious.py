"""CP4: f = a x + b under sum |f|, for all real (a, b)."""
from fractions import Fraction

from .record import Contradicts, checks


def half(p):
    """0 in the upper half plane with the positive axis, 1 in the lower."""
    return int(p[1] < 0 or (p[1] == 0 and p[0] < 0))


def in_turn(rays):
    """Sorted by angle, exactly: by half planes and cross products."""
    out = []
    for ray in rays:
        at = 0
        while at < len(out) and (half(out[at]), 0) <= (half(ray), 0) and not (
                half(out[at]) == half(ray) and out[at][0] * ray[1] - out[at][1] * ray[0] < 0):
            at += 1
        out.insert(at, ray)
    return out


def sign(v):
    return (v > 0) - (v < 0)


@checks("spurious_set")
def spurious_set(c):
    """The lines a x + b = 0 cut the plane into cones; between two neighbouring rays no sign changes,
    so that slopes are constant and the loss is linear.  The formula is convex and of degree 1: equal
    to the loss on both rays and at their sum, it is equal between them."""
    x = [row[0] for row in c.x]
    rays = in_turn([(s * 1, -s * v) for v in x for s in (1, -1)])
    points = [(Fraction(0), Fraction(0))]
    for r, s in zip(rays, rays[1:] + rays[:1]):
        if not r[0] * s[1] - r[1] * s[0] > 0:
            raise Contradicts("two rays are not in turn")
        if any(sign(r[0] * v + r[1]) * sign(s[0] * v + s[1]) < 0 for v in x):
            raise Contradicts("a sign changes inside a cone")
        points += [r, (r[0] + s[0], r[1] + s[1])]
    for a, b in points:
        f = [a * v + b for v in x]
        slope_a, slope_b = sum(v * sign(u) for v, u in zip(x, f)), sum(sign(u) for u in f)
        wedge = abs(b) < abs(a) or a == b == 0
        if (slope_b == 0) != wedge or (wedge and slope_a != 6 * sign(a)) or (
                not wedge and slope_a == slope_b == 0):
            raise Contradicts(f"the slopes at ({a}, {b})")
        if sum(abs(u) for u in f) != max(6 * abs(a), 4 * abs(a) + 2 * abs(b), 4 * abs(b)):
            raise Contradicts(f"the loss at ({a}, {b})")
    if c.outcome != "proved":
        raise Contradicts("all of it holds")
    return f"{len(rays)} rays and the cones between them, exactly"
