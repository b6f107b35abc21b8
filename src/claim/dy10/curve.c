/* DY10: simulated modes against the logistic curve, at mu going down. */
#include <math.h>
#include <string.h>

#include "claim/dy10/parts.h"

/* Levels in the last decade of mu. */
enum { DECADE = 3 };

struct sg_mode_level sg_modes_level(const struct sg_modes *s, size_t j)
{
    const double steps = (double)s->steps * pow(10, 0.5 * (double)j);
    const uint64_t gap = (uint64_t)(steps / SG_DY10_LOOKS + 0.5);
    return (struct sg_mode_level){
        .mu = s->span / (double)(SG_DY10_LOOKS * gap), .steps = SG_DY10_LOOKS * gap, .gap = gap};
}

static void look(struct sg_mode_sweep *sweep, struct sg_modes *s, size_t j, double mu, double t,
                 double e)
{
    const double rounding = sqrt(2 * s->saxe.sigma[0]) * e;
    sg_modes_read(s, s->w);
    for (size_t i = 0; i < s->saxe.modes; i++) {
        const double sigma = s->saxe.sigma[i], a = sg_closed_saxe_mode(sigma, s->saxe.a_0[i], t);
        const struct sg_saxe_clock clock = sg_closed_saxe_clock(sigma, s->saxe.a_0[i], mu, t);
        const double bound = clock.error + rounding;
        sweep->error[j] = sg_base_max(sweep->error[j], fabs(s->a[i] - a));
        sweep->slope = sg_base_max(sweep->slope, fabs(clock.slope));
        sweep->off[j] = sg_base_max(sweep->off[j], bound + fabs(clock.a - a - mu * clock.slope));
        sg_lab_keep_worst(&sweep->clock, fabs(s->a[i] - clock.a), bound);
    }
}

static void run_level(struct sg_lab *lab, struct sg_mode_sweep *sweep, struct sg_modes *s,
                      enum sg_mode_rule rule, size_t j)
{
    const struct sg_mode_level level = sg_modes_level(s, j);
    const size_t r = s->saxe.modes;
    double *a = SG_TAKE(lab, r, double), e = sg_modes_start_error(s);
    memcpy(a, s->saxe.a_0, r * sizeof *a);
    memcpy(s->w, s->w_0, s->pair->n_w * sizeof *s->w);
    for (uint64_t t = 1; t <= level.steps && lab->status == SG_OK; t++) {
        e = sg_modes_grown(e, s, a, level.mu) + level.mu * s->rate_error + s->step_error;
        sg_modes_step(lab, s, rule, level.mu);
        for (size_t i = 0; i < r; i++)
            a[i] = sg_closed_saxe_step(a[i], s->saxe.sigma[i], level.mu);
        if (t % level.gap == 0)
            look(sweep, s, j, level.mu, level.mu * (double)t, e);
    }
}

void sg_modes_check_curve(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule,
                          struct sg_mode_sweep *sweep)
{
    double x[DECADE], y[DECADE], off[DECADE];
    const char *id = sg_mode_rule_id[rule], *name = sg_mode_rule_name[rule];
    *sweep = (struct sg_mode_sweep){0};
    for (size_t j = 0; j < s->levels; j++)
        run_level(lab, sweep, s, rule, j);
    for (size_t i = 0; i < DECADE; i++) {
        const size_t j = s->levels - DECADE + i;
        const double mu = sg_modes_level(s, j).mu, share = sweep->off[j] / (mu * sweep->slope);
        x[i] = log(mu);
        y[i] = log(sweep->error[j]);
        off[i] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    /* The clock's correction is of the size of the largest |a_mu - a(t)|, at the largest mu. */
    sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "clock-%s", id),
                sg_lab_format(lab, "%s: modes against the curve on the corrected clock", name),
                sweep->clock.error,
                (struct sg_tol){sweep->clock.tolerance,
                                "the clock's remainder of order mu^2, proved, and "
                                "rounding",
                                s->mu * sweep->slope});
    sg_lab_equal(lab, SG_SIMULATED, sg_lab_format(lab, "order-%s", id),
                 sg_lab_format(lab, "%s: order in mu of max |a_mu - a(t)|, last decade", name),
                 sg_fit_slope(x, y, DECADE), 1.0,
                 (struct sg_tol){sg_fit_slope_error(x, off, DECADE),
                                 "what the proved remainder can do to the "
                                 "fit",
                                 0});
}
