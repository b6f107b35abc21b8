/* AD1's softmax with two classes: from equal class columns (W_1 + W_2 = 0) it is the logistic case;
 * from unequal ones the conserved score x (W_1 + W_2) joins the scores that the SG can rest on, and
 * with two features and a bias these are all of col X: no gap, and on separable data no point of
 * rest. */
#include <math.h>
#include <string.h>

#include "claim/ad1/parts.h"
#include "lab/own.h"

enum { D = 3, Q = 5, LOOK = 64, MOST = 20000 };

struct softmax {
    struct sg_data *data;             /* one-hot */
    const struct sg_data *one;        /* the same samples with one column of y */
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_batch batch;
    double w[2 * D], phi[2 * Q], dw[2 * D], dphi[2 * Q], difference[D], middle, mu;
    double *z, *g, *p;                /* p = X difference */
};

/* Phi = Z^+ g, of minimum norm since one-hot columns and the ones depend on each other; then the
 * net's two directions. */
static enum sg_status fit_and_look(struct softmax *x)
{
    const size_t n = x->data->n;
    sg_net_eval(x->dw, x->dphi, NULL, x->net, x->w, x->phi, &x->batch,
                SG_WANT_W | SG_WANT_PHI, x->work);
    const double *p = sg_net_view(x->work, SG_VIEW_H, 1), *g = sg_net_view(x->work, SG_VIEW_G, 1);
    for (size_t i = 0; i < n; i++) {
        memcpy(x->z + i * Q, p + 2 * i, 2 * sizeof *p);
        memcpy(x->z + i * Q + 2, x->data->y + 2 * i, 2 * sizeof *p);
        x->z[i * Q + 4] = 1;
    }
    memcpy(x->g, g, 2 * n * sizeof *g);
    const enum sg_status status =
        sg_base_solve_least_squares(x->phi, NULL, NULL, x->z, x->g, n, Q, 2);
    sg_net_eval(x->dw, x->dphi, NULL, x->net, x->w, x->phi, &x->batch,
                SG_WANT_W | SG_WANT_PHI, x->work);
    for (size_t k = 0; k < D; k++)
        x->difference[k] = x->w[2 * k + 1] - x->w[2 * k];
    return status;
}

/* What the residual leaves open.  Equal columns: in terms of p = p_2 - p_1 = 2 p_2, s = s_2.
 * Unequal: col X lies in span Z, so E[x^T s] = E[x^T g]. */
static double open_by_residual(const struct softmax *x, bool equal)
{
    double r[D], bound;
    for (size_t k = 0; k < D; k++)
        r[k] = x->dw[2 * k + 1];
    const double *phi = x->phi, f[3] = {2 * x->dphi[3], x->dphi[7], x->dphi[9]};
    const double sg[3] = {(phi[3] - phi[1]) / 2, phi[7] - phi[5], phi[9] + phi[5]};
    const enum sg_status status =
        equal ? sg_closed_log_stationary(&bound, x->one, x->difference, sg, r, f)
              : sg_closed_log_excess(&bound, x->one, x->difference, r);
    return status == SG_OK ? bound : SG_NAN;
}

static double loss_now(const struct softmax *x)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, x->net, x->w, x->phi, &x->batch, SG_WANT_METRICS, x->work);
    return metrics.loss;
}

/* A step of both columns is twice that step of their difference, in which the logistic case is
 * written.  Unequal columns: the net's direction is the gradient itself, and E[l''] stands for the
 * curvature along the weights. */
static enum sg_status step(struct softmax *x, bool equal, double mu)
{
    sg_base_mul(x->p, x->one->x, x->difference, x->data->n, D, 1);
    const double w0 = x->difference[D - 1], alpha = equal ? (x->phi[3] - x->phi[1]) / 2 : 0;
    struct sg_ad1_rates rate = sg_ad1_rates(x->p, w0, x->data->n, alpha, x->middle, mu / 2);
    if (!equal)
        rate.weights = fmin(rate.weights, rate.intercept / x->middle);
    for (size_t k = 0; k < 2 * D; k++)
        x->w[k] -= (k / 2 + 1 < D ? rate.weights : rate.intercept) * x->dw[k];
    return fit_and_look(x);
}

