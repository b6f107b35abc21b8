/* DY5: what rounding leaves of V, and what the line search gains where rounding shows it. */
#include <math.h>

#include "claim/dy5/parts.h"

/* What rounding leaves of V: x delta is off by 10 q u |x| |w|, z psi by 10 q u |z| |phi*|, each a
 * sample; both squared.  V is a square of something off by sqrt(floor), so off by 2 sqrt(floor V).
 */
double sg_dy5_v_floor(const struct sg_shallow *s)
{
    const double off = 10 * (double)s->rows.n * SG_UNIT_ROUNDOFF;
    const double x = off * sqrt(s->rate_x.largest) * s->w_norm;
    const double z = off * sqrt(s->rate_z.largest) * sg_base_norm(s->exact_sg, s->n_phi);
    return x * x + z * z;
}

/* V is followed down to where a tenth of the first-order decrease along the slowest direction,
 * mu lambda_min V, is hidden by its rounding: 4 sqrt(floor V). */
double sg_dy5_v_target(const struct sg_shallow *s)
{
    const double root = 40 * sqrt(sg_dy5_v_floor(s)) / (s->mu * s->rate_x.smallest);
    return root * root;
}

/* At mu = 0 the line search lowers E|s - g|^2 by exactly |G|^4 / E|ZG|^2, in steps where that is 20
 * times its rounding.  s - g is off by sqrt(floor) a sample, or more where |phi| > |phi*|: so E|s -
 * g|^2 by 2 |s - g| of that, twice, and the step by nu |z| of it across G, which costs 2 nu |G| |z|
 * of it. */
void sg_dy5_check_gain(struct sg_lab *lab, struct sg_dy5_fresh *fresh,
                       const struct sg_dy5_seen *before, const double *w, const double *phi,
                       const struct sg_shallow *s)
{
    const double size = sg_base_norm(phi, s->n_phi) / sg_base_norm(s->exact_sg, s->n_phi);
    const double off = sqrt(sg_dy5_v_floor(s)) * fmax(1, size);
    const double rounding =
        off * (4 * sqrt(before->v) + 2 * before->gain * before->z / before->slope);
    if (!(before->gain >= 20 * rounding))
        return;
    sg_lab_equal(lab, SG_SIMULATED, "gain",
                 "line search: what it gains of E|s - g|^2, against |G|^4/E|ZG|^2",
                 before->error - sg_dy5_look(fresh, w, phi).error, before->gain,
                 (struct sg_tol){rounding, "rounding of s - g, and of the step over |G|", 0});
}
