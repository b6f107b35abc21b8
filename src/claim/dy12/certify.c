/* DY12 in ball arithmetic: in each order all eigenvalues inside at the case's rates, and one
 * outside at 1.01 of the mu limit. */
#include "claim/dy12/parts.h"
#include "lab/certify.h"

void sg_dy12_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    if (!sg_lab_certifies(lab, s->size))
        return;
    for (int k = 0; k < SG_DY12_ORDERS; k++) {
        struct sg_cert_step step = {.mu = s->mu, .nu = s->nu, .order = (enum sg_cert_order)k};
        sg_lab_step_proved(
            lab, sg_lab_format(lab, "inside-%s-proved", sg_dy12_id[k]),
            sg_lab_format(lab, "%s: every eigenvalue inside at the case's rates", sg_dy12_name[k]),
            &data, step, SG_OK);
        step.mu = 1.01 * s->rate_x.critical;
        sg_lab_step_proved(
            lab, sg_lab_format(lab, "beyond-%s-proved", sg_dy12_id[k]),
            sg_lab_format(lab, "%s: one outside at 1.01 of the mu limit", sg_dy12_name[k]), &data,
            step, SG_REFUTED);
    }
}
