/* DY3: the contraction late in a run is the spectral radius.
 *
 * Measured on the dominant left eigenvector l, between EARLY and LATE: l (state - fixed) shrinks by
 * rho a step but for
 *   second order: the step's is at most c2 |delta|^2, c2 = (mu lambda_x + 2 nu sqrt(lambda_x lambda_z)) / 2.
 *     With D = |delta| / |l delta|, which is measured, these sum to a relative
 *     c2 D^2 early / (rho (1 - rho)) over the window.
 *   rounding: 5 u |fixed| a step (the state stored, the product, three in the gradient), over all steps
 *     1/(1 - rho) of that, relative to what is left at LATE.
 * The rate takes the K-th root, K = ln(EARLY/LATE) / -ln rho: both enter divided by ln(EARLY/LATE). */
#include <math.h>

#include "claim/dy3/parts.h"

/* The window, on the eigenvector, relative to |w*|. */
static const double EARLY = 5e-9, LATE = 5e-10;

double sg_dy3_steps_to_shrink(const struct sg_shallow *s, double factor, double mu, double nu)
{
    const double rho = sg_closed_joint_radius(s->fit, mu, nu);
    return rho < 1 ? 2 * log(factor * sg_closed_joint_condition(s->fit, mu, nu)) / (1 - rho) : 0;
}

/* l (state - fixed) where the window begins and ends, steps between; |delta| over it at the start. */
struct window { double first, last, spread; uint64_t steps; };

static struct window pass(struct sg_shallow *s, const double *l, const double *offset, double mu, double nu,
                          uint64_t limit)
{
    const double early = EARLY * s->w_norm, late = LATE * s->w_norm;
    struct window w = {0};
    uint64_t from = 0;
    sg_shallow_start(s, offset, mu, nu);
    for (;;) {
        w.last = fabs(sg_shallow_projection(s, l));
        if (w.first == 0 && w.last <= early) {
            w.first = w.last;
            from = sg_sim_time(s->sim);
            w.spread = sg_shallow_distance(s) / w.last;
        }
        if (!(w.last > late) || !(w.last <= 1e3 * early) || sg_sim_time(s->sim) >= limit)
            break;
        sg_sim_step(s->sim, &s->batch);
    }
    w.steps = w.first > 0 ? sg_sim_time(s->sim) - from : 0;
    return w;
}

static void check(struct sg_lab *lab, struct sg_shallow *s, const char *id, const char *what, double mu, double nu)
{
    const double needed = sg_dy3_steps_to_shrink(s, 100 * EARLY / LATE, mu, nu);
    const double top_x = s->rate_x.largest, top_z = s->rate_z.largest;
    double *offset = SG_TAKE(lab, s->size, double), *left = SG_TAKE(lab, s->size, double);
    const double rho = fabs(sg_closed_joint_left(left, s->fit, mu, nu));
    if (!(rho < 1) || lab->status != SG_OK)      /* nothing shrinks; that it does not return is a row */
        return;
    sg_shallow_offset(offset, s, 10 * EARLY * s->w_norm, sg_lab_rng(lab, id));
    for (size_t i = 0; i < s->size; i++)         /* l . offset is at least 10 EARLY |w*| */
        offset[i] += 20 * EARLY * s->w_norm * left[i];
    const struct window w = pass(s, left, offset, mu, nu, (uint64_t)fmax(needed, (double)s->c->train.steps));
    const double c2 = (mu * top_x + 2 * nu * sqrt(top_x * top_z)) / 2;
    const double second_order = c2 * w.spread * w.spread * w.first;
    const double rounding = 5 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) / (LATE * s->w_norm);
    const double share = -log(rho) / (1 - rho) / log(EARLY / LATE);
    sg_lab_equal(lab, SG_SIMULATED, id, what, w.steps ? pow(w.last / w.first, 1.0 / (double)w.steps) : SG_NAN, rho,
                 (struct sg_tol){share * (second_order + rounding), "second order at the window's start, rounding at "
                                 "its end, over ln(EARLY/LATE)", 1 - rho});
}

bool sg_dy3_affords(struct sg_lab *lab, const struct sg_shallow *s)
{
    const double factor = 100 * EARLY / LATE;
    return sg_shallow_affords(lab, s, sg_dy3_steps_to_shrink(s, factor, s->mu, s->nu),
                              "take rates further from 0 and from the limits") &&
           sg_shallow_affords(lab, s, sg_dy3_steps_to_shrink(s, factor, s->rate_x.optimal, s->rate_z.optimal),
                              "take data of a smaller condition number, or raise train.steps");
}

void sg_dy3_contraction(struct sg_lab *lab, struct sg_shallow *s)
{
    check(lab, s, "contraction", "late contraction at the case's rates, against the spectral radius", s->mu, s->nu);
    check(lab, s, "contraction-fastest", "late contraction at the fastest rates, against the spectral radius",
          s->rate_x.optimal, s->rate_z.optimal);
}
