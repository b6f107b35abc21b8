/* The simulations beside an analysis under the log loss, by the net's own code on the samples.
 *
 *   FIELD         The joint update of the net at the predicted point is 0.
 *   WEIGHTS, GAP  Gradient descent on weights and linear SG from W = 0, phi = 0 ends there.  Where
 *                 |F| is left the end is |F| / sigma_min(J) off, to first order, twice that taken.
 *                 So is the point by what the formula leaves of F.  The loss then differs by
 *                 (|grad L| + lambda_max(S_x) far) far.
 *   OPTIMUM       A sigmoid-linear SG ends at the optimum (two classes, CP7).  So does the linear
 *                 one where its point is the optimum and J is singular, since Z has lost rank:
 *                 L - inf L <= |grad L|^2 / (2 lambda), lambda the least eigenvalue of the loss's
 *                 Hessian at the optimum, twice that taken for its change on the way.
 *
 * A run ends after WORK flops.  What it then leaves open is in the tolerance: too much of it is
 * inconclusive, not a contradiction. */
#include <stdlib.h>
#include <string.h>

#include "analyze/classes.h"

static const double WORK = 1e9;        /* flops of a run: below a second */
static const double U = SG_UNIT_ROUNDOFF;
enum { STEPS_MOST = 1000000, HALF = 1000, LOOK = 64 };

/* The net with an SG of a family at its output, and where a run of it ended. */
struct rig {
    const struct sg_data *data;
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_batch batch;
    size_t n_w, n_phi;
    double *w, *phi, *dw, *dphi, field;
    struct sg_metrics metrics;
    uint64_t steps;
};

static struct rig rig_alloc(const struct sg_data *data, enum sg_family family)
{
    const struct sg_layer layer = {.kind = SG_DENSE, .width = data->m};
    const struct sg_module module = {.at = 1,
                                     .family = family,
                                     .terms = SG_H | SG_Y | SG_ONE,
                                     .target = SG_TARGET_TRUE,
                                     .mix = 1};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = data->m > 1 ? SG_SOFTMAX_XENT : SG_LOGISTIC,
                                 .inputs = data->d,
                                 .labels = data->m,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct rig r = {.data = data,
                    .net = sg_net_alloc(&arch),
                    .batch = sg_sim_batch(data),
                    .field = SG_NAN};
    const struct sg_sizes sizes = sg_net_sizes(r.net);
    r.work = sg_net_work_alloc(r.net, data->n);
    r.n_w = sizes.w;
    r.n_phi = sizes.phi;
    r.w = SG_NEW(r.n_w, double);
    r.phi = SG_NEW(r.n_phi, double);
    r.dw = SG_NEW(r.n_w, double);
    r.dphi = SG_NEW(r.n_phi, double);
    struct sg_rng *rng = sg_base_rng_alloc(1, "analyze", 0, "phi");
    sg_net_start_phi(r.phi, r.net, rng);
    sg_base_rng_free(rng);
    return r;
}

static void rig_free(struct rig *r)
{
    double *owned[] = {r->w, r->phi, r->dw, r->dphi};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    sg_net_work_free(r->work);
    sg_net_free(r->net);
}

/* |F| at r's state, and the losses. */
static double look(struct rig *r)
{
    sg_net_eval(r->dw, r->dphi, &r->metrics, r->net, r->w, r->phi, &r->batch,
                SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, r->work);
    return r->field = hypot(sg_base_norm(r->dw, r->n_w), sg_base_norm(r->dphi, r->n_phi));
}

/* From r's state until |F| <= enough, or the work is used up, or the state is no longer finite
 * (then |F| is NaN).  nu: theta for a normalised step. */
static void run(struct rig *r, double mu, double nu, enum sg_step_rule rule, double enough,
                uint64_t most)
{
    const double step = 6 * (double)r->data->n * (double)(r->data->d + 4 * r->data->m) *
                        (double)r->data->m;
    if (WORK / step < (double)most)
        most = (uint64_t)(WORK / step) + LOOK;
    most += r->steps;
    const struct sg_field field = sg_sim_net_field(r->net, r->data->n);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = mu},
                                     .sg_opt = {.rate = nu},
                                     .sg_step = rule};
    struct sg_sim *sim = sg_sim_alloc(&spec, r->w, r->phi);
    for (bool going = true; going; going = going && !(look(r) <= enough) && r->steps < most) {
        going = sg_sim_advance(sim, &r->batch, LOOK) == SG_OK;
        r->steps += LOOK;
        memcpy(r->w, sg_sim_w(sim), r->n_w * sizeof *r->w);
        memcpy(r->phi, sg_sim_phi(sim), r->n_phi * sizeof *r->phi);
        r->field = SG_NAN;
    }
    sg_sim_free(sim);
}

