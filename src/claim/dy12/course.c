/* DY12: a run from w = 0, phi = 0.  L_SG may rise while L falls (users of SG code ask), and what no
 * SG can express is the residual on (p, 1). */
#include <math.h>

#include "claim/dy12/parts.h"

void sg_dy12_course(struct sg_lab *lab, struct sg_shallow *s)
{
    const size_t n_y = s->rows.n * s->fit->m;
    const double n = (double)s->rows.n, rms_y = sg_base_norm(s->rows.y, n_y) / sqrt(n);
    const double rms_1 = sg_base_norm(s->rows.one, s->rows.n) / sqrt(n);
    double *zero = SG_TAKE(lab, s->size, double), *r = SG_TAKE(lab, n_y, double);
    double with = 0, least = HUGE_VAL, scale = 0, loss = HUGE_VAL, sg_loss = 0;
    size_t rises = 0;
    struct sg_net_work *work = sg_net_work_alloc(s->net, s->rows.n);
    sg_dy12_out_of_reach(lab, r, &s->rows);
    sg_sim_restart(s->sim, zero, zero, s->mu / 4, s->nu / 4);
    if (lab->trial->figure)
        sg_lab_series(lab, "course", "step loss sg_loss irreducible_without_labels");
    for (int t = 0; t < lab->trial->c->train.steps && lab->status == SG_OK; t++) {
        struct sg_metrics now;
        double labelled = SG_NAN, without = SG_NAN;
        sg_net_eval(NULL, NULL, &now, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch,
                    SG_WANT_METRICS, work);
        rises += t > 0 && now.loss < loss && now.sg_loss > sg_loss;
        loss = now.loss;
        sg_loss = now.sg_loss;
        sg_lab_try(lab, sg_closed_irreducible_error(&without, &s->rows, sg_sim_w(s->sim), false));
        sg_lab_try(lab, sg_closed_irreducible_error(&labelled, &s->rows, sg_sim_w(s->sim), true));
        with = sg_base_max(with, sqrt(labelled));
        least = fmin(least, without);
        scale = sg_base_max(scale, sqrt(2 * now.loss) + 2 * rms_y); /* |p| + |y| <= |g| + 2 |y| */
        if (lab->trial->figure)
            sg_lab_point(lab, (const double[]){t, loss, sg_loss, without});
        sg_sim_step(s->sim, &s->batch);
    }
    sg_net_work_free(work);
    /* dgelsd leaves n u |z| |Phi*| of a right-hand side in the range of z, and of one that is not.
     */
    const double rounding = 10 * n * SG_UNIT_ROUNDOFF * (scale + rms_1);
    sg_lab_zero(lab, SG_CLOSED_FORM, "labelled",
                "with labels no part of g is beyond the SG: largest irreducible rms error "
                "of a run",
                with, (struct sg_tol){rounding, "10 n u (rms(p) + rms(y) + 1)", scale});
    sg_lab_below(lab, SG_CLOSED_FORM, "unlabelled",
                 "without labels at least sqrt(E|r*|^2) is beyond it all the way, r* the "
                 "residual of y on (x, 1)",
                 sg_base_norm(r, n_y) / sqrt(n), sqrt(least),
                 (struct sg_tol){rounding, "10 n u (rms(p) + rms(y) + 1)", 0});
    sg_lab_note(lab, "L_SG rose in %zu of %d steps in which L fell", rises,
                lab->trial->c->train.steps);
}
