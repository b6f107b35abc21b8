/* DY6: a relative error rho < 1 of the gradient is harmless, and exactly how harmless.
 *
 * Instances: quadratics with the worst error direction found exactly (a sphere-constrained
 * quadratic, by its secular equation) and start and spectrum climbed towards the worst; and
 * one-dimensional convex functions with piecewise linear gradient, whose worst error is one of the
 * two ends. */
#include <math.h>

#include "claim/dy6/parts.h"
#include "lab/certify.h"

enum { CLIMBS = 8, PIECEWISE = 384, CURVATURES = 3, ERRORS = 4, STEPS = 5 };
static const double CURVATURE[] = {0.01, 0.1, 0.5};            /* m, with L = 1 */
static const double ERROR[] = {0.0, 0.3, 0.6, 0.9};            /* rho */
static const double STEP[] = {0.25, 0.5, 0.75, 1.0}; /* of the case's step; and the optimal one */

/* What is left of f - f* at worst. */
static double ratio(const struct sg_dy6_quadratic *q, double rho, double gamma)
{
    return sg_dy6_worst_next(q, rho, gamma) / sg_dy6_value(q->h, q->x);
}

/* f+ is off by a few u |x|^2 L, against factor f >= factor m |x|^2 / 2. */
static void check_cell(struct sg_lab *lab, double m, double rho, double gamma, struct sg_rng *rng)
{
    const double factor = sg_closed_inexact_factor(m, 1, rho, gamma);
    double largest = 0;
    for (int k = 0; k < CLIMBS; k++)
        largest = sg_base_max(largest, sg_dy6_climb(ratio, m, rho, gamma, rng));
    for (int k = 0; k < PIECEWISE; k++)
        largest = sg_base_max(largest, sg_dy6_piecewise(m, rho, gamma, rng));
    sg_lab_below(lab, SG_SIMULATED, "factor",
                 "(f+ - f*)/(f - f*) over its bound, largest of some 100,000 adversarial instances",
                 largest / factor, 1,
                 (struct sg_tol){10 * SG_UNIT_ROUNDOFF / (m * factor), "10 u L / (m factor)", 0});
    sg_lab_fact(lab, SG_SIMULATED, "factor-reached",
                "the bound is reached: 0.99 of it is found in every cell of the grid",
                largest >= 0.99 * factor, "required tightness of the search");
    sg_lab_below(lab, SG_SIMULATED, "shrinks",
                 "at every step size of the case f - f* shrinks, whatever the error: largest ratio",
                 largest, 1, (struct sg_tol){0, "exact", 0});
    if (lab->trial->figure)
        sg_lab_point(lab, (const double[]){m, rho, gamma * (1 + rho) / 2, factor, largest});
}

static void check_grid(struct sg_lab *lab, const struct sg_shallow *s, struct sg_rng *rng)
{
    const struct sg_case_train *train = &lab->trial->c->train;
    const bool certified = train->mu <= 1 && sg_lab_certifies(lab, s->fit->d);
    if (lab->trial->figure)
        sg_lab_series(lab, "grid", "m rho gamma_over_largest factor largest_ratio");
    for (int i = 0; i < CURVATURES; i++)
        for (int j = 0; j < ERRORS; j++)
            for (int k = 0; k < STEPS; k++) {
                const double m = CURVATURE[i], rho = ERROR[j];
                const double best = sg_closed_inexact_step(m, 1, rho);
                const double most = sg_lab_rate(train->mu, train->units, 2 / (1 + rho), best);
                const double gamma = k + 1 == STEPS ? best : STEP[k] * most;
                check_cell(lab, m, rho, gamma, rng);
                if (certified)
                    sg_dy6_certify_cell(lab, &(struct sg_cert_inexact){m, 1, rho, gamma});
            }
    if (certified)
        sg_dy6_certify_data(lab, s, ERROR, ERRORS);
    if (train->mu > 1)
        sg_lab_note(lab,
                    "mu is beyond the largest step, 2/((1 + rho) L) (1 in critical units), and "
                    "some error makes f grow, as the statement says");
}

/* rate |grad f|^2 over f - f+ at worst, of a function that need not be convex.  Where |grad f| is
 * small against |x| the difference is rounding. */
