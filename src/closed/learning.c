/* The SG from phi = 0 with the weights at rest: how long until it predicts the gradient.
 *
 * With z = (p*, y, 1), y = p* - r and orthonormal 1, (p* - E p*) / sd, r's rest, the rows of
 *     T = (E p, E p - E r, 1; s, s - c, 0; 0, -t, 0),   r = (E r, c, t) there,
 * have Z = Q T, so that lambda_j are the squares of T's singular values and psi_0 = -phi* makes
 * z psi_0 = r.  One-sided Jacobi turns the rows, each on its own scale: a small lambda_j keeps its
 * digits beside one 1e30 times as large (Demmel and Veselic 1992). */
#include <math.h>

#include "synthgrad/closed.h"

enum { SWEEPS = 30 };

static long double dot(const long double a[3], const long double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Rows j and k of T, and entries of r, turned until the rows are orthogonal. */
static bool turn(long double t[3][3], long double r[3], size_t j, size_t k)
{
    const long double a = dot(t[j], t[j]), b = dot(t[k], t[k]), ab = dot(t[j], t[k]);
    if (fabsl(ab) <= 1e-18L * sqrtl(a) * sqrtl(b))
        return false;
    const long double zeta = (b - a) / (2 * ab),
                      tangent = copysignl(1, zeta) / (fabsl(zeta) + hypotl(1, zeta)),
                      c = 1 / hypotl(1, tangent), s = c * tangent;
    for (size_t i = 0; i < 3; i++) {
        const long double u = t[j][i], v = t[k][i];
        t[j][i] = c * u - s * v;
        t[k][i] = s * u + c * v;
    }
    const long double u = r[j], v = r[k];
    r[j] = c * u - s * v;
    r[k] = s * u + c * v;
    return true;
}

void sg_closed_sg_modes(double lambda[3], double share[3], const struct sg_sg_moments *m)
{
    SG_REQUIRE(lambda && share && m);
    const long double p = (long double)m->p_mean, s = (long double)m->p_sd,
                      e = (long double)m->r_mean, c = (long double)m->r_along,
                      rest = (long double)m->r_rest;
    long double t[3][3] = {{p, p - e, 1}, {s, s - c, 0}, {0, -rest, 0}}, r[3] = {e, c, rest};
    const long double size = dot(r, r);
    bool turned = true;
    for (size_t sweep = 0; sweep < SWEEPS && turned; sweep++) {
        turned = turn(t, r, 0, 1);
        turned = turn(t, r, 0, 2) || turned;
        turned = turn(t, r, 1, 2) || turned;
    }
    for (size_t j = 0; j < 3; j++) {
        lambda[j] = (double)dot(t[j], t[j]);
        share[j] = (double)(r[j] * r[j] / size);
    }
}

/* log of sum_j share_j (1 - nu lambda_j)^(2 t), less log error^2, for t > 0. */
static double excess(const double lambda[3], const double share[3], double nu, double error,
                     double t)
{
    double sum = 0;
    for (size_t j = 0; j < 3; j++) {
        const double a = nu * lambda[j];
        if (share[j] > 0)
            sum += share[j] * exp(2 * t * (a < 1 ? log1p(-a) : log(a - 1)));
    }
    return sum > 0 ? log(sum) - 2 * log(error) : -HUGE_VAL;
}

double sg_closed_sg_steps(const double lambda[3], const double share[3], double nu, double error)
{
    SG_REQUIRE(lambda && share);
    double low = 0, high = 1;
    SG_REQUIRE(error > 0 && error < 1);
    while (excess(lambda, share, nu, error, high) > 0) {
        high *= 2;
        if (!isfinite(high))
            return HUGE_VAL;
    }
    while (high - low > fmax(0.5, 1e-12 * high)) {
        const double middle = low + (high - low) / 2;
        *(excess(lambda, share, nu, error, middle) > 0 ? &low : &high) = middle;
    }
    return ceil(high);
}
