/* CP5: an SG without labels at the output of linear regression rests on a sphere through least
 * squares, and gets there, not to least squares. */
#include <math.h>

#include "claim/cp5/parts.h"
#include "lab/own.h"

static void measure_data(struct sg_cp5 *c)
{
    const struct sg_fit *fit = c->s->fit;
    const double size = (double)c->s->rows.n + 10 * (double)fit->d;
    for (size_t i = 0; i < fit->d; i++)
        c->trace += fit->s_x[i * fit->d + i];
    c->top = sqrt(fit->lambda_x[0]);
    c->y = sqrt(fit->s_z[1 * fit->q + 1]);
    c->identity = sg_base_max(fabs(fit->lambda_x[0] - 1), fabs(fit->lambda_x[fit->d - 1] - 1)) +
                  2 * size * SG_UNIT_ROUNDOFF * fit->lambda_x[0];
}

static void *make(struct sg_lab *lab)
{
    struct sg_cp5 *c = SG_TAKE(lab, 1, struct sg_cp5);
    c->lab = lab;
    c->s = sg_shallow_make(lab, sg_case_timing(lab->trial->c, 0));
    if (!c->s)
        return NULL;
    c->constant = (lab->trial->c->module[0].terms & SG_ONE) != 0;
    c->k = c->s->fit->d - (c->constant ? 1 : 0);
    return c;
}

static const struct sg_instrument regression = {make};

static void says(struct sg_lab *lab, void *on)
{
    struct sg_cp5 *c = on;
    const size_t d = c->s->fit->d;
    struct sg_arch plain = c->s->arch.arch;
    plain.n_modules = 0;
    measure_data(c);
    c->w_0 = SG_TAKE(lab, d, double);
    c->w = SG_TAKE(lab, d, double);
    c->closed = SG_TAKE(lab, d, double);
    c->rng = sg_lab_rng(lab, "points");
    c->fitted = sg_lab_own_fitted(
        lab, sg_sim_fitted_alloc(&c->s->field, &c->s->batch, c->w_0, c->s->mu));
    c->plain = sg_lab_own_net(lab, sg_net_alloc(&plain));
    c->plain_work = sg_lab_own_work(lab, sg_net_work_alloc(c->plain, c->s->rows.n));
    sg_cp5_set(c);
    sg_cp5_certify(c);
    /* Errors are carried to first order in |S_x - I|: below sqrt(u) the second is rounding. */
    const double lambda = c->s->fit->lambda_x[0], spread = lambda - c->s->fit->lambda_x[d - 1];
    const double near = sqrt(SG_UNIT_ROUNDOFF);
    if (c->identity < near) {
        sg_cp5_optimal(c);
        sg_cp5_trained(c);
        if (lab->trial->figure && !c->constant && lab->status == SG_OK)
            sg_cp5_draw(lab);
    } else if (c->constant || spread < near * lambda) {
        sg_lab_note(lab, "the set alone: where runs end is said of S_x = I, and without a "
                         "constant of S_x that is no multiple of I");
    } else {
        sg_cp5_unwhitened(c);
    }
}

const struct sg_claim sg_claim_cp5 = {
    .id = "CP5",
    .name = "cp5_no_labels",
    .title = "no labels, no convergence",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION
    " sg=one sg.at=output sg.family=linear sg.terms=h|h1|hy|hy1! sg.target=true sg.mix=1.0 "
    "train.form train.units train.mu! train.nu! train.steps!",
    .supposes = (const struct sg_hypothesis *const[]){&sg_cp5_one_output, &sg_cp5_setting,
                                                      &sg_cp5_two_columns, &sg_cp5_nonsingular,
                                                      &sg_cp5_noisy, &sg_cp5_small_steps, NULL},
    .measure = sg_lab_measure,
    .on = &regression,
    .says = says,
    .statement =
        "Linear regression (m = 1, S_x nonsingular) under MSE, r = p - y, an SG without labels at "
        "the output.  With s = alpha p the SG-critical weights are {E[p r] = 0}; with a ones "
        "column and s = alpha p + gamma they are {E[p r] = 0 = E[r]}: in whitened coordinates the "
        "sphere whose diameter runs from the base, 0 or the mean predictor, to least squares.  "
        "S_x = I, alpha at its optimum in every step, 0 < mu < 2: w stays on the line R w_0 and "
        "ends at w_0 (w_0.w*)/|w_0|^2, at excess loss 1/2 |w*|^2 sin^2(w_0, w*).  With alpha "
        "trained from 0 by small steps it ends there if w_0 is not the base and |w_0 - w*| <= "
        "|w*| (both from the base), or if w_0.w* > 0 and kappa (w_0.w*)^2/|w_0|^2 >= 16/27; at "
        "the base if w_0.w* <= 0, and, when the SG is slow, from some far starts with w_0.w* > 0 "
        "too.",
};
