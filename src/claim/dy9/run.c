/* DY9: the runs.  nu is fixed and mu = nu / kappa goes down half a decade at a time; backprop takes
 * the same mu. */
#include <math.h>

#include "claim/dy9/parts.h"

static void run_level(struct sg_dy9 *s, size_t level)
{
    struct sg_deep_pair *p = s->pair;
    const struct sg_batch *batch = &p->twin->batch;
    const uint64_t steps = (uint64_t)((double)s->steps * pow(10, 0.5 * (double)level) + 0.5);
    const double mu = s->span / (double)steps;
    s->steps_at[level] = steps;
    s->mu_at[level] = mu;
    s->kappa[level] = s->nu / mu;
    sg_sim_restart(p->plain, s->w_0, NULL, mu, 0);
    s->plain_finite[level] = sg_sim_advance(p->plain, batch, steps) == SG_OK;
    const double *backprop = sg_sim_w(p->plain);
    for (int start = 0; start < SG_DY9_STARTS; start++) {
        double *scaled = s->scaled[start] + level * p->n_w;
        sg_sim_restart(p->sg, s->w_0, s->phi[start], mu, s->nu);
        s->finite[start][level] = sg_sim_advance(p->sg, batch, steps) == SG_OK;
        const bool both = s->finite[start][level] && s->plain_finite[level];
        const double *w = sg_sim_w(p->sg);
        s->error[start][level] = both ? sg_deep_distance(w, backprop, p->n_w) : SG_NAN;
        for (size_t i = 0; i < p->n_w; i++)
            scaled[i] = both ? s->kappa[level] * (w[i] - backprop[i]) : SG_NAN;
    }
}

void sg_dy9_run(struct sg_dy9 *s)
{
    for (size_t i = 0; i < s->levels; i++)
        run_level(s, i);
}

/* There phi* = (I; -I; 0) whatever W: s is fl(p - y), the very bits of g, and the SG's gradient is
 * zero.  Any nu, stable or not. */
void sg_dy9_output(struct sg_lab *lab, const struct sg_dy9 *s)
{
    enum { STEPS = 200 };
    static const double nus[] = {0, 1e-3, 0.5, 3}; /* over 2 / lambda_max(S_z) */
    struct sg_case c = *lab->trial->c;
    double most = 0;
    c.module[0].at = -1;
    struct sg_deep_pair *p = sg_deep_pair_make(lab, &c);
    if (!p)
        return;
    double *phi = SG_TAKE(lab, p->n_phi, double);
    const double top = sg_deep_pair_s_z(lab, p, s->w_0).most;
    sg_deep_pair_exact_sg(phi, p, s->w_0);
    for (size_t k = 0; k < sizeof nus / sizeof *nus; k++) {
        sg_sim_restart(p->plain, s->w_0, NULL, s->mu, 0);
        sg_sim_restart(p->sg, s->w_0, phi, s->mu, nus[k] * 2 / top);
        for (size_t step = 0; step < STEPS; step++) {
            sg_sim_step(p->plain, &p->twin->batch);
            sg_sim_step(p->sg, &p->twin->batch);
            most = sg_base_max(most,
                               sg_base_max_abs_diff(sg_sim_w(p->sg), sg_sim_w(p->plain), p->n_w));
            most = sg_base_max(most, sg_base_max_abs_diff(sg_sim_phi(p->sg), phi, p->n_phi));
        }
    }
    sg_lab_zero(lab, SG_SIMULATED, "output",
                "SG at the output, started exact: weights off backprop's, SG off "
                "its start, any kappa",
                most,
                (struct sg_tol){0, "s and g are the same bits, the SG's gradient is zero", 1});
}
