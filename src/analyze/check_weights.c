/* The weights' part of the check.  With psi = phi - phi* = 0 the SG stays exact, bit for bit, and
 * the weights' step is affine: the displacement may be as large as rounding likes it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"

enum { SLOW_STEPS = 1000000, FIT_STEPS = 3000000 };   /* budgets: about half a second in all */

struct sg_weights_rig {
    const struct sg_subject *subject;
    size_t d;
    struct sg_spectral *spectral;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_sim *sim;
    double *fixed, *start;      /* d: w* and a start, in the eigenbasis of S_x */
    double w_size;              /* |w*| + |y|_rms / sqrt(lambda_x max) */
};

static const double exact_sg[3] = {1, -1, 0};

enum sg_status sg_weights_rig_alloc(struct sg_weights_rig **out, const struct sg_subject *s)
{
    const size_t d = s->x->d;
    struct sg_spectral *spectral;
    *out = NULL;
    const enum sg_status status =
        sg_sim_spectral_alloc(&spectral, &s->rows, SG_H | SG_Y | SG_ONE, 1.0);
    if (status != SG_OK)
        return status;
    struct sg_weights_rig *r = *out = SG_NEW(1, struct sg_weights_rig);
    *r = (struct sg_weights_rig){.subject = s,
                                 .d = d,
                                 .spectral = spectral,
                                 .field = sg_sim_spectral_field(spectral),
                                 .batch = sg_sim_batch(&s->rows),
                                 .fixed = SG_NEW(d, double),
                                 .start = SG_NEW(d, double),
                                 .w_size = (s->p_size + s->y_size) / sqrt(s->x->lambda_x[0])};
    const struct sg_sim_spec spec = {.field = &r->field,
                                     .net_opt = {.rate = 0},
                                     .sg_opt = {.rate = 0}};
    r->sim = sg_sim_alloc(&spec, r->start, exact_sg);
    sg_sim_spectral_from_w(r->fixed, spectral, s->x->w);
    return SG_OK;
}

void sg_weights_rig_free(struct sg_weights_rig *r)
{
    if (!r)
        return;
    sg_sim_free(r->sim);
    sg_sim_spectral_free(r->spectral);
    free(r->fixed);
    free(r->start);
    free(r);
}

/* Bound: errors of lambda_i (moments, absolutely form lambda_max) and of where the mode's
 * fixed point lies, and rounding of the state, of the product and of the difference, 3 u a
 * step, on what has shrunk to 1/e. */
static struct sg_factor factor(struct sg_weights_rig *r, size_t mode, double mu, uint64_t steps)
{
    const double *lambda = r->subject->x->lambda_x, away = r->w_size > 0 ? 16 * r->w_size : 1;
    const double bound = r->subject->form * lambda[0] / lambda[mode] * (1 + r->w_size / away) +
                         3 * M_E * SG_UNIT_ROUNDOFF / (mu * lambda[mode]);
    if (!sg_base_within(bound, 1))
        return (struct sg_factor){SG_NAN, bound, 0};
    memcpy(r->start, r->fixed, r->d * sizeof *r->start);
    r->start[mode] += away;
    sg_sim_restart(r->sim, r->start, exact_sg, mu, r->subject->a->rate_z.optimal);
    if (sg_sim_advance(r->sim, &r->batch, steps) != SG_OK)
        return (struct sg_factor){SG_NAN, bound, steps};
    const double after = ((const double *)sg_sim_w(r->sim))[mode] - r->fixed[mode];
    return (struct sg_factor){sg_analysis_deficit(r->start[mode] - r->fixed[mode], after, steps),
                              bound, steps};
}

struct sg_factor sg_weights_slowest(struct sg_weights_rig *r)
{
    const struct sg_rates *x = &r->subject->a->rate_x;
    return factor(r, r->d - 1 - x->zeros, x->optimal, sg_analysis_steps(x->deficit, SLOW_STEPS));
}

struct sg_factor sg_weights_fastest(struct sg_weights_rig *r)
{
    return factor(r, 0, r->subject->a->rate_x.critical, SG_LIMIT_STEPS);
}

/* Runs until what is left of w* is u, if the budget allows.  Errors of moments and rounding, form
 * w_size a step, add up in a mode over the steps it remembers: at most
 * min(steps, lambda_max / lambda_min). */
double sg_weights_fit(struct sg_analysis_check *check, double *bound, struct sg_weights_rig *r)
{
    const struct sg_rates *x = &r->subject->a->rate_x;
    const struct sg_fit *fit = r->subject->x;
    const double needed = x->deficit < 1 ? ceil(log(SG_UNIT_ROUNDOFF) / log1p(-x->deficit)) : 1;
    double *w = SG_NEW(r->d, double), *closed = SG_NEW(r->d, double);
    check->converged = needed < FIT_STEPS;
    /* one more: the first may leave rounding behind */
    check->steps = (uint64_t)fmin(needed + 1, FIT_STEPS);
    memset(r->start, 0, r->d * sizeof *r->start);
    sg_closed_backprop(closed, fit, r->start, x->optimal, check->steps);
    sg_sim_restart(r->sim, r->start, exact_sg, x->optimal, r->subject->a->rate_z.optimal);
    const bool finite = sg_sim_advance(r->sim, &r->batch, check->steps) == SG_OK;
    sg_sim_spectral_to_w(w, r->spectral, sg_sim_w(r->sim));
    const double spread = x->largest / x->smallest, steps = (double)check->steps;
    *bound = r->subject->form * r->w_size * (x->zeros || steps < spread ? steps : spread);
    const double diff = finite ? sg_base_max_abs_diff(w, closed, r->d) : SG_NAN;
    check->max_abs_diff = finite ? sg_base_max_abs_diff(w, fit->w, r->d) : SG_NAN;
    check->predicted_diff = sg_base_max_abs_diff(closed, fit->w, r->d);
    free(w);
    free(closed);
    return diff;
}
