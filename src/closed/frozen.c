/* A frozen SG, s = p A + y B + C for good: the weights follow an affine
 * iteration, mode by mode (DY2).
 *
 * Row i of V^T W in the eigenbasis of S_x = V diag(lambda) V^T, with u_i, e_i those of
 * V^T E[x^T y], V^T E[x^T 1]:
 *
 *     v' = v (I - mu lambda_i A) - mu b_i,   b_i = u_i B + e_i C,
 *     so   v_t = v* + (v_0 - v*) (I - mu lambda_i A)^t,   v* lambda_i A = -b_i.
 *
 * In the null space of X, lambda_i = 0, also u_i = 0 and e_i = 0: nothing moves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* power = a^t (m x m) by squaring: O(log t) products. */
static void matrix_power(double *power, const double *a, size_t m, uint64_t t)
{
    double *square = sg_base_copy(a, m * m, sizeof *a), *product = SG_NEW(m * m, double);
    for (size_t i = 0; i < m * m; i++)
        power[i] = i % (m + 1) == 0 ? 1.0 : 0.0;
    for (; t > 0; t >>= 1) {
        if (t & 1) {
            sg_base_mul(product, power, square, m, m, m);
            memcpy(power, product, m * m * sizeof *power);
        }
        sg_base_mul(product, square, square, m, m, m);
        memcpy(square, product, m * m * sizeof *square);
    }
    free(square);
    free(product);
}

/* rest (d x m): v* of every mode that moves, -(1/lambda_i) b_i A^{-1}, and 0 in the null
 * space.  mode (d x m): V^T W_0. */
static enum sg_status resting_modes(double *rest, double *mode, const struct sg_fit *fit,
                                    const double *w_0, const double *phi)
{
    const size_t d = fit->d, m = fit->m, q = fit->q;
    double *projected = SG_NEW(d * q, double), *a_t = SG_NEW(m * m, double),
           *b_t = SG_NEW(m * d, double), *x_t = SG_NEW(m * d, double);
    /* V^T E[x^T (p*, y, 1)]; p* is not looked at */
    sg_base_mul_tn(projected, fit->v_x, fit->x_z, d, d, q);
    sg_base_mul_tn(mode, fit->v_x, w_0, d, d, m);
    for (size_t j = 0; j < m; j++) {
        for (size_t l = 0; l < m; l++)
            a_t[j * m + l] = phi[l * m + j];
        for (size_t i = 0; i < fit->rank; i++)
            for (size_t l = m; l < q; l++)                       /* the rows of B, then C */
                b_t[j * d + i] -= projected[i * q + l] * phi[l * m + j] / fit->lambda_x[i];
    }
    const enum sg_status status = sg_base_solve(x_t, a_t, b_t, m, d);
    for (size_t i = 0; i < d * m; i++)
        rest[i] = x_t[(i % m) * d + i / m];
    free(projected);
    free(a_t);
    free(b_t);
    free(x_t);
    return status;
}

enum sg_status sg_closed_frozen(double *w_t, const struct sg_fit *fit, const double *w_0,
                                const double *phi, double mu, uint64_t t)
{
    SG_REQUIRE(fit && phi);
    const size_t d = fit->d, m = fit->m;
    double *rest = SG_NEW(d * m, double), *mode = SG_NEW(d * m, double),
           *step = SG_NEW(m * m, double), *power = SG_NEW(m * m, double);
    double *moved = SG_NEW(m, double);
    const enum sg_status status = resting_modes(rest, mode, fit, w_0, phi);
    for (size_t i = 0; i < fit->rank; i++) {
        for (size_t k = 0; k < m * m; k++)
            step[k] = (k % (m + 1) == 0 ? 1.0 : 0.0) - mu * fit->lambda_x[i] * phi[k];
        matrix_power(power, step, m, t);
        for (size_t j = 0; j < m; j++)
            mode[i * m + j] -= rest[i * m + j];
        sg_base_mul(moved, mode + i * m, power, 1, m, m);
        for (size_t j = 0; j < m; j++)
            mode[i * m + j] = rest[i * m + j] + moved[j];
    }
    sg_base_mul(w_t, fit->v_x, mode, d, d, m);
    free(rest);
    free(mode);
    free(step);
    free(power);
    free(moved);
    return status;
}

enum sg_status sg_closed_frozen_limit(double *w, const struct sg_fit *fit, const double *w_0,
                                      const double *phi)
{
    SG_REQUIRE(fit);
    const size_t d = fit->d, m = fit->m;
    double *rest = SG_NEW(d * m, double), *mode = SG_NEW(d * m, double);
    const enum sg_status status = resting_modes(rest, mode, fit, w_0, phi);
    memcpy(mode, rest, fit->rank * m * sizeof *mode);
    sg_base_mul(w, fit->v_x, mode, d, d, m);
    free(rest);
    free(mode);
    return status;
}

double sg_closed_frozen_critical(const double complex *a, size_t m, double lambda_max)
{
    SG_REQUIRE(a);
    double critical = HUGE_VAL;
    for (size_t j = 0; j < m; j++)
        critical = fmin(critical,
                        2 * creal(a[j]) /
                            (lambda_max * (creal(a[j]) * creal(a[j]) + cimag(a[j]) * cimag(a[j]))));
    return critical > 0 ? critical : 0.0;
}
