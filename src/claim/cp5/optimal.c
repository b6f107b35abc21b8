/* CP5, S_x = I, the SG at its optimum in every step: tau_t = c + (1 - mu)^t (tau_0 - c) along the
 * start's own ray, for 0 < mu < 2 and both signs of c.
 *
 * Rounding.  A step errs by at most
 *
 *     turn_t = 2 u |w'| + mu ((n + d + 5) u sqrt(tr) rms(s) + |S_x - I| rms(s))
 *     push_t = turn_t + mu (d s + 2 |S_x - I| |q*|),
 *
 * turn_t in any direction, push_t along the line and along the bias.  d s is the error of the SG's
 * output by that of alpha and gamma: these scale w and shift the bias, and turn nothing.  Off the
 * line an error is carried like w itself, by tau'/tau, which may be large where tau passes near 0.
 * It turns the line, and takes along the point that alpha aims at, |q*| for a unit.  Along the line
 * errors shrink by |1 - mu|:
 *
 *     across' = |tau'/tau| across + turn,
 *     along' = |1 - mu| along + mu |q*| across / |tau| + push. */
#include <math.h>
#include <string.h>

#include "claim/cp5/parts.h"

/* tau_t and the two bounds; the worst step. */
struct run {
    struct sg_no_labels_ray ray;
    double mu, tau, across, along;
    struct sg_worst worst;
};

struct kick {
    double turn, push;
};

static struct kick kick(const struct sg_cp5 *c, const struct run *r, double next)
{
    const double n = (double)c->s->rows.n, d = (double)c->s->fit->d, u = SG_UNIT_ROUNDOFF;
    const double w = sg_base_norm(c->closed, c->s->n_w), alpha = fabs((r->tau - r->ray.c) / r->tau);
    const double mean = c->constant ? fabs(c->closed[c->k] - c->s->fit->w[c->k]) : 0; /* |E[r]| */
    const double parts =
        c->constant ? 2 * alpha * w + mean : alpha * w; /* |alpha| rms(p) + |gamma| */
    const double turn = u * (w + fmax(w, fabs(next))) +
                        r->mu * parts * ((n + d + 5) * u * sqrt(c->trace) + c->identity);
    const double push = sg_cp5_s_error(c, w, alpha, fabs(r->tau)) + 2 * c->identity * r->ray.length;
    return (struct kick){turn, turn + r->mu * push};
}

/* c->w_0 is the start; c->w the simulated, c->closed the predicted weights of the last step. */
static void follow(struct run *r, struct sg_cp5 *c, double mu, uint64_t steps)
{
    const size_t d = c->s->n_w;
    double *form = SG_TAKE(c->lab, d, double);
    *r = (struct run){.ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0), .mu = mu};
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_fitted_restart(c->fitted, form, mu);
    r->tau = r->ray.tau;
    memcpy(c->closed, c->w_0, d * sizeof *c->closed);
    /* Into the form's coordinates. */
    r->across = (double)d * SG_UNIT_ROUNDOFF * sg_base_norm(c->w_0, d);
    for (uint64_t t = 1; t <= steps && c->lab->status == SG_OK; t++) {
        const double next = r->ray.c + pow(1 - mu, (double)t) * (r->ray.tau - r->ray.c),
                     tau = fabs(r->tau);
        const struct kick error = kick(c, r, next);
        r->along = fabs(1 - mu) * r->along + mu * r->ray.length * r->across / tau + error.push;
        r->across = fabs(next) / tau * r->across + error.turn;
        r->tau = next;
        sg_lab_try(c->lab, sg_sim_fitted_step(c->fitted));
        sg_cp5_from_form(c->w, c, sg_sim_fitted_w(c->fitted));
        sg_closed_no_labels_step(c->closed, c->s->fit, c->constant, c->w_0, mu, t);
        sg_lab_keep_worst(&r->worst, sg_cp5_distance(c, c->w, c->closed),
                          r->across + r->along +
                              (double)d * SG_UNIT_ROUNDOFF * sg_base_norm(c->closed, d));
    }
}

