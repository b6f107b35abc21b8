/* Where a linear SG with labels rests under the log loss: a regression of the labels on their own
 * least-squares fit (CP6).
 *
 * p = (p_LS, 1, e) T.  For one-hot labels p_LS has c = m - 1 independent columns besides the ones;
 * scores are relative to class 0, and the net's own p is the one whose rows sum to e. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/logloss.h"

static const double U = SG_UNIT_ROUNDOFF;

/* Is v in col F, to the rounding of a least-squares solution? */
static bool contained(const double *v, const double *features, size_t n, size_t f)
{
    double *coefficients = SG_NEW(f, double), *fitted = SG_NEW(n, double), sigma_max = 0;
    bool inside = sg_base_norm2(&sigma_max, features, n, f) == SG_OK &&
                  sg_base_solve_least_squares(coefficients, NULL, NULL, features, v, n, f, 1) ==
                      SG_OK;
    sg_base_mul(fitted, features, coefficients, n, f, 1);
    for (size_t i = 0; i < n; i++)
        fitted[i] -= v[i];
    const double rounding = 10 * (double)n * U *
                            (sg_base_norm(v, n) + sigma_max * sg_base_norm(coefficients, f));
    inside = inside && sg_base_within(sg_base_norm(fitted, n), rounding);
    free(coefficients);
    free(fitted);
    return inside;
}

/* p (n x m) whose scores are given and whose rows sum to e. */
static void net_scores(double *p, const double *score, const double *conserved, size_t n, size_t m)
{
    const size_t c = m > 1 ? m - 1 : 1;
    for (size_t i = 0; i < n; i++) {
        double mean = conserved && m > 1 ? -conserved[i] / (double)m : 0;
        for (size_t k = 0; k < c && m > 1; k++)
            mean += score[i * c + k] / (double)m;
        for (size_t j = 0; j < m; j++)
            p[i * m + j] = m == 1 ? score[i] : (j ? score[i * c + j - 1] : 0) - mean;
    }
}

/* Phi = Z^+ g: the SG's optimum, of minimum norm; training from phi = 0 keeps to the same range. */
static enum sg_status fit_sg(double *phi, const double *p, const double *probability,
                             const struct sg_data *data)
{
    const size_t n = data->n, m = data->m, q = 2 * m + 1, classes = m > 1 ? m : 2;
    double *z = SG_NEW(n * q, double), *g = SG_NEW(n * m, double);
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, p + i * m, m * sizeof *z);
        memcpy(z + i * q + m, data->y + i * m, m * sizeof *z);
        z[i * q + 2 * m] = data->one[i];
        for (size_t j = 0; j < m; j++)
            g[i * m + j] = probability[i * classes + (m == 1 ? 1 : j)] - data->y[i * m + j];
    }
    const enum sg_status status = sg_base_solve_least_squares(phi, NULL, NULL, z, g, n, q, m);
    free(z);
    free(g);
    return status;
}

/* W and Phi for scores that are known to lie in col X. */
static enum sg_status finish_point(struct sg_log_point *point, const struct sg_data *data,
                                   const double *conserved)
{
    const size_t n = data->n, m = data->m;
    double *p = SG_NEW(n * m, double);
    net_scores(p, point->score, conserved, n, m);
    enum sg_status status =
        sg_base_solve_least_squares(point->w, NULL, NULL, data->x, p, n, data->d, m);
    if (status == SG_OK)
        status = fit_sg(point->phi, p, point->probability, data);
    free(p);
    return status;
}

static struct sg_log_point *point_alloc(const struct sg_data *data, size_t c, const double *t,
                                        size_t f)
{
    const size_t n = data->n, m = data->m;
    struct sg_log_point *point = SG_NEW(1, struct sg_log_point);
    *point = (struct sg_log_point){.finite = true,
                                   .w = SG_NEW(data->d * m, double),
                                   .phi = SG_NEW((2 * m + 1) * m, double),
                                   .f = f,
                                   .score = SG_NEW(n * c, double),
                                   .probability = SG_NEW(n * (c + 1), double),
                                   .t = sg_base_copy(t, f * c, sizeof *t)};
    return point;
}

/* The point of the regression on given features. */
static enum sg_status make_point(struct sg_log_point **out, const struct sg_data *data,
                                 const double *conserved, const double *features, size_t f,
                                 const size_t *label, size_t c)
{
    struct sg_regression *r = NULL;
    enum sg_status status = sg_closed_regression_alloc(&r, features, label, data->n, f, c);
    *out = NULL;
    if (status != SG_OK)
        return status;
    struct sg_log_point *point = point_alloc(data, c, r->b, f);
    point->finite = !r->separated;
    point->lower = r->lower;
    point->gradient = r->gradient;
    sg_base_mul(point->score, features, r->b, data->n, f, c);
    const double loss = sg_closed_log_loss(point->probability, point->score, label, data->n, c);
    point->loss = point->finite ? loss : 0;
    status = finish_point(point, data, conserved);
    sg_closed_regression_free(r);
    if (status == SG_OK)
        *out = point;
    else
        sg_closed_log_point_free(point);
    return status;
}

