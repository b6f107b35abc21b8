/* CP5 in ball arithmetic: one point of the SG-critical set at which |grad L| > 0. */
#include <math.h>

#include "claim/cp5/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

/* a . S_x b. */
static double inner(const struct sg_fit *fit, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < fit->d; i++)
        sum += a[i] * sg_base_dot(fit->s_x + i * fit->d, b, fit->d);
    return sum;
}

/* A half-line from the base that meets the sphere half way round between base and W*: the sum of
 * the diameter's direction and of one across it, unit vectors in a^T S_x b.  Across: of
 * the feature that has most of itself across, relative to its size.  An orthogonal design may have
 * a feature along the diameter, another that is no part of it: this direction is neither. */
static void find_direction(double *u, const struct sg_cp5 *c)
{
    const struct sg_fit *fit = c->s->fit;
    const size_t d = fit->d;
    double *q = SG_TAKE(c->lab, d, double), *v = SG_TAKE(c->lab, d, double), best = -1;
    sg_closed_no_labels_base(q, fit, c->constant);
    for (size_t i = 0; i < d; i++)
        q[i] = fit->w[i] - q[i];
    const double length = sqrt(inner(fit, q, q));
    for (size_t j = 0; j < c->k; j++) {
        for (size_t i = 0; i < d; i++)
            v[i] = i == j;
        if (c->constant) /* centred: E[x v] = 0 */
            v[d - 1] = -fit->s_x[(d - 1) * d + j];
        const double size = inner(fit, v, v), along = inner(fit, v, q) / length;
        for (size_t i = 0; i < d; i++)
            v[i] -= along * q[i] / length;
        const double across = inner(fit, v, v);
        for (size_t i = 0; i < d && across > best * size; i++)
            u[i] = q[i] / length + v[i] / sqrt(across);
        best = fmax(best, across / size);
    }
}

/* |grad L| by the fit's moments at t u, or at the base and t u, with E[p r] = 0 (and E[r] = 0). */
static double gradient_at(double *rounding, const struct sg_cp5 *c, double *u)
{
    const struct sg_fit *fit = c->s->fit;
    const size_t d = fit->d, q = fit->q;
    double *w = SG_TAKE(c->lab, d, double), *g = SG_TAKE(c->lab, d, double), along = 0, norm = 0;
    for (size_t i = 0; i + 1 < d && c->constant; i++)
        u[d - 1] = (i == 0 ? 0 : u[d - 1]) - u[i] * fit->x_z[i * q + 2]; /* E[x_i 1] */
    for (size_t i = 0; i < d; i++)
        along += u[i] * fit->x_z[i * q + 1];
    const double length = inner(fit, u, u), mean = c->constant ? fit->s_z[1 * q + 2] : 0;
    for (size_t i = 0; i < d; i++)
        w[i] = along / length * u[i] + (i == d - 1 ? mean : 0);
    for (size_t i = 0; i < d; i++) {
        g[i] = sg_base_dot(fit->s_x + i * d, w, d) - fit->x_z[i * q + 1];
        norm += fabs(fit->x_z[i * q + 1]) +
                sqrt(fit->lambda_x[0] * fit->s_x[i * d + i]) * sg_base_norm(w, d);
    }
    *rounding = (double)(fit->n + d) * SG_UNIT_ROUNDOFF * norm;
    return sg_base_norm(g, d);
}

static void record(const struct sg_cp5 *c, const struct sg_cert_data *data, const double *u,
                   enum sg_status status, struct sg_interval gradient)
{
    struct sg_record *r =
        sg_lab_record(c->lab, "unlabelled", "unlabelled-proved unlabelled-enclosed");
    sg_record_data(r, data);
    sg_record_flag(r, "constant", c->constant);
    sg_record_array(r, "direction", u, 1, data->d);
    sg_record_outcome(r, status);
    sg_record_interval(r, "gradient", gradient);
    sg_record_end(r);
}

void sg_cp5_certify(struct sg_cp5 *c)
{
    struct sg_lab *lab = c->lab;
    struct sg_interval gradient;
    double *u = SG_TAKE(lab, c->s->fit->d, double), rounding;
    if (!sg_lab_certifies(lab, c->s->fit->d))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    find_direction(u, c);
    const enum sg_status status = sg_cert_unlabelled(&gradient, &data, c->constant, u);
    record(c, &data, u, status, gradient);
    sg_lab_proved(
        lab, "unlabelled-proved",
        "without labels a point that is not critical has E[p r] = 0 (and E[r] = 0): |grad L| > 0",
        status, SG_OK, "ball arithmetic, on a half-line from the base; binary64 samples, exact");
    const double closed = gradient_at(&rounding, c, u);
    sg_lab_enclosed(
        lab, "unlabelled-enclosed",
        "|grad L| at that point, by the fit's moments against the proved enclosure", closed,
        gradient.low, gradient.high, SG_CERTIFY_NUMBER_WIDTH,
        (struct sg_tol){rounding, "(n + d) u of its terms; enclosure no wider than 1e-10", 0});
}
