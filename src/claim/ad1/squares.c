/* AD1 under MSE: linear regression trained with a linear SG ends at least squares (CP2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/ad1/parts.h"

static const double ENOUGH = 1e-12;                      /* the gap that the residual leaves open when training ends */
enum { LOOK = 32 };

/* g = z Phi* for every w, so with psi = Phi - Phi*: f = E[z^T (s - g)] = S_z psi, E|s - g|^2 = f S_z^-1 f and |grad L| <= |r| + sqrt(lambda_max(S_x) f S_z^-1 f);
 * L - min L <= |grad L|^2 / (2 lambda_min(S_x)).  r = E[x^T s]. */
static double open_by_residual(const struct sg_shallow *s, const double *w, const double *dw, const double *dphi)
{
    const struct sg_data *rows = &s->rows;
    double s_z[9] = {0}, solved[3];
    for (size_t i = 0; i < rows->n; i++) {
        const double z[3] = {sg_base_dot(rows->x + i * rows->d, w, rows->d), rows->y[i], rows->one[i]};
        for (size_t k = 0; k < 9; k++)
            s_z[k] += z[k / 3] * z[k % 3] / (double)rows->n;
    }
    if (sg_base_solve(solved, s_z, dphi, 3, 1) != SG_OK)
        return SG_NAN;
    const double gradient = sg_base_norm(dw, rows->d) + sqrt(s->rate_x.largest * fmax(0, sg_base_dot(solved, dphi, 3)));
    return gradient * gradient / 2 / s->rate_x.smallest;
}

/* From w = 0 and an untrained SG, both by gradient descent, all parts from the same state. */
static enum sg_status train(struct sg_ad1_seed *out, struct sg_shallow *s, uint64_t most)
{
    double *dw = SG_NEW(s->n_w, double), *offset = SG_NEW(s->size, double), dphi[3];
    void *work = s->field.work_alloc(&s->field);
    struct sg_metrics metrics = {SG_NAN, SG_NAN};
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < s->size; k++)
        offset[k] = -s->fixed[k];
    sg_shallow_start(s, offset, s->mu, s->nu);
    out->squares_tolerance = HUGE_VAL;
    for (uint64_t steps = 0; status == SG_OK && steps < most && !(out->squares_tolerance <= ENOUGH); steps += LOOK) {
        status = sg_sim_advance(s->sim, &s->batch, LOOK);
        s->field.eval(dw, dphi, &metrics, &s->field, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch, SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        out->squares_tolerance = open_by_residual(s, sg_sim_w(s->sim), dw, dphi);
    }
    const double least = sg_base_dot(s->fit->residual, s->fit->residual, s->fit->n) / 2 / (double)s->fit->n;
    out->squares = metrics.loss - least;
    /* both losses are sums of squares of n numbers known to (d + 2) u (|x| |w| + |y|), which are no larger than 4 in the root mean square */
    out->squares_tolerance += 4 * SG_UNIT_ROUNDOFF * ((double)(s->fit->n + s->fit->d)) * (sqrt(least) + least);
    s->field.work_free(work);
    free(dw);
    free(offset);
    return status;
}

void sg_ad1_squares(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed)
{
    struct sg_case *c = SG_NEW(1, struct sg_case);
    struct sg_data data = {0};
    struct sg_shallow *s = NULL;
    struct sg_evidence unused = {0};
    struct sg_trial own = *trial;
    out->status = sg_ad1_make(c, &data, trial, set, seed);
    c->net.loss = SG_MSE;
    c->train.form = SG_FORM_COMPRESSED;
    c->train.units = SG_UNITS_OPTIMAL;
    c->train.mu = 0.25;          /* far from 0 and 1: from an untrained SG the joint step is not linear */
    c->train.nu = 0.5;
    own.c = c;
    own.data = &data;
    if (out->status == SG_OK)
        out->status = sg_shallow_alloc(&s, &own, (struct sg_timing){0}, &unused);
    if (out->status == SG_OK)
        out->status = train(out, s, 200000);
    out->has_squares = out->status == SG_OK;
    sg_shallow_free(s);
    sg_data_free(&data);
    free(c);
}
