"""Matrices of Fractions, as lists of rows: every operation is exact."""
import math
from fractions import Fraction


def shape(a):
    return len(a), len(a[0])


def eye(n):
    return [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]


def zeros(n, m):
    return [[Fraction(0)] * m for _ in range(n)]


def transpose(a):
    return [list(row) for row in zip(*a)]


def multiply(a, b):
    columns = transpose(b)
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def add(a, b, factor=1):
    return [[x + factor * y for x, y in zip(p, q)] for p, q in zip(a, b)]


def scale(factor, a):
    return [[factor * x for x in row] for row in a]


def beside(*blocks):
    return [sum((list(row) for row in rows), []) for rows in zip(*blocks)]


def above(*blocks):
    return [list(row) for block in blocks for row in block]


def kron(a, b):
    return [[x * y for x in p for y in q] for p in a for q in b]


def whole(a):
    """Whole numbers and the power of two that they are over: a dyadic matrix, fast to multiply."""
    exponent = max(x.denominator.bit_length() - 1 for row in a for x in row)
    if any(x.denominator & (x.denominator - 1) for row in a for x in row):
        raise ValueError("not dyadic")
    return [[x.numerator << exponent - (x.denominator.bit_length() - 1) for x in row]
            for row in a], exponent


def gram(rows):
    """E[v^T v] over the rows v of doubles."""
    whole_rows, exponent = whole(rows)
    columns = transpose(whole_rows)
    n, size = len(rows), len(columns)
    out = zeros(size, size)
    for i in range(size):
        for j in range(i + 1):
            total = sum(x * y for x, y in zip(columns[i], columns[j]))
            out[i][j] = out[j][i] = Fraction(total, n << 2 * exponent)
    return out


def block(a, row, column, rows, columns):
    return [line[column:column + columns] for line in a[row:row + rows]]


def solve(a, b):
    """a^-1 b by Gauss, exactly; None where a is singular."""
    n = len(a)
    m = [list(p) + list(q) for p, q in zip(a, b)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if m[i][k] != 0), None)
        if pivot is None:
            return None
        m[k], m[pivot] = m[pivot], m[k]
        for i in range(k + 1, n):
            factor = m[i][k] / m[k][k]
            if factor:
                m[i] = [x - factor * y for x, y in zip(m[i], m[k])]
    for k in reversed(range(n)):
        m[k] = [x / m[k][k] for x in m[k]]
        for i in range(k):
            factor = m[i][k]
            if factor:
                m[i] = [x - factor * y for x, y in zip(m[i], m[k])]
    return [row[n:] for row in m]


def is_positive(a):
    """Is a symmetric matrix positive definite?  Exactly yes or no, by its leading minors, which
    Bareiss' elimination finds in whole numbers."""
    common = 1
    for row in a:
        for x in row:
            common = math.lcm(common, x.denominator)
    m, n, before = [[int(x * common) for x in row] for row in a], len(a), 1
    for k in range(n):
        if m[k][k] <= 0:
            return False
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) // before
        before = m[k][k]
    return True


def shifted(a, factor, shift):
    """factor a + shift I."""
    return [[factor * x + (shift if i == j else 0) for j, x in enumerate(row)]
            for i, row in enumerate(a)]


def rounded(a, bits):
    """a to whole multiples of 2^-bits, each off by less than one."""
    return [[Fraction((x.numerator << bits) // x.denominator, 1 << bits) for x in row] for row in a]


def characteristic(J):
    """(coefficients of det(x I - D J), the lowest first, D), whole: Faddeev and LeVerrier."""
    n, D = len(J), math.lcm(*(x.denominator for row in J for x in row))
    A = [[int(x * D) for x in row] for row in J]
    M, c = [[0] * n for _ in range(n)], [0] * n + [1]
    for k in range(1, n + 1):
        # M <- A M + c I; the trace of A M is that of the product
        turned = [list(column) for column in zip(*M)]
        M = [[sum(x * y for x, y in zip(row, column) if x and y) for column in turned]
             for row in A]
        for i in range(n):
            M[i][i] += c[n - k + 1]
        c[n - k] = -sum(x * M[j][i] for i in range(n) for j, x in enumerate(A[i])) // k
    return c, D


def is_semidefinite(a):
    """Symmetric, and no coefficient of det(x I + a) is negative."""
    return a == transpose(a) and min(characteristic(scale(-1, a))[0]) >= 0