/* ---- what the tolerances are made of --------------------------------------------------- */

/* Of sums of n losses, n u L; and of the scores under them, 4 u max |p| a
 * unit of wrong probability. */
static double loss_rounding(const struct sg_log_point *point, const struct sg_data *data)
{
    const size_t n = data->n, classes = data->m > 1 ? data->m : 2;
    double wrong = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < classes; k++) {
            const bool own = data->m > 1 ? data->y[i * data->m + k] == 1 : (double)k == data->y[i];
            wrong += own ? 0 : point->probability[i * classes + k] / (double)n;
        }
    return U * (4 * (double)n * point->loss +
                8 * sg_base_max_abs(point->score, n * (classes - 1)) * wrong);
}

/* Least eigenvalue of the loss's Hessian at the optimum, E[x^T x (x) (diag q - q^T q)], in the
 * weights of scores relative to class 0: the gradient in them is made of
 * columns of the net's own. */
static enum sg_status least_curvature(double *least, const struct sg_log_point *optimum,
                                      const struct sg_data *data)
{
    const size_t n = data->n, d = data->d, c = data->m > 1 ? data->m - 1 : 1, size = d * c;
    double *h = SG_NEW(size * size, double), *lambda = SG_NEW(size, double),
           *weighted = SG_NEW(n * d, double), *block = SG_NEW(d * d, double);
    for (size_t k = 0; k < c; k++)
        for (size_t l = 0; l < c; l++) {
            for (size_t i = 0; i < n; i++) {
                const double *q = optimum->probability + i * (c + 1),
                             v = (k == l ? q[k + 1] : 0) - q[k + 1] * q[l + 1];
                for (size_t a = 0; a < d; a++)
                    weighted[i * d + a] = v * data->x[i * d + a] / (double)n;
            }
            sg_base_mul_tn(block, data->x, weighted, d, n, d);
            for (size_t a = 0; a < d; a++)
                for (size_t b = 0; b < d; b++)
                    h[(a * c + k) * size + b * c + l] = block[a * d + b];
        }
    const enum sg_status status = sg_base_eigen_symmetric(lambda, NULL, h, size);
    *least = lambda[size - 1];
    double *owned[] = {h, lambda, weighted, block};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* |E[x^T g]|, the true gradient at the state last looked at. */
static double slope(const struct rig *r)
{
    double *gradient = SG_NEW(r->n_w, double);
    sg_base_mul_tn(gradient, r->data->x, sg_net_view(r->work, SG_VIEW_G, 1), r->data->d, r->data->n,
                   r->data->m);
    const double norm = sg_base_norm(gradient, r->n_w) / (double)r->data->n;
    free(gradient);
    return norm;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* size: rms of x times rms of g, the terms that F is summed from. */
static double field_row(struct sg_class_analysis *a, struct rig *r, const struct sg_log_point *sg)
{
    double error = SG_NAN;
    const enum sg_status status = sg_closed_log_point_error(&error, sg, r->data);
    memcpy(r->w, sg->w, r->n_w * sizeof *r->w);
    memcpy(r->phi, sg->phi, r->n_phi * sizeof *r->phi);
    look(r);
    const double *g = sg_net_view(r->work, SG_VIEW_G, 1);
    const double size = sg_base_norm(r->data->x, r->data->n * r->data->d) *
                        sg_base_norm(g, r->data->n * r->data->m) / (double)r->data->n;
    error = status == SG_OK ? 2 * error : SG_NAN;
    a->row[a->rows++] =
        sg_analysis_judged("linear SG at its point: joint update", 0, r->field, error, size, 0);
    return error;
}

/* r is at the point, its gradient the true one's size there. */
static void run_rows(struct sg_class_analysis *a, const struct sg_class_subject *s, struct rig *r,
                     double error, double x_max)
{
    const struct sg_log_point *sg = s->sg;
    const double infimum = !s->optimum || !s->optimum->finite ? 0 : s->optimum->loss;
    const double tilt = slope(r);
    memset(r->w, 0, r->n_w * sizeof *r->w);
    memset(r->phi, 0, r->n_phi * sizeof *r->phi);
    /* rates that both ends of a run stand: the weights' curvature is
     * lambda_max(S_x) / 4 at the start */
    const double t = fmin(0.5, a->local.together / 2);
    run(r, fmin(t * a->local.mu_critical, 4 / x_max), t * a->local.nu_critical, SG_STEP_FIXED,
        error / 10, STEPS_MOST);
    const double far = 2 * (r->field + error) / a->local.sigma_min,
                 loss_error = (tilt + x_max * far) * far + loss_rounding(sg, r->data);
    a->row[a->rows++] = sg_analysis_judged("linear SG from 0: weights' error", 0,
                                           sg_base_max_abs_diff(r->w, sg->w, r->n_w), far,
                                           sg_base_max_abs(sg->w, r->n_w), r->steps);
    a->row[a->rows++] = sg_analysis_judged(s->optimum ? "linear SG from 0: loss above infimum"
                                                      : "linear SG from 0: loss",
                                           isfinite(a->gap) ? a->gap : sg->loss,
                                           r->metrics.loss - infimum, loss_error, sg->loss,
                                           r->steps);
}

static void linear_rows(struct sg_class_analysis *a, const struct sg_class_subject *s, double x_max)
{
    struct rig r = rig_alloc(&s->run, SG_LINEAR);
    const double error = field_row(a, &r, s->sg);
    if (a->local.known && a->local.attracts)
        run_rows(a, s, &r, error, x_max);
    rig_free(&r);
}

/* A run that should end at the optimum.  The scale is the gap, so that a row of the sigmoid SG
 * tells the optimum from the linear SG's point; but no less than the gap that would count,
 * freedom / 2 n: to tell smaller ones apart can take any number of steps. */
static void optimum_row(struct sg_class_analysis *a, const struct sg_class_subject *s,
                        enum sg_family family, double x_max)
{
    const struct sg_log_point *optimum = s->optimum;
    const bool linear = family == SG_LINEAR;
    struct rig r = rig_alloc(&s->run, family);
    double z_max = 0, curvature;
    for (size_t i = 0; i < a->n * (a->classes - 1); i++)
        z_max += optimum->score[i] * optimum->score[i] / (double)a->n;
    if (least_curvature(&curvature, optimum, &s->run) != SG_OK)
        curvature = SG_NAN;
    const double rounding = loss_rounding(optimum, &s->run),
                 counts = (double)a->freedom / (2 * (double)a->n);
    run(&r, 1 / x_max, 1 / (linear ? 2 + z_max : 1.5 + z_max / 16), SG_STEP_FIXED,
        sqrt(rounding * curvature) / 10, STEPS_MOST);
    const double tilt = slope(&r);
    a->row[a->rows++] =
        sg_analysis_judged(linear ? "linear SG from 0: loss above infimum"
                                  : "sigmoid SG from 0: loss above infimum",
                           0, r.metrics.loss - optimum->loss, tilt * tilt / curvature + rounding,
                           a->gap > 0 ? fmax(a->gap, counts) : optimum->loss, r.steps);
    rig_free(&r);
}

/* No point to end at: the loss falls towards 0 for as long as one looks.  Scores grow with it, so
 * that no fixed rate of the SG stays stable: its steps are normalised, which are from anywhere
 * (DY13). */
static void separating_row(struct sg_class_analysis *a, const struct sg_class_subject *s,
                           double x_max)
{
    struct rig r = rig_alloc(&s->run, SG_LINEAR);
    double loss[2];
    for (size_t half = 0; half < 2; half++) {
        run(&r, 0.2 / x_max, 1, SG_STEP_NORMALISED, 0, HALF);
        loss[half] = r.metrics.loss;
    }
    a->row[a->rows++] = sg_analysis_judged("linear SG from 0: loss, second half of a run", 0,
                                           fmax(0, loss[1] - loss[0]),
                                           2 * (double)a->n * U * loss[0], loss[0], r.steps);
    rig_free(&r);
}

enum sg_status sg_class_check(struct sg_class_analysis *a, const struct sg_class_subject *s)
{
    double x_max;
    const enum sg_status status = sg_base_norm2(&x_max, s->run.x, s->run.n, s->run.d);
    x_max *= x_max / (double)a->n;
    if (status == SG_OK && s->sg && s->sg->finite)
        linear_rows(a, s, x_max);
    if (status == SG_OK && s->sg && s->sg->finite && s->sg == s->optimum && !a->local.known)
        optimum_row(a, s, SG_LINEAR, x_max);
    if (status == SG_OK && a->classes == 2 && s->optimum && s->optimum->finite)
        optimum_row(a, s, SG_SIGMOID_LINEAR, x_max);
    if (status == SG_OK && a->reason == SG_CLASS_BOTH_SEPARATE)
        separating_row(a, s, x_max);
    a->check = SG_CHECK_INCONCLUSIVE;
    if (a->rows > 0)
        a->check = sg_analysis_worst(a->check_reason, a->row, a->rows,
                                     "where the run stopped leaves it open");
    return status;
}
