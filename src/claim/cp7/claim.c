/* CP7: an SG of the loss's own form contains its gradient, and the log loss's gap is gone.
 *
 * s = sigma(pA + C) + yB + D has phi* = (A, C, B, D) with s = sigma(p) - y for every p: A = 1, B =
 * -1, C = D = 0; for two-class softmax A = [[1, -1], [-1, 1]], B = -I, as softmax(p)_1 = sigma(p_1
 * - p_2). Everything by the net; a linear module (the control) gets its least-squares phi at the
 * optimum. */
#include <stdio.h>

#include "claim/cp7/parts.h"
#include "lab/own.h"

/* At the optimum, or at the linear SG's point. */
static void look_at_scores(struct sg_cp7 *c)
{
    const struct sg_log_shallow *s = c->s;
    const struct sg_log_point *at = s->optimum->finite || !c->linear ? s->optimum : c->linear;
    const double norm = sg_base_norm(at->score, s->data->n);
    c->p2 = norm * norm / (double)s->data->n;
    c->hessian = sg_log_shallow_curvature(c->lab, s, at);
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_log_shallow *s = on;
    struct sg_cp7 c = {.lab = lab, .s = s, .w = SG_TAKE(lab, s->n_w, double),
                       .phi = SG_TAKE(lab, s->n_phi, double),
                       .matching = s->arch.arch.modules[0].family == SG_SIGMOID_LINEAR};
    if (s->ones && sg_closed_log_point_alloc(&c.linear, s->data, NULL) == SG_OK)
        sg_lab_own_log_point(lab, c.linear);
    look_at_scores(&c);
    sg_cp7_contained(&c);
    if (s->optimum->finite) {
        sg_cp7_optimum(&c);
        sg_cp7_rests(&c);
        sg_cp7_certify(&c, c.w);
        if (s->m == 2 && c.matching && lab->trial->replicate < 2)
            sg_cp7_three_classes(lab);
    } else {
        sg_cp7_separates(&c);
        sg_cp7_certify(&c, NULL);
        sg_cp7_compare(&c);
    }
    if (lab->trial->figure && c.matching)
        sg_cp7_draw(&c);
}

static bool two_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "there are %zu", s->m);
    return s->m <= 2;
}

static const struct sg_hypothesis two_classes = {
    .id = "two-classes", .words = "there are two classes", .met = two_met,
    .mend = "no pointwise sigmoid contains softmax(p) - y for more"};

const struct sg_claim sg_claim_cp7 = {
    .id = "CP7",
    .name = "cp7_matching_module",
    .title = "an SG of the loss's own form has no gap",
    .from = SG_FROM_PAPER,
    .source = "a proposal; the rest: this project",
    .needs_data = true,
    .reads =
        SG_READS_CLASSES " sg.family=sigmoid_linear|linear sg.terms=hy1 sg.mix=1.0 train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&two_classes, &sg_log_shallow_classes,
                                                      &sg_log_shallow_full_rank, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_log_shallow,
    .says = says,
    .statement =
        "p = x W under a log loss, an SG s = sigma(pA + C) + yB + D at the output.  For logistic "
        "regression A = 1, B = -1, C = D = 0 gives s = g at every W, for two-class softmax "
        "A = [[1, -1], [-1, 1]], B = -I, C = D = 0: the optimum is a joint critical point, and the "
        "gap of "
        "a linear SG (CP6) is gone.  For three and more classes no pointwise sigmoid contains "
        "softmax(p) - y.  L_SG is not convex here: other resting points are not excluded.",
};
