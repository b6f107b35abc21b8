/* A small centred data set that has given second moments exactly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/data.h"

/* The lower Cholesky factor of a (n x n).  False: a pivot is negative, or 0
 * over a column that is not. */
static bool cholesky(double *l, const double *a, size_t n)
{
    memset(l, 0, n * n * sizeof *l);
    for (size_t j = 0; j < n; j++) {
        const double pivot = a[j * n + j] - sg_base_dot(l + j * n, l + j * n, j);
        if (!(pivot >= 0))
            return false;
        l[j * n + j] = sqrt(pivot);
        for (size_t i = j + 1; i < n; i++) {
            const double left = a[i * n + j] - sg_base_dot(l + i * n, l + j * n, j);
            if (pivot == 0 && left != 0)
                return false;
            l[i * n + j] = pivot > 0 ? left / l[j * n + j] : 0;
        }
    }
    return true;
}

/* Singular matrices that rounding left without a Cholesky factor have V Lambda^(1/2).
 * n u |a| is what rounding of the entries (of norm at most n u max |a_ij|) and of dsyevd make
 * of a zero eigenvalue; C = 4. */
enum sg_status sg_data_factor_moments(double *l, const double *a, size_t n)
{
    SG_REQUIRE(l && n > 0);
    if (cholesky(l, a, n))
        return SG_OK;
    double *lambda = SG_NEW(n, double), size = 0, least = HUGE_VAL;
    enum sg_status status = sg_base_eigen_symmetric(lambda, l, a, n);
    for (size_t k = 0; k < n && status == SG_OK; k++) {
        size = fmax(size, fabs(lambda[k]));
        least = fmin(least, lambda[k]);
        for (size_t i = 0; i < n; i++)
            l[i * n + k] *= sqrt(fmax(lambda[k], 0));
    }
    if (status == SG_OK && !(least >= -4 * (double)n * SG_UNIT_ROUNDOFF * size))
        status = SG_SINGULAR;
    for (size_t i = 0; i < n * n && status != SG_OK; i++)
        l[i] = SG_NAN;
    free(lambda);
    return status;
}

/* Sample pair k < d: x = +-c (column k of L_S), r = 0; pair d + k: x = 0, r = +-c
 * (column k of L_R); c^2 = d + m, so that E[x^T x] = (1/(2 (d + m))) 2 (d + m) L_S L_S^T = S. */
enum sg_status sg_data_make_moments(struct sg_data *data, const double *S, const double *R,
                                    const double *P, size_t d, size_t m)
{
    SG_REQUIRE(data);
    const size_t pairs = d + m;
    const double c = sqrt((double)pairs);
    double *l_s = SG_NEW(d * d, double), *l_r = SG_NEW(m * m, double);
    enum sg_status status = sg_data_factor_moments(l_s, S, d);
    if (status == SG_OK)
        status = sg_data_factor_moments(l_r, R, m);
    sg_data_alloc(data, 2 * pairs, d, m);
    for (size_t k = 0; k < pairs; k++)
        for (size_t side = 0; side < 2; side++) {
            const double sign = side == 0 ? c : -c;
            double *x = data->x + (2 * k + side) * d, *y = data->y + (2 * k + side) * m;
            for (size_t i = 0; i < d && k < d; i++)
                x[i] = sign * l_s[i * d + k];
            sg_base_mul(y, x, P, 1, d, m);
            for (size_t i = 0; i < m && k >= d; i++)
                y[i] -= sign * l_r[i * m + k - d];
        }
    if (status != SG_OK)
        sg_data_free(data);
    free(l_s);
    free(l_r);
    return status;
}
