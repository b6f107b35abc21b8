/* CP5, S_x = I, phi trained from 0 by small steps, kappa = nu/mu.  q = w - base stays on its ray,
 * tau_t along it, and (uncentred) the flow is
 *
 *     tau' = -alpha tau,   alpha' = -kappa (tau^2 (alpha - 1) + c tau),
 *     sigma = tau / c,  K = kappa c^2 where c > 0.
 *
 * It ends at tau = c where the start is no worse than the base, |w_0 - w*| <= |w* - base|
 * (sigma_0 <= 2), or K >= 16/27; at tau = 0 where c <= 0, and where c > 0, sigma_0 > 2 and
 * sqrt K < (sigma_0 - 2) / (sigma_0 (sigma_0 - 1)).  (The two on K: without a constant.)
 *
 * Rest.  Near the end the flow is an oscillator, tau'' + K tau' + K (tau - c) = 0; gamma takes a
 * share of it: K/(1 + E[y]^2), and kappa (1 + E[y]^2) for the bias; let k be the least.  A run is
 * at rest when it moves by at most 4 u |w| a step for a whole period 2 pi / (mu sqrt k): in
 * rounding it may go on circling at that level, and, the sphere being neutral along itself, drift.
 * With the rounding of the step itself mu |alpha| tau <= 5 u |w|; the sum of alpha' - alpha over
 * the period and what E[p r] changes in it leave tau off c by d cov / c and by
 *
 *     rest = (5 u |w| / mu) (1 + (2 pi + 1/pi) / sqrt k).
 *
 * The ray turns by the sum of kick_t / tau_t,
 *
 *     kick_t = min(2 u |w|, mu |dw|)
 *              + mu ((n + d + 5) u sqrt(tr) + |S_x - I|) (|alpha| rms(p) + |gamma|)
 *
 * (a sum rounded to the nearest is never further off than its smaller term), and takes the limit
 * along, |q*| for a unit.  The gradient at the limit is orthogonal to the ray: the loss feels, to
 * first order, only the turn. */
#include <math.h>

#include "claim/cp5/parts.h"

/* A run to the base is over this near to it, relative to |w*|. */
static const double NEAR = 1e-12;

struct course {
    uint64_t steps;
    double turn, stiffness;
    bool rests, near;
};

/* k above, at |c| in place of c. */
static double stiffness(const struct sg_cp5 *c, double mu, double nu)
{
    const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0);
    sg_closed_no_labels_base(c->closed, c->s->fit, c->constant);
    const double mean2 = c->constant ? c->closed[c->k] * c->closed[c->k] : 0, kappa = nu / mu;
    const double of_alpha = kappa * ray.c * ray.c / (1 + mean2);
    return c->constant ? fmin(of_alpha, kappa * (1 + mean2)) : of_alpha;
}

/* From c->w_0 and phi = 0 until the run is at rest, or near the base; the end in c->w.  Stops the
 * lab where the step budget ends it. */