/* Where training from these columns ends: the loss, and what its residual leaves open.  It ends
 * when that is `enough`, or the loss `low`.  Where w leaves, from the start again with a quarter of
 * mu, as for the shallow models. */
static enum sg_status train(double *loss, double *open, struct softmax *x, bool equal,
                            double enough, double low, struct sg_rng *rng)
{
    for (size_t k = 0; k < D; k++) {
        x->w[2 * k + 1] = (equal ? 0.1 : 1) * sg_base_rng_gaussian(rng);
        x->w[2 * k] = equal ? -x->w[2 * k + 1] : sg_base_rng_gaussian(rng);
    }
    double start[2 * D], mu = x->mu;
    memcpy(start, x->w, sizeof start);
    enum sg_status status = fit_and_look(x);
    *open = SG_NAN;
    *loss = loss_now(x);
    for (size_t steps = 0;
         status == SG_OK && steps < MOST && !(*open <= enough) && !(*loss < low); steps += LOOK) {
        for (size_t k = 0; k < LOOK && status == SG_OK; k++)
            status = step(x, equal, mu);
        if (status != SG_OK) {
            memcpy(x->w, start, sizeof start);
            mu /= 4;
            status = fit_and_look(x);
        }
        *open = open_by_residual(x, equal);
        *loss = loss_now(x);
    }
    return status;
}

static void make_one_hot(struct sg_lab *lab, struct softmax *x, const struct sg_data *one)
{
    x->data = sg_lab_own_rows(lab, SG_TAKE(lab, 1, struct sg_data));
    sg_data_alloc(x->data, one->n, D, 2);
    memcpy(x->data->x, one->x, one->n * D * sizeof *one->x);
    for (size_t i = 0; i < one->n; i++) {
        x->data->y[2 * i] = 1 - one->y[i];
        x->data->y[2 * i + 1] = one->y[i];
    }
}

/* On separable data unequal columns have nothing to come to rest at: it is enough that the loss
 * falls to half of where equal ones rest. */
static enum sg_status run(struct sg_ad1_seed *out, struct softmax *x, struct sg_rng *rng)
{
    const bool separable = out->theory.separable;
    const double enough = separable ? SG_AD1_TIGHT * out->theory.gap + SG_AD1_SMALL : SG_AD1_SMALL;
    double loss = SG_NAN;
    enum sg_status status = train(&loss, &out->equal_tolerance, x, true, enough, 0, rng);
    out->equal = loss - out->theory.infimum - out->theory.gap;
    out->equal_arrived = out->equal_tolerance <= enough;
    if (status == SG_OK)
        status = train(&loss, &out->unequal_tolerance, x, false, enough,
                       separable ? out->theory.gap / 2 : 0, rng);
    out->unequal = loss - out->theory.infimum;
    /* two losses below 1, sums of n terms */
    out->unequal_tolerance += 20 * (double)x->one->n * SG_UNIT_ROUNDOFF;
    return status;
}

void sg_ad1_softmax(struct sg_ad1_seed *out, const struct sg_ad1_task *task)
{
    struct sg_lab *lab = task->lab;
    const size_t n = task->data->n;
    const struct sg_layer layer = {.kind = SG_DENSE, .width = 2};
    const struct sg_module module = {.at = 1, .family = SG_LINEAR, .terms = SG_H | SG_Y | SG_ONE,
                                     .mix = 1};
    const struct sg_arch arch = {.loss = SG_SOFTMAX_XENT, .inputs = D, .labels = 2, .n_layers = 1,
                                 .layers = &layer, .n_modules = 1, .modules = &module};
    struct softmax x = {.one = task->data, .z = SG_TAKE(lab, n * Q, double),
                        .g = SG_TAKE(lab, n * 2, double), .p = SG_TAKE(lab, n, double),
                        .middle = sg_ad1_spectrum_middle(task), .mu = lab->trial->c->train.mu};
    make_one_hot(lab, &x, task->data);
    x.net = sg_lab_own_net(lab, sg_net_alloc(&arch));
    x.work = sg_lab_own_work(lab, sg_net_work_alloc(x.net, n));
    x.batch = sg_sim_batch(x.data);
    out->has_softmax =
        lab->status == SG_OK && sg_lab_try(lab, run(out, &x, sg_ad1_rng(task, "columns")));
}
