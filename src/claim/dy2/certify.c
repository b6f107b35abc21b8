/* DY2 in ball arithmetic: the frozen step at the case's rate, and the limit from both
 * sides. */
#include "claim/dy2/parts.h"
#include "lab/certify.h"

void sg_dy2_certify(struct sg_lab *lab, const struct sg_frozen *f, double mu)
{
    const struct sg_fit *fit = f->s->fit;
    if (!sg_lab_certifies(lab, fit->d * fit->m))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    sg_lab_frozen_limit_proved(lab, "limit-proved",
                               "mu limit: at every 0 < mu <= low all modes shrink but those of "
                               "S_x's null space, at every mu >= high one grows",
                               &data, f->critical, f->phi);
    if (f->s->rate_x.zeros) {
        sg_lab_note(lab, "no certificate at the case's rate: S_x is singular, and in its null "
                         "space the factor is 1");
        return;
    }
    sg_lab_frozen_proved(lab, "inside-proved", "at the case's rate the frozen step contracts",
                         &data, mu, f->phi, SG_OK);
}
