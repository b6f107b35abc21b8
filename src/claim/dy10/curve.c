/* DY10: simulated modes against the logistic curve, at mu going down. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "claim/dy10/parts.h"

/* theory's ceiling on the order's error */
static const double ORDER = 0.05;

/* mu goes down half a decade at a time; the same SG_DY10_LOOKS times in all. */
struct sg_mode_level sg_modes_level(const struct sg_modes *s, size_t j)
{
    const uint64_t gap = (uint64_t)(s->trial->c->train.steps * pow(10, 0.5 * (double)j) / SG_DY10_LOOKS + 0.5);
    return (struct sg_mode_level){.mu = s->span / (double)(SG_DY10_LOOKS * gap), .steps = SG_DY10_LOOKS * gap, .gap = gap};
}

static void look(struct sg_mode_sweep *sweep, struct sg_modes *s, size_t j, double mu, double t, double e)
{
    const double rounding = sqrt(2 * s->saxe.sigma[0]) * e;
    sg_modes_read(s, s->w);
    for (size_t i = 0; i < s->saxe.modes; i++) {
        const double sigma = s->saxe.sigma[i], a = sg_closed_saxe_mode(sigma, s->saxe.a_0[i], t);
        const struct sg_saxe_clock clock = sg_closed_saxe_clock(sigma, s->saxe.a_0[i], mu, t);
        const double off = fabs(s->a[i] - clock.a), bound = clock.error + rounding;
        sweep->error[j] = sg_base_max(sweep->error[j], fabs(s->a[i] - a));
        sweep->slope = sg_base_max(sweep->slope, fabs(clock.slope));
        sweep->off[j] = sg_base_max(sweep->off[j], bound + fabs(clock.a - a - mu * clock.slope));
        if (!(off * sweep->worst_bound <= sweep->worst * bound)) {
            sweep->worst = off;
            sweep->worst_bound = bound;
        }
    }
}

static enum sg_status run_level(struct sg_mode_sweep *sweep, struct sg_modes *s, enum sg_mode_rule rule, size_t j)
{
    const struct sg_mode_level level = sg_modes_level(s, j);
    double *a = sg_base_copy(s->saxe.a_0, s->saxe.modes, sizeof *a), e = sg_modes_start_error(s);
    enum sg_status status = SG_OK;
    memcpy(s->w, s->w_0, s->pair.n_w * sizeof *s->w);
    for (uint64_t t = 1; t <= level.steps && status == SG_OK; t++) {
        e = sg_modes_grown(e, s, a, level.mu) + level.mu * s->rate_error + s->step_error;
        status = sg_modes_step(s, rule, level.mu);
        for (size_t i = 0; i < s->saxe.modes; i++)
            a[i] = sg_closed_saxe_step(a[i], s->saxe.sigma[i], level.mu);
        if (t % level.gap == 0)
            look(sweep, s, j, level.mu, level.mu * (double)t, e);
    }
    free(a);
    return status;
}

enum sg_status sg_modes_check_curve(struct sg_evidence *ev, struct sg_modes *s, enum sg_mode_rule rule, struct sg_mode_sweep *sweep)
{
    double x[SG_DY10_FULL_LEVELS], y[SG_DY10_FULL_LEVELS], off[SG_DY10_FULL_LEVELS];
    char what[120];
    enum sg_status status = SG_OK;
    *sweep = (struct sg_mode_sweep){.worst = -1, .worst_bound = 1};
    for (size_t j = 0; j < s->levels && status == SG_OK; j++)
        status = run_level(sweep, s, rule, j);
    for (size_t j = 0; j < s->levels && status == SG_OK; j++) {
        const double mu = sg_modes_level(s, j).mu, share = sweep->off[j] / (mu * sweep->slope);
        x[j] = log(mu);
        y[j] = log(sweep->error[j]);
        off[j] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    if (status != SG_OK)
        return status;
    const double bound = sg_fit_slope_error(x, off, s->levels);
    snprintf(what, sizeof what, "%s: modes against the curve on the corrected clock", sg_mode_rule_name[rule]);
    sg_claim_bound(ev, SG_SIMULATED, what, sweep->worst, sweep->worst_bound, "the clock's remainder of order mu^2, proved, and rounding");
    snprintf(what, sizeof what, "%s: order in mu of max |a_mu - a(t)|", sg_mode_rule_name[rule]);
    sg_claim_compare(ev, SG_SIMULATED, what, sg_fit_slope(x, y, s->levels), 1.0, bound < ORDER ? bound : ORDER,
                     "what the proved remainder can do to the fit; at most 0.05");
    return SG_OK;
}