static struct course follow(struct sg_cp5 *c, double mu, double nu)
{
    struct sg_shallow *s = c->s;
    const size_t d = s->n_w;
    const uint64_t limit = (uint64_t)s->c->train.steps;
    const double u = SG_UNIT_ROUNDOFF, n = (double)s->rows.n;
    const double share = mu * ((n + (double)d + 5) * u * sqrt(c->trace) + c->identity);
    double *state = SG_TAKE(c->lab, s->size, double), *base = SG_TAKE(c->lab, d, double), still = 0;
    struct course course = {.stiffness = stiffness(c, mu, nu)};
    const double period = ceil(2 * acos(-1) / (mu * sqrt(course.stiffness)));
    sg_closed_no_labels_base(base, s->fit, c->constant);
    sg_cp5_to_form(state, c, c->w_0); /* phi = 0: state is fresh */
    sg_sim_restart(s->sim, state, state + d, mu, nu);
    for (; course.steps < limit && !course.rests; course.steps++) {
        sg_sim_get_state(state, s->sim);
        sg_cp5_from_form(c->w, c, state);
        course.near = sg_cp5_distance(c, c->w, base) <= NEAR * s->w_norm;
        if (course.near)
            break;
        sg_sim_step(s->sim, &s->batch);
        const double w = sg_base_norm(state, d),
                     moved = sg_cp5_distance(c, sg_sim_w(s->sim), state);
        const double gamma = c->constant ? fabs(state[s->size - 1]) : 0, alpha = fabs(state[d]);
        course.turn += (fmin(2 * u * w, moved) + share * (alpha * c->top * w + gamma)) /
                       sg_base_norm(c->w, c->k);
        still = moved <= 4 * u * w ? still + 1 : 0;
        course.rests = still >= period;
    }
    if (!course.rests && !course.near)
        sg_lab_stop(c->lab, SG_BUDGET,
                    "a trained run is not at rest within the step budget of %.2g (a period takes "
                    "%.2g); raise train.steps, or train.mu and train.nu",
                    (double)limit, period);
    return course;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void check_loss(struct sg_cp5 *c, const char *id, const char *start, double excess,
                       double tolerance, double scale)
{
    const struct sg_cp5_truth truth = sg_cp5_truth(c, c->w);
    const double w = sg_base_norm(c->w, c->s->n_w);
    sg_lab_equal(c->lab, SG_SIMULATED, sg_lab_format(c->lab, "%s-excess", id),
                 sg_lab_format(c->lab, "trained alpha, %s: excess loss", start), truth.excess,
                 excess,
                 (struct sg_tol){tolerance + c->identity * excess + sg_cp5_loss_error(c, w),
                                 "gradient times the turn, rounding of two losses", scale});
}

/* A run that has to end at tau = c. */
static void ends_on_sphere(struct sg_cp5 *c, const char *id, const char *start, double mu,
                           double nu)
{
    const struct course course = follow(c, mu, nu);
    const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0);
    sg_closed_no_labels_limit(c->closed, c->s->fit, c->constant, c->w_0);
    const double pi = acos(-1), u = SG_UNIT_ROUNDOFF, w = sg_base_norm(c->closed, c->s->n_w);
    const double rest = 5 * u / mu * w * (1 + (2 * pi + 1 / pi) / sqrt(course.stiffness));
    const double along = sg_cp5_covariance_error(c, w) / ray.c + rest +
                         2 * c->identity * ray.length +
                         (c->constant ? sg_cp5_mean_error(c, w) + rest : 0);
    const double across = ray.length * course.turn,
                 bound = along + across + (double)c->s->n_w * u * w;
    sg_lab_zero(c->lab, SG_SIMULATED, sg_lab_format(c->lab, "%s-end", id),
                sg_lab_format(c->lab, "trained alpha, %s: end against w_0 (w_0.w*)/|w_0|^2", start),
                sg_cp5_distance(c, c->w, c->closed),
                (struct sg_tol){bound, "E[p r] at rest over w_0.w*/|w_0|, the turn of the ray",
                                ray.length});
    const double excess = sg_closed_no_labels_excess(c->s->fit, c->constant, c->w_0);
    check_loss(c, id, start, excess, sqrt(2 * excess) * across + bound * bound, 0);
}

/* A run that has to end at the base; enough: steps after which the flow must be near, 0 where no
 * bound is known. */
static void ends_at_base(struct sg_cp5 *c, const char *id, const char *start, double mu, double nu,
                         double enough)
{
    if (!sg_lab_afford(c->lab, enough, c->s->c->train.steps, "come to the base",
                       "raise train.steps, or train.mu and train.nu"))
        return;
    const struct course course = follow(c, mu, nu);
    const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0);
    const double near = NEAR * c->s->w_norm;
    sg_lab_fact(c->lab, SG_SIMULATED, sg_lab_format(c->lab, "%s-end", id),
                sg_lab_format(c->lab, "trained alpha, %s: the run comes to the base", start),
                course.near, "within 1e-12 |w*|");
    if (enough > 0)
        sg_lab_below(c->lab, SG_SIMULATED, sg_lab_format(c->lab, "%s-steps", id),
                     sg_lab_format(c->lab,
                                   "trained alpha, %s: steps until there, over enough of them",
                                   start),
                     course.near ? (double)course.steps / enough : HUGE_VAL, 1,
                     (struct sg_tol){0, "lower bound on alpha", 0});
    check_loss(c, id, start, ray.length * ray.length / 2, ray.length * near + near * near,
               ray.length * ray.length / 2);
}

