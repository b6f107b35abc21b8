/* DY3: both limits by bisection on returning, and the figure's rectangle of rates. */
#include <math.h>

#include "claim/dy3/parts.h"

/* Bisection stops at this relative width. */
static const double WIDTH = 2e-4;
enum { GRID = 27 };

static void check_limit(struct sg_lab *lab, struct sg_shallow *s, bool mu)
{
    const struct sg_fit *fit = s->fit;
    const struct sg_rates *rate = mu ? &s->rate_x : &s->rate_z;
    const size_t n = mu ? fit->d : fit->q, at = mu ? 0 : fit->d;
    const double *S = mu ? fit->s_x : fit->s_z, *v = mu ? fit->v_x : fit->v_z;
    /* Half its limit: the other block's eigenvalues lie in [0, 1), far from the -1 where this one's
     * fate is decided, so that no transient of a nearly defective J passes for leaving. */
    const double other = (mu ? s->rate_z.critical : s->rate_x.critical) / 2;
    const double steps = fmin((double)s->c->train.steps, SG_DY3_FATE_STEPS);
    const double cond_T =
        sg_closed_joint_condition(fit, mu ? rate->critical : other, mu ? other : rate->critical);
    const struct sg_tol tol = {WIDTH + log(100 * cond_T) / (2 * steps),
                               "bisection width + ln(100 cond(T)) / (2 steps)", 0};
    if (!sg_shallow_tells(lab, tol.value))
        return;
    /* The top eigenmode, whose fate is asked, with a third of noise. */
    double *offset = SG_TAKE(lab, s->size, double), trace = 0;
    sg_shallow_offset(offset, s, SG_DY3_START * s->w_norm / 3,
                      sg_lab_rng(lab, mu ? "mu-limit" : "nu-limit"));
    for (size_t i = 0; i < n; i++) {
        trace += S[i * n + i];
        offset[(at + i) * fit->m] += SG_DY3_START * s->w_norm * v[i * n];
    }
    const double found = sg_shallow_bisect(s, offset, mu, other, 1 / trace, WIDTH, (uint64_t)steps);
    sg_lab_equal(lab, SG_SIMULATED, mu ? "mu-limit" : "nu-limit",
                 mu ? "mu limit, bisected on returning, over 2/lambda_max(S_x)"
                    : "nu limit, bisected on returning, over 2/lambda_max(S_z)",
                 found / rate->critical, 1.0, tol);
}

static void draw_rectangle(struct sg_lab *lab, struct sg_shallow *s)
{
    double *offset = SG_TAKE(lab, s->size, double);
    sg_shallow_offset(offset, s, SG_DY3_START * s->w_norm, sg_lab_rng(lab, "rectangle"));
    sg_lab_series(lab, "rectangle", "mu_over_critical nu_over_critical fate radius");
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            const double a = 1.3 * ((double)i + 0.5) / GRID, b = 1.3 * ((double)j + 0.5) / GRID;
            const double mu = a * s->rate_x.critical, nu = b * s->rate_z.critical;
            const enum sg_fate fate = sg_shallow_fate(s, offset, mu, nu, SG_DY3_FATE_STEPS);
            sg_lab_point(
                lab, (const double[]){a, b, (double)fate, sg_closed_joint_radius(s->fit, mu, nu)});
        }
}

void sg_dy3_limits(struct sg_lab *lab, struct sg_shallow *s)
{
    check_limit(lab, s, true);
    check_limit(lab, s, false);
    if (lab->trial->figure && lab->status == SG_OK)
        draw_rectangle(lab, s);
}
