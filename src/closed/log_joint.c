/* The joint equations of weights and linear SG under the log loss, and Newton's method on them:
 * CP6's oracle, which knows nothing of its theorem.
 *
 *     dF_W = E[x^T ds],   dF_Phi = E[z^T (ds - dg)] + (E[dp^T e]; 0; 0),
 *     dp = x dW,   ds = dp A + z dPhi,   dg = dp (diag q - q^T q),   e = s - g. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/logloss.h"

static const double U = SG_UNIT_ROUNDOFF;

/* Rows p, z, s, e = s - g and the probabilities of the m outputs (of class 1 for m = 1). */
struct rows { size_t n, d, m, q; double *p, *z, *s, *e, *probability; };

static void probabilities(double *q, const double *p, size_t m)
{
    if (m == 1) {
        q[0] = p[0] >= 0 ? 1 / (1 + exp(-p[0])) : exp(p[0]) / (1 + exp(p[0]));
        return;
    }
    double top = p[0], sum = 0;
    for (size_t j = 1; j < m; j++)
        top = fmax(top, p[j]);
    for (size_t j = 0; j < m; j++)
        sum += q[j] = exp(p[j] - top);
    for (size_t j = 0; j < m; j++)
        q[j] /= sum;
}

static struct rows rows_alloc(const struct sg_data *data)
{
    const size_t n = data->n, m = data->m, q = 2 * m + 1;
    return (struct rows){n,
                         data->d,
                         m,
                         q,
                         SG_NEW(n * m, double),
                         SG_NEW(n * q, double),
                         SG_NEW(n * m, double),
                         SG_NEW(n * m, double),
                         SG_NEW(n * m, double)};
}