static double share_of_descent(const struct sg_dy6_quadratic *q, double rho, double gamma)
{
    double g2 = 0;
    for (int i = 0; i < SG_DY6_DIM; i++)
        g2 += q->h[i] * q->h[i] * q->x[i] * q->x[i];
    if (g2 < 0.01 * sg_base_dot(q->x, q->x, SG_DY6_DIM))
        return 0;
    const double fall = sg_dy6_value(q->h, q->x) - sg_dy6_worst_next(q, rho, gamma);
    return fall > 0 ? sg_closed_descent_rate(1, rho, gamma) * g2 / fall : HUGE_VAL;
}

/* The descent lemma: spectrum in [-1, 1], the same adversary.  f - f+ is off by a few u |x|^2 L. */
static void check_descent(struct sg_lab *lab, struct sg_rng *rng)
{
    for (int j = 0; j < ERRORS; j++)
        for (int k = 0; k + 1 < STEPS; k++) {
            const double eta = 0.97 * STEP[k] * 2 / (1 + ERROR[j]);
            const double rate = sg_closed_descent_rate(1, ERROR[j], eta);
            double share = 0;
            for (int i = 0; i < CLIMBS; i++)
                share = sg_base_max(share, sg_dy6_climb(share_of_descent, -1, ERROR[j], eta, rng));
            sg_lab_below(
                lab, SG_SIMULATED, "descent",
                "descent lemma, not necessarily convex: rate |grad f|^2 over f - f+, largest",
                share, 1,
                (struct sg_tol){10 * SG_DY6_DIM * SG_UNIT_ROUNDOFF / (0.01 * rate),
                                "10 dim u L |x|^2 over rate |grad f|^2", 0});
            sg_lab_fact(lab, SG_SIMULATED, "descent-reached",
                        "the descent lemma's rate is reached: 0.99 of it is found in every cell",
                        share >= 0.99, "required tightness of the search");
        }
}

/* rho = 1: an error may cancel the gradient; slightly above, turn it round. */
static void check_limits(struct sg_lab *lab, struct sg_rng *rng)
{
    enum { TRIES = 100 };
    const double m = 0.1;
    for (int k = 0; k < 2 * TRIES; k++) {
        const struct sg_dy6_quadratic q = sg_dy6_draw(m, rng);
        const double left = ratio(&q, k < TRIES ? 1 : 1.01, 0.5);
        sg_lab_below(lab, SG_SIMULATED, "no-descent",
                     "rho = 1 and 1.01: f over f+ at the worst error, largest: no step is safe",
                     1 / left, 1,
                     (struct sg_tol){10 * SG_DY6_DIM * SG_UNIT_ROUNDOFF / m, "10 dim u L / m", 0});
    }
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_rng *rng = sg_lab_rng(lab, "instances");
    check_grid(lab, on, rng);
    check_descent(lab, rng);
    check_limits(lab, rng);
    sg_dy6_run(lab, on);
}

const struct sg_claim sg_claim_dy6 = {
    .id = "DY6",
    .name = "dy6_tracking",
    .title = "a relative gradient error below one is harmless, and how harmless",
    .from = SG_FROM_PAPER,
    .source = "Proposition 2; the sharp factor: known before",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION SG_READS_FULL_SG
    " train.form=sample|compressed train.units=critical train.mu train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&sg_shallow_x_nonsingular, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement = "f m-strongly convex and L-smooth; each step uses d with |d - grad f| <= rho "
                 "|grad f|, rho < 1, "
                 "and a step gamma <= 2/((1+rho)L).  Then f - f* shrinks a step by at most "
                 "max{1 - (1-rho) m gamma, (1+rho) L gamma - 1}^2, and one-dimensional quadratics "
                 "attain it.  "
                 "For L-smooth f, f(x+) <= f(x) - rate |grad f|^2 with rate = min over s in "
                 "{1-rho, 1+rho} of "
                 "gamma s (1 - L gamma s/2).  With a synthetic gradient, "
                 "eps K <= |grad L| (1-delta)/(1+delta) gives rho = (1-delta)/(1+delta): training "
                 "converges to a "
                 "solution of the original problem.  rho = 1 can stall, rho > 1 diverge.",
};
