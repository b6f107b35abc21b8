/* DY10: the series of its figure. */
#include <stdlib.h>
#include <string.h>

#include "claim/dy10/parts.h"

enum { FIGURE_LOOKS = 24 };

void sg_modes_draw(struct sg_evidence *ev, struct sg_modes *s)
{
    const size_t r = s->saxe.modes;
    const struct sg_mode_level level = sg_modes_level(s, s->levels - 1);
    const uint64_t gap = level.steps / FIGURE_LOOKS;
    double *backprop = SG_NEW(r, double);
    sg_sim_restart(s->pair.plain, s->w_0, NULL, level.mu, 0);
    sg_sim_restart(s->pair.sg, s->w_0, s->phi_0, level.mu, s->nu);
    sg_claim_series(ev, "modes", "mode sigma a_0 time backprop sg kappa");
    for (size_t look_at = 0; look_at <= FIGURE_LOOKS; look_at++) {
        sg_modes_read(s, sg_sim_w(s->pair.plain));
        memcpy(backprop, s->a, r * sizeof *backprop);
        sg_modes_read(s, sg_sim_w(s->pair.sg));
        for (size_t i = 0; i < r; i++)
            sg_claim_point(ev, (const double[]){(double)i, s->saxe.sigma[i], s->saxe.a_0[i], level.mu * (double)(look_at * gap), backprop[i], s->a[i],
                                                s->nu / level.mu});
        if (sg_sim_advance(s->pair.plain, &s->pair.twin->batch, gap) != SG_OK || sg_sim_advance(s->pair.sg, &s->pair.twin->batch, gap) != SG_OK)
            break;
    }
    free(backprop);
}

void sg_modes_draw_errors(struct sg_evidence *ev, const struct sg_modes *s, const struct sg_mode_sweep *sweep, const double *fast_error)
{
    sg_claim_series(ev, "errors", "mu_sigma backprop adiabatic predicted fast kappa");
    for (size_t j = 0; j < s->levels; j++) {
        const double mu = sg_modes_level(s, j).mu;
        sg_claim_point(ev, (const double[]){mu * s->saxe.sigma[0], sweep[BACKPROP].error[j], sweep[ADIABATIC].error[j], mu * sweep[BACKPROP].slope,
                                            fast_error[j], s->nu / mu});
    }
}
