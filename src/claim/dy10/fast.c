/* DY10: the SG in its own time, nu fixed and kappa = nu/mu: its error is of order mu with a known
 * constant.  mu goes down one level further than for the other rules. */
#include <math.h>
#include <string.h>

#include "claim/dy10/parts.h"

enum { RK_STEPS = 16 };

/* limit (SG_DY10_LOOKS x r): of (a_mu - a(t))/mu at fixed nu: diag U^T (dW_1 W_2 + W_1 dW_2) V with
 * dW = euler + late / nu. */
static bool fast_limit(struct sg_lab *lab, double *limit, struct sg_modes *s)
{
    const size_t n = s->pair->n_w, r = s->saxe.modes, first = s->d * s->k;
    double *state = SG_TAKE(lab, 3 * n, double), *dw = SG_TAKE(lab, n, double);
    double *sum = SG_TAKE(lab, s->d * s->m, double);
    memcpy(state, s->w_0, n * sizeof *state);
    for (size_t look_at = 0; look_at < SG_DY10_LOOKS; look_at++) {
        if (sg_closed_fast_advance(state, s->pair->first, s->span / SG_DY10_LOOKS, RK_STEPS) !=
            SG_OK)
            return false;
        for (size_t i = 0; i < n; i++)
            dw[i] = state[2 * n + i] + state[n + i] / s->nu;
        sg_base_mul(sum, dw, state + first, s->d, s->k, s->m);
        sg_base_mul(s->product, state, dw + first, s->d, s->k, s->m);
        for (size_t i = 0; i < s->d * s->m; i++)
            sum[i] += s->product[i];
        sg_base_mul_tn(s->half, s->saxe.u, sum, r, s->d, s->m);
        sg_base_mul(s->core, s->half, s->saxe.v, r, s->m, r);
        for (size_t i = 0; i < r; i++)
            limit[look_at * r + i] = s->core[i * r + i];
    }
    return true;
}

/* scaled (SG_DY10_LOOKS x r) = (a_mu - a(t)) / mu with the SG at nu; returns max |a_mu - a(t)|. */
static double run_fast(double *scaled, struct sg_modes *s, size_t j)
{
    const struct sg_mode_level level = sg_modes_level(s, j);
    const size_t r = s->saxe.modes;
    double largest = 0;
    sg_sim_restart(s->pair->sg, s->w_0, s->phi_0, level.mu, s->nu);
    for (size_t look_at = 0; look_at < SG_DY10_LOOKS; look_at++) {
        const bool finite = sg_sim_advance(s->pair->sg, &s->pair->twin->batch, level.gap) == SG_OK;
        const double t = level.mu * (double)((look_at + 1) * level.gap);
        sg_modes_read(s, sg_sim_w(s->pair->sg));
        for (size_t i = 0; i < r; i++) {
            const double a = sg_closed_saxe_mode(s->saxe.sigma[i], s->saxe.a_0[i], t);
            const double off = finite ? s->a[i] - a : SG_NAN;
            scaled[look_at * r + i] = off / level.mu;
            largest = sg_base_max(largest, fabs(off));
        }
    }
    return largest;
}

/* Of (a_mu - a(t)) / mu, all modes at all looks: the rounding of each step, grown as under the
 * adiabatic SG that a fast one follows; the SG's own dies out and enters dw by mu like dw's. */
static double rounding_of_fast(struct sg_lab *lab, const struct sg_modes *s, size_t j)
{
    const struct sg_mode_level level = sg_modes_level(s, j);
    const size_t r = s->saxe.modes;
    double *a = SG_TAKE(lab, r, double), e = sg_modes_start_error(s);
    memcpy(a, s->saxe.a_0, r * sizeof *a);
    for (uint64_t t = 0; t < level.steps; t++) {
        e = sg_modes_grown(e, s, a, level.mu) + level.mu * s->rate_error + s->step_error;
        for (size_t i = 0; i < r; i++)
            a[i] = sg_closed_saxe_step(a[i], s->saxe.sigma[i], level.mu);
    }
    return sqrt((double)(SG_DY10_LOOKS * r)) * sqrt(2 * s->saxe.sigma[0]) * e / level.mu;
}

void sg_modes_check_fast(struct sg_lab *lab, struct sg_modes *s, double *fast_error)
{
    const size_t n = SG_DY10_LOOKS * s->saxe.modes, last = s->levels;
    double *limit = SG_TAKE(lab, n, double),
           *F[2] = {SG_TAKE(lab, n, double), SG_TAKE(lab, n, double)};
    if (!fast_limit(lab, limit, s)) {
        sg_lab_note(
            lab, "the SG in its own time was not looked at: the flow could not be followed so far");
        return;
    }
    for (size_t j = lab->trial->figure ? 0 : last - 1; j <= last && lab->status == SG_OK; j++)
        fast_error[j] = run_fast(F[j % 2], s, j);
    const double size = sg_base_norm(limit, n),
                 second = 2 * sg_deep_distance(F[0], F[1], n) / (sqrt(10) - 1),
                 rounding = rounding_of_fast(lab, s, last);
    sg_lab_zero(lab, SG_SIMULATED, "fast",
                "fast SG, nu fixed: (a_mu - a(t))/mu against its closed limit, smallest mu",
                sg_deep_distance(F[last % 2], limit, n) / size,
                (struct sg_tol){(second + rounding) / size,
                                "twice Richardson's estimate from the two smallest mu, and "
                                "rounding over mu, relative",
                                1});
}
