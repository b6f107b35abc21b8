/* CP6: under the log loss a linear SG with labels rests at the regression of the labels on their own least-squares fit, not at the optimum.
 *
 * The predicted point (closed form) against the net's joint directions, against Newton on the joint equations, and against runs from w = 0: with the SG at
 * its optimum in every step, by gradient descent, and by Adam.  An error of F at the point moves the end of a run by at most |F| / sigma_min(J), to first order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/cp6/parts.h"

static const double U = SG_UNIT_ROUNDOFF;

double sg_cp6_gap(const struct sg_cp6 *c)
{
    if (!c->s->optimum->finite)
        return c->point->loss;
    return sg_closed_loss_gap(c->s->optimum->probability, c->point->probability, c->s->data->n, c->s->m > 1 ? c->s->m - 1 : 1);
}

/* Of two losses or entropies at a point: n u L each for the sums, and the scores' own, 4 u max |p| E|g|. */
static double loss_rounding(const struct sg_cp6 *c, const struct sg_log_point *point)
{
    const size_t n = c->s->data->n, classes = c->s->m > 1 ? c->s->m : 2;
    double wrong = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < classes; k++) {
            const bool own = c->s->m > 1 ? c->s->data->y[i * c->s->m + k] == 1 : (double)k == c->s->data->y[i];
            wrong += own ? 0 : point->probability[i * classes + k] / (double)n;
        }
    return U * (4 * (double)n * point->loss + 8 * sg_base_max_abs(point->score, n * (classes - 1)) * wrong);
}

/* What an end at distance `far` from the point can lose or gain: (|grad L| + lambda_max(S_x) far) far, and the rounding of two losses, n u L each. */
static double loss_error(const struct sg_cp6 *c, double far)
{
    return (c->gradient + c->x_max * far) * far + loss_rounding(c, c->point);
}

/* ---- the predicted point ----------------------------------------------------------------------------------------------- */

static void check_point(struct sg_cp6 *c)
{
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "joint update of the net at the predicted point, |F|", sg_log_shallow_field(c->s, c->point->w, c->point->phi), 2 * c->error,
                   "rounding of F, of least squares (u cond) and of the regression");
    const char *basis = "rounding of two sums of n terms, and of the scores";
    if (!c->plane)
        sg_claim_bound(c->ev, SG_CLOSED_FORM, "duality gap of the regression on the score", fabs(c->point->loss - c->point->lower), loss_rounding(c, c->point), basis);
    if (c->s->optimum->finite) {
        sg_claim_bound(c->ev, SG_CLOSED_FORM, "duality gap of the optimum", fabs(c->s->infimum - c->s->optimum->lower), loss_rounding(c, c->s->optimum), basis);
        sg_claim_compare(c->ev, SG_CLOSED_FORM, "loss gap as a difference and as a divergence", c->point->loss - c->s->infimum, sg_cp6_gap(c), loss_rounding(c, c->point),
                         basis);
    }
}

static void check_newton(struct sg_cp6 *c)
{
    const size_t size = sg_closed_log_joint_size(c->s->data);
    double *state = SG_NEW(size, double), residual;
    const enum sg_status status = sg_closed_log_joint_solve(state, &residual, c->s->data);
    const double far = (c->error + sg_closed_log_joint_rounding(c->s->data, state)) / c->local.sigma;
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "W by Newton on the joint equations against the predicted W",
                   status == SG_OK ? sg_base_max_abs_diff(state, c->point->w, c->s->n_w) : SG_NAN, far, "both |F| over the least singular value of J");
    free(state);
}

/* Corollary (a): one feature and ones; else the gap is there. */
static void check_gap(struct sg_cp6 *c)
{
    const double gap = sg_cp6_gap(c);
    if (c->s->d > 2 || c->plane) {
        sg_claim_fact(c->ev, SG_CLOSED_FORM, "two features or more: the gap is there", gap > 1e-20, "a divergence of probabilities known to 1e-12 or so");
        return;
    }
    if (!c->s->optimum->finite)
        return;
    /* either W errs by what is left of its gradient, over the least eigenvalue of the Hessian >= min q (1 - q) lambda_min(S_x); p_LS by 10 u cond(X) */
    const size_t n = c->s->data->n;
    double least = 1, sigma[2] = {0};
    for (size_t i = 0; i < n; i++)
        least = fmin(least, c->s->optimum->probability[2 * i] * c->s->optimum->probability[2 * i + 1]);
    const bool fine = sg_base_singular_values(sigma, c->s->data->x, n, 2) == SG_OK;
    const double lambda = sigma[1] * sigma[1] / (double)n, cond = sigma[0] / sigma[1],
                 left = c->point->gradient * (1 + cond) + c->s->optimum->gradient + 20 * U * cond * sg_base_norm(c->point->t, 2);
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "one feature and ones: |W - W_optimum|", fine ? sg_base_max_abs_diff(c->point->w, c->s->optimum->w, c->s->n_w) : SG_NAN,
                   left / (least * lambda) + 20 * U * cond * sg_base_norm(c->point->w, 2), "gradients that are left over the least eigenvalue of the Hessian");
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "one feature and ones: loss gap", gap, left * left / (least * lambda), "the square of that distance");
}

