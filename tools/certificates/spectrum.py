"""Eigenvalues of a matrix of Fractions, enclosed in discs.

Approximate eigenvectors V come from floating point and are sharpened in whole numbers over a power
of two; nothing about them has to be true.  With Y near V^-1, exactly Y V = I + E, so that
    V^-1 J V = (I + E)^-1 G = G - E (I + E)^-1 G,   G = Y J V,
and Gershgorin's discs of G, widened by |E| |G| / (1 - |E|) in the norm of row sums, contain all
eigenvalues: each connected component as many as it has discs.  Multiple eigenvalues are fine where
they have a basis of eigenvectors."""
from fractions import Fraction
from math import isqrt

import mpmath
import numpy as np

from .record import NotChecked

BITS = 280


class Complex:
    """A matrix of Gaussian integers over 2^bits."""
    def __init__(self, real, imaginary):
        self.re, self.im = real, imaginary

    def __matmul__(self, other):
        return Complex(self.re.dot(other.re) - self.im.dot(other.im),
                       self.re.dot(other.im) + self.im.dot(other.re))

    def __rshift__(self, bits):
        return Complex(self.re >> bits, self.im >> bits)

    def row_sums(self):
        return [sum(absolute(x, y) for x, y in zip(p, q)) for p, q in zip(self.re, self.im)]


def absolute(x, y):
    """An upper bound of |x + i y|, whole."""
    return abs(x) if y == 0 else abs(y) if x == 0 else isqrt(x * x + y * y) + 1


def to_whole(a):
    """Doubles to whole numbers over 2^BITS, exactly or rounded towards minus infinity."""
    out = np.empty(a.shape, dtype=object)
    for at, x in np.ndenumerate(a):
        p, q = float(x).as_integer_ratio()
        out[at] = (p << BITS) // q
    return out


def from_floats(a):
    return Complex(to_whole(a.real), to_whole(a.imag))


def approximate_vectors(J, values, vectors):
    """The eigenvectors, those of a cluster as an orthonormal basis of the null space of J - value:
    the solver's own may be nearly parallel there."""
    n, scale = len(J), max(1e-300, np.abs(values).max())
    vectors, left = vectors.astype(complex), set(range(n))
    while left:
        i = left.pop()
        cluster = [i] + [j for j in left if abs(values[i] - values[j]) < 1e-6 * scale]
        left -= set(cluster)
        if len(cluster) > 1:
            middle = np.mean(values[cluster])
            basis = np.linalg.svd(J - middle * np.eye(n))[2]
            vectors[:, cluster] = basis[-len(cluster):].conj().T
    return vectors


def sharpen(J, V, Y, values, scale):
    """One step of Newton for V^-1 J V to be diagonal: V <- V (I + X), X_ij = G_ij / (g_j - g_i)
    outside clusters; then Y <- Y (2 I - V Y)."""
    n = len(values)
    G = (Y @ (Complex(J, J * 0) @ V >> BITS)) >> BITS
    gap = values[None, :] - values[:, None]
    far = np.abs(gap) > 1e-6 * scale
    X_re, X_im = V.re * 0, V.im * 0
    for i in range(n):
        for j in range(n):
            if far[i, j]:
                a, b = G.re[j, j] - G.re[i, i], G.im[j, j] - G.im[i, i]
                square = a * a + b * b
                X_re[i, j] = ((G.re[i, j] * a + G.im[i, j] * b) << BITS) // square
                X_im[i, j] = ((G.im[i, j] * a - G.re[i, j] * b) << BITS) // square
    step = V @ Complex(X_re, X_im) >> BITS
    V = Complex(V.re + step.re, V.im + step.im)
    for _ in range(3):
        YV = Y @ V >> BITS
        rest = Complex(-YV.re, -YV.im)
        for i in range(n):
            rest.re[i, i] += 2 << BITS
        Y = rest @ Y >> BITS
    return V, Y


