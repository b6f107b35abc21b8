"""Iterations in mpmath's intervals: DY10's modes, and linear regression whose SG's own step is
normalised or by line search (DY5, DY13)."""
import mpmath

from . import exact
from .inexact import ends
from .record import Contradicts, NotChecked, checks, inside, show
from .regression import Samples, ball
from .spectrum import end

iv = mpmath.iv


def pair(x):
    return end(x, -1), end(x, 1)


def decide(kept, least, most, strict=False):
    """Is least <= most, in every step so far?  True, False or None (undecided)."""
    gap = most - least
    so = gap.a > 0 if strict else gap.a >= 0
    never = gap.b <= 0 if strict else gap.b < 0
    return False if kept is False or never else kept if so else None


# ---- DY10 --------------------------------------------------------------------------------------

def mode(sigma, a_0, t):
    """sigma e^{2 sigma t} / (e^{2 sigma t} - 1 + sigma/a_0)."""
    e = iv.exp(2 * sigma * t)
    return sigma * e / (e - 1 + sigma / a_0)


@checks("mode")
def modes(c):
    """The recursion, the curve, and the clock's remainder at every look."""
    if c.outcome != "proved":
        raise NotChecked("only that the modes are on the clock is checked")
    if not (0 < c.a_0 < c.sigma and 0 < 8 * c.mu * c.sigma <= 1):
        raise Contradicts("outside the hypotheses")
    iv.dps = 80
    sigma, a_0, mu = ball(c.sigma), ball(c.a_0), ball(c.mu)
    a, x = a_0, mu * sigma
    for look in range(c.looks):
        for _ in range(c.gap):
            a = a * (1 + mu * (sigma - a)) ** 2
        t = mu * (look + 1) * c.gap
        inside(f"mode {look}", pair(a), c.interval(f"discrete_{look}"))
        inside(f"curve {look}", pair(mode(sigma, a_0, t)), c.interval(f"curve_{look}"))
        above = iv.mpf(3) / 2 * x ** 2 * t / (1 - 2 * x)
        most = x * t + above
        below = iv.mpf(3) / 8 * mu * x * iv.log(mode(sigma, a_0, t + most) / a_0) / (1 - x / 2)
        larger = iv.mpf([max(above.a, below.a), max(above.b, below.b)])
        rest = larger + iv.mpf(3) / 2 * mu * (sigma - mode(sigma, a_0, t - most)) * most
        shift = mu / 2 * (2 * sigma * t - iv.mpf(3) / 2 * iv.log(mode(sigma, a_0, t) / a_0))
        low, high = mode(sigma, a_0, t + shift - rest), mode(sigma, a_0, t + shift + rest)
        if low.a > a.b or high.b < a.a:
            raise Contradicts(f"look {look}: off the clock by more than the remainder")
        if not (low.b <= a.a and a.b <= high.a):
            raise NotChecked(f"look {look} is not decided in intervals of 80 digits")
    return f"{c.looks * c.gap} steps in intervals of 80 digits; a = {show(pair(a)[0])}"


# ---- DY5, DY13 ---------------------------------------------------------------------------------

def balls(a):
    return [[ball(x) for x in row] for row in a]


def dot(a, b):
    return sum((x * y for p, q in zip(a, b) for x, y in zip(p, q)), iv.mpf(0))


def root(x):
    """Of what is not negative."""
    return iv.sqrt(iv.mpf([max(x.a, 0), x.b]))


def trace(a):
    return sum((a[i][i] for i in range(len(a))), iv.mpf(0))


