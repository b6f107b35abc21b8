/* The figure of DY2: in the plane of mu lambda_max a the stable set is the disc |z - 1| < 1; and how W gets to its limit, or away from it. */
#include <math.h>
#include <stdlib.h>

#include "claim/dy2/frozen.h"

enum { ANGLES = 15, GRID = 25, FIGURE_STEPS = 2000 };

enum sg_status sg_frozen_draw_disc(struct sg_evidence *ev, struct sg_shallow *s, struct sg_rng *rng)
{
    double complex a[SG_FROZEN_OUTPUTS_MOST] = {0};
    enum sg_status status = SG_OK;
    struct sg_frozen f;
    sg_claim_series(ev, "limits", "angle re im found predicted");
    for (int k = 0; k < ANGLES && status == SG_OK; k++) {
        const double angle = M_PI / 180 * (2 + 80.0 * k / (ANGLES - 1));
        double found = SG_NAN, tolerance;
        a[0] = cexp(SG_COMPLEX(0, angle));
        a[1] = conj(a[0]);
        status = sg_frozen_start(&f, s, a, rng);
        if (status == SG_OK)
            status = sg_frozen_find_limit(&found, &tolerance, &f, FIGURE_STEPS, rng);
        const double length = found * s->rate_x.largest;
        sg_claim_point(ev, (const double[]){angle, length * cos(angle), length * sin(angle), found, f.critical});
        sg_frozen_end(&f);
    }
    sg_claim_series(ev, "fates", "re im fate");
    double *offset = SG_NEW(s->size, double);
    for (int i = 0; i < GRID && status == SG_OK; i++)
        for (int j = 0; j < GRID / 2 && status == SG_OK; j++) {
            a[0] = SG_COMPLEX(-0.45 + 2.9 * (i + 0.5) / GRID, 2.6 * (j + 0.5) / GRID);
            a[1] = conj(a[0]);
            status = sg_frozen_start(&f, s, a, rng);
            if (status == SG_OK)
                status = sg_frozen_critical_offset(offset, &f, rng);
            if (status == SG_OK)
                sg_claim_point(ev, (const double[]){creal(a[0]), cimag(a[0]),
                                                    (double)sg_shallow_fate(s, offset, 1 / s->rate_x.largest, s->nu, FIGURE_STEPS)});
            sg_frozen_end(&f);
        }
    free(offset);
    return status;
}

/* The top eigenmode around its rest, two outputs wide: inwards at 0.9 of the limit, outwards at 1.1, simulated and closed. */
enum sg_status sg_frozen_draw_spirals(struct sg_evidence *ev, struct sg_frozen *f, struct sg_rng *rng)
{
    enum { STEPS = 40 };
    struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    double *offset = SG_NEW(s->size, double), *w_0 = SG_NEW(s->n_w, double), *w = SG_NEW(s->n_w, double), *closed = SG_NEW(s->n_w, double);
    enum sg_status status = sg_frozen_critical_offset(offset, f, rng);
    sg_claim_series(ev, "spirals", "mu_over_limit step simulated_1 simulated_2 closed_1 closed_2");
    for (int out = 0; out < 2; out++) {
        const double relative = out ? 1.1 : 0.9, mu = relative * f->critical;
        for (size_t i = 0; i < s->n_w && out; i++)
            offset[i] *= -0.05;
        sg_shallow_start(s, offset, mu, s->nu);
        sg_shallow_weights(w_0, s);
        for (uint64_t t = 0; t <= STEPS && status == SG_OK; t++) {
            double mode[4] = {0};
            status = sg_closed_frozen(closed, fit, w_0, f->phi, mu, t);
            sg_shallow_weights(w, s);
            for (size_t i = 0; i < fit->d * 2; i++) {
                const size_t j = i % 2, at = i / 2 * fit->m + j;
                mode[j] += fit->v_x[i / 2 * fit->d] * (w[at] - f->limit[at]) / s->w_norm;
                mode[2 + j] += fit->v_x[i / 2 * fit->d] * (closed[at] - f->limit[at]) / s->w_norm;
            }
            sg_claim_point(ev, (const double[]){relative, (double)t, mode[0], mode[1], mode[2], mode[3]});
            sg_sim_step(s->sim, &s->batch);
        }
    }
    free(offset);
    free(w_0);
    free(w);
    free(closed);
    return status;
}
