/* CP5, any S_x, without a constant: a run ends on the set, off its line, at the point of the curve w(A) = exp(-A S_x) w_0 where E[p r] = 0.
 *
 * Every step multiplies mode i by 1 - lambda_i mu alpha_t, so with A = sum mu alpha_t and B = sum (mu alpha_t)^2 the end is exp(-A S - B S^2/2 - ...) w_0 and
 * lies on the set: off the flow's end w(A*) by P d, d = -B/2 S^2 w(A*), P the projection along the curve onto the set's tangent, to first order in mu.  With
 * C = 2 for the higher orders the tolerance is twice that. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/cp5/parts.h"

struct course { double a, b, alpha; bool fine; };

/* A start that is no worse than w = 0 in either sense: E[p r] < 0, so the best alpha takes it away from 0, and |w_0 - w*| < |w*|, so a trained one cannot reach 0. */
static void start(struct sg_cp5 *c)
{
    const struct sg_fit *fit = c->s->fit;
    double *direction = SG_NEW(fit->d, double), radius = 0.8;
    sg_base_rng_direction(direction, fit->d, c->rng);
    do {
        sg_closed_no_labels_point(c->w_0, fit, false, direction, radius);
        radius *= 0.9;
    } while (!(sg_cp5_distance(c, c->w_0, fit->w) < 0.9 * c->s->w_norm));
    free(direction);
}

static struct course follow_best(struct sg_cp5 *c, double mu, int steps)
{
    struct course course = {.fine = true};
    const size_t bytes = c->s->n_w * sizeof(double);
    double *form = SG_NEW(c->s->n_w, double);
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_fitted_restart(c->fitted, form, mu);
    for (int t = 0; t < steps && course.fine; t++) {
        memcpy(form, sg_sim_fitted_w(c->fitted), bytes);
        course.fine = sg_sim_fitted_step(c->fitted) == SG_OK;
        course.alpha = sg_sim_fitted_phi(c->fitted)[0];
        course.a += mu * course.alpha;
        course.b += mu * course.alpha * mu * course.alpha;
        if (memcmp(form, sg_sim_fitted_w(c->fitted), bytes) == 0)        /* and so for ever */
            break;
    }
    sg_cp5_from_form(c->w, c, sg_sim_fitted_w(c->fitted));
    free(form);
    return course;
}

static struct course follow_trained(struct sg_cp5 *c, double mu, double nu, int steps)
{
    enum { STILL = 64 };
    struct course course = {.fine = true};
    double *form = SG_NEW(c->s->n_w, double), *phi = SG_NEW(c->s->n_phi, double);
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_restart(c->s->sim, form, phi, mu, nu);
    for (int t = 0, still = 0; t < steps && still < STILL; t++) {
        course.alpha = ((const double *)sg_sim_phi(c->s->sim))[0];
        course.a += mu * course.alpha;
        course.b += mu * course.alpha * mu * course.alpha;
        memcpy(form, sg_sim_w(c->s->sim), c->s->n_w * sizeof *form);
        sg_sim_step(c->s->sim, &c->s->batch);
        still = memcmp(form, sg_sim_w(c->s->sim), c->s->n_w * sizeof *form) == 0 ? still + 1 : 0;
    }
    sg_cp5_from_form(c->w, c, sg_sim_w(c->s->sim));
    free(form);
    free(phi);
    return course;
}

/* |P d| above: d = -B/2 S^2 w, P d = d - S w (n.d) / (n.S w), n = S (2 w - w*) the gradient of E[p r]. */
static double euler_shift(const struct sg_fit *fit, const double *w, double b)
{
    const size_t d = fit->d;
    double *s_w = SG_NEW(d, double), *shift = SG_NEW(d, double), *normal = SG_NEW(d, double), *twice = SG_NEW(d, double);
    sg_base_mul(s_w, fit->s_x, w, d, d, 1);
    sg_base_mul(shift, fit->s_x, s_w, d, d, 1);
    for (size_t i = 0; i < d; i++) {
        shift[i] *= -b / 2;
        twice[i] = 2 * w[i] - fit->w[i];
    }
    sg_base_mul(normal, fit->s_x, twice, d, d, 1);
    const double back = sg_base_dot(normal, shift, d) / sg_base_dot(normal, s_w, d);
    for (size_t i = 0; i < d; i++)
        shift[i] -= back * s_w[i];
    const double size = sg_base_norm(shift, d);
    free(s_w); free(shift); free(normal); free(twice);
    return size;
}

