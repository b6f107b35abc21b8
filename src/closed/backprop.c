/* Backprop on linear regression, mode by mode:
 * V^T (W_t - W*) = (1 - mu lambda)^t V^T (W_0 - W*)   (DY1). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* w = W* + V diag(factor) V^T (W_0 - W*). */
static void by_modes(double *w, const struct sg_fit *fit, const double *w_0, const double *factor)
{
    const size_t d = fit->d, m = fit->m;
    double *delta = sg_base_copy(w_0, d * m, sizeof *w_0), *mode = SG_NEW(d * m, double);
    for (size_t i = 0; i < d * m; i++)
        delta[i] -= fit->w[i];
    sg_base_mul_tn(mode, fit->v_x, delta, d, d, m);
    for (size_t i = 0; i < d * m; i++)
        mode[i] *= factor[i / m];
    sg_base_mul(w, fit->v_x, mode, d, d, m);
    for (size_t i = 0; i < d * m; i++)
        w[i] += fit->w[i];
    free(delta);
    free(mode);
}

void sg_closed_backprop(double *w_t, const struct sg_fit *fit, const double *w_0, double mu,
                        uint64_t t)
{
    SG_REQUIRE(fit);
    double *factor = SG_NEW(fit->d, double);
    for (size_t i = 0; i < fit->d; i++)
        factor[i] = pow(1 - mu * fit->lambda_x[i], (double)t);
    by_modes(w_t, fit, w_0, factor);
    free(factor);
}

void sg_closed_backprop_limit(double *w, const struct sg_fit *fit, const double *w_0)
{
    SG_REQUIRE(fit);
    double *factor = SG_NEW(fit->d, double);
    for (size_t i = 0; i < fit->d; i++)
        factor[i] = i < fit->rank ? 0.0 : 1.0;
    by_modes(w, fit, w_0, factor);
    free(factor);
}
