/* DY5: with the SG's rate by exact line search and the network's by backtracking,
 * V = E|r|^2 - E|r*|^2 + E|s - g|^2 falls strictly down to rounding, and the weights end at least
 * squares.
 *
 * The search sees V on the case's rows.  The rows below see V anew, sample by sample in long
 * double, so that a step that the search accepted for a wrong reason does not pass. */
#include <math.h>
#include <string.h>

#include "claim/dy5/parts.h"

enum { STALL_REPLICATES = 4 };

struct course { double v, least_mu, least_sigma; uint64_t steps; enum sg_status status; };

/* Steps until V is at the target, or rises. */
static struct course follow(struct sg_lab *lab, const struct sg_shallow *s,
                            struct sg_searcher *searcher, struct sg_dy5_energy *v)
{
    struct sg_dy5_fresh *fresh = sg_dy5_fresh(lab);
    const double *w = sg_sim_searcher_w(searcher), *phi = sg_sim_searcher_phi(searcher);
    const double floor = sg_dy5_v_floor(s), target = sg_dy5_v_target(s);
    struct sg_dy5_seen seen = sg_dy5_look(fresh, w, phi);
    struct course c = {.v = seen.v, .least_mu = HUGE_VAL, .least_sigma = HUGE_VAL};
    double *old = SG_TAKE(lab, s->n_w, double);
    struct sg_search_step step;
    bool falls = true;
    while (falls && c.v > target && c.steps < (uint64_t)s->c->train.steps) {
        const struct sg_dy5_seen before = seen;
        memcpy(old, w, s->n_w * sizeof *old);
        c.status = sg_sim_searcher_step(&step, searcher);
        if (c.status != SG_OK)
            break;
        sg_dy5_check_gain(lab, fresh, &before, old, phi, s);
        seen = sg_dy5_look(fresh, w, phi);
        falls = seen.v < before.v;
        sg_lab_below(lab, SG_SIMULATED, "falls", "V over V before the step, down to rounding level",
                     seen.v / before.v, 1,
                     (struct sg_tol){4 * sqrt(floor / before.v), "4 sqrt(V floor / V)", 0});
        c.v = seen.v;
        c.least_mu = fmin(c.least_mu, step.mu);
        c.steps++;
        if (!lab->trial->figure)
            continue;
        sg_dy5_v(w, phi, v);
        const double sigma = sg_dy5_sigma(lab, v);
        c.least_sigma = fmin(c.least_sigma, sigma);
        sg_lab_point(lab, (const double[]){(double)c.steps - 1, seen.v, step.mu, sigma});
    }
    return c;
}

static void check_end(struct sg_lab *lab, const struct sg_shallow *s, const struct course *c,
                      const double *w)
{
    const double target = sg_dy5_v_target(s);
    const double cond = sqrt(s->rate_x.largest / s->rate_x.smallest);
    double *w_star = sg_dy5_fresh(lab)->w_star;
    if (c->v > target)
        sg_lab_stop(lab, c->status == SG_OK ? SG_BUDGET : c->status,
                    "V is %.2g after %llu steps and its rounding level is %.2g; %s", c->v,
                    (unsigned long long)c->steps, target,
                    c->status == SG_OK ? "raise train.steps" : "no smaller rate lowers it further");
    for (size_t i = 0; i < s->n_w; i++)
        w_star[i] -= w[i];
    sg_lab_zero(lab, SG_SIMULATED, "weights", "final |w - w*|, w* by dgelsd on the samples",
                sg_base_norm(w_star, s->n_w),
                (struct sg_tol){sqrt(target / s->rate_x.smallest) +
                                    10 * (double)s->fit->d * SG_UNIT_ROUNDOFF * cond * s->w_norm,
                                "sqrt(V at rounding level / lambda_min(S_x)) + 10 d u cond(X) |w*|",
                                s->w_norm});
    if (lab->trial->figure && c->steps > 0)
        sg_lab_note(lab, "replicate 0: %llu steps, smallest mu %.3g of its limit, smallest "
                    "singular value of Z %.3g", (unsigned long long)c->steps,
                    c->least_mu / s->rate_x.critical, c->least_sigma);
}

/* From w = 0, phi = 0. */
static void says(struct sg_lab *lab, void *on)
{
    const struct sg_shallow *s = on;
    struct sg_dy5_energy *v = sg_dy5_energy(lab, &s->rows, s->fit);
    const double *zero = SG_TAKE(lab, s->size, double);
    const struct sg_search_spec spec = {.net = s->net, .batch = &s->batch, .mu_max = s->mu,
                                        .fixed = s->c->train.search == SG_SEARCH_FIXED,
                                        .energy = sg_dy5_v, .context = v};
    struct sg_searcher *searcher = sg_sim_searcher_alloc(&spec, zero, zero);
    if (lab->trial->figure)
        sg_lab_series(lab, "descent", "step V mu sigma_min");
    const struct course c = follow(lab, s, searcher, v);
    sg_dy5_certify(lab, s, &spec);           /* also of a run that check_end calls too short */
    check_end(lab, s, &c, sg_sim_searcher_w(searcher));
    sg_sim_searcher_free(searcher);
    if (lab->trial->replicate < STALL_REPLICATES)
        sg_dy5_stall(lab);
}

const struct sg_claim sg_claim_dy5 = {
    .id = "DY5",
    .name = "dy5_line_search",
    .title = "convergence with line search",
    .from = SG_FROM_PAPER,
    .source = "Theorem 1; the rate: this project",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION SG_READS_FULL_SG
    " train.form=sample|compressed train.search! train.units train.mu train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&sg_shallow_x_nonsingular, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement =
        "Linear regression with a linear SG at the output, the SG's step by exact line search "
        "nu = |G|^2/E|ZG|^2; S_x nonsingular.  Unless the state is a solution, every small enough "
        "network step lowers V = E|r|^2 - E|r*|^2 + E|s - g|^2 strictly.  With mu by backtracking "
        "on "
        "a sufficient decrease V' <= V - c (mu |grad L|^2 + D), D = |G|^4/E|ZG|^2, the weights "
        "converge to least squares whenever mu stays bounded below; it does while Z = [p y 1] "
        "stays "
        "uniformly conditioned.  Without that condition: DY13.",
};
