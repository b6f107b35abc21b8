/* The modes of a two-layer linear net on whitened inputs, from a balanced aligned start (DY10).
 *
 * W_1 = U diag(b) Q^T, W_2 = Q diag(b) V^T with E[x^T y] = U diag(sigma) V^T, Q^T Q = I: the flow
 * and every gradient step keep this form, and a = b^2 of each mode obeys a' = 2 a (sigma - a) or
 * a+ = a (1 + mu (sigma - a))^2, whatever the other modes do.
 * Source: Saxe, McClelland, Ganguli, ICLR 2014; the discrete mode and its clock: claim DY10. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

double sg_closed_saxe_mode(double sigma, double a_0, double t)
{
    return sigma / (1 + (sigma / a_0 - 1) * exp(-2 * sigma * t));
}

double sg_closed_saxe_step(double a, double sigma, double mu)
{
    const double growth = 1 + mu * (sigma - a);
    return a * growth * growth;
}

/* A step moves the mode's own clock ln(a / (sigma - a)) / (2 sigma) by mu + (mu^2/2)
 * (3a - sigma) + mu R x^2, x = mu sigma, 0 <= R <= (3/2)/(1 - 2x).  Summed with S = sum
 * mu (sigma - a_k), S = L/2 + (mu/2) [0, sigma S], L = ln(a/a_0):
 *     shift = (mu/2) (2 sigma t - (3/2) L),
 * up to (3/4) mu^2 sigma S below, t x^2 R above, and (3/4) mu
 * |L(shifted) - L(t)|, |L'| = 2 (sigma - a). */
struct sg_saxe_clock sg_closed_saxe_clock(double sigma, double a_0, double mu, double t)
{
    const double x = mu * sigma, a = sg_closed_saxe_mode(sigma, a_0, t),
                 above = 1.5 * x * x * t / (1 - 2 * x);
    const double most = x * t + above, before = sg_closed_saxe_mode(sigma, a_0, fmax(0, t - most));
    const double log_ratio = log(sg_closed_saxe_mode(sigma, a_0, t + most) / a_0),
                 below = 0.375 * mu * x * log_ratio / (1 - x / 2);
    const double ends = 0.75 * mu * 2 * (sigma - before) * most;
    struct sg_saxe_clock c = {.shift = mu / 2 * (2 * sigma * t - 1.5 * log(a / a_0)),
                              .remainder = fmax(above, below) + ends};
    const double low = sg_closed_saxe_mode(sigma, a_0, fmax(0, t + c.shift - c.remainder));
    const double high = sg_closed_saxe_mode(sigma, a_0, t + c.shift + c.remainder);
    c.a = sg_closed_saxe_mode(sigma, a_0, t + c.shift);
    c.slope = 2 * a * (sigma - a) * c.shift / mu;
    c.error = 2 * high * (sigma - low) * c.remainder;
    return c;
}

/* Eigenvectors (u; v)/sqrt 2 of [[0, E], [E^T, 0]], E = E[x^T y]: small singular values keep their
 * absolute accuracy u sigma_1. */
enum sg_status sg_closed_saxe_start(double *w, struct sg_saxe *saxe, const struct sg_data *data,
                                    const double *q, size_t k, double fraction)
{
    SG_REQUIRE(w && saxe && data && q);
    const size_t d = data->d, m = data->m, size = d + m, least = d < m ? d : m,
                 r = least < k ? least : k;
    double *cross = SG_NEW(d * m, double), *whole = SG_NEW(size * size, double),
           *lambda = SG_NEW(size, double), *vectors = SG_NEW(size * size, double);
    sg_base_mul_tn(cross, data->x, data->y, d, data->n, m);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < m; j++)
            whole[i * size + d + j] = whole[(d + j) * size + i] = cross[i * m + j] /
                                                                  (double)data->n;
    const enum sg_status status = sg_base_eigen_symmetric(lambda, vectors, whole, size);
    *saxe = (struct sg_saxe){.modes = r,
                             .next = r < least ? lambda[r] : 0,
                             .sigma = SG_NEW(r, double),
                             .a_0 = SG_NEW(r, double),
                             .u = SG_NEW(d * r, double),
                             .v = SG_NEW(m * r, double)};
    memset(w, 0, (d * k + k * m) * sizeof *w);
    for (size_t i = 0; i < r; i++) {
        saxe->sigma[i] = lambda[i];
        saxe->a_0[i] = fraction * lambda[i];
        const double b = sqrt(saxe->a_0[i]);
        for (size_t j = 0; j < size; j++) {
            const double entry = M_SQRT2 * vectors[j * size + i];
            *(j < d ? &saxe->u[j * r + i] : &saxe->v[(j - d) * r + i]) = entry;
            for (size_t o = 0; o < k; o++)
                *(j < d ? &w[j * k + o] : &w[d * k + o * m + j - d]) += b * entry * q[o * k + i];
        }
    }
    free(cross);
    free(whole);
    free(lambda);
    free(vectors);
    return status;
}

void sg_closed_saxe_free(struct sg_saxe *saxe)
{
    if (!saxe)
        return;
    free(saxe->sigma);
    free(saxe->a_0);
    free(saxe->u);
    free(saxe->v);
    *saxe = (struct sg_saxe){0};
}
