/* DY12 at depth: a run from half the minimum's weights and phi = 0 at a quarter of the rates.  How
 * often L_SG rises while L falls, and what no SG can express. */
#include <math.h>

#include "claim/dy12/parts.h"

void sg_dy12_deep_course(struct sg_lab *lab, struct sg_deep_step *m, double mu, double nu)
{
    struct sg_deep_run *s = m->run;
    const size_t n = s->data.n, K = s->deep.width[s->deep.at], out = s->data.m;
    const double rms_y = sg_base_norm(s->data.y, n * out) / sqrt((double)n);
    double *start = SG_TAKE(lab, s->size, double), *V = SG_TAKE(lab, K * out, double);
    double *r = SG_TAKE(lab, n * out, double), *rV = SG_TAKE(lab, n * K, double), loss = HUGE_VAL,
           sg_loss = 0;
    size_t rises = 0, falls = 0;
    sg_dy12_out_of_reach(lab, r, &s->data);
    for (size_t i = 0; i < s->n_w; i++)
        start[i] = s->fixed[i] / 2;
    sg_deep_run_set_timing(s, sg_dy12_timing[0]);
    sg_sim_restart(s->sim, start, start + s->n_w, mu / 4, nu / 4);
    if (lab->trial->figure && lab->status == SG_OK)
        sg_lab_series(lab, "course", "step loss excess sg_loss without_labels rises");
    for (int t = 0; t < lab->trial->c->train.steps && lab->status == SG_OK; t++) {
        const double *w = sg_sim_w(s->sim);
        const struct sg_metrics now = sg_deep_run_metrics(s);
        double labelled = SG_NAN, without = SG_NAN;
        const bool fell = t > 0 && now.loss < loss, rose = fell && now.sg_loss > sg_loss;
        falls += fell;
        rises += rose;
        loss = now.loss;
        sg_loss = now.sg_loss;
        sg_lab_try(lab, sg_closed_deep_irreducible(&labelled, &s->deep, &s->data, w, true));
        sg_lab_try(lab, sg_closed_deep_irreducible(&without, &s->deep, &s->data, w, false));
        sg_closed_deep_product(V, &s->deep, w, s->deep.at, s->deep.n_layers);
        sg_base_mul_nt(rV, r, V, n, out, K);
        const double floor = sg_base_norm(rV, n * K) / sqrt((double)n),
                     v = sg_base_norm(V, K * out);
        const double rms_h =
            sg_base_norm(sg_net_view(s->work, SG_VIEW_H, s->deep.at), n * K) / sqrt((double)n);
        /* dgelsd leaves n u |z| |Phi*| of a right-hand side in the range of z: |Phi*| <= |V|^2 +
         * |V|. */
        const double size = (rms_h + rms_y + 1) * (v * v + v),
                     rounding = 10 * (double)n * SG_UNIT_ROUNDOFF * size;
        sg_lab_zero(lab, SG_CLOSED_FORM, "deep-labelled",
                    "deep, with labels: what of g no SG expresses, rms, worst step of "
                    "a run",
                    sqrt(labelled),
                    (struct sg_tol){rounding, "10 n u (rms(h) + rms(y) + 1) (|V|^2 + |V|)", size});
        sg_lab_below(lab, SG_CLOSED_FORM, "deep-unlabelled",
                     "deep, without labels: at least sqrt(E|r* V^T|^2) is beyond it "
                     "all the way, r* the residual of y on (x, 1)",
                     floor, sqrt(without),
                     (struct sg_tol){rounding, "10 n u (rms(h) + rms(y) + 1) (|V|^2 + |V|)", 0});
        if (lab->trial->figure)
            sg_lab_point(lab, (const double[]){t, now.loss, sg_deep_run_excess(s, w), now.sg_loss,
                                               without / 2, rose});
        sg_sim_step(s->sim, &s->batch);
    }
    sg_lab_note(lab, "L_SG rose in %zu of %zu steps in which L fell", rises, falls);
}
