/* A small centred data set that has given second moments exactly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/data.h"

/* The lower Cholesky factor of a positive semidefinite a (n x n); a zero pivot has a zero column. */
static enum sg_status cholesky(double *l, const double *a, size_t n)
{
    memset(l, 0, n * n * sizeof *l);
    for (size_t j = 0; j < n; j++) {
        const double pivot = a[j * n + j] - sg_base_dot(l + j * n, l + j * n, j);
        if (!(pivot >= 0))
            return SG_SINGULAR;
        l[j * n + j] = sqrt(pivot);
        for (size_t i = j + 1; i < n && pivot > 0; i++)
            l[i * n + j] = (a[i * n + j] - sg_base_dot(l + i * n, l + j * n, j)) / l[j * n + j];
    }
    return SG_OK;
}

/* Sample pair k < d: x = +-c (column k of L_S), r = 0; pair d + k: x = 0, r = +-c (column k of L_R); c^2 = d + m, so that
 * E[x^T x] = (1/(2 (d + m))) 2 (d + m) L_S L_S^T = S. */
enum sg_status sg_data_make_moments(struct sg_data *data, const double *S, const double *R, const double *P, size_t d, size_t m)
{
    const size_t pairs = d + m;
    const double c = sqrt((double)pairs);
    double *l_s = SG_NEW(d * d, double), *l_r = SG_NEW(m * m, double);
    enum sg_status status = cholesky(l_s, S, d);
    if (status == SG_OK)
        status = cholesky(l_r, R, m);
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
