/* What an SG cannot express: E|g - P g|^2, P the projection onto its regressors. */
#include <stdlib.h>

#include "synthgrad/closed.h"

enum sg_status sg_closed_irreducible_error(double *error, const struct sg_data *data,
                                           const double *w, bool labels)
{
    SG_REQUIRE(error && data);
    const size_t n = data->n, m = data->m, columns = m + (labels ? m : 0) + 1;
    double *p = SG_NEW(n * m, double), *g = SG_NEW(n * m, double), *z = SG_NEW(n * columns, double),
           *phi = SG_NEW(columns * m, double), *fitted = SG_NEW(n * m, double);
    sg_base_mul(p, data->x, w, n, data->d, m);
    for (size_t i = 0; i < n; i++) {
        double *row = z + i * columns;
        for (size_t j = 0; j < m; j++)
            g[i * m + j] = p[i * m + j] - data->y[i * m + j];
        for (size_t j = 0; j < m; j++)
            *row++ = p[i * m + j];
        for (size_t j = 0; j < m && labels; j++)
            *row++ = data->y[i * m + j];
        *row = data->one[i];
    }
    const enum sg_status status = sg_base_solve_least_squares(phi, NULL, NULL, z, g, n, columns, m);
    sg_base_mul(fitted, z, phi, n, columns, m);
    double sum = 0;
    for (size_t i = 0; i < n * m; i++)
        sum += (fitted[i] - g[i]) * (fitted[i] - g[i]);
    *error = status == SG_OK ? sum / (double)n : SG_NAN;
    free(p); free(g); free(z); free(phi); free(fitted);
    return status;
}