/* ---- runs ------------------------------------------------------------------------------------------------------------------- */

static void check_end(struct sg_cp6 *c, const char *how, const double *w, const struct sg_log_end *end)
{
    char what[120];
    const double far = 2 * (end->field + c->error) / c->local.sigma;
    const bool fine = end->status == SG_OK && sg_base_all_finite(w, c->s->n_w);
    snprintf(what, sizeof what, "%s: loss gap of the end", how);
    sg_claim_compare(c->ev, SG_SIMULATED, what, fine ? end->loss - c->s->infimum : SG_NAN, sg_cp6_gap(c), loss_error(c, far),
                     "(|F| of the end + that of the formula) over sigma_min(J), times |grad L|");
    snprintf(what, sizeof what, "%s: what the steps left of |F|", how);
    sg_claim_bound(c->ev, SG_SIMULATED, what, end->field, fmax(10 * c->enough, 2 * c->error), "the stop, and rounding");
}

struct sg_opt sg_cp6_optimiser(enum sg_opt_kind kind, double rate)
{
    /* epsilon far above the gradients of the end: Adam is then gradient descent with momentum at rate / epsilon, and settles; at a fifth of the rate, as
     * momentum's lag of 10 steps can make the pair of weights and SG swing */
    const double epsilon = 0.1;
    return (struct sg_opt){.kind = kind, .rate = kind == SG_ADAM ? epsilon * rate / 5 : rate, .beta1 = 0.9, .beta2 = 0.999, .epsilon = epsilon};
}

static void check_runs(struct sg_cp6 *c)
{
    struct sg_log_shallow *s = c->s;
    double *w = SG_NEW(s->n_w, double), *phi = SG_NEW(s->n_phi, double), radius = 1;
    if (s->m == 1) {               /* one-hot labels make the SG's optimum not unique */
        struct sg_rng *rng = sg_claim_rng(s->trial, "start");
        sg_base_rng_gaussians(w, s->n_w, rng);
        for (size_t k = 0; k < s->n_w; k++)
            w[k] *= 1e-3;
        const struct sg_log_end end = sg_log_shallow_train_fitted(w, phi, s, c->mu, c->enough, c->most, NULL, NULL);
        check_end(c, "SG at its optimum in every step", w, &end);
        sg_base_rng_free(rng);
    }
    const bool fine = sg_log_shallow_radius(&radius, s, c->point, c->mu, c->nu) == SG_OK;
    if (!c->plane && s->m < 3)
        sg_claim_fact(c->ev, SG_CLOSED_FORM, "the point attracts: spectral radius of the joint step below 1", fine && radius < 1, "eigenvalues of I - diag(mu, nu) J");
    for (int k = 0; k < 2; k++) {
        const enum sg_opt_kind kind = k ? SG_ADAM : SG_GD;
        const double steps = (k ? 160 : 32) / (1 - radius);
        if (!(steps < (double)c->most))
            continue;                         /* a plain SG is too slow near separation; the fitted one says it all */
        const struct sg_log_run run = {.net_opt = sg_cp6_optimiser(kind, c->mu), .sg_opt = sg_cp6_optimiser(kind, c->nu), .enough = c->enough, .most = c->most};
        const struct sg_log_end end = sg_log_shallow_train(w, phi, s, &run, NULL, NULL);
        check_end(c, k ? "Adam" : "gradient descent", w, &end);
    }
    free(w);
    free(phi);
}

/* The score separates: Newton finds no zero, and a run neither rests nor stops losing. */
static void check_no_point(struct sg_cp6 *c)
{
    enum { HALF = 1000 };
    struct sg_log_shallow *s = c->s;
    const size_t size = sg_closed_log_joint_size(s->data);
    double *state = SG_NEW(size, double), residual, *w = SG_NEW(s->n_w, double), *phi = SG_NEW(s->n_phi, double);
    sg_claim_fact(c->ev, SG_CLOSED_FORM, "no finite point predicted: Newton on the joint equations finds none", sg_closed_log_joint_solve(state, &residual, s->data) != SG_OK,
                  "labels from 1/2 on");
    double length[2], loss[2];
    for (uint64_t half = 0; half < 2; half++) {                 /* the same run, and twice as long */
        const struct sg_log_run run = {.net_opt = sg_cp6_optimiser(SG_GD, 0.2 / c->x_max), .sg_opt = sg_cp6_optimiser(SG_GD, 0.01), .most = (half + 1) * HALF};
        loss[half] = sg_log_shallow_train(w, phi, s, &run, NULL, NULL).loss;
        length[half] = sg_base_norm(w, s->n_w);
    }
    sg_claim_fact(c->ev, SG_SIMULATED, "no finite point predicted: W grows and the loss falls all the time", length[1] > length[0] && loss[1] < loss[0],
                  "2000 steps of gradient descent against 1000");
    free(state);
    free(w);
    free(phi);
}

/* ---- the claim ---------------------------------------------------------------------------------------------------------------- */