def discs_of(J, V, Y):
    """Discs (re, im, radius) as Fractions; J: whole numbers over 2^BITS, each off by at most 1."""
    n = len(J)
    YV = Y @ V
    for i in range(n):
        YV.re[i, i] -= 1 << 2 * BITS
    E = max(Fraction(s, 1 << 2 * BITS) for s in YV.row_sums())
    if E >= Fraction(1, 2):
        return None
    G = Y @ (Complex(J, J * 0) @ V)
    unit = 1 << 3 * BITS
    sums = G.row_sums()
    # what rounding J moved: each entry by 1 at most, |Y| 1 1^T |V|, whose row sums are
    moved = max(Y.row_sums()) * sum(V.row_sums())
    norm = Fraction(max(sums) + moved, unit)
    widen = E * norm / (1 - E) + Fraction(moved, unit)
    discs = []
    for i in range(n):
        on = absolute(G.re[i, i], G.im[i, i])
        radius = Fraction(max(0, sums[i] - on) + 2, unit) + widen
        # over 2^-2 BITS, rounded outwards: short numbers
        discs.append(tuple(Fraction(int(x * (1 << 2 * BITS)), 1 << 2 * BITS) for x in
                           (Fraction(G.re[i, i], unit), Fraction(G.im[i, i], unit))) +
                     (Fraction(int(radius * (1 << 2 * BITS)) + 3, 1 << 2 * BITS),))
    return discs


def balanced(J):
    """D^-1 J D with powers of two in the diagonal D, by Osborne: rows and columns of the same size,
    the same eigenvalues exactly.  Columns of other units make eigenvectors nearly parallel."""
    size = np.abs(np.array([[float(x) for x in row] for row in J]))
    np.fill_diagonal(size, 0)
    n, exponent = len(J), [0] * len(J)
    for _ in range(20):
        moved = False
        for i in range(n):
            column, row = size[:, i].sum(), size[i].sum()
            if column > 0 and row > 0:
                shift = int(round(np.log2(row / column) / 2))
                if shift:
                    exponent[i] += shift
                    size[:, i] *= 2.0 ** shift
                    size[i] *= 2.0 ** -shift
                    moved = True
        if not moved:
            break
    return [[x * Fraction(2) ** (exponent[j] - exponent[i]) if x else x
             for j, x in enumerate(row)] for i, row in enumerate(J)]


