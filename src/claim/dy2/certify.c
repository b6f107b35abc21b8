/* DY2 in ball arithmetic: the frozen step at the case's rate and on both sides of the limit. */
#include "claim/dy2/parts.h"
#include "lab/certify.h"

void sg_dy2_certify(struct sg_lab *lab, const struct sg_frozen *f, double mu)
{
    const struct sg_fit *fit = f->s->fit;
    if (!sg_lab_certifies(lab, fit->d * fit->m))
        return;
    if (f->s->rate_x.zeros) {
        sg_lab_note(lab, "no interval certificates: S_x is singular, and in its null space the "
                         "factor is 1");
        return;
    }
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    sg_lab_frozen_proved(lab, "inside-proved", "at the case's rate the frozen step contracts",
                         &data, mu, f->phi, SG_OK);
    sg_lab_frozen_proved(
        lab, "below-proved",
        "at 0.99 of min_j 2 Re(a_j) / (lambda_max |a_j|^2) every eigenvalue is inside", &data,
        0.99 * f->critical, f->phi, SG_OK);
    sg_lab_frozen_proved(lab, "beyond-proved", "at 1.01 of it one is outside", &data,
                         1.01 * f->critical, f->phi, SG_REFUTED);
}