static void rows_free(struct rows *r)
{
    double *owned[] = {r->p, r->z, r->s, r->e, r->probability};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

static void fill_rows(struct rows *r, const struct sg_data *data, const double *state)
{
    const size_t n = r->n, m = r->m, q = r->q;
    sg_base_mul(r->p, data->x, state, n, r->d, m);
    for (size_t i = 0; i < n; i++) {
        memcpy(r->z + i * q, r->p + i * m, m * sizeof *r->z);
        memcpy(r->z + i * q + m, data->y + i * m, m * sizeof *r->z);
        r->z[i * q + 2 * m] = data->one[i];
        probabilities(r->probability + i * m, r->p + i * m, m);
    }
    sg_base_mul(r->s, r->z, state + r->d * m, n, q, m);
    for (size_t i = 0; i < n * m; i++)
        r->e[i] = r->s[i] - (r->probability[i] - data->y[i]);
}

size_t sg_closed_log_joint_size(const struct sg_data *data)
{
    SG_REQUIRE(data);
    return (data->d + 2 * data->m + 1) * data->m;
}

void sg_closed_log_joint(double *f, const struct sg_data *data, const double *state)
{
    SG_REQUIRE(f && data);
    struct rows r = rows_alloc(data);
    fill_rows(&r, data, state);
    sg_base_mul_tn(f, data->x, r.s, r.d, r.n, r.m);
    sg_base_mul_tn(f + r.d * r.m, r.z, r.e, r.q, r.n, r.m);
    for (size_t i = 0; i < sg_closed_log_joint_size(data); i++)
        f[i] /= (double)r.n;
    rows_free(&r);
}

/* dg = dp (diag q - q^T q); for one logistic output dp q (1 - q). */
static void gradient_change(double *dg, const double *dp, const double *q, size_t m)
{
    double mean = 0;
    for (size_t j = 0; j < m; j++)
        mean += q[j] * dp[j];
    for (size_t j = 0; j < m; j++)
        dg[j] = m == 1 ? q[0] * (1 - q[0]) * dp[0] : q[j] * (dp[j] - mean);
}

/* The column of dstate = e_k, from dp (n x m), ds and de = ds - dg. */
static void fill_column(double *jacobian, size_t k, double *column, const struct sg_data *data,
                        const struct rows *r, const double *dp, const double *ds, const double *de)
{
    const size_t n_w = r->d * r->m, size = n_w + r->q * r->m;
    sg_base_mul_tn(column, data->x, ds, r->d, r->n, r->m);
    sg_base_mul_tn(column + n_w, r->z, de, r->q, r->n, r->m);
    if (dp) {
        double *moved = SG_NEW(r->m * r->m, double);
        sg_base_mul_tn(moved, dp, r->e, r->m, r->n, r->m);
        for (size_t i = 0; i < r->m * r->m; i++)
            column[n_w + i] += moved[i];
        free(moved);
    }
    for (size_t i = 0; i < size; i++)
        jacobian[i * size + k] = column[i] / (double)r->n;
}

void sg_closed_log_joint_jacobian(double *jacobian, const struct sg_data *data, const double *state)
{
    SG_REQUIRE(data && state);
    struct rows r = rows_alloc(data);
    const size_t n = r.n, m = r.m, n_w = r.d * m, size = sg_closed_log_joint_size(data);
    SG_REQUIRE(m > 0);
    double *dp = SG_NEW(n * m, double), *ds = SG_NEW(n * m, double), *de = SG_NEW(n * m, double),
           *column = SG_NEW(size, double);
    fill_rows(&r, data, state);
    for (size_t k = 0; k < size; k++) {
        const bool weight = k < n_w;
        const size_t row = (weight ? k : k - n_w) / m, output = (weight ? k : k - n_w) % m;
        memset(dp, 0, n * m * sizeof *dp);
        memset(ds, 0, n * m * sizeof *ds);
        for (size_t i = 0; i < n && weight; i++) {
            dp[i * m + output] = data->x[i * r.d + row];
            for (size_t j = 0; j < m; j++)
                ds[i * m + j] = dp[i * m + output] * state[n_w + output * m + j];
        }
        for (size_t i = 0; i < n && !weight; i++)
            ds[i * m + output] = r.z[i * r.q + row];
        for (size_t i = 0; i < n; i++) {
            gradient_change(de + i * m, dp + i * m, r.probability + i * m, m);
            for (size_t j = 0; j < m; j++)
                de[i * m + j] = ds[i * m + j] - de[i * m + j];
        }
        fill_column(jacobian, k, column, data, &r, weight ? dp : NULL, ds, de);
    }
    free(dp);
    free(ds);
    free(de);
    free(column);
    rows_free(&r);
}

/* Of q_j: by the scores', and 8 (m + 1) u of its own. */
static double probability_error(const double *q, const double *dp, size_t j, size_t m)
{
    double others = 0;
    for (size_t k = 0; k < m; k++)
        others += k == j ? (1 - q[j]) * dp[j] : q[k] * dp[k];
    return q[j] * (others + 8 * (double)(m + 1) * U);
}

/* Row by row, on absolute values: dp = (d + 1) u |x| |W|, ds = dp |A| + (q + 2) u |z| |Phi|, dg
 * as above;  then F_W by E[|x| ((n + 2) u |s| + ds)] and F_Phi by
 * E[|z| ((n + 4) u |e| + 2 u |s| + ds + dg)] + E[dp |e|]. */
double sg_closed_log_joint_rounding(const struct sg_data *data, const double *state)
{
    SG_REQUIRE(data);
    struct rows r = rows_alloc(data);
    const size_t n = r.n, d = r.d, m = r.m, q = r.q, size = sg_closed_log_joint_size(data);
    const double *w = state, *phi = state + d * m, rows = (double)n;
    double *bound = SG_NEW(size, double), *dp = SG_NEW(m, double);
    fill_rows(&r, data, state);
    for (size_t i = 0; i < n; i++) {
        const double *x = data->x + i * d, *z = r.z + i * q;
        for (size_t j = 0; j < m; j++) {
            dp[j] = 0;
            for (size_t k = 0; k < d; k++)
                dp[j] += (double)(d + 1) * U * fabs(x[k] * w[k * m + j]);
        }
        for (size_t j = 0; j < m; j++) {
            double ds = 0;
            for (size_t k = 0; k < q; k++)
                ds += fabs(phi[k * m + j]) *
                      ((double)(q + 2) * U * fabs(z[k]) + (k < m ? dp[k] : 0));
            const double s = fabs(r.s[i * m + j]), e = fabs(r.e[i * m + j]),
                         of_s = (rows + 2) * U * s + ds,
                         of_e = (rows + 4) * U * e + 2 * U * s + ds +
                                probability_error(r.probability + i * m, dp, j, m);
            for (size_t k = 0; k < d; k++)
                bound[k * m + j] += fabs(x[k]) * of_s / rows;
            for (size_t k = 0; k < q; k++)
                bound[d * m + k * m + j] += (fabs(z[k]) * of_e + (k < m ? dp[k] * e : 0)) / rows;
        }
    }
    const double norm = sg_base_norm(bound, size);
    free(bound);
    free(dp);
    rows_free(&r);
    return norm;
}

/* ---- Newton ---------------------------------------------------------------------------- */

struct newton { size_t size, rows; double *f, *jacobian, *step, *trial; };

/* For m > 1 training conserves the row sums of W and, from 0, those of Phi: a leaf on which steps
 * stay by equations of their own. */
static void keep_row_sums(double *jacobian, const struct sg_data *data, size_t size)
{
    const size_t m = data->m;
    for (size_t r = 0; r < size / m; r++) {
        double *row = jacobian + (size + r) * size;
        memset(row, 0, size * sizeof *row);
        for (size_t j = 0; j < m; j++)
            row[r * m + j] = 1;
    }
}

/* A Newton step, halved until |F| falls; SG_DIVERGED when it does not. */
static enum sg_status newton_step(double *state, double *residual, struct newton *s,
                                  const struct sg_data *data)
{
    double next = DBL_MAX;
    sg_closed_log_joint(s->f, data, state);
    sg_closed_log_joint_jacobian(s->jacobian, data, state);
    if (data->m > 1)
        keep_row_sums(s->jacobian, data, s->size);
    const enum sg_status status =
        data->m > 1 ? sg_base_solve_least_squares(s->step, NULL, NULL, s->jacobian, s->f, s->rows,
                                                  s->size, 1)
                    : sg_base_solve(s->step, s->jacobian, s->f, s->size, 1);
    if (status != SG_OK)
        return status;
    for (double t = 1; t > 1e-6 && !(next < *residual); t /= 2) {
        for (size_t k = 0; k < s->size; k++)
            s->trial[k] = state[k] - t * s->step[k];
        sg_closed_log_joint(s->f, data, s->trial);
        next = sg_base_norm(s->f, s->size);
    }
    if (!(next < *residual))
        return SG_DIVERGED;
    memcpy(state, s->trial, s->size * sizeof *state);
    *residual = next;
    return SG_OK;
}

/* Steps until |F| no longer falls: at its rounding level that is the end. */
static enum sg_status newton(double *state, double *residual, struct newton *s,
                             const struct sg_data *data)
{
    enum { STEPS = 30 };
    enum sg_status status = SG_OK;
    sg_closed_log_joint(s->f, data, state);
    *residual = sg_base_norm(s->f, s->size);
    for (size_t i = 0; i < STEPS && status == SG_OK && *residual > 0; i++)
        status = newton_step(state, residual, s, data);
    if (status == SG_DIVERGED || status == SG_OK)
        status = *residual <= sg_closed_log_joint_rounding(data, state) ? SG_OK : SG_NO_CONVERGENCE;
    return status;
}

/* Labels near 1 / classes make the problem linear: p = classes P_X (y - 1 / classes), rows summing
 * to 0 for m > 1, and q = (p + 1) / classes. */
static enum sg_status start(double *state, const struct sg_data *data)
{
    const size_t n = data->n, d = data->d, m = data->m;
    const double scale = m == 1 ? 4 : (double)m, middle = m == 1 ? 0.5 : 1 / (double)m;
    double *target = SG_NEW(n * m, double);
    for (size_t i = 0; i < n * m; i++)
        target[i] = scale * (data->y[i] - middle);
    const enum sg_status status =
        sg_base_solve_least_squares(state, NULL, NULL, data->x, target, n, d, m);
    double *phi = state + d * m;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            const double centred = (i == j ? 1 : 0) - (m > 1 ? 1 / (double)m : 0);
            phi[i * m + j] = centred / scale;
            phi[(m + i) * m + j] = -centred;
            phi[2 * m * m + j] = m == 1 ? 0.5 : 0;
        }
    free(target);
    return status;
}

