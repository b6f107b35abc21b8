/* DY4: where the family changes stability. */
#include <math.h>

#include "claim/dy4/parts.h"

/* The closed spectrum's limit against that of the inequalities.  A modulus is known to 10 u, times
 * 2 cond(T) where a pair may decide. */
static void check_closed(struct sg_ray *r, double t, double explicit, bool upper)
{
    double *direction = SG_TAKE(r->lab, r->s->size, double);
    const struct sg_edge edge = sg_ray_look_beyond(direction, r, t);
    const double modulus =
        10 * SG_UNIT_ROUNDOFF * (sg_closed_line_inside(r->line) ? 2 * edge.condition : 1);
    sg_lab_equal(
        r->lab, SG_CLOSED_FORM, upper ? "upper-closed" : "lower-closed",
        upper ? "upper limit of c: the closed spectrum's against the explicit inequalities"
              : "lower limit of c: the closed spectrum's against the explicit inequalities",
        t, explicit,
        (struct sg_tol){modulus * fabs(t) / edge.growth,
                        "10 u, times 2 cond(T) where a pair may decide, / (d ln|lambda|/dc)", 0});
}

/* S_x = I: by the spectrum, and as the inequalities have it where 1 is in col X.  Elsewhere: -1. */
void sg_dy4_predict(double *low, double *high, struct sg_ray *r)
{
    const struct sg_shallow *s = r->s;
    const double mu = s->mu, nu = s->nu;
    double explicit[2] = {-1, SG_NAN};
    *low = -1;
    *high = SG_NAN;
    if (!r->line)
        return;
    *low = sg_closed_line_limit(r->line, r->c_0, mu, nu, -1, false);
    *high = sg_closed_line_limit(r->line, r->c_0, mu, nu, 1, false);
    if (!sg_closed_line_inside(r->line)) {
        if (!r->is_real || sg_closed_line_free_modes(r->line) == 0)
            return;
        if (mu <= 1 && nu * s->rate_z.largest < 2 - mu)
            check_closed(r, *low, -1, false);
        else
            sg_lab_note(r->lab,
                        "the lower limit is -1 for mu <= 1 and nu a_max < 2 - mu only: here the "
                        "closed spectrum gives %.4g",
                        *low);
        return;
    }
    if (r->is_real)
        sg_closed_line_interval(&explicit[0], &explicit[1], r -> line, mu, nu);
    for (int side = 0; side < 2; side++) {
        if (!r->is_real)
            explicit[side] = sg_closed_line_limit(r->line, r->c_0, mu, nu, side ? 1 : -1, true);
        check_closed(r, side ? *high : *low, explicit[side], side);
    }
}

void sg_dy4_check_limit(struct sg_ray *r, double predicted, bool upper)
{
    struct sg_lab *lab = r->lab;
    const double steps = (double)r->s->c->train.steps;
    const char *side = upper ? "upper" : "lower", *kind = r->is_real ? "real" : "complex";
    double *direction = SG_TAKE(lab, r->s->size, double);
    const struct sg_edge edge = sg_ray_look_beyond(direction, r, predicted);
    const double shrink = sg_ray_steps_to_shrink(r, 0.98 * predicted, direction);
    const double tolerance = SG_RAY_WIDTH + log(100 * edge.condition) / (steps * edge.growth);
    if (!sg_shallow_affords(lab, r->s, shrink, "take larger rates") ||
        !sg_shallow_tells(lab, tolerance))
        return;
    sg_lab_equal(lab, SG_SIMULATED, sg_lab_format(lab, "%s-%s", side, kind),
                 sg_lab_format(lab,
                               "%s limit of c on the %s ray, bisected on returning to the family",
                               side, kind),
                 sg_ray_bisect(r, predicted, direction), predicted,
                 (struct sg_tol){tolerance * fabs(predicted),
                                 "bisection width + ln(100 cond T) / (steps d ln|lambda|/dc)", 0});
    sg_lab_fact(
        lab, SG_SIMULATED, sg_lab_format(lab, "%s-%s-sides", side, kind),
        sg_lab_format(lab,
                      "%s limit on the %s ray: 2 %% inside a start returns, 2 %% beyond it leaves",
                      side, kind),
        sg_ray_fate(r, 0.98 * predicted, direction, shrink) == SG_RETURNS &&
            sg_ray_fate(r, 1.02 * predicted, direction, steps) == SG_LEAVES,
        "a hundredfold");
}
