/* DY14 (a): the drift of D as the step shrinks.
 *
 * Over a fixed time T = mu t the squares that steps add to D are mu times an integral of the flow,
 * plus O(mu^2) where the flow is smooth.  So drift(mu) = c mu + O(mu^2): order 1. */
#include <math.h>

#include "claim/dy14/parts.h"

/* mu/4, mu/8, ..., mu/128 over the time of a 200th of the case's steps, or of LEAST steps. */
enum { LEVELS = 6, FIRST = 2, SHARE = 200, LEAST = 20 };

/* |change of D|, all boundaries together; NaN where the run has left the numbers. */
static double drift_of(struct sg_lab *lab, size_t level, uint64_t steps)
{
    struct sg_dy14_run *run = sg_dy14_run_make(lab, lab->trial->c, ldexp(1, -(int)(level + FIRST)));
    double drift = 0;
    if (run)
        run->ends_only = true;
    if (!run || !sg_dy14_run_advance(run, steps << (level + FIRST)))
        return SG_NAN;
    for (size_t i = 0; i < sg_ledger_count(run->ledger); i++)
        drift = hypot(drift, sg_ledger_read(run->ledger, i).drift);
    return drift;
}

/* Kinks, where relu's slope or |.|'s jumps, are met at other times with every step: c exists, but
 * what is left of it does not fall evenly, so no order is fitted there. */
static bool is_smooth(const struct sg_case *c)
{
    return c->net.activation != SG_RELU && c->net.loss != SG_ABS;
}

void sg_dy14_flow(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    const uint64_t some = (uint64_t)c->train.steps / SHARE, steps = some > LEAST ? some : LEAST;
    if (!is_smooth(c) || c->given[sg_case_key_find("train.batch")])
        return;
    double drift[LEVELS], order[LEVELS - 1];
    for (size_t level = 0; level < LEVELS; level++)
        drift[level] = drift_of(lab, level, steps);
    if (!sg_base_all_finite(drift, LEVELS)) {
        sg_lab_note(lab, "the run goes to infinity at once, so no order in mu was fitted");
        return;
    }
    for (size_t i = 0; i + 1 < LEVELS; i++)
        order[i] = log2(drift[i] / drift[i + 1]);
    /* order_i = 1 + a mu_i + b mu_i^2 + ...: two of them differ by a mu_i / 2, which is as far as
     * the next one is from 1. */
    const double off = fmax(fabs(order[LEVELS - 2] - order[LEVELS - 3]),
                            fabs(order[LEVELS - 3] - order[LEVELS - 4]));
    sg_lab_equal(lab, SG_SIMULATED, "flow-order",
                 "flow: order in mu of the drift of D - (A + A^T)/kappa, at mu/64 and mu/128",
                 order[LEVELS - 2], 1,
                 (struct sg_tol){2 * off, "twice what the last three orders differ by", 1});
    if (!lab->trial->figure)
        return;
    sg_lab_series(lab, "flow", "mu drift");
    for (size_t level = 0; level < LEVELS; level++)
        sg_lab_point(
            lab, (const double[]){ldexp(c->train.mu, -(int)(level + FIRST)), drift[level]});
}
