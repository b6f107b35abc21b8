/* AD1 under MSE: linear regression trained with a linear SG ends at least squares (CP2). */
#include <math.h>

#include "claim/ad1/parts.h"
#include "lab/shallow.h"

/* The gap that the residual leaves open when training ends; steps at most. */
static const double ENOUGH = 1e-12;
enum { LOOK = 32, MOST = 200000 };

/* g = z Phi* for every w, so with psi = Phi - Phi*: f = E[z^T (s - g)] = S_z psi,
 * E|s - g|^2 = f S_z^-1 f and |grad L| <= |r| + sqrt(lambda_max(S_x) f S_z^-1 f), r = E[x^T s];
 * L - min L <= |grad L|^2 / (2 lambda_min(S_x)). */
static double open_by_residual(const struct sg_shallow *s, const double *w, const double *dw,
                               const double *dphi)
{
    const struct sg_data *rows = &s->rows;
    double s_z[9] = {0}, solved[3];
    for (size_t i = 0; i < rows->n; i++) {
        const double p = sg_base_dot(rows->x + i * rows->d, w, rows->d);
        const double z[3] = {p, rows->y[i], rows->one[i]};
        for (size_t k = 0; k < 9; k++)
            s_z[k] += z[k / 3] * z[k % 3] / (double)rows->n;
    }
    if (sg_base_solve(solved, s_z, dphi, 3, 1) != SG_OK)
        return SG_NAN;
    const double sg = s->rate_x.largest * fmax(0, sg_base_dot(solved, dphi, 3));
    const double gradient = sg_base_norm(dw, rows->d) + sqrt(sg);
    return gradient * gradient / 2 / s->rate_x.smallest;
}

/* From w = 0 and an untrained SG, both by gradient descent, all parts from the same state. */
static void train(struct sg_lab *lab, struct sg_ad1_seed *out, struct sg_shallow *s)
{
    double *dw = SG_TAKE(lab, s->n_w, double), *offset = SG_TAKE(lab, s->size, double), dphi[3];
    void *work = s->field.work_alloc(&s->field);
    struct sg_metrics metrics = {SG_NAN, SG_NAN};
    for (size_t k = 0; k < s->size; k++)
        offset[k] = -s->fixed[k];
    sg_shallow_start(s, offset, s->mu, s->nu);
    out->squares_tolerance = HUGE_VAL;
    for (uint64_t t = 0; lab->status == SG_OK && t < MOST && !(out->squares_tolerance <= ENOUGH);
         t += LOOK) {
        sg_lab_try(lab, sg_sim_advance(s->sim, &s->batch, LOOK));
        s->field.eval(dw, dphi, &metrics, &s->field, sg_sim_w(s->sim), sg_sim_phi(s->sim),
                      &s->batch, SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        out->squares_tolerance = open_by_residual(s, sg_sim_w(s->sim), dw, dphi);
    }
    const double n = (double)s->fit->n;
    const double least = sg_base_dot(s->fit->residual, s->fit->residual, s->fit->n) / 2 / n;
    out->squares = metrics.loss - least;
    /* both losses are sums of squares of n numbers known to (d + 2) u (|x| |w| + |y|), which are no
     * larger than 4 in the root mean square */
    out->squares_tolerance +=
        4 * SG_UNIT_ROUNDOFF * (n + (double)s->fit->d) * (sqrt(least) + least);
    s->field.work_free(work);
}

/* A lab of its own: the instrument is that of another case. */
void sg_ad1_squares(struct sg_ad1_seed *out, const struct sg_ad1_task *task)
{
    struct sg_case *c = sg_ad1_case(task);
    c->net.loss = SG_MSE;
    c->train.form = SG_FORM_COMPRESSED;
    c->train.units = SG_UNITS_OPTIMAL;
    c->train.mu = 0.25;     /* far from 0 and 1: at an untrained SG the joint step is not linear */
    c->train.nu = 0.5;
    struct sg_trial trial = *task->lab->trial;
    trial.c = c;
    trial.data = task->data;
    struct sg_lab lab = sg_lab_begin(task->lab->ev, &trial);
    struct sg_shallow *s = sg_shallow_make(&lab, (struct sg_timing){0});
    if (s)
        train(&lab, out, s);
    out->has_squares = sg_lab_try(task->lab, sg_lab_end(&lab));
}