/* Distance of w from the line R w_0. */
static double off_line(const double *w, const double *w_0, size_t d)
{
    const double along = sg_base_dot(w, w_0, d) / sg_base_dot(w_0, w_0, d);
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += (w[i] - along * w_0[i]) * (w[i] - along * w_0[i]);
    return sqrt(sum);
}

/* At rest no bit of w moves: mu |alpha| |S w| <= u |w|, and E[p r] is alpha E[p^2] and rounding; E[p^2] <= |w| |S w|. */
static void check_end(struct sg_cp5 *c, const char *alpha, double mu, const struct course *course, double near)
{
    const struct sg_fit *fit = c->s->fit;
    char what[120];
    double flow;
    const double w = sg_base_norm(c->w, fit->d);
    const struct sg_no_labels at = sg_closed_no_labels_state(fit, false, c->w);
    snprintf(what, sizeof what, "unwhitened, %s alpha: E[p r] at the end", alpha);
    sg_claim_bound(c->ev, SG_SIMULATED, what, course->fine ? at.covariance : SG_NAN,
                   sg_cp5_covariance_error(c, w) + SG_UNIT_ROUNDOFF * w * w / mu, "rounding of E[p r], and alpha at rest");
    const enum sg_status status = sg_closed_no_labels_arrival(c->closed, &flow, fit, c->w_0, near);
    const double shift = euler_shift(fit, c->closed, course->b), line = off_line(c->closed, c->w_0, fit->d);
    snprintf(what, sizeof what, "unwhitened, %s alpha: end against exp(-A S_x) w_0, over |w*|", alpha);
    sg_claim_bound(c->ev, SG_SIMULATED, what, status == SG_OK ? sg_cp5_distance(c, c->w, c->closed) / c->s->w_norm : SG_NAN, 2 * shift / c->s->w_norm,
                   "twice Euler's first-order shift");
    snprintf(what, sizeof what, "unwhitened, %s alpha: end's distance from the line R w_0, over the flow's", alpha);
    sg_claim_compare(c->ev, SG_SIMULATED, what, off_line(c->w, c->w_0, fit->d) / line, 1, 2 * shift / line, "twice Euler's first-order shift");
    const struct sg_cp5_truth truth = sg_cp5_truth(c, c->w);
    snprintf(what, sizeof what, "unwhitened, %s alpha: true gradient at the end, over the flow's", alpha);
    double *gradient = SG_NEW(fit->d, double), *error = SG_NEW(fit->d, double);
    for (size_t i = 0; i < fit->d; i++)
        error[i] = c->closed[i] - fit->w[i];
    sg_base_mul(gradient, fit->s_x, error, fit->d, fit->d, 1);
    const double size = sg_base_norm(gradient, fit->d);
    sg_claim_compare(c->ev, SG_SIMULATED, what, truth.gradient / size, 1, c->top * c->top * 2 * shift / size, "lambda_max times that");
    free(gradient);
    free(error);
}

void sg_cp5_unwhitened(struct sg_cp5 *c)
{
    const double mu = c->s->mu, nu = c->s->nu;
    start(c);
    struct course course = follow_best(c, mu, c->s->c->train.steps);
    check_end(c, "optimal", mu, &course, 0);
    start(c);
    course = follow_trained(c, mu, nu, c->s->c->train.steps);
    check_end(c, "trained", mu, &course, course.a);
}
