/* Numerical radius of a real matrix, by scanning angles. */
#include <math.h>
#include <stdlib.h>

#include "synthgrad/closed.h"

/* The Hermitian part of e^{i theta} J, H = A + i B with A symmetric, B antisymmetric, as the real
 * symmetric [[A, -B], [B, A]]: the same eigenvalues, twice. */
static void hermitian_part(double *h, const double *jacobian, size_t size, double theta)
{
    const double c = cos(theta) / 2, s = sin(theta) / 2;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            const double a = c * (jacobian[i * size + j] + jacobian[j * size + i]);
            const double b = s * (jacobian[i * size + j] - jacobian[j * size + i]);
            h[i * 2 * size + j] = h[(size + i) * 2 * size + size + j] = a;
            h[i * 2 * size + size + j] = -b;
            h[(size + i) * 2 * size + j] = b;
        }
}

enum sg_status sg_approx_numerical_radius(double *radius, const double *jacobian, size_t size,
                                          size_t angles)
{
    SG_REQUIRE(radius);
    double *h = SG_NEW(4 * size * size, double), *lambda = SG_NEW(2 * size, double);
    enum sg_status status = SG_OK;
    *radius = 0;
    for (size_t k = 0; k <= angles && status == SG_OK; k++) {
        hermitian_part(h, jacobian, size, M_PI * (double)k / (double)angles);
        status = sg_base_eigen_symmetric(lambda, NULL, h, 2 * size);
        *radius = sg_base_max(*radius, lambda[0]);
    }
    if (status != SG_OK)
        *radius = SG_NAN;
    free(h);
    free(lambda);
    return status;
}
