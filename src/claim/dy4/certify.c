/* DY4 in ball arithmetic: a step at the case's place, and limits from both sides.  Y = X W
 * exactly, W the binary64 weights of the fit. */
#include <math.h>

#include "claim/dy4/parts.h"
#include "lab/certify.h"

void sg_dy4_certify(struct sg_ray *r, double t, double low, double high)
{
    static const char *const side[] = {"lower", "upper"};
    const struct sg_shallow *s = r->s;
    const char *kind = r->is_real ? "real" : "complex";
    if (!sg_lab_certifies(r->lab, s->size))
        return;
    struct sg_cert_data data = sg_lab_exact_data(r->lab->trial);
    data.y = NULL;
    data.w = s->fit->w;
    double *C = SG_TAKE(r->lab, s->fit->m * s->fit->m, double);
    for (size_t i = 0; i < s->fit->m * s->fit->m; i++)
        C[i] = t * r->C_0[i];
    const struct sg_cert_step step = {.mu = s->mu, .nu = s->nu, .C = C};
    sg_lab_step_proved(
        r->lab, sg_lab_format(r->lab, "place-%s-proved", kind),
        sg_lab_format(r->lab, "%s ray, the case's place: all eigenvalues inside but the family's",
                      kind),
        &data, step, SG_OK);
    for (int k = 0; k < (isnan(high) ? 1 : 2); k++) {
        const struct sg_lab_limit limit = {.of = SG_LIMIT_C, .step = step, .C_0 = r->C_0,
                                           .at = sg_lab_around(k ? high : low)};
        sg_lab_step_limit_proved(
            r->lab, sg_lab_format(r->lab, "%s-%s-proved", side[k], kind),
            sg_lab_format(r->lab,
                          "%s limit of c, %s ray: all eigenvalues inside but the family's m^2 at "
                          "one end, one outside at the other",
                          side[k], kind),
            &data, &limit);
    }
}
