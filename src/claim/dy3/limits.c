/* DY3: both limits by bisection on returning, and the figure's rectangle of rates. */
#include <math.h>

#include "claim/dy3/parts.h"

/* Bisection stops at this relative width. */
static const double WIDTH = 2e-4;
enum { GRID = 27 };

/* A mode of heavy ball that starts at rest within its limit overshoots by at most
 * c = (1 + beta) / (1 - sqrt(beta)), since theta_t = (U_t - beta U_{t-1}) theta_0 with
 * U_t = sum_j l_1^j l_2^(t-j), and one root is at most sqrt(beta).  The SG's mode drives the
 * weights', which overshoot in turn.  So no growth below 100 c^2 counts as leaving, and a start is
 * c^2 times nearer: it leaves at the same distance as without momentum. */
static double overshoot2(double beta)
{
    const double c = (1 + beta) / (1 - sqrt(beta));
    return c * c;
}

/* beta > 0: heavy ball.  At 1 + e times the limit the root near -1 grows by
 * 2 e (1 + beta) / (1 - beta) a step. */
static void check_limit(struct sg_lab *lab, struct sg_shallow *s, bool mu, double beta)
{
    const struct sg_fit *fit = s->fit;
    const struct sg_rates *rate = mu ? &s->rate_x : &s->rate_z;
    const size_t n = mu ? fit->d : fit->q, at = mu ? 0 : fit->d;
    const double *S = mu ? fit->s_x : fit->s_z, *v = mu ? fit->v_x : fit->v_z;
    const double limit = sg_closed_momentum_limit(rate->critical, beta);
    /* Half its limit: the other block's eigenvalues are far from the -1 where this one's fate is
     * decided (without momentum in [0, 1)), so that no transient of a nearly defective J passes
     * for leaving. */
    const double other =
        sg_closed_momentum_limit(mu ? s->rate_z.critical : s->rate_x.critical, beta) / 2;
    const double start = SG_DY3_START * s->w_norm / overshoot2(beta);
    const double steps = fmin((double)s->c->train.steps, SG_DY3_FATE_STEPS);
    const double cond_T = sg_closed_joint_condition(fit, mu ? limit : other, mu ? other : limit);
    const struct sg_tol tol = {
        WIDTH + (1 - beta) / (1 + beta) * log(s->leaves * cond_T) / (2 * steps),
        beta > 0 ? "bisection width + (1 - beta)/(1 + beta) ln(100 c^2 cond(T)) / (2 steps)"
                 : "bisection width + ln(100 cond(T)) / (2 steps)",
        0};
    if (!sg_shallow_tells(lab, tol.value))
        return;
    /* The top eigenmode, whose fate is asked, with a third of noise. */
    double *offset = SG_TAKE(lab, s->size, double), trace = 0;
    sg_shallow_offset(offset, s, start / 3, sg_lab_rng(lab, mu ? "mu-limit" : "nu-limit"));
    for (size_t i = 0; i < n; i++) {
        trace += S[i * n + i];
        offset[(at + i) * fit->m] += start * v[i * n];
    }
    const double found = sg_shallow_bisect(s, offset, mu, other, 1 / trace, WIDTH, (uint64_t)steps);
    static const char *const what[2][2] = {
        {"nu limit, bisected on returning, over 2/lambda_max(S_z)",
         "mu limit, bisected on returning, over 2/lambda_max(S_x)"},
        {"nu limit, bisected on returning, over 2 (1 + beta)/lambda_max(S_z)",
         "mu limit, bisected on returning, over 2 (1 + beta)/lambda_max(S_x)"}};
    sg_lab_equal(lab, SG_SIMULATED, mu ? "mu-limit" : "nu-limit", what[beta > 0][mu],
                 found / limit, 1.0, tol);
}

static void draw_rectangle(struct sg_lab *lab, struct sg_shallow *s, double beta)
{
    double *offset = SG_TAKE(lab, s->size, double);
    sg_shallow_offset(offset, s, SG_DY3_START * s->w_norm / overshoot2(beta),
                      sg_lab_rng(lab, "rectangle"));
    sg_lab_series(lab, "rectangle", "mu_over_critical nu_over_critical fate radius");
    const double wide = 1.3 * sg_closed_momentum_limit(1, beta);
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            const double a = wide * ((double)i + 0.5) / GRID, b = wide * ((double)j + 0.5) / GRID;
            const double mu = a * s->rate_x.critical, nu = b * s->rate_z.critical;
            const enum sg_fate fate = sg_shallow_fate(s, offset, mu, nu, SG_DY3_FATE_STEPS);
            sg_lab_point(lab, (const double[]){a, b, (double)fate,
                                               sg_closed_momentum_radius(s->fit, mu, nu, beta)});
        }
}

void sg_dy3_limits(struct sg_lab *lab, struct sg_shallow *s, double beta)
{
    s->leaves = 100 * overshoot2(beta);
    check_limit(lab, s, true, beta);
    check_limit(lab, s, false, beta);
    if (lab->trial->figure && lab->status == SG_OK)
        draw_rectangle(lab, s, beta);
    s->leaves = 100;
}
