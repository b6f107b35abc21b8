/* DY9: the series of its figure. */
#include "claim/dy9/parts.h"

static double along(const double *v, const double *w, const double *from, double length, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (w[i] - from[i]) * v[i];
    return sum / length;
}

/* The weights' path seen in the plane of backprop's way and of what is late. */
static void draw_paths(struct sg_lab *lab, struct sg_dy9 *s)
{
    enum { POINTS = 60 };
    static const double kappas[] = {0, 3, 10, 30, 100}; /* 0: backprop */
    struct sg_deep_pair *p = s->pair;
    const size_t n = p->n_w, gap = (s->steps + POINTS - 1) / POINTS;
    const double mu = s->span / (double)(gap * POINTS);
    double *way = SG_TAKE(lab, n, double), *across = SG_TAKE(lab, n, double);
    for (size_t i = 0; i < n; i++)
        way[i] = s->limit[SG_DY9_EXACT][i] - s->w_0[i];
    const double *late = s->limit[SG_DY9_EXACT] + n, length = sg_base_norm(way, n);
    const double share = sg_base_dot(late, way, n) / (length * length);
    for (size_t i = 0; i < n; i++)
        across[i] = late[i] - share * way[i];
    const double width = sg_base_norm(across, n);
    sg_lab_series(lab, "paths", "kappa time along across");
    for (size_t k = 0; k < sizeof kappas / sizeof *kappas; k++) {
        struct sg_sim *sim = k ? p->sg : p->plain;
        sg_sim_restart(sim, s->w_0, k ? s->phi[SG_DY9_EXACT] : NULL, mu, kappas[k] * mu);
        for (size_t step = 0; step <= gap * POINTS; step++) {
            const double *w = sg_sim_w(sim);
            if (step % gap == 0)
                sg_lab_point(lab, (const double[]){kappas[k], mu * (double)step,
                                                   along(way, w, s->w_0, length, n),
                                                   along(across, w, s->w_0, width, n)});
            sg_sim_step(sim, &p->twin->batch);
        }
    }
}

static void draw_errors(struct sg_lab *lab, struct sg_dy9 *s)
{
    struct sg_deep_pair *p = s->pair;
    const struct sg_batch *batch = &p->twin->batch;
    const size_t n = p->n_w;
    sg_lab_series(lab, "errors", "kappa exact off limit_exact limit_off frozen");
    for (size_t i = 0; i < s->levels; i++) {
        const uint64_t steps = s->steps_at[i];
        sg_sim_restart(p->plain, s->w_0, NULL, s->mu_at[i], 0);
        sg_sim_restart(p->sg, s->w_0, s->phi[SG_DY9_EXACT], s->mu_at[i], 0);
        const bool finite = sg_sim_advance(p->plain, batch, steps) == SG_OK &&
                            sg_sim_advance(p->sg, batch, steps) == SG_OK;
        const double *w = sg_sim_w(p->sg), *backprop = sg_sim_w(p->plain);
        sg_lab_point(
            lab, (const double[]){s->kappa[i], s->error[SG_DY9_EXACT][i], s->error[SG_DY9_OFF][i],
                                  sg_base_norm(s->limit[SG_DY9_EXACT] + n, n) / s->kappa[i],
                                  sg_base_norm(s->limit[SG_DY9_OFF] + n, n) / s->kappa[i],
                                  finite ? sg_deep_distance(w, backprop, n) : SG_NAN});
    }
}

void sg_dy9_draw(struct sg_lab *lab, struct sg_dy9 *s)
{
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    draw_errors(lab, s);
    draw_paths(lab, s);
}
