/* Finite-difference Jacobian of the step map that the simulator runs: the
 * judge of every analytic one.
 *
 * Central differences with increment h: error h^2/6 |F'''| + u |F| / h.  For these maps F is a
 * polynomial of low degree in the state, so the truncation error of h and of h/2 differ by exactly
 * 3/4 of it up to h^4: the bound is measured, not assumed. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

static void difference(double *column, struct sg_sim *sim, const double *state,
                       const struct sg_batch *batch, size_t j, double h, double *plus,
                       double *minus)
{
    const size_t size = sg_sim_state_size(sim);
    double *side[2] = {plus, minus};
    double at[2];
    for (int k = 0; k < 2; k++) {
        memcpy(side[k], state, size * sizeof *state);
        at[k] = side[k][j] += k == 0 ? h : -h;
        sg_sim_set_state(sim, side[k]);
        sg_sim_step(sim, batch);
        sg_sim_get_state(side[k], sim);
    }
    for (size_t i = 0; i < size; i++)
        column[i] = (plus[i] - minus[i]) / (at[0] - at[1]);   /* the increment as it was rounded */
}

void sg_approx_step_jacobian(double *jacobian, double *bound, struct sg_sim *sim,
                             const double *state, const struct sg_batch *batch)
{
    SG_REQUIRE(jacobian && bound);
    const size_t size = sg_sim_state_size(sim);
    const double scale = sg_base_max(1.0, sg_base_max_abs(state, size)),
                 h = cbrt(SG_UNIT_ROUNDOFF) * scale;
    double *coarse = SG_NEW(size, double), *fine = SG_NEW(size, double),
           *plus = SG_NEW(size, double), *minus = SG_NEW(size, double);
    double truncation = 0.0, value = 0.0;
    for (size_t j = 0; j < size; j++) {
        difference(coarse, sim, state, batch, j, h, plus, minus);
        difference(fine, sim, state, batch, j, h / 2, plus, minus);
        value = sg_base_max(value, sg_base_max_abs(plus, size));
        truncation = sg_base_max(truncation, sg_base_max_abs_diff(coarse, fine, size));
        for (size_t i = 0; i < size; i++)
            jacobian[i * size + j] = fine[i];
    }
    *bound = truncation + 10 * SG_UNIT_ROUNDOFF * value / h;
    sg_sim_set_state(sim, state);
    free(coarse);
    free(fine);
    free(plus);
    free(minus);
}
