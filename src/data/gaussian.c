/* Gaussian regression sets with an exact spectrum.
 *
 *   X = sqrt(n) U diag(sqrt lambda) V^T,   U (n x r) and V (d x r) with orthonormal columns,
 *
 * so S_x = V diag(lambda) V^T exactly, lambda_i geometric with lambda_1 / lambda_r = condition.
 * A ones column as the last column of X asks for  U diag(sqrt lambda) t = 1/sqrt(n),  t = the
 * last row of V.  Scale lambda so that a = diag(sqrt lambda) t is a unit vector, draw Q (n x r)
 * orthonormal with first column 1/sqrt(n) and P (r x r) orthogonal with first column a, and
 * take U = Q P^T: then U a = Q e_1.  The other columns stay correlated with the ones column, as
 * real features are. */
#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>

#include "synthgrad/data.h"

/* Orthonormal columns (rows x cols) from Gaussian ones; the first is along `first` unless NULL. */
static enum sg_status random_orthonormal(double *q, size_t rows, size_t cols, const double *first,
                                         struct sg_rng *rng)
{
    double *g = SG_NEW(rows * cols, double);
    sg_base_rng_gaussians(g, rows * cols, rng);
    for (size_t i = 0; first && i < rows; i++)
        g[i * cols] = first[i];
    enum sg_status status = sg_base_qr_q(q, g, rows, cols);
    /* Householder's sign of the first column is free: make it `first` itself. */
    if (status == SG_OK && first && cblas_ddot((int)rows, q, (int)cols, first, 1) < 0)
        cblas_dscal((int)rows, -1.0, q, (int)cols);
    free(g);
    return status;
}

/* lambda (r) descending; with a bias, scaled so that sum_i lambda_i t_i^2 = 1 for
 * t = the last row of v (d x r). */
static void geometric_spectrum(double *lambda, const double *v, size_t d, size_t r,
                               const struct sg_gaussian *spec)
{
    double scale = 0.0;
    for (size_t i = 0; i < r; i++) {
        const double t = v[(d - 1) * r + i];
        lambda[i] = r > 1 ? pow(spec->condition, (double)(r - 1 - i) / (double)(r - 1)) : 1.0;
        scale += lambda[i] * t * t;
    }
    for (size_t i = 0; spec->bias && i < r; i++)
        lambda[i] /= scale;
}

enum sg_status sg_data_make_gaussian(struct sg_data *data, const struct sg_gaussian *spec,
                                     struct sg_rng *rng)
{
    SG_REQUIRE(data && spec);
    const size_t n = spec->n, d = spec->d, m = spec->outputs, small = n < d ? n : d,
                 r = spec->rank ? spec->rank : small;
    SG_REQUIRE(n >= 1 && d >= 1 && m >= 1 && spec->condition >= 1.0);
    *data = (struct sg_data){0};
    if (r > small)
        return SG_HYPOTHESIS;
    double *v = SG_NEW(d * r, double), *lambda = SG_NEW(r, double), *a = SG_NEW(r, double),
           *ones = SG_NEW(n, double);
    double *q = SG_NEW(n * r, double), *p = SG_NEW(r * r, double), *u = SG_NEW(n * r, double),
           *w = SG_NEW(d * m, double);
    for (size_t i = 0; i < n; i++)
        ones[i] = 1.0;
    enum sg_status status = random_orthonormal(v, d, r, NULL, rng);
    if (status == SG_OK) {
        geometric_spectrum(lambda, v, d, r, spec);
        for (size_t i = 0; i < r; i++)
            a[i] = sqrt(lambda[i]) * v[(d - 1) * r + i];
        status = random_orthonormal(q, n, r, spec->bias ? ones : NULL, rng);
    }
    if (status == SG_OK)
        status = random_orthonormal(p, r, r, spec->bias ? a : NULL, rng);
    if (status == SG_OK) {
        sg_data_alloc(data, n, d, m);
        sg_base_mul_nt(u, q, p, n, r, r);
        for (size_t i = 0; i < n * r; i++)
            u[i] *= sqrt((double)n * lambda[i % r]);
        sg_base_mul_nt(data->x, u, v, n, r, d);
        for (size_t i = 0; spec->bias && i < n; i++)
            data->x[i * d + d - 1] = 1.0;             /* it is, up to rounding; make it exact */
        sg_base_rng_gaussians(w, d * m, rng);
        sg_base_mul(data->y, data->x, w, n, d, m);
        for (size_t i = 0; i < n * m; i++)
            data->y[i] += spec->noise * sg_base_rng_gaussian(rng);
    }
    free(v); free(lambda); free(a); free(ones);
    free(q); free(p); free(u); free(w);
    return status;
}
