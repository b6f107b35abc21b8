/* DY10: the series of its figure. */
#include <string.h>

#include "claim/dy10/parts.h"

enum { FIGURE_LOOKS = 24 };

static void draw_modes(struct sg_lab *lab, struct sg_modes *s)
{
    const size_t r = s->saxe.modes;
    const struct sg_deep_pair *p = s->pair;
    const struct sg_mode_level level = sg_modes_level(s, s->levels - 1);
    const uint64_t gap = level.steps / FIGURE_LOOKS;
    double *backprop = SG_TAKE(lab, r, double);
    sg_sim_restart(p->plain, s->w_0, NULL, level.mu, 0);
    sg_sim_restart(p->sg, s->w_0, s->phi_0, level.mu, s->nu);
    sg_lab_series(lab, "modes", "mode sigma a_0 time backprop sg kappa");
    for (size_t look_at = 0; look_at <= FIGURE_LOOKS; look_at++) {
        sg_modes_read(s, sg_sim_w(p->plain));
        memcpy(backprop, s->a, r * sizeof *backprop);
        sg_modes_read(s, sg_sim_w(p->sg));
        for (size_t i = 0; i < r; i++)
            sg_lab_point(lab, (const double[]){(double)i, s->saxe.sigma[i], s->saxe.a_0[i],
                                               level.mu * (double)(look_at * gap), backprop[i],
                                               s->a[i], s->nu / level.mu});
        if (sg_sim_advance(p->plain, &p->twin->batch, gap) != SG_OK ||
            sg_sim_advance(p->sg, &p->twin->batch, gap) != SG_OK)
            break;
    }
}

static void draw_errors(struct sg_lab *lab, const struct sg_modes *s,
                        const struct sg_mode_sweep *sweep, const double *fast_error)
{
    sg_lab_series(lab, "errors", "mu_sigma backprop adiabatic predicted fast kappa");
    for (size_t j = 0; j < s->levels; j++) {
        const double mu = sg_modes_level(s, j).mu;
        sg_lab_point(lab, (const double[]){mu * s->saxe.sigma[0], sweep[BACKPROP].error[j],
                                           sweep[ADIABATIC].error[j], mu * sweep[BACKPROP].slope,
                                           fast_error[j], s->nu / mu});
    }
}

void sg_modes_draw(struct sg_lab *lab, struct sg_modes *s, const struct sg_mode_sweep *sweep,
                   const double *fast_error)
{
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    draw_modes(lab, s);
    draw_errors(lab, s, sweep, fast_error);
}
