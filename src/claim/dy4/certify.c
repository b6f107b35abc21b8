/* DY4 in ball arithmetic: three steps at realizable data, Y = X W exactly, W the binary64 weights
 * of the fit. */
#include "claim/dy4/parts.h"
#include "lab/certify.h"

void sg_dy4_certify(struct sg_ray *r, double t, double low)
{
    static const char *const id[3] = {"place-proved", "inside-proved", "beyond-proved"};
    static const char *const what[3] = {
        "at the case's place every eigenvalue but the family's m^2 is inside",
        "at 0.99 of the lower limit of c every eigenvalue but the family's m^2 is inside",
        "at 1.01 of it one is outside"};
    const struct sg_shallow *s = r->s;
    const size_t m = s->fit->m;
    const double at[3] = {t, 0.99 * low, 1.01 * low};
    if (!sg_lab_certifies(r->lab, s->size))
        return;
    struct sg_cert_data data = sg_lab_exact_data(r->lab->trial);
    data.y = NULL;
    data.w = s->fit->w;
    double *C = SG_TAKE(r->lab, m * m, double);
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < m * m; i++)
            C[i] = at[k] * r->C_0[i];
        sg_lab_step_proved(r->lab, id[k], what[k], &data,
                           (struct sg_cert_step){.mu = s->mu, .nu = s->nu, .C = C},
                           k == 2 ? SG_REFUTED : SG_OK);
    }
}