static void soften(double *y, const struct sg_data *data, double even)
{
    for (size_t i = 0; i < data->n * data->m; i++)
        y[i] = (1 - even) * data->y[i] + even / (data->m == 1 ? 2 : (double)data->m);
}

/* Labels (1 - even) y + even / classes, even from nearly 1 to 0: by a ratio that grows with success
 * and shrinks with failure; from `last` on at once. */
static enum sg_status continue_to_labels(double *state, double *residual, struct newton *s,
                                         const struct sg_data *data, struct sg_data *soft)
{
    const double first = 0.95, last = 1e-10, timid = 0.99;
    double even = first, ratio = 0.5, *before = SG_NEW(s->size, double);
    soften(soft->y, data, even);
    enum sg_status status = start(state, soft);
    if (status == SG_OK)
        status = newton(state, residual, s, soft);
    while (status == SG_OK && even > 0) {
        const double next = even > last ? even * ratio : 0;
        memcpy(before, state, s->size * sizeof *before);
        soften(soft->y, data, next);
        status = newton(state, residual, s, soft);
        if (status == SG_OK) {
            even = next;
            ratio = fmax(ratio * sqrt(ratio), 0.01);
        } else if (next > 0 && ratio < timid) {
            memcpy(state, before, s->size * sizeof *before);
            ratio = sqrt(ratio);
            status = SG_OK;
        }
    }
    free(before);
    return status;
}

