/* The figure of DY2: in the plane of mu lambda_max a the stable set is the disc |z - 1| < 1; and
 * how W gets to its limit, or away from it. */
#include <math.h>

#include "claim/dy2/parts.h"

enum { ANGLES = 15, GRID = 25, FIGURE_STEPS = 2000 };

void sg_dy2_draw_disc(struct sg_lab *lab, struct sg_shallow *s, struct sg_rng *rng)
{
    double complex a[SG_FROZEN_OUTPUTS_MOST] = {0};
    sg_lab_series(lab, "limits", "angle re im found predicted");
    for (int k = 0; k < ANGLES; k++) {
        const double angle = M_PI / 180 * (2 + 80.0 * k / (ANGLES - 1));
        a[0] = cexp(SG_COMPLEX(0, angle));
        a[1] = conj(a[0]);
        const struct sg_frozen f = sg_frozen_make(lab, s, a, rng);
        const double found = sg_frozen_find_limit(lab, &f, FIGURE_STEPS, rng);
        const double length = found * s->rate_x.largest;
        sg_lab_point(lab, (const double[]){angle, length * cos(angle), length * sin(angle), found,
                                           f.critical});
    }
    sg_lab_series(lab, "fates", "re im fate");
    for (int i = 0; i < GRID; i++)
        for (int j = 0; j < GRID / 2; j++) {
            a[0] = SG_COMPLEX(-0.45 + 2.9 * (i + 0.5) / GRID, 2.6 * (j + 0.5) / GRID);
            a[1] = conj(a[0]);
            const struct sg_frozen f = sg_frozen_make(lab, s, a, rng);
            const enum sg_fate fate = sg_shallow_fate(s, sg_frozen_offset(lab, &f, rng),
                                                      1 / s->rate_x.largest, s->nu, FIGURE_STEPS);
            sg_lab_point(lab, (const double[]){creal(a[0]), cimag(a[0]), (double)fate});
        }
}

/* The top eigenmode around its rest, two outputs wide: inwards at 0.9 of the limit, outwards
 * at 1.1, simulated and closed. */
void sg_dy2_draw_spirals(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng)
{
    enum { STEPS = 40 };
    struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    double *w_0 = SG_TAKE(lab, s->n_w, double), *w = SG_TAKE(lab, s->n_w, double);
    double *closed = SG_TAKE(lab, s->n_w, double), *offset = sg_frozen_offset(lab, f, rng);
    sg_lab_series(lab, "spirals", "mu_over_limit step simulated_1 simulated_2 closed_1 closed_2");
    for (int out = 0; out < 2; out++) {
        const double relative = out ? 1.1 : 0.9, mu = relative * f->critical;
        for (size_t i = 0; i < s->n_w && out; i++)
            offset[i] *= -0.05;
        sg_shallow_start(s, offset, mu, s->nu);
        sg_shallow_weights(w_0, s);
        for (uint64_t t = 0; t <= STEPS; t++) {
            double mode[4] = {0};
            sg_lab_try(lab, sg_closed_frozen(closed, fit, w_0, f->phi, mu, t));
            sg_shallow_weights(w, s);
            for (size_t i = 0; i < fit->d * 2; i++) {
                const size_t j = i % 2, at = i / 2 * fit->m + j;
                mode[j] += fit->v_x[i / 2 * fit->d] * (w[at] - f->limit[at]) / s->w_norm;
                mode[2 + j] += fit->v_x[i / 2 * fit->d] * (closed[at] - f->limit[at]) / s->w_norm;
            }
            sg_lab_point(lab,
                         (const double[]){relative, (double)t, mode[0], mode[1], mode[2], mode[3]});
            sg_sim_step(s->sim, &s->batch);
        }
    }
}
