/* Transient growth of a stable step that is not normal: max_k |J^k|, and a bound on |J^k|. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

enum sg_status sg_approx_transient_growth(double *growth, size_t *k_max, const double *jacobian,
                                          size_t size, double rho, double cond, size_t limit)
{
    SG_REQUIRE(growth && k_max);
    double *power = SG_NEW(size * size, double), *next = SG_NEW(size * size, double),
           *gram = SG_NEW(size * size, double), bound = cond;
    enum sg_status status = rho < 1 ? SG_OK : SG_HYPOTHESIS;
    for (size_t i = 0; i < size; i++)
        power[i * size + i] = 1.0;
    *growth = 1.0;
    *k_max = 0;
    for (size_t k = 1; status == SG_OK && (bound *= rho) > *growth; k++) {
        double norm;
        if (k > limit) {
            *k_max = limit;
            break;
        }
        sg_base_mul(next, jacobian, power, size, size, size);
        memcpy(power, next, size * size * sizeof *power);
        sg_base_mul_tn(gram, power, power, size, size, size);
        /* |A^T A|_F^(1/2) >= |A|: where this is too small, that is */
        norm = sqrt(sg_base_norm(gram, size * size));
        if (!(norm <= *growth))
            status = sg_base_norm2(&norm, power, size, size);
        else if (norm <= 1)
            /* |J^(ak + b)| <= |J^k|^a |J^b|: nothing later is larger */
            break;
        if (status == SG_OK && norm > *growth) {
            *growth = norm;
            *k_max = k;
        }
    }
    if (status != SG_OK)
        *growth = SG_NAN;
    free(power);
    free(next);
    free(gram);
    return status;
}

/* Spectral radius of I - rate S. */
static double block_radius(const double *lambda, size_t n, double rate)
{
    return fmax(fabs(1 - rate * lambda[0]), fabs(1 - rate * lambda[n - 1]));
}

/* In xi = S_x^(1/2) dw, eta = S_z^(1/2) dPhi the corner is -mu S_x K with |K| <= 1. */
void sg_closed_joint_powers_bound(double *bound, size_t n, const struct sg_fit *fit, double mu,
                                  double nu, bool sg_first)
{
    SG_REQUIRE(bound && fit);
    const double x = block_radius(fit->lambda_x, fit->d, mu),
                 z = block_radius(fit->lambda_z, fit->q, nu), rho = fmax(x, z);
    double corner = 0;
    for (size_t k = 0; k <= n; k++) {
        bound[k] = pow(rho, (double)k) + mu * fit->lambda_x[0] * corner * (sg_first ? z : 1);
        corner = x * corner + pow(z, (double)k);   /* sum over j <= k of x^(k-j) z^j */
    }
}
