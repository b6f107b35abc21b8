/* The least-squares fit and the moments that every shallow formula is made of. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

void sg_closed_exact_sg(double *phi, size_t m)
{
    SG_REQUIRE(phi);
    memset(phi, 0, (2 * m + 1) * m * sizeof *phi);
    for (size_t j = 0; j < m; j++) {
        phi[j * m + j] = 1.0;
        phi[(m + j) * m + j] = -1.0;
    }
}

/* Eigenvalues of a^T a / n from the singular values of a (n x q): squaring keeps the relative
 * accuracy of the small ones. */
static enum sg_status gram_eigenvalues(double *lambda, const double *a, size_t n, size_t q)
{
    double *sigma = SG_NEW(n < q ? n : q, double);
    enum sg_status status = sg_base_singular_values(sigma, a, n, q);
    for (size_t i = 0; i < q; i++)
        lambda[i] = i < n ? sigma[i] * sigma[i] / (double)n : 0.0;
    free(sigma);
    return status;
}

static void gram(double *s, const double *a, const double *b, size_t n, size_t p, size_t q)
{
    sg_base_mul_tn(s, a, b, p, n, q);
    for (size_t i = 0; i < p * q; i++)
        s[i] /= (double)n;
}

/* Is r* no larger than what rounding leaves?  dgelsd solves a problem off by C u in X and in y:
 * |r*| <= 10 max(n, d) u (|X| |W*| + |y|). */
static bool at_rounding_level(const struct sg_fit *fit, const struct sg_data *data)
{
    const double size = (double)(fit->n > fit->d ? fit->n : fit->d);
    const double scale = sg_base_norm(data->x, fit->n * fit->d) *
                             sg_base_norm(fit->w, fit->d * fit->m) +
                         sg_base_norm(data->y, fit->n * fit->m);
    return sg_base_within(sg_base_norm(fit->residual, fit->n * fit->m),
                          10 * size * SG_UNIT_ROUNDOFF * scale);
}

enum sg_status sg_closed_fit_alloc(struct sg_fit **out, const struct sg_data *data)
{
    SG_REQUIRE(out && data);
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1;
    struct sg_fit *fit = *out = SG_NEW(1, struct sg_fit);
    *fit = (struct sg_fit){.n = n,
                           .d = d,
                           .m = m,
                           .q = q,
                           .w = SG_NEW(d * m, double),
                           .residual = SG_NEW(n * m, double),
                           .z = SG_NEW(n * q, double),
                           .s_x = SG_NEW(d * d, double),
                           .s_z = SG_NEW(q * q, double),
                           .x_z = SG_NEW(d * q, double),
                           .lambda_x = SG_NEW(d, double),
                           .lambda_z = SG_NEW(q, double),
                           .v_x = SG_NEW(d * d, double),
                           .v_z = SG_NEW(q * q, double)};
    enum sg_status status =
        sg_base_solve_least_squares(fit->w, &fit->rank, NULL, data->x, data->y, n, d, m);
    if (status == SG_OK) {
        double *p = SG_NEW(n * m, double), *scratch = SG_NEW(d > q ? d : q, double);
        sg_base_mul(p, data->x, fit->w, n, d, m);
        for (size_t i = 0; i < n; i++) {
            double *z = fit->z + i * q;
            memcpy(z, p + i * m, m * sizeof *z);
            memcpy(z + m, data->y + i * m, m * sizeof *z);
            z[2 * m] = data->one[i];
            for (size_t j = 0; j < m; j++)
                fit->residual[i * m + j] = p[i * m + j] - data->y[i * m + j];
        }
        gram(fit->s_x, data->x, data->x, n, d, d);
        gram(fit->s_z, fit->z, fit->z, n, q, q);
        gram(fit->x_z, data->x, fit->z, n, d, q);
        fit->realizable = at_rounding_level(fit, data);
        status = gram_eigenvalues(fit->lambda_x, data->x, n, d);
        if (status == SG_OK)
            status = gram_eigenvalues(fit->lambda_z, fit->z, n, q);
        if (status == SG_OK)
            status = sg_base_eigen_symmetric(scratch, fit->v_x, fit->s_x, d);
        if (status == SG_OK)
            status = sg_base_eigen_symmetric(scratch, fit->v_z, fit->s_z, q);
        free(p);
        free(scratch);
    }
    if (status != SG_OK) {
        sg_closed_fit_free(fit);
        *out = NULL;
    }
    return status;
}

void sg_closed_fit_free(struct sg_fit *fit)
{
    if (!fit)
        return;
    double *owned[] = {fit->w,   fit->residual, fit->z,        fit->s_x, fit->s_z,
                       fit->x_z, fit->lambda_x, fit->lambda_z, fit->v_x, fit->v_z};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(fit);
}