enum sg_status sg_closed_log_plane_point_alloc(struct sg_log_point **out,
                                               const struct sg_data *data, const double *ab)
{
    SG_REQUIRE(out && data);
    const size_t n = data->n, d = data->d;
    size_t *label, c;
    *out = NULL;
    enum sg_status status = sg_closed_classes(&label, &c, data);
    if (status != SG_OK)
        return status;
    double *both = SG_NEW(2 * n, double), *w = SG_NEW(2 * d, double), *fit = SG_NEW(2 * n, double),
           g = 0;
    for (size_t i = 0; i < n; i++) {
        both[2 * i] = data->y[i];
        both[2 * i + 1] = data->one[i];
    }
    struct sg_log_point *point = point_alloc(data, c, ab, 2);
    status = sg_base_solve_least_squares(w, NULL, NULL, data->x, both, n, d, 2);
    sg_base_mul(fit, data->x, w, n, d, 2);
    sg_base_mul(point->score, fit, ab, n, 2, 1);
    point->loss = sg_closed_log_loss(point->probability, point->score, label, n, c);
    for (size_t i = 0; i < n; i++)
        g = hypot(g, point->probability[2 * i + 1] - data->y[i]);
    /* bisection ends at the rounding of sums like E[F^T g] */
    point->gradient = 10 * U * g;
    if (status == SG_OK)
        status = finish_point(point, data, NULL);
    free(both);
    free(w);
    free(fit);
    free(label);
    if (status == SG_OK)
        *out = point;
    else
        sg_closed_log_point_free(point);
    return status;
}

/* (p_LS of the classes 1..c, 1, and e unless it is in their span), row by row. */
static enum sg_status score_features(double *features, size_t *f, const struct sg_data *data,
                                     const double *conserved, size_t c)
{
    const size_t n = data->n, d = data->d, m = data->m;
    double *w = SG_NEW(d * m, double), *p = SG_NEW(n * m, double);
    const enum sg_status status =
        sg_base_solve_least_squares(w, NULL, NULL, data->x, data->y, n, d, m);
    sg_base_mul(p, data->x, w, n, d, m);
    *f = c + 1;
    for (int with = 0; with <= 1; with++) {
        for (size_t i = 0; i < n; i++) {
            memcpy(features + i * *f, p + i * m + (m - c), c * sizeof *p);
            features[i * *f + c] = data->one[i];
            if (*f > c + 1)
                features[i * *f + c + 1] = conserved[i];
        }
        if (with == 0) {
            if (!conserved || m == 1 || contained(conserved, features, n, *f))
                break;
            *f = c + 2;
        }
    }
    free(w);
    free(p);
    return status;
}

enum sg_status sg_closed_log_point_alloc(struct sg_log_point **point, const struct sg_data *data,
                                         const double *conserved)
{
    SG_REQUIRE(point && data);
    size_t *label = NULL, c = 0, f = 0;
    *point = NULL;
    enum sg_status status = sg_closed_classes(&label, &c, data);
    if (status != SG_OK)
        return status;
    double *features = SG_NEW(data->n * (c + 2), double);
    if (!contained(data->one, data->x, data->n, data->d))
        status = SG_HYPOTHESIS;
    if (status == SG_OK)
        status = score_features(features, &f, data, conserved, c);
    if (status == SG_OK)
        status = make_point(point, data, conserved, features, f, label, c);
    free(features);
    free(label);
    return status;
}

enum sg_status sg_closed_log_optimum_alloc(struct sg_log_point **point, const struct sg_data *data,
                                           const double *conserved)
{
    SG_REQUIRE(point && data);
    size_t *label = NULL, c = 0;
    *point = NULL;
    enum sg_status status = sg_closed_classes(&label, &c, data);
    if (status == SG_OK)
        status = make_point(point, data, conserved, data->x, data->d, label, c);
    free(label);
    return status;
}

/* What the formula leaves of F beyond the rounding of F itself: dgelsd's W moves p by C u cond(X)
 * |p|, its Phi moves s by C u cond(Z) |g| (C = 10, norms over the samples), and E[F^T g] is known
 * to `gradient`, of which E[p g] is |T| times as much. */
enum sg_status sg_closed_log_point_error(double *error, const struct sg_log_point *point,
                                         const struct sg_data *data)
{
    SG_REQUIRE(error && point && data);
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1,
                 size = sg_closed_log_joint_size(data);
    const double rows = sqrt((double)n), lsq = 10 * U;
    double *state = SG_NEW(size, double), *p = SG_NEW(n * m, double), *z = SG_NEW(n * q, double),
           *sigma = SG_NEW(d > q ? d : q, double);
    memcpy(state, point->w, d * m * sizeof *state);
    memcpy(state + d * m, point->phi, q * m * sizeof *state);
    sg_base_mul(p, data->x, point->w, n, d, m);
    double g = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, p + i * m, m * sizeof *z);
        memcpy(z + i * q + m, data->y + i * m, m * sizeof *z);
        z[i * q + 2 * m] = data->one[i];
        for (size_t j = 0; j < m; j++)
            g = hypot(g, point->probability[i * (m > 1 ? m : 2) + (m > 1 ? j : 1)] -
                             data->y[i * m + j]);
    }
    enum sg_status status = sg_base_singular_values(sigma, data->x, n, d);
    const double x_max = sigma[0], x_min = sigma[(n < d ? n : d) - 1];
    if (status == SG_OK)
        status = sg_base_singular_values(sigma, z, n, q);
    double z_min = sigma[0];
    for (size_t k = 0; k < q; k++)
        z_min = sigma[k] > rows * rows * U * sigma[0] ? sigma[k] : z_min;
    const double dp = lsq * x_max / x_min * sg_base_norm(p, n * m),
                 ds = lsq * sigma[0] / z_min * g + dp * sg_base_norm(point->phi, m * m);
    *error = sg_closed_log_joint_rounding(data, state) +
             ((x_max + sigma[0]) * ds + sigma[0] * dp / 2 + dp * g) / (double)n +
             (1 + sg_base_norm(point->t, point->f * (m > 1 ? m - 1 : 1))) *
                 (point->gradient + rows * U * g);
    free(state);
    free(p);
    free(z);
    free(sigma);
    return status;
}

void sg_closed_log_point_free(struct sg_log_point *point)
{
    if (!point)
        return;
    double *owned[] = {point->w, point->phi, point->score, point->probability, point->t};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(point);
}
