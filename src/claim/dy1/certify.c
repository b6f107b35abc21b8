/* DY1 in ball arithmetic: I - mu S_x at the case's rate and on both sides of the limit. */
#include <math.h>

#include "claim/dy1/parts.h"
#include "lab/certify.h"

void sg_dy1_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_rates *x = &s->rate_x;
    struct sg_interval radius;
    if (!sg_lab_certifies(lab, s->fit->d))
        return;
    if (x->zeros) {
        sg_lab_note(lab, "no interval certificates: S_x is singular, and in its null space the "
                         "factor is 1");
        return;
    }
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    const double closed = fmax(fabs(1 - s->mu * x->largest), fabs(1 - s->mu * x->smallest));
    sg_lab_proved(lab, "inside-proved", "I - mu S_x contracts at the case's rate",
                  sg_lab_certify_frozen(&radius, lab, "inside-proved radius-enclosed", &data,
                                        s->mu, NULL, SG_CERTIFY_RADIUS_WIDTH),
                  SG_OK, SG_CERTIFY_POWERS);
    sg_lab_radius_enclosed(lab, "radius-enclosed",
                           "the spectral radius of I - mu S_x, closed form against the proved "
                           "enclosure",
                           closed, &radius);
    sg_lab_frozen_proved(lab, "below-proved", "at 0.99 of 2/lambda_max every eigenvalue is inside",
                         &data, 0.99 * x->critical, NULL, SG_OK);
    sg_lab_frozen_proved(lab, "beyond-proved", "at 1.01 of 2/lambda_max one is outside", &data,
                         1.01 * x->critical, NULL, SG_REFUTED);
}