class Run:
    """Weights and SG on the way: s = p A + y B + C, from moments of x, y and 1."""
    def __init__(self, c):
        self.s = s = Samples(c)
        self.W, self.phi = balls(c.w_0), balls(c.phi_0)
        m = s.m
        self.exact = balls([[(i == j) - (i == m + j) for j in range(m)] for i in range(2 * m + 1)])
        self.S_x, self.S_xy, self.x_1 = balls(s.S_x), balls(s.S_xy), balls(s.x_1)
        self.S_y, self.y_1, self.one = balls(s.S_y), balls(s.y_1), balls(s.one)
        self.best = None if s.W is None else balls(s.W)

    def x_z(self, W):
        return exact.beside(exact.multiply(self.S_x, W), self.S_xy, self.x_1)

    S_z = Samples.S_z

    def delta(self):
        return exact.add(self.W, self.best, -1)

    def psi(self):
        return exact.add(self.phi, self.exact, -1)


def step_bound(run, c, mu, S, error):
    """(rho + mu l eps) |delta| + mu sqrt(l N*) eps at the state now."""
    least, most = (iv.mpf([ball(low).a, ball(high).b]) for low, high in (
        c.interval("lambda_min"), c.interval("lambda_max")))
    eps = root(error / trace(S))
    left = [abs(1 - mu * v) for v in (least, most)]
    rho = iv.mpf([max(v.a for v in left), max(v.b for v in left)])
    return ((rho + mu * most * eps) * root(dot(run.delta(), run.delta())) +
            mu * root(most * trace(run.S_z(run.best))) * eps)


@checks("iteration")
def iteration(c):
    """What every step lowers, again."""
    if c.outcome != "proved":
        raise NotChecked("the program could not decide every step")
    iv.dps = 200 + 2 * c.steps                   # intervals grow where the iteration does not
    run, mul = Run(c), exact.multiply
    theta, path, total = ball(c.theta), [run.W], iv.mpf(0)
    rates = [ball(v) for v in c.mu[0]]
    held = {"norm": True, "sum": True, "step": True, "energy": True}
    first = dot(run.psi(), run.psi())
    S = run.S_z(run.W)
    error = dot(run.psi(), mul(S, run.psi()))
    known = c.step != "undecided"
    if known:
        ends("lambda_min", run.s.S_x, c.interval("lambda_min"), False)
        ends("lambda_max", run.s.S_x, c.interval("lambda_max"), True)
    energy = error + dot(run.delta(), mul(run.S_x, run.delta())) if known else None
    for t in range(c.steps):
        mu, psi = rates[min(t, len(rates) - 1)], run.psi()
        late = run.S_z(path[max(0, t - c.tau)])
        G = mul(late, psi)
        lost, slope, N = dot(psi, G), dot(G, G), trace(late)
        nu = theta * (slope / dot(G, mul(late, G)) if c.line_search else 1 / N)
        held["norm"] = decide(held["norm"], nu * slope, 2 * lost)
        total += lost / N
        bound = step_bound(run, c, mu, S, error) if known else None
        moved = mul(run.x_z(run.W), run.phi)
        run.W = exact.add(run.W, exact.scale(mu, moved), -1)
        run.phi = exact.add(run.phi, exact.scale(nu, G), -1)
        path.append(run.W)
        S = run.S_z(run.W)
        error = dot(run.psi(), mul(S, run.psi()))
        if known:
            held["step"] = decide(held["step"], root(dot(run.delta(), run.delta())), bound)
            now = error + dot(run.delta(), mul(run.S_x, run.delta()))
            held["energy"] = decide(held["energy"], now, energy, True)
            energy = now
    held["sum"] = decide(True, theta * (2 - theta) * total, first)
    for name, so in held.items():
        said = getattr(c, name)
        if said == "undecided":
            continue
        if so is None:
            raise NotChecked(f"{name} is not decided in intervals of {iv.dps} digits")
        if so != (said == "proved"):
            raise Contradicts(f"{name} is {'met' if so else 'broken'}")
    inside("|Psi| over its start", pair(root(dot(run.psi(), run.psi()) / first)),
           c.interval("psi"))
    inside("the sum's share", pair(theta * (2 - theta) * total / first), c.interval("share"))
    return f"{c.steps} steps in intervals of {iv.dps} digits"
