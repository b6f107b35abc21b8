/* DY1 in ball arithmetic: I - mu S_x at the case's rate, and the limit from both sides. */
#include <math.h>

#include "claim/dy1/parts.h"
#include "lab/certify.h"

void sg_dy1_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_rates *x = &s->rate_x;
    struct sg_interval radius;
    if (!sg_lab_certifies(lab, s->fit->d))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    sg_lab_frozen_limit_proved(lab, "limit-proved",
                               "mu limit: at every 0 < mu <= low all modes shrink but those of "
                               "S_x's null space, at every mu >= high one grows",
                               &data, x->critical, NULL);
    if (x->zeros) {
        sg_lab_note(lab, "no certificate at the case's rate: S_x is singular, and in its null "
                         "space the factor is 1");
        return;
    }
    const double closed = fmax(fabs(1 - s->mu * x->largest), fabs(1 - s->mu * x->smallest));
    sg_lab_proved(lab, "inside-proved", "I - mu S_x contracts at the case's rate",
                  sg_lab_certify_frozen(&radius, lab, "inside-proved radius-enclosed", &data,
                                        s->mu, NULL, SG_CERTIFY_RADIUS_WIDTH),
                  SG_OK, SG_CERTIFY_POWERS);
    sg_lab_radius_enclosed(lab, "radius-enclosed",
                           "the spectral radius of I - mu S_x, closed form against the proved "
                           "enclosure",
                           closed, &radius);
}
