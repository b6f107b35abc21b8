/* DY11, measured: how far the local statement reaches.  Delayed pairs cost nothing near the fixed point, but for tau steps from w = 0 every
 * pair says p = 0: the weights run along E[x^T y] until the first pairs with p != 0 come back, and if p has grown so far that nu is beyond
 * 2/lambda_max of the S_z of those pairs, the SG blows up, and the weights with it. */
#include <math.h>
#include <stdlib.h>

#include "claim/dy11/parts.h"

enum { DIRECTIONS = 8, REFINE = 5 };

/* Does it come within a thousandth of the start's distance before it has blown up, in twenty of the fixed point's own e-foldings? */
static bool converges(struct sg_shallow *s, const double *offset, double mu, double nu, int tau)
{
    enum { LOOK_EVERY = 32 };
    const double longest = 20 / (1 - sg_closed_joint_radius(s->fit, mu, nu)) + 100 * (double)tau;
    const uint64_t limit = (uint64_t)fmin(longest, 2e5);
    sg_shallow_start(s, offset, mu, nu);
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

/* What a size x means: a rate, or a radius. */
struct ask { struct sg_shallow *s; double *offset; const double *direction; int tau; };

static bool from_zero_converges(double x, void *context)
{
    const struct ask *a = context;
    for (size_t i = 0; i < a->s->size; i++)
        a->offset[i] = a->direction[i];
    return converges(a->s, a->offset, x * a->s->rate_x.critical, a->s->nu, a->tau);
}

static bool radius_converges(double x, void *context)
{
    const struct ask *a = context;
    for (size_t i = 0; i < a->s->size; i++)
        a->offset[i] = x * a->s->w_norm * a->direction[i];
    return converges(a->s, a->offset, a->s->mu, a->s->nu, a->tau);
}

/* Halving from x until it converges, then bisection of the last step: the sizes in between were not all tried. */
static double largest(bool (*good)(double x, void *context), void *context, double x)
{
    double bad = x;
    if (good(x, context))
        return x;
    for (int i = 0; i < 30; i++, bad = x) {
        x /= 2;
        if (!good(x, context))
            continue;
        for (int k = 0; k < REFINE; k++) {
            const double middle = sqrt(x * bad);
            if (good(middle, context))
                x = middle;
            else
                bad = middle;
        }
        return x;
    }
    return SG_NAN;
}

/* The mu, over its limit, at which the weights after tau steps of w+ = w + mu E[x^T y] make the pairs' S_z so large that nu = 2/lambda_max(S_z).
 * One output: S_z of p = t x b, from the moments of (x b, y, 1). */
static double estimate(const struct sg_shallow *s, int tau)
{
    const struct sg_fit *f = s->fit;
    double low = 0, high = 1, moment[9], lambda[3], scaled[9];
    double *rows = SG_NEW(3 * f->n, double);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->d; k++)
            rows[3 * i] += s->rows.x[i * f->d + k] * f->x_z[k * f->q + 1];
        rows[3 * i + 1] = f->z[i * f->q + 1];
        rows[3 * i + 2] = f->z[i * f->q + 2];
    }
    sg_base_mul_tn(moment, rows, rows, 3, f->n, 3);
    free(rows);
    for (int k = 0; k < 100; k++) {
        const double t = (low + high) / 2 * s->rate_x.critical * fmax((double)tau, 1), by[3] = {t, 1, 1};
        for (size_t i = 0; i < 9; i++)
            scaled[i] = moment[i] * by[i / 3] * by[i % 3] / (double)f->n;
        if (sg_base_eigen_symmetric(lambda, NULL, scaled, 3) != SG_OK)
            return SG_NAN;
        if (s->nu * lambda[0] > 2)
            high = (low + high) / 2;
        else
            low = (low + high) / 2;
    }
    return low;
}

void sg_dy11_basin(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial)
{
    const struct sg_int_list *tau = &trial->c->train.tau;
    struct sg_rng *rng = sg_claim_rng(trial, "basin");
    double *offset = SG_NEW(s->size, double), *zero = SG_NEW(s->size, double), *direction = SG_NEW(DIRECTIONS * s->size, double);
    for (size_t k = 0; k < DIRECTIONS; k++)
        sg_base_rng_direction(direction + k * s->size, s->size, rng);
    for (size_t i = 0; i < s->size; i++)
        zero[i] = i < s->n_w ? -s->fit->w[i] : -s->exact_sg[i - s->n_w];
    sg_claim_series(ev, "basin", "tau mu_from_zero mu_estimate radius");
    for (size_t i = 0; i < tau->n; i++) {
        struct ask ask = {s, offset, zero, tau->value[i]};
        double least = HUGE_VAL;
        sg_shallow_set_timing(s, sg_case_timing(s->c, tau->value[i]));
        const double mu = largest(from_zero_converges, &ask, 0.99);
        for (size_t k = 0; k < DIRECTIONS; k++) {
            ask.direction = direction + k * s->size;
            least = fmin(least, largest(radius_converges, &ask, 64));
        }
        sg_claim_point(ev, (const double[]){tau->value[i], mu, s->fit->m == 1 ? estimate(s, tau->value[i]) : SG_NAN, least});
    }
    sg_base_rng_free(rng);
    free(offset);
    free(zero);
    free(direction);
}