def discs(J, sharpenings=0):
    """Discs that contain the eigenvalues of a matrix of Fractions, or None."""
    J = balanced(J)
    floats = np.array([[float(x) for x in row] for row in J])
    rounded = np.array([[(x.numerator << BITS) // x.denominator for x in row] for row in J],
                       dtype=object)
    values, vectors = np.linalg.eig(floats)
    vectors = approximate_vectors(floats, values, vectors)
    try:
        inverse = np.linalg.inv(vectors)
    except np.linalg.LinAlgError:
        return None
    V, Y, scale = from_floats(vectors), from_floats(inverse), np.abs(values).max()
    for _ in range(sharpenings):
        V, Y = sharpen(rounded, V, Y, values, scale)
    return discs_of(rounded, V, Y)


def components(discs_):
    """The connected components of the union of discs."""
    parts = []
    for disc in discs_:
        touching = [part for part in parts if any(
            (disc[0] - other[0]) ** 2 + (disc[1] - other[1]) ** 2 <= (disc[2] + other[2]) ** 2
            for other in part)]
        parts = [part for part in parts if part not in touching] + [sum(touching, []) + [disc]]
    return parts


def modulus(x, y):
    """|x + i y| between two Fractions 2^-300 apart, exactly on the real line."""
    if y == 0:
        return abs(x), abs(x)
    square = x * x + y * y
    root = isqrt((square.numerator << 600) // square.denominator)
    return Fraction(root, 1 << 300), Fraction(root + 1, 1 << 300)


def modulus_of_square(square):
    """An upper bound of a root of a Fraction."""
    return Fraction(isqrt((square.numerator << 600) // square.denominator) + 1, 1 << 300)


def radius_of(discs_):
    """The spectral radius, enclosed."""
    low = high = Fraction(0)
    for part in components(discs_):
        ends = [(*modulus(x, y), r) for x, y, r in part]
        low = max(low, min(below - r for below, _, r in ends))
        high = max(high, max(over + r for _, over, r in ends))
    return low, high


def abscissa_of(discs_):
    """The largest real part, enclosed."""
    parts = components(discs_)
    return (max(min(x - r for x, _, r in part) for part in parts),
            max(x + r for part in parts for x, _, r in part))


def powers_radius(J, low, high, enough, most=60):
    """The spectral radius by squarings: (|tr J^k| / n)^(1/k) <= rho <= |J^k|_F^(1/k), in whole
    numbers over 2^BITS; the errors are kept in one bound for all entries.  For defective matrices,
    where no basis of eigenvectors is near."""
    n = len(J)
    A = np.array([[(x.numerator << BITS) // x.denominator for x in row] for row in J],
                 dtype=object)
    error, exponent, k = 1, 0, 1                 # J^k = 2^exponent (A +- error) / 2^BITS
    mpmath.iv.dps = 60
    for _ in range(most):
        largest = max(abs(x) for x in A.flat)
        down = max(0, largest.bit_length() - BITS)
        if largest and largest.bit_length() < BITS:
            down = largest.bit_length() - BITS
        A = A >> down if down > 0 else A * (1 << -down)
        error = (error >> down) + 2 if down > 0 else error << -down
        exponent += down
        largest = max(abs(x) for x in A.flat)
        if largest == 0 or error * (1 << 40) > largest:
            break
        trace = abs(sum(A[i, i] for i in range(n))) - n * error
        frobenius = isqrt(sum((abs(x) + error) ** 2 for x in A.flat)) + 1
        scale_ = mpmath.iv.mpf(2) ** exponent / mpmath.iv.mpf(2) ** BITS
        upper = (mpmath.iv.mpf(frobenius) * scale_) ** (mpmath.iv.mpf(1) / k)
        high = min(high, end(upper, 1)) if high is not None else end(upper, 1)
        if trace > 0:
            lower = (mpmath.iv.mpf(trace) / n * scale_) ** (mpmath.iv.mpf(1) / k)
            low = max(low, end(lower, -1))
        if enough(low, high):
            break
        A = A.dot(A) >> BITS
        error = (2 * n * largest * error + n * error * error >> BITS) + 2
        exponent, k = 2 * exponent, 2 * k
    return low, high


def end(x, side):
    """An end of an interval of mpmath's as a Fraction."""
    sign, mantissa, exponent, _ = (x.b if side > 0 else x.a)._mpi_[0]
    value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -value if sign else value


def deflated(J):
    """J without the rows and columns of an index whose row or column is 0, which has the eigenvalue
    0 and nothing to do with the others; again, until there is none."""
    while True:
        n = len(J)
        gone = next((i for i in range(n) if not any(J[i]) or not any(row[i] for row in J)), None)
        if gone is None or n == 1:
            return J
        J = [row[:gone] + row[gone + 1:] for row in J[:gone] + J[gone + 1:]]


def enclose_radius(J, enough):
    """The spectral radius of J, enclosed until enough(low, high) says so: by discs, by sharpened
    discs, by powers where the discs are wide, as they are of a defective matrix."""
    J, low, high = deflated(J), Fraction(0), None
    for sharpenings in (0, 2, 4):
        found = discs(J, sharpenings)
        if found is None:
            break
        l, h = radius_of(found)
        low, high = max(low, l), h if high is None else min(high, h)
        if enough(low, high):
            return low, high
        if max(r for _, _, r in found) > Fraction(1, 1 << 20):
            break
    low, high = powers_radius(balanced(J), low, high, enough)
    if high is None:
        raise NotChecked("the spectral radius could not be enclosed")
    return low, high
