/* CP6: under the log loss a linear SG with labels rests at the regression of the labels on their
 * own least-squares fit, not at the optimum.
 *
 * The predicted point (closed form) against the net's joint directions, against Newton on the joint
 * equations, and against runs.  Where its score separates the classes none is predicted. */
#include <math.h>

#include "claim/cp6/parts.h"
#include "lab/own.h"

static void predict(struct sg_cp6 *c)
{
    const struct sg_data *data = c->s->data;
    enum sg_status status = SG_OK;
    double ab[8];
    size_t found;
    bool open;
    if (c->s->ones) {
        status = sg_closed_log_point_alloc(&c->point, data, NULL);
    } else if (sg_lab_try(c->lab, sg_closed_log_plane(ab, &found, &open, data, 256, 4))) {
        if (found == 1 && !open)
            status = sg_closed_log_plane_point_alloc(&c->point, data, ab);
        else
            sg_lab_stop(c->lab, SG_HYPOTHESIS,
                        "without 1 in col X: %zu points in span{P_X y, P_X 1}%s; "
                        "the runs of this claim ask for one",
                        found, open ? ", part of which separates" : "");
    }
    if (status != SG_OK)
        sg_lab_stop(c->lab, status, "the regression on the least-squares score: %s",
                    sg_base_status_text(status));
    sg_lab_own_log_point(c->lab, c->point);
}

static void prepare(struct sg_cp6 *c)
{
    struct sg_log_shallow *s = c->s;
    const struct sg_log_point *best = s->optimum;
    const size_t classes = s->m > 1 ? s->m : 2;
    c->gap = best->finite ? sg_closed_loss_gap(best->probability, c->point->probability, s->data->n,
                                               classes - 1)
                          : c->point->loss;
    if (best->finite && classes == 2)
        sg_cp6_measure_distance(c);
    c->predicted = c->affine ? 0 : c->gap;
    c->scale = c->affine ? c->point->loss : c->gap;
    c->gradient = sg_log_shallow_gradient(s->dw, s, c->point->w);
    sg_lab_try(c->lab, sg_closed_log_point_error(&c->error, c->point, s->data));
    c->local = sg_log_shallow_local(c->lab, s, c->point);
    /* Rates that both ends of the run stand: alpha is about 1/4 at the start. */
    c->mu = 1 / fmax(c->local.reduced, s->x_max / 4);
    c->nu = 1 / c->local.z_max;
    c->enough = 1e-12;
    c->most = c->lab->trial->full ? 1000000 : 30000;
}

/* Its score separates: the joint equations have no zero. */
static void check_no_point(struct sg_cp6 *c)
{
    double *state = SG_TAKE(c->lab, sg_closed_log_joint_size(c->s->data), double), residual;
    sg_lab_fact(c->lab, SG_CLOSED_FORM, "no-point",
                "no finite point predicted: Newton on the joint equations finds none",
                sg_closed_log_joint_solve(state, &residual, c->s->data) != SG_OK,
                "labels from 1/2 on");
}

/* One data set: has it a finite point? */
static bool look(struct sg_lab *lab, struct sg_log_shallow *s)
{
    struct sg_cp6 c = {.lab = lab, .s = s};
    predict(&c);
    if (lab->status != SG_OK || !c.point)
        return false;
    if (!c.point->finite) {
        check_no_point(&c);
        return false;
    }
    prepare(&c);
    sg_cp6_check_point(&c);
    if (32 / (c.mu * c.local.slowest) < (double)c.most) {
        sg_cp6_check_newton(&c);
        sg_cp6_check_runs(&c);
    } else {
        sg_lab_note(lab, "the point is so near separation that runs would be too long");
    }
    if (lab->trial->figure)
        sg_cp6_draw(&c);
    sg_cp6_certify(&c);
    return true;
}

/* The case's data set; and where its score separates, others, until one has a finite point. */
static void says(struct sg_lab *lab, void *on)
{
    const struct sg_trial *trial = lab->trial;
    const uint64_t draws = trial->c->data.kind == SG_DATA_CLASSES ? 20 : 1;
    bool finite = look(lab, on);
    for (uint64_t k = 1; k < draws && !finite && lab->status == SG_OK; k++) {
        struct sg_trial again = *trial;
        again.data = sg_lab_data(lab, trial->c, trial->replicate + k * 1000000);
        struct sg_lab other = sg_lab_begin(lab->ev, &again);
        struct sg_log_shallow *s =
            lab->status == SG_OK ? sg_log_shallow_make(&other, trial->c) : NULL;
        finite = s && s->optimum && look(&other, s);
        sg_lab_try(lab, sg_lab_end(&other));
    }
}

const struct sg_claim sg_claim_cp6 = {
    .id = "CP6",
    .name = "cp6_log_loss",
    .title = "log loss moves the fixed points of a linear SG",
    .from = SG_FROM_PAPER,
    .source = "an observation; where and how far: this project",
    .needs_data = true,
    .reads = SG_READS_CLASSES " sg.family=linear sg.terms=hy1|hy sg.mix",
    .supposes = (const struct sg_hypothesis *const[]){&sg_log_shallow_classes,
                                                      &sg_log_shallow_full_rank, &sg_cp6_ones,
                                                      &sg_cp6_independent, &sg_cp6_residuals, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_log_shallow,
    .says = says,
    .statement =
        "Logistic regression (or softmax from W with row sums 0) with ones in col X and a linear "
        "SG "
        "s = pA + yB + C at the output.  The finite joint critical points are the regression of "
        "the "
        "labels on the score (p_LS, 1), p_LS the least-squares fit of the labels: p = t p_LS + c "
        "for two "
        "classes, t > 0.  One exists iff that score does not separate the classes, and it is "
        "unique.  "
        "With one feature it is the optimum.  Otherwise, unless the optimum is affine in p_LS, it "
        "has a "
        "gap L - inf L = E[KL(q_optimum || q)] > 0; on separable data, where inf L = 0, the whole "
        "loss.  "
        "Without ones, P_X y and P_X 1 independent and the Gram matrix M of y - P_X y and 1 - P_X "
        "1 "
        "nonsingular, p = a P_X y + b P_X 1 with E[pg] = 0 and (E[yg], E[g]) = -alpha M(a, b).",
};
