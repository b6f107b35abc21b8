/* What a linear SG's field s = h A + b is the gradient of, and what of it is the
 * gradient of nothing (NL2). */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

double sg_closed_circulation(const double *a, const double *u, const double *v, size_t k)
{
    SG_REQUIRE(a && u && v);
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            sum += u[i] * (a[i * k + j] - a[j * k + i]) * v[j];
    return sum;
}

double sg_closed_potential_value(const double *s, const double *b, const double *h,
                                 const double *from, size_t k)
{
    SG_REQUIRE(s && b && h && from);
    double value = 0;
    for (size_t i = 0; i < k; i++) {
        double half = b[i];
        for (size_t j = 0; j < k; j++)
            half += (h[j] - from[j]) * s[j * k + i] / 2;
        value += half * (h[i] - from[i]);
    }
    return value;
}

/* In the eigenbasis of Sigma the mean square of what is left, sum_ij sigma_i (A_ij - S_ij)^2, is a
 * sum over pairs {i, j}, and in each
 *     S_ij = S_ji = (sigma_i A_ij + sigma_j A_ji) / (sigma_i + sigma_j),   leaving
 *     sigma_i sigma_j / (sigma_i + sigma_j) (A_ij - A_ji)^2. */
enum sg_status sg_closed_potential_nearest(double *s, double *left, const double *a,
                                           const double *sigma, size_t k)
{
    SG_REQUIRE(s && left);
    double *lambda = SG_NEW(k, double), *v = SG_NEW(k * k, double), *turned = SG_NEW(k * k, double),
           *part = SG_NEW(k * k, double);
    enum sg_status status = sg_base_eigen_symmetric(lambda, v, sigma, k);
    *left = status == SG_OK ? 0 : SG_NAN;
    if (status == SG_OK) {
        sg_base_mul_tn(part, v, a, k, k, k);
        sg_base_mul(turned, part, v, k, k, k);
        const double least = (double)k * SG_UNIT_ROUNDOFF * lambda[0];
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j <= i; j++) {
                /* Directions in which the points do not vary: no slope is
                 * better than another there. */
                const double p = lambda[i] > least ? lambda[i] : 0,
                             q = lambda[j] > least ? lambda[j] : 0, both = p + q;
                const double above = turned[i * k + j], below = turned[j * k + i];
                part[i * k + j] = part[j * k + i] = both > 0 ? (p * above + q * below) / both
                                                             : (above + below) / 2;
                *left += both > 0 ? p * q / both * (above - below) * (above - below) : 0;
            }
        sg_base_mul(turned, v, part, k, k, k);
        sg_base_mul_nt(s, turned, v, k, k, k);
    } else {
        for (size_t i = 0; i < k * k; i++)
            s[i] = SG_NAN;
    }
    free(lambda);
    free(v);
    free(turned);
    free(part);
    return status;
}
