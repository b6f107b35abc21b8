/* What no linear SG at a hidden layer can express of the true gradient (DY12). */
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

/* Rows z Phi - g at the best Phi, by dgelsd. */
enum sg_status sg_closed_deep_irreducible(double *error, const struct sg_deep *deep,
                                          const struct sg_data *data, const double *w, bool labels)
{
    SG_REQUIRE(error && deep && data);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    const size_t n = data->n, q = s.K + (labels ? s.m : 0) + 1;
    double *U = sg_deep_product(deep, w, 0, deep->at),
           *V = sg_deep_product(deep, w, deep->at, deep->n_layers);
    double *h = SG_NEW(n * s.K, double), *r = SG_NEW(n * s.m, double), *g = SG_NEW(n * s.K, double),
           *z = SG_NEW(n * q, double);
    double *phi = SG_NEW(q * s.K, double), *fitted = SG_NEW(n * s.K, double);
    size_t rank;
    sg_base_mul(h, data->x, U, n, s.d, s.K);
    sg_base_mul(r, h, V, n, s.K, s.m);
    for (size_t i = 0; i < n * s.m; i++)
        r[i] -= data->y[i];
    sg_base_mul_nt(g, r, V, n, s.m, s.K);
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, h + i * s.K, s.K * sizeof *z);
        if (labels)
            memcpy(z + i * q + s.K, data->y + i * s.m, s.m * sizeof *z);
        z[i * q + q - 1] = data->one[i];
    }
    const enum sg_status status = sg_base_solve_least_squares(phi, &rank, NULL, z, g, n, q, s.K);
    sg_base_mul(fitted, z, phi, n, q, s.K);
    for (size_t i = 0; i < n * s.K; i++)
        fitted[i] -= g[i];
    *error = status == SG_OK ? sg_base_dot(fitted, fitted, n * s.K) / (double)n : SG_NAN;
    double *owned[] = {U, V, h, r, g, z, phi, fitted};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    return status;
}
