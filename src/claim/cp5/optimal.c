/* CP5, S_x = I, the SG at its optimum in every step: tau_t = c + (1 - mu)^t (tau_0 - c) along the start's own ray, for 0 < mu < 2 and both signs of c.
 *
 * Rounding.  A step errs by at most
 *
 *     turn_t = 2 u |w'| + mu ((n + d + 5) u sqrt(tr) rms(s) + |S_x - I| rms(s))      in any direction,
 *     push_t = turn_t + mu (d s + 2 |S_x - I| |q*|)                                  along the line and along the bias,
 *
 * d s the error of the SG's output by that of alpha and gamma: these scale w and shift the bias, and turn nothing.  Off the line an error is carried like w itself,
 * by tau'/tau, which may be large where tau passes near 0; it turns the line, and takes along the point that alpha aims at, |q*| for a unit; along the line
 * errors shrink by |1 - mu|:
 *
 *     across' = |tau'/tau| across + turn,      along' = |1 - mu| along + mu |q*| across / |tau| + push.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/cp5/parts.h"

struct run {
    struct sg_no_labels_ray ray;
    double mu, tau, across, along;     /* tau_t and the two bounds */
    double error, tolerance;           /* at the step with the largest ratio */
};

struct kick { double turn, push; };

static struct kick kick(const struct sg_cp5 *c, const struct run *r, double next)
{
    const double n = (double)c->s->rows.n, d = (double)c->s->fit->d, u = SG_UNIT_ROUNDOFF;
    const double w = sg_base_norm(c->closed, c->s->n_w), alpha = fabs((r->tau - r->ray.c) / r->tau);
    const double mean = c->constant ? fabs(c->closed[c->k] - c->s->fit->w[c->k]) : 0;                  /* |E[r]| */
    const double parts = c->constant ? 2 * alpha * w + mean : alpha * w;                               /* |alpha| rms(p) + |gamma| */
    const double turn = u * (w + fmax(w, fabs(next))) + r->mu * parts * ((n + d + 5) * u * sqrt(c->trace) + c->identity);
    return (struct kick){turn, turn + r->mu * (sg_cp5_s_error(c, w, alpha, fabs(r->tau)) + 2 * c->identity * r->ray.length)};
}

/* c->w_0 is the start; c->w the simulated, c->closed the predicted weights of the last step. */
static bool follow(struct run *r, struct sg_cp5 *c, double mu, uint64_t steps)
{
    const size_t d = c->s->n_w;
    double *form = SG_NEW(d, double);
    bool fine = true;
    *r = (struct run){.ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0), .mu = mu};
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_fitted_restart(c->fitted, form, mu);
    r->tau = r->ray.tau;
    memcpy(c->closed, c->w_0, d * sizeof *c->closed);
    r->across = (double)d * SG_UNIT_ROUNDOFF * sg_base_norm(c->w_0, d);                                 /* into the form's coordinates */
    for (uint64_t t = 1; t <= steps && fine; t++) {
        const double next = r->ray.c + pow(1 - mu, (double)t) * (r->ray.tau - r->ray.c), tau = fabs(r->tau);
        const struct kick error = kick(c, r, next);
        r->along = fabs(1 - mu) * r->along + mu * r->ray.length * r->across / tau + error.push;
        r->across = fabs(next) / tau * r->across + error.turn;
        r->tau = next;
        fine = sg_sim_fitted_step(c->fitted) == SG_OK;
        sg_cp5_from_form(c->w, c, sg_sim_fitted_w(c->fitted));
        sg_closed_no_labels_step(c->closed, c->s->fit, c->constant, c->w_0, mu, t);
        const double far = sg_cp5_distance(c, c->w, c->closed);
        const double tolerance = r->across + r->along + (double)d * SG_UNIT_ROUNDOFF * sg_base_norm(c->closed, d);
        if (t == 1 || !(far * r->tolerance <= r->error * tolerance)) {
            r->error = far;
            r->tolerance = tolerance;
        }
    }
    free(form);
    return fine;
}

/* One start at one rate, to the end: |1 - mu|^t below u. */
static void check_run(struct sg_cp5 *c, double mu, const char *sign, double cosine)
{
    const double length = sg_base_norm(c->s->fit->w, c->k), factor = fabs(1 - mu);
    const uint64_t steps = factor > SG_UNIT_ROUNDOFF ? (uint64_t)ceil(log(SG_UNIT_ROUNDOFF) / log(factor)) + 1 : 2;
    struct run r;
    char what[sizeof c->ev->row->what];
    sg_cp5_start(c, cosine, length * (0.3 + 2 * sg_base_rng_uniform(c->rng)), c->s->w_norm * sg_base_rng_gaussian(c->rng));
    const bool fine = factor < 1 && follow(&r, c, mu, steps);
    if (!fine)
        r = (struct run){.error = SG_NAN};
    snprintf(what, sizeof what, "optimal alpha, w_0.w* %s: every step against c + (1 - mu)^t (tau_0 - c) on the line", sign);
    sg_claim_bound(c->ev, SG_SIMULATED, what, r.error, r.tolerance, "rounding of a step, carried by tau'/tau across the line, by 1 - mu along it");
    sg_closed_no_labels_limit(c->closed, c->s->fit, c->constant, c->w_0);
    const double start = sg_base_norm(c->w_0, c->s->n_w), bound = r.across + r.along + SG_UNIT_ROUNDOFF * (start + 2 * length);
    /* The gradient at the limit is orthogonal to the line: to first order the loss feels only what is across. */
    const double across = r.across + SG_UNIT_ROUNDOFF * (start + 2 * length);
    snprintf(what, sizeof what, "optimal alpha, w_0.w* %s: end against w_0 (w_0.w*)/|w_0|^2", sign);
    sg_claim_bound(c->ev, SG_SIMULATED, what, fine ? sg_cp5_distance(c, c->w, c->closed) : SG_NAN, bound, "the same, at the last step");
    const struct sg_cp5_truth truth = sg_cp5_truth(c, c->w);
    const double excess = sg_closed_no_labels_excess(c->s->fit, c->constant, c->w_0), gradient = sqrt(2 * excess);
    const double rounding = sg_cp5_loss_error(c, sg_base_norm(c->closed, c->s->n_w));
    snprintf(what, sizeof what, "optimal alpha, w_0.w* %s: excess loss against 1/2 |w*|^2 sin^2", sign);
    sg_claim_compare(c->ev, SG_SIMULATED, what, fine ? truth.excess : SG_NAN, excess, gradient * across + bound * bound + c->identity * excess + rounding,
                     "gradient times the end's bound across the line, rounding of two losses");
    snprintf(what, sizeof what, "optimal alpha, w_0.w* %s: true gradient at the end against |w*| sin", sign);
    sg_claim_compare(c->ev, SG_SIMULATED, what, fine ? truth.gradient : SG_NAN, gradient,
                     across + bound * bound / gradient + c->identity * (gradient + bound) + sg_cp5_mean_error(c, sg_base_norm(c->closed, c->s->n_w)) * sqrt(c->trace), "the same, rounding of E[x^T r]");
}

void sg_cp5_optimal(struct sg_cp5 *c)
{
    const double rates[] = {c->s->mu, 1, 1.9};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        const double cosine = 0.3 + 0.6 * sg_base_rng_uniform(c->rng);
        check_run(c, rates[k], "> 0", cosine);
        check_run(c, rates[k], "< 0", -cosine);
    }
}
