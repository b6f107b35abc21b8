/* DY11, measured: how far the local statement reaches.  Delayed pairs cost nothing near the fixed
 * point, but for tau steps from w = 0 every pair says p = 0: the weights run along E[x^T y] until
 * the first pairs with p != 0 come back.  If p has grown so far that nu is beyond 2/lambda_max of
 * the S_z of those pairs, the SG blows up, and the weights with it.  A step of theta / E|z|^2 of
 * the pair that it learns from does not (DY13): the same start, theta = 1, beside it. */
#include <math.h>

#include "claim/dy11/parts.h"

enum { DIRECTIONS = 8, LONGEST = 200000 };

/* nu at the fixed point: under the normalised rule, whose rate is theta = 1, it is 1 / E|z|^2. */
static double nu_there(const struct sg_shallow *s)
{
    double N = 0;
    for (size_t i = 0; i < s->fit->q; i++)
        N += s->fit->lambda_z[i];
    return s->sg_step == SG_STEP_NORMALISED ? 1 / N : s->nu;
}

/* Does it come within a thousandth of the start's distance before it has blown up, in twenty of the
 * fixed point's own e-foldings? */
static bool converges(struct sg_shallow *s, const double *offset, double mu, int tau)
{
    enum { LOOK_EVERY = 32 };
    const double nu = nu_there(s),
                 longest = 20 / (1 - sg_closed_joint_radius(s->fit, mu, nu)) + 100 * (double)tau;
    const uint64_t limit = (uint64_t)fmin(longest, LONGEST);
    sg_shallow_start(s, offset, mu, s->sg_step == SG_STEP_NORMALISED ? 1 : nu);
    const double start = sg_shallow_distance(s);
    for (uint64_t t = 0; t < limit; t += LOOK_EVERY) {
        if (sg_sim_advance(s->sim, &s->batch, LOOK_EVERY) != SG_OK)
            return false;
        const double distance = sg_shallow_distance(s);
        if (!(distance <= 1e9 * start) || distance <= 1e-3 * start)
            return distance <= 1e-3 * start;
    }
    return false;
}

/* What a size x means: a rate, or a radius in one direction. */
struct ask {
    struct sg_shallow *s;
    double *offset;
    const double *direction;
    int tau;
};

static enum sg_side side_of_rate(double x, void *context)
{
    const struct ask *a = context;
    const bool good = converges(a->s, a->direction, x * a->s->rate_x.critical, a->tau);
    return good ? SG_SIDE_LOW : SG_SIDE_HIGH;
}

static enum sg_side side_of_radius(double x, void *context)
{
    const struct ask *a = context;
    for (size_t i = 0; i < a->s->size; i++)
        a->offset[i] = x * a->s->w_norm * a->direction[i];
    return converges(a->s, a->offset, a->s->mu, a->tau) ? SG_SIDE_LOW : SG_SIDE_HIGH;
}

/* Halving from x until it converges, then bisection of the last step: the sizes in between were not
 * all tried. */
static double largest(sg_lab_side *side, struct ask *ask, double x)
{
    enum { HALVINGS = 30 };
    if (side(x, ask) == SG_SIDE_LOW)
        return x;
    for (int i = 0; i < HALVINGS; i++) {
        x /= 2;
        if (side(x, ask) == SG_SIDE_LOW)
            return sg_lab_bisect_between(side, ask, x, 2 * x, 1.0 / 64);
    }
    return SG_NAN;
}

struct pairs {
    const struct sg_shallow *s;
    int tau;
    double moment[9];
};

/* nu against 2/lambda_max of the S_z of p = t x b, from the moments of (x b, y, 1). */
static enum sg_side side_of_estimate(double mu, void *context)
{
    const struct pairs *p = context;
    const double t = mu * p->s->rate_x.critical * fmax(p->tau, 1), by[3] = {t, 1, 1};
    double scaled[9], lambda[3];
    for (size_t i = 0; i < 9; i++)
        scaled[i] = p->moment[i] * by[i / 3] * by[i % 3] / (double)p->s->fit->n;
    if (sg_base_eigen_symmetric(lambda, NULL, scaled, 3) != SG_OK)
        return SG_SIDE_NEITHER;
    return p->s->nu * lambda[0] > 2 ? SG_SIDE_HIGH : SG_SIDE_LOW;
}

/* The mu, over its limit, at which the weights after tau steps of w+ = w + mu E[x^T y] make the
 * pairs' S_z so large that nu = 2/lambda_max(S_z).  One output. */
static double estimate(struct sg_lab *lab, const struct sg_shallow *s, int tau)
{
    const struct sg_fit *f = s->fit;
    struct pairs pairs = {.s = s, .tau = tau};
    double *rows = SG_TAKE(lab, 3 * f->n, double);
    if (f->m != 1)
        return SG_NAN;
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->d; k++)
            rows[3 * i] += s->rows.x[i * f->d + k] * f->x_z[k * f->q + 1];
        rows[3 * i + 1] = f->z[i * f->q + 1];
        rows[3 * i + 2] = f->z[i * f->q + 2];
    }
    sg_base_mul_tn(pairs.moment, rows, rows, 3, f->n, 3);
    return sg_lab_bisect_between(side_of_estimate, &pairs, 0, 1, SG_UNIT_ROUNDOFF);
}

/* The same limit from the same start where the SG's step is normalised.  NaN: the spectral form has
 * no such step. */
static double normalised_rate(struct sg_shallow *s, struct ask *ask, const double *zero)
{
    if (s->spectral)
        return SG_NAN;
    ask->direction = zero;
    sg_shallow_set_step(s, SG_STEP_NORMALISED);
    const double rate = largest(side_of_rate, ask, 0.99);
    sg_shallow_set_step(s, SG_STEP_FIXED);
    return rate;
}

void sg_dy11_basin(struct sg_lab *lab, struct sg_shallow *s)
{
    const struct sg_int_list *tau = &lab->trial->c->train.tau;
    struct sg_rng *rng = sg_lab_rng(lab, "basin");
    if (!(20 / (1 - sg_closed_joint_radius(s->fit, s->mu, s->nu)) <= LONGEST)) {
        sg_lab_note(lab, "no basin drawn: at the case's rates starts shrink too slowly");
        return;
    }
    double *offset = SG_TAKE(lab, s->size, double), *zero = SG_TAKE(lab, s->size, double);
    double *direction = SG_TAKE(lab, DIRECTIONS * s->size, double);
    for (size_t k = 0; k < DIRECTIONS; k++)
        sg_base_rng_direction(direction + k * s->size, s->size, rng);
    for (size_t i = 0; i < s->size; i++)
        zero[i] = i < s->n_w ? -s->fit->w[i] : -s->exact_sg[i - s->n_w];
    sg_lab_series(lab, "basin", "tau mu_from_zero mu_estimate radius mu_normalised");
    for (size_t i = 0; i < tau->n; i++) {
        struct ask ask = {s, offset, zero, tau->value[i]};
        double least = HUGE_VAL;
        sg_shallow_set_timing(s, sg_case_timing(s->c, tau->value[i]));
        const double mu = largest(side_of_rate, &ask, 0.99);
        for (size_t k = 0; k < DIRECTIONS; k++) {
            ask.direction = direction + k * s->size;
            least = fmin(least, largest(side_of_radius, &ask, 64));
        }
        const double normalised = normalised_rate(s, &ask, zero);
        sg_lab_point(lab, (const double[]){tau->value[i], mu, estimate(lab, s, tau->value[i]),
                                           least, normalised});
    }
}