/* Does p give each sample's own class the largest score (p > 0 for class 1, p < 0 for class 0)?
 * Then -sum_j p_j g_j > 0 for every sample, but a zero of F has P_X s = 0 and so
 * E[p g] = E[p s] = 0: F only tends to 0 on the way to infinity. */
static bool separates(const struct sg_data *data, const double *state)
{
    struct rows r = rows_alloc(data);
    bool all = true;
    fill_rows(&r, data, state);
    for (size_t i = 0; i < r.n; i++)
        for (size_t j = 0; j < r.m; j++) {
            const double p = r.p[i * r.m + j], *y = data->y + i * r.m;
            if (r.m == 1)
                all = all && (y[0] > 0.5 ? p > 0 : p < 0);
            for (size_t k = 0; k < r.m && r.m > 1; k++)
                all = all && !(y[k] > 0.5 && k != j && !(r.p[i * r.m + k] > p));
        }
    rows_free(&r);
    return all;
}

enum sg_status sg_closed_log_joint_solve(double *state, double *residual,
                                         const struct sg_data *data)
{
    SG_REQUIRE(state && data);
    const size_t m = data->m, size = sg_closed_log_joint_size(data),
                 rows = size + (m > 1 ? size / m : 0);
    struct newton s = {.size = size,
                       .rows = rows,
                       .f = SG_NEW(rows, double),
                       .jacobian = SG_NEW(rows * size, double),
                       .step = SG_NEW(size, double),
                       .trial = SG_NEW(size, double)};
    struct sg_data soft = *data;
    soft.y = SG_NEW(data->n * m, double);
    enum sg_status status = continue_to_labels(state, residual, &s, data, &soft);
    if (status == SG_OK && separates(data, state))
        status = SG_DIVERGED;
    for (size_t k = 0; k < size && status != SG_OK; k++)
        state[k] = SG_NAN;
    double *owned[] = {s.f, s.jacobian, s.step, s.trial, soft.y};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    return status;
}
