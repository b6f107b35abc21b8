/* AD1's shallow log-loss models: the gap by CP6's theorem, and the gap at which training with an SG
 * stops. */
#include <math.h>
#include <string.h>

#include "claim/ad1/parts.h"
#include "lab/own.h"

enum { LOOK = 16 };

/* Weights under an SG that is fitted in every step, by gradient descent with two rates.  Off the
 * plane of the resting point an error along an eigenvalue lambda of S_x shrinks by 1 - mu alpha
 * lambda in a step; on it the step is one of gradient descent for a loss whose curvatures are means
 * of l'' = q (1 - q): E[l''] for the intercept and E[l'' p^2] / E[p^2], much smaller when p is
 * large, for p's scale. */
struct run {
    const struct sg_ad1_task *task;
    struct sg_lab *lab;
    const struct sg_data *data;
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_fitted *fitted;
    double middle, *w, *p;              /* of the spectrum of S_x; w and p = X w now */
    double mu;                                           /* the case's, or less after w left */
    uint64_t steps;
    enum sg_status status;
};

/* From small random weights: at w = 0 the fitted SG is not unique. */
static void start_run(struct run *run, const struct sg_case *c)
{
    struct sg_error err;
    sg_lab_try(run->lab, sg_case_make_arch(&run->arch, c, run->data->d, run->data->m, &err));
    SG_REQUIRE(run->lab->status == SG_OK);
    run->net = sg_lab_own_net(run->lab, sg_net_alloc(&run->arch.arch));
    run->work = sg_lab_own_work(run->lab, sg_net_work_alloc(run->net, run->data->n));
    run->field = sg_sim_net_field(run->net, run->data->n);
    run->batch = sg_sim_batch(run->data);
    run->middle = sg_ad1_spectrum_middle(run->task);
    run->mu = c->train.mu;
    run->w = SG_TAKE(run->lab, run->data->d, double);
    run->p = SG_TAKE(run->lab, run->data->n, double);
    struct sg_rng *rng = sg_ad1_rng(run->task, "w");
    for (size_t k = 0; k < run->data->d; k++)
        run->w[k] = 0.1 / sqrt((double)run->data->d) * sg_base_rng_gaussian(rng);
    run->fitted = sg_lab_own_fitted(run->lab,
                                    sg_sim_fitted_alloc(&run->field, &run->batch, run->w, 0));
    run->status = sg_sim_fitted_look(run->fitted);
}

/* At mu = 1 a step would be as long as these curvatures allow, twice over. */
struct sg_ad1_rates sg_ad1_rates(const double *p, double w0, size_t n, double alpha,
                                 double middle, double mu)
{
    double l2 = 0, l2p2 = 0, p2 = 0;
    for (size_t i = 0; i < n; i++) {
        const double score = p[i] - w0, e = exp(-fabs(p[i])), curvature = e / ((1 + e) * (1 + e));
        l2 += curvature / (double)n;
        l2p2 += curvature * score * score;
        p2 += score * score;
    }
    return (struct sg_ad1_rates){mu / (middle * fmax(alpha, l2p2 / p2)), mu / l2};
}

static struct sg_ad1_rates rates_now(struct run *run)
{
    const size_t n = run->data->n, d = run->data->d;
    sg_base_mul(run->p, run->data->x, run->w, n, d, 1);
    return sg_ad1_rates(run->p, run->w[d - 1], n, sg_sim_fitted_phi(run->fitted)[0], run->middle,
                        run->mu);
}

static void advance(struct run *run, uint64_t steps)
{
    const size_t d = run->data->d;
    for (uint64_t i = 0; i < steps && run->status == SG_OK; i++) {
        const double *dw = sg_sim_fitted_dw(run->fitted);
        const struct sg_ad1_rates rate = rates_now(run);
        for (size_t k = 0; k + 1 < d; k++)
            run->w[k] -= rate.weights * dw[k];
        run->w[d - 1] -= rate.intercept * dw[d - 1];
        sg_sim_fitted_restart(run->fitted, run->w, 0);
        run->status = sg_sim_fitted_look(run->fitted);
        run->steps++;
    }
}

static double loss_now(const struct run *run)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, run->net, run->w, sg_sim_fitted_phi(run->fitted), &run->batch,
                SG_WANT_METRICS, run->work);
    return metrics.loss;
}