static const struct {
    const char *path[2], *end[2], *excess[2], *gradient[2];
} row[2] = {
    {{"optimal-ahead-path",
      "optimal alpha, w_0.w* > 0: every step against c + (1 - mu)^t (tau_0 - c) on the line"},
     {"optimal-ahead-end", "optimal alpha, w_0.w* > 0: end against w_0 (w_0.w*)/|w_0|^2"},
     {"optimal-ahead-excess", "optimal alpha, w_0.w* > 0: excess loss against 1/2 |w*|^2 sin^2"},
     {"optimal-ahead-gradient",
      "optimal alpha, w_0.w* > 0: true gradient at the end against |w*| sin"}},
    {{"optimal-behind-path",
      "optimal alpha, w_0.w* < 0: every step against c + (1 - mu)^t (tau_0 - c) on the line"},
     {"optimal-behind-end", "optimal alpha, w_0.w* < 0: end against w_0 (w_0.w*)/|w_0|^2"},
     {"optimal-behind-excess", "optimal alpha, w_0.w* < 0: excess loss against 1/2 |w*|^2 sin^2"},
     {"optimal-behind-gradient",
      "optimal alpha, w_0.w* < 0: true gradient at the end against |w*| sin"}}};

/* One start at one rate, to the end: |1 - mu|^t below u. */
static void check_run(struct sg_cp5 *c, double mu, double cosine)
{
    const int k = cosine < 0;
    const double length = sg_base_norm(c->s->fit->w, c->k), factor = fabs(1 - mu),
                 u = SG_UNIT_ROUNDOFF;
    const uint64_t steps = factor > u ? (uint64_t)ceil(log(u) / log(factor)) + 1 : 2;
    struct run r;
    sg_cp5_start(c, cosine, length * (0.3 + 2 * sg_base_rng_uniform(c->rng)),
                 c->s->w_norm * sg_base_rng_gaussian(c->rng));
    follow(&r, c, mu, steps);
    sg_lab_zero(
        c->lab, SG_SIMULATED, row[k].path[0], row[k].path[1], r.worst.error,
        (struct sg_tol){r.worst.tolerance,
                        "rounding of a step, carried by tau'/tau across the line, by 1 - mu along "
                        "it",
                        length});
    sg_closed_no_labels_limit(c->closed, c->s->fit, c->constant, c->w_0);
    const double start = sg_base_norm(c->w_0, c->s->n_w),
                 bound = r.across + r.along + u * (start + 2 * length);
    sg_lab_zero(c->lab, SG_SIMULATED, row[k].end[0], row[k].end[1],
                sg_cp5_distance(c, c->w, c->closed),
                (struct sg_tol){bound, "the same, at the last step", length});
    /* The gradient at the limit is orthogonal to the line: to first order the loss feels only what
     * is across. */
    const double across = r.across + u * (start + 2 * length),
                 w = sg_base_norm(c->closed, c->s->n_w);
    const struct sg_cp5_truth truth = sg_cp5_truth(c, c->w);
    const double excess = sg_closed_no_labels_excess(c->s->fit, c->constant, c->w_0),
                 gradient = sqrt(2 * excess);
    sg_lab_equal(
        c->lab, SG_SIMULATED, row[k].excess[0], row[k].excess[1], truth.excess, excess,
        (struct sg_tol){
            gradient * across + bound * bound + c->identity * excess + sg_cp5_loss_error(c, w),
            "gradient times the end's bound across the line, rounding of two losses", 0});
    sg_lab_equal(
        c->lab, SG_SIMULATED, row[k].gradient[0], row[k].gradient[1], truth.gradient, gradient,
        (struct sg_tol){across + bound * bound / gradient + c->identity * (gradient + bound) +
                            sg_cp5_mean_error(c, w) * sqrt(c->trace),
                        "the same, rounding of E[x^T r]", 0});
}

void sg_cp5_optimal(struct sg_cp5 *c)
{
    const double rates[] = {c->s->mu, 1, 1.9};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        const double cosine = 0.3 + 0.6 * sg_base_rng_uniform(c->rng);
        check_run(c, rates[k], cosine);
        check_run(c, rates[k], -cosine);
    }
}
