/* DY4 in ball arithmetic: a step at the case's place, and limits from both sides, Y = X W exactly, W the binary64 weights
 * of the fit. */
#include <math.h>

#include "claim/dy4/parts.h"
#include "lab/certify.h"

static struct sg_cert_step step_at(struct sg_ray *r, double t)
{
    const size_t m = r->s->fit->m;
    double *C = SG_TAKE(r->lab, m * m, double);
    for (size_t i = 0; i < m * m; i++)
        C[i] = t * r->C_0[i];
    return (struct sg_cert_step){.mu = r->s->mu, .nu = r->s->nu, .C = C};
}

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
    sg_lab_step_proved(
        r->lab, sg_lab_format(r->lab, "place-%s-proved", kind),
        sg_lab_format(r->lab, "%s ray, the case's place: all eigenvalues inside but the family's",
                      kind),
        &data, step_at(r, t), SG_OK);
    for (int k = 0; k < (isnan(high) ? 1 : 2); k++) {
        const struct sg_interval limit = sg_lab_around(k ? high : low);
        sg_lab_step_limit_proved(
            r->lab, sg_lab_format(r->lab, "%s-%s-proved", side[k], kind),
            sg_lab_format(r->lab,
                          "%s limit of c, %s ray: all eigenvalues inside but the family's m^2 at "
                          "one end, one outside at the other",
                          side[k], kind),
            &data, limit, step_at(r, k ? limit.low : limit.high),
            step_at(r, k ? limit.high : limit.low));
    }
}