static double open_by_residual(const struct run *run)
{
    double bound;
    return sg_closed_log_stationary(&bound, run->data, run->w, sg_sim_fitted_phi(run->fitted),
                                    sg_sim_fitted_dw(run->fitted),
                                    sg_sim_fitted_dphi(run->fitted)) == SG_OK ? bound : SG_NAN;
}

/* The rates go with curvatures of the moment; towards a point with a large t these may change
 * faster than the step allows, and w leaves: then from the start again with a quarter of mu.  A run
 * may still be under way after `steps`: it has not arrived, and is no evidence. */
static void train_to_rest(struct sg_ad1_seed *out, struct run *run)
{
    const uint64_t most = (uint64_t)run->lab->trial->c->train.steps;
    const double enough = SG_AD1_TIGHT * out->theory.gap + SG_AD1_SMALL;
    double *start = SG_TAKE(run->lab, run->data->d, double);
    memcpy(start, run->w, run->data->d * sizeof *start);
    out->tolerance = SG_NAN;
    while (run->status == SG_OK && run->steps < most && !(out->tolerance <= enough)) {
        advance(run, LOOK);
        if (run->status == SG_OK) {
            out->tolerance = open_by_residual(run);
        } else {
            memcpy(run->w, start, run->data->d * sizeof *start);
            run->mu /= 4;
            sg_sim_fitted_restart(run->fitted, run->w, 0);
            run->status = sg_sim_fitted_look(run->fitted);
        }
    }
    out->arrived = out->tolerance <= enough;
    out->gap = loss_now(run) - out->theory.infimum;
}

/* The loss at half time and at the end, which comes early when the loss is so low that p's digits
 * would run out. */
static void train_on_separating_score(struct sg_ad1_seed *out, struct run *run)
{
    enum { STRIDE = 8, LOOKS = 32 };
    const double low = 1e-6;
    double loss[LOOKS], norm[LOOKS];
    size_t looks = 0;
    do {
        advance(run, STRIDE);
        loss[looks] = loss_now(run);
        norm[looks++] = sg_base_norm(run->w, run->data->d);
    } while (looks < LOOKS && run->status == SG_OK && loss[looks - 1] > low);
    const size_t half = (looks - 1) / 2, last = looks - 1;
    out->half = loss[half];
    out->gap = out->end = loss[last];
    out->growth = norm[last] / norm[half];
    out->field = sg_base_norm(sg_sim_fitted_dw(run->fitted), run->data->d);
}

/* |F| of the net at the predicted point, and the bound on it by rounding. */
static void check_point(struct sg_ad1_seed *out, struct run *run)
{
    double *dw = SG_TAKE(run->lab, run->data->d, double), dphi[3];
    struct sg_log_point *point = NULL;
    const bool made = sg_lab_try(run->lab, sg_closed_log_point_alloc(&point, run->data, NULL));
    sg_lab_own_log_point(run->lab, point);
    if (made) {
        sg_net_eval(dw, dphi, NULL, run->net, point->w, point->phi, &run->batch,
                    SG_WANT_W | SG_WANT_PHI, run->work);
        out->residual = hypot(sg_base_norm(dw, run->data->d), sg_base_norm(dphi, 3));
        sg_lab_try(run->lab, sg_closed_log_point_error(&out->residual_bound, point, run->data));
    }
}

/* Under MSE, which only a control asks for, the infimum is that of least squares. */
void sg_ad1_shallow(struct sg_ad1_seed *out, const struct sg_ad1_task *task, bool simulate)
{
    struct sg_lab *lab = task->lab;
    if (!sg_lab_try(lab, sg_closed_log_gap(&out->theory, task->data)) || !simulate)
        return;
    struct run run = {.task = task, .lab = lab, .data = task->data};
    start_run(&run, sg_ad1_case(task));
    if (lab->trial->c->net.loss == SG_MSE)
        out->theory.infimum = sg_ad1_least_squares(task);
    else if (out->theory.finite)
        check_point(out, &run);
    if (lab->status == SG_OK && out->theory.finite)
        train_to_rest(out, &run);
    else if (lab->status == SG_OK)
        train_on_separating_score(out, &run);
    out->simulated = true;
    out->steps = run.steps;
    sg_lab_try(lab, run.status);
}