static enum sg_status predict(struct sg_cp6 *c)
{
    enum sg_status status = sg_closed_log_point_alloc(&c->point, c->s->data, NULL);
    if (status != SG_HYPOTHESIS || c->s->m > 1)
        return status;
    double ab[8];                             /* no ones in col X */
    size_t found;
    bool open;
    c->plane = true;
    status = sg_closed_log_plane(ab, &found, &open, c->s->data, 256, 4);
    if (status == SG_OK && (found != 1 || open)) {
        snprintf(c->ev->note, sizeof c->ev->note, "without ones: %zu points in span{P_X y, P_X 1}%s; the runs of this claim ask for one", found,
                 open ? ", part of which separates" : "");
        return SG_HYPOTHESIS;
    }
    return status == SG_OK ? sg_closed_log_plane_point_alloc(&c->point, c->s->data, ab) : status;
}

static enum sg_status prepare(struct sg_cp6 *c)
{
    const struct sg_module *module = &c->s->arch.module[0];
    if (module->family != SG_LINEAR || (module->terms & (SG_H | SG_Y)) != (SG_H | SG_Y)) {
        snprintf(c->ev->note, sizeof c->ev->note, "the claim is on a linear SG with labels: terms \"hy1\"");
        return SG_HYPOTHESIS;
    }
    double *scratch = SG_NEW(c->s->n_w, double);
    enum sg_status status = predict(c);
    if (status == SG_OK)
        status = sg_base_norm2(&c->x_max, c->s->data->x, c->s->data->n, c->s->d);
    c->x_max = c->x_max * c->x_max / (double)c->s->data->n;
    if (status == SG_OK && c->point->finite) {
        c->gradient = sg_log_shallow_gradient(scratch, c->s, c->point->w);
        status = sg_closed_log_point_error(&c->error, c->point, c->s->data);
        if (status == SG_OK)
            status = sg_log_shallow_local(&c->local, c->s, c->point);
        /* A rate that both ends of the run stand: alpha is about 1/4 at the start */
        c->mu = 1 / fmax(c->local.reduced, c->x_max / 4);
        c->nu = 1 / c->local.z_max;
        c->enough = 1e-12;
        c->most = c->s->trial->full ? 1000000 : 30000;
    }
    free(scratch);
    return status;
}

/* One data set. */
static enum sg_status look(bool *finite, struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_cp6 c = {.ev = ev, .trial = trial};
    enum sg_status status = sg_log_shallow_alloc(&c.s, trial, ev);
    if (status == SG_OK)
        status = prepare(&c);
    *finite = status == SG_OK && c.point->finite;
    if (*finite) {
        const bool in_time = 32 / (c.mu * c.local.slowest) < (double)c.most;
        check_point(&c);
        check_gap(&c);
        sg_claim_compare(ev, SG_SIMULATED, "points so near separation that runs would be too long: counted", in_time ? 0 : 1, 0, 1, "any number may");
        if (in_time) {
            check_newton(&c);
            check_runs(&c);
        }
        if (trial->figure)
            sg_cp6_draw(&c);
        if (!c.plane)
            status = sg_cp6_certify(ev, trial, c.point);
    } else if (status == SG_OK) {
        check_no_point(&c);
    }
    sg_closed_log_point_free(c.point);
    sg_log_shallow_free(c.s);
    return status;
}

/* The case's data set, and where its score separates others, until one has a finite point. */
static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    enum { DRAWS = 20 };
    bool finite = false;
    enum sg_status status = look(&finite, ev, trial);
    size_t without = 0;
    for (uint64_t k = 1; k < DRAWS && status == SG_OK && !finite; k++) {
        struct sg_data data = {0};
        struct sg_trial again = *trial;
        again.data = &data;
        without++;
        status = sg_claim_make_data(&data, ev, trial->c, trial->seed, trial->replicate + k * 1000000);
        if (status == SG_OK)
            status = look(&finite, ev, &again);
        sg_data_free(&data);
    }
    if (status == SG_OK)
        sg_claim_compare(ev, SG_CLOSED_FORM, "data sets before one with a finite point: counted", (double)without, 0, DRAWS - 2, "one is needed");
    return status;
}

const struct sg_claim sg_claim_cp6 = {
    .id = "CP6", .name = "cp6_log_loss", .title = "log loss moves the fixed points of a linear SG", .needs_data = true,
    .measure = measure,
    .statement = "Logistic regression (or softmax from W with row sums 0) with ones in col X and a linear SG s = pA + yB + C at the output.  The finite joint critical points "
                 "are the regression of the labels on the score (p_LS, 1), p_LS the least-squares fit of the labels: p = t p_LS + c for two classes, t > 0.  One exists iff that "
                 "score does not separate the classes, and it is unique.  With one feature it is the optimum.  Otherwise, unless the optimum is affine in p_LS, it has a gap L - inf L = "
                 "E[KL(q_optimum || q)] > 0; on "
                 "separable data, where inf L = 0, the whole loss.  Without ones, and P_X y, P_X 1 independent, p is in their span.",
};