/* c <= 0.  While alpha <= 1/2, tau loses at most mu/2 of itself a step, so alpha has reached
 * a = min(1/2, kappa (tau_0^2/4 + |c| tau_0)) when that halves tau_0; it never falls below a again,
 * and tau shrinks by 1 - mu a at least. */
static double enough_behind(const struct sg_no_labels_ray *ray, double mu, double nu, double near)
{
    const double a = fmin(0.5, nu / mu * (ray->tau * ray->tau / 4 + fabs(ray->c) * ray->tau));
    return ceil(log(2) / -log1p(-mu / 2)) + ceil(log(ray->tau / near) / (mu * a));
}

/* c > 0, sigma_0 > 2, slow.  alpha <= top = sqrt K (sigma_0 - 1); down to sigma = 2 it grows by
 * K (2 - 4 top) at least, and from there on alpha^2/2 is at least
 * h = K (sigma_0^2/2 - sigma_0 - sigma_0^2 top / 2), all that friction leaves. */
static double enough_ahead(const struct sg_no_labels_ray *ray, double mu, double K, double near)
{
    const double sigma = ray->tau / ray->c, top = sqrt(K) * (sigma - 1);
    const double h = K * (sigma * sigma / 2 * (1 - top) - sigma);
    return (sqrt(2 * log(sigma / 2) / (K * (2 - 4 * top))) + log(2 * ray->c / near) / sqrt(2 * h)) /
           mu;
}

void sg_cp5_trained(struct sg_cp5 *c)
{
    const double mu = c->s->mu, nu = c->s->nu, length = sg_base_norm(c->s->fit->w, c->k);
    const double near = NEAR * c->s->w_norm;
    const double cosine = 0.4 + 0.5 * sg_base_rng_uniform(c->rng), along = length * cosine;
    const double sigma = 0.3 + 1.5 * sg_base_rng_uniform(c->rng);
    /* |w_0 - w*| < |q*|: the bias by half of what that leaves. */
    sg_cp5_start(c, cosine, sigma * along,
                 (sg_base_rng_uniform(c->rng) - 0.5) * along * sqrt(sigma * (2 - sigma)));
    ends_on_sphere(c, "better",
                   c->constant ? "start better than the mean predictor" : "start better than w = 0",
                   mu, nu);

    sg_cp5_start(c, -cosine, length * (0.3 + 1.2 * sg_base_rng_uniform(c->rng)),
                 along * (sg_base_rng_uniform(c->rng) - 0.5));
    struct sg_no_labels_ray ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0);
    ends_at_base(c, "behind", "w_0.w* < 0", mu, nu,
                 c->constant ? 0 : enough_behind(&ray, mu, nu, near));
    if (c->constant)
        return;

    /* Above 16/27 = 0.593; sqrt(0.01) < 1/6 <= (sigma - 2) / (sigma (sigma - 1)) on [3, 4]. */
    const double brisk = 0.6, slow = 0.01;
    sg_cp5_start(c, cosine, along * (3 + 3 * sg_base_rng_uniform(c->rng)), 0);
    ends_on_sphere(c, "far-brisk", "far start, w_0.w* > 0, K = 0.6", mu,
                   brisk * mu / (along * along));

    sg_cp5_start(c, cosine, along * (3 + sg_base_rng_uniform(c->rng)), 0);
    ray = sg_closed_no_labels_ray(c->s->fit, c->constant, c->w_0);
    ends_at_base(c, "far-slow", "far start, w_0.w* > 0, slow SG (K = 0.01)", mu,
                 slow * mu / (along * along), enough_ahead(&ray, mu, slow, near));
}
