/* DY12 in ball arithmetic: in each order all eigenvalues inside at the case's rates, and both
 * limits from both sides. */
#include "claim/dy12/parts.h"
#include "lab/certify.h"

/* The limit of one rate, the other at half its own. */
static void prove_limit(struct sg_lab *lab, const struct sg_cert_data *data,
                        const struct sg_shallow *s, int k, bool of_mu)
{
    const char *rate = of_mu ? "mu" : "nu";
    const double mu = s->rate_x.critical, nu = s->rate_z.critical;
    const struct sg_lab_limit limit = {
        .of = of_mu ? SG_LIMIT_MU : SG_LIMIT_NU,
        .step = {.mu = mu / 2, .nu = nu / 2, .order = (enum sg_cert_order)k},
        .at = sg_lab_around(of_mu ? mu : nu)};
    sg_lab_step_limit_proved(
        lab, sg_lab_format(lab, "%s-limit-%s-proved", rate, sg_dy12_id[k]),
        sg_lab_format(lab, "%s: %s limit: all eigenvalues inside at low, one outside at high, the "
                      "other rate at half its limit", sg_dy12_name[k], rate),
        data, &limit);
}

void sg_dy12_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    if (!sg_lab_certifies(lab, s->size))
        return;
    for (int k = 0; k < SG_DY12_ORDERS; k++) {
        const struct sg_cert_step step = {
            .mu = s->mu, .nu = s->nu, .order = (enum sg_cert_order)k};
        sg_lab_step_proved(
            lab, sg_lab_format(lab, "inside-%s-proved", sg_dy12_id[k]),
            sg_lab_format(lab, "%s: every eigenvalue inside at the case's rates", sg_dy12_name[k]),
            &data, step, SG_OK);
        prove_limit(lab, &data, s, k, true);
        prove_limit(lab, &data, s, k, false);
    }
}
