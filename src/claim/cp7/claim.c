/* CP7: an SG of the loss's own form contains its gradient, and the log loss's gap is gone.
 *
 * s = sigma(pA + C) + yB + D has phi* = (A, C, B, D) with s = sigma(p) - y for every p: A = 1, B = -1, C = D = 0; for two-class softmax A = [[1, -1], [-1, 1]],
 * B = -I, as softmax(p)_1 = sigma(p_1 - p_2).  Everything by the net; a linear module (the control) gets its least-squares phi at the optimum instead. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/log_shallow.h"

static const double U = SG_UNIT_ROUNDOFF;

struct cp7 {
    struct sg_evidence *ev;
    const struct sg_trial *trial;
    struct sg_log_shallow *s;
    struct sg_log_point *linear;      /* where a linear SG would rest */
    bool matching;                    /* the module is sigmoid-linear */
    double x_max, z_max, hessian;     /* largest eigenvalues of S_x and, with p at the optimum, of S_z; smallest of the loss's Hessian in the score */
    double *w, *phi;
};

/* phi* in the net's order A, C, B, D; of a linear module Phi = Z^+ g at the optimum, in A, B, C. */
static void exact_phi(double *phi, const struct cp7 *c)
{
    const size_t m = c->s->m;
    memset(phi, 0, c->s->n_phi * sizeof *phi);
    if (!c->matching) {
        memcpy(phi, c->s->optimum->phi, c->s->n_phi * sizeof *phi);
        return;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            phi[i * m + j] = i == j ? 1 : -1;
            phi[(m + 1 + i) * m + j] = i == j ? -1 : 0;
        }
}

/* max |s - g| over the samples at (w, phi), by the net's own rows. */
static double worst_error(struct cp7 *c, const double *w, const double *phi)
{
    sg_log_shallow_field(c->s, w, phi);
    const double *s = sg_net_view(c->s->work, SG_VIEW_S, 1), *g = sg_net_view(c->s->work, SG_VIEW_G, 1);
    return sg_base_max_abs_diff(s, g, c->s->data->n * c->s->m);
}

/* ---- the family contains the gradient ------------------------------------------------------------------------------------ */

static void check_contained(struct cp7 *c)
{
    enum { POINTS = 10 };
    struct sg_log_shallow *s = c->s;
    struct sg_rng *rng = sg_claim_rng(c->trial, "contained");
    double *w = SG_NEW(s->n_w, double), worst = 0, tolerance = 1;
    exact_phi(c->phi, c);
    for (int k = 0; k < POINTS; k++) {
        const double scale = k < 5 ? 1 : 10;
        sg_base_rng_gaussians(w, s->n_w, rng);
        for (size_t i = 0; i < s->n_w; i++)
            w[i] *= scale;
        const double error = worst_error(c, w, c->phi);
        /* p_1 - p_2 errs by u of itself, sigma by a quarter of that where |p| < 1 and by less than u beyond (x sigma'(x) < 0.28); exp, sums, subtractions: 10 u */
        if (!(error / (10 * U) <= worst / tolerance)) {
            worst = error;
            tolerance = 10 * U;
        }
    }
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "max |s - g| with phi*, at any weights", worst, tolerance, "ten roundings of numbers below 1");
    free(w);
    sg_base_rng_free(rng);
}

static void check_optimum(struct cp7 *c)
{
    struct sg_log_shallow *s = c->s;
    exact_phi(c->phi, c);
    const double field = sg_log_shallow_field(s, s->optimum->w, c->phi);
    /* F_w = E[x^T g] + E[x^T (s - g)], F_phi within |(sigma' p, sigma', y, 1)| <= 2 of max |s - g| <= 10 u; E[x^T g]: what Newton left, and n u sqrt(tr S_x) */
    double trace = 0;
    for (size_t i = 0; i < s->data->n * s->d; i++)
        trace += s->data->x[i] * s->data->x[i] / (double)s->data->n;
    const double left = sqrt(2.0) * s->optimum->gradient + U * sqrt(trace) * (double)(s->data->n + 20) + 20 * U * sqrt((double)s->m) + 10 * U * c->z_max;
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "joint update at the optimum with phi*", field, left, "rounding of E[x^T g], and of s - g");
}

/* ---- runs ------------------------------------------------------------------------------------------------------------------ */

static struct sg_log_run make_run(const struct cp7 *c, uint64_t most)
{
    return (struct sg_log_run){.net_opt = {.kind = SG_GD, .rate = 1 / c->x_max}, .sg_opt = {.kind = SG_GD, .rate = 1 / (1.5 + c->z_max / 16)},
                               .enough = 1e-10, .most = most};
}

/* At any state the loss is within |grad L|^2 / (2 lambda) of its infimum (twice that for the change of the Hessian on the way), and the gradient differs from
 * the update by E[x^T (s - g)], at most sqrt(lambda_max(S_x)) rms(s - g). */
static void check_run(struct cp7 *c)
{
    struct sg_log_shallow *s = c->s;
    struct sg_metrics metrics;
    const struct sg_log_run run = make_run(c, 60000);
    const struct sg_log_end end = sg_log_shallow_train(c->w, c->phi, s, &run, NULL, NULL);
    sg_net_eval(s->dw, s->dphi, &metrics, s->net, c->w, c->phi, &s->batch, SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, s->work);
    const double gradient = sg_base_norm(s->dw, s->n_w) + sqrt(c->x_max * 2 * metrics.sg_loss), most = gradient * gradient / c->hessian,
                 rounding = 4 * (double)s->data->n * U * s->infimum;
    sg_claim_bound(c->ev, SG_SIMULATED, "a run from 0: loss gap of the end", end.loss - s->infimum, rounding + most, "rounding of two losses, and |grad L|^2 / lambda");
    sg_claim_bound(c->ev, SG_SIMULATED, "a run from 0: what its updates and errors let the gap be, |grad L|^2 / lambda", most, rounding, "the rounding of the loss");
    sg_claim_fact(c->ev, SG_SIMULATED, "a run from 0 ends below the point where a linear SG rests", end.loss < c->linear->loss || !c->linear->finite, "CP6's point");
}

/* Separable data: no minimum, so a comparison at one time; and no theorem, as L_SG is not convex: most runs pass the linear SG's place, some get stuck. */
static void check_fixed_time(struct cp7 *c)
{
    enum { STEPS = 8000 };
    const struct sg_log_run run = make_run(c, STEPS);
    const struct sg_log_end end = sg_log_shallow_train(c->w, c->phi, c->s, &run, NULL, NULL);
    if (c->linear->finite)
        sg_claim_compare(c->ev, SG_SIMULATED, "separable: still above the linear SG's resting loss after 8000 steps: counted", end.loss < c->linear->loss ? 0 : 1, 0, 1,
                         "a comparison at one time, no theorem");
    sg_claim_bound(c->ev, SG_CLOSED_FORM, "separable: the infimum of the loss", c->s->infimum, 0, "a W that separates, row by row beyond rounding");
}

/* ---- three classes: not contained ------------------------------------------------------------------------------------------------- */

/* Two features and ones, the class by the largest of three random linear functions, four in ten by chance. */
static void draw_three(struct sg_data *data, struct sg_rng *rng)
{
    enum { N = 60, FEATURES = 2, CLASSES = 3 };
    double truth[FEATURES * CLASSES];
    sg_base_rng_gaussians(truth, FEATURES * CLASSES, rng);
    sg_data_alloc(data, N, FEATURES + 1, CLASSES);
    for (size_t i = 0; i < N; i++) {
        double *x = data->x + i * (FEATURES + 1), best = -HUGE_VAL;
        size_t label = 0;
        sg_base_rng_gaussians(x, FEATURES, rng);
        x[FEATURES] = 1;
        for (size_t k = 0; k < CLASSES; k++) {
            const double v = x[0] * truth[k] + x[1] * truth[CLASSES + k];
            if (v > best) {
                best = v;
                label = k;
            }
        }
        if (sg_base_rng_uniform(rng) < 0.4)
            label = sg_base_rng_index(rng, CLASSES);
        data->y[i * CLASSES + label] = 1;
    }
}

/* rms(s - g) of a pointwise sigmoid at the optimum of three-class data, the SG alone trained from its start; NaN without a finite optimum. */
static double three_class_error(struct sg_rng *rng)
{
    enum { STEPS = 5000 };
    struct sg_data data;
    struct sg_log_point *optimum = NULL;
    struct sg_metrics metrics = {.sg_loss = SG_NAN};
    draw_three(&data, rng);
    if (sg_closed_log_optimum_alloc(&optimum, &data, NULL) == SG_OK && optimum->finite) {
        const struct sg_layer layer = {.kind = SG_DENSE, .width = data.m};
        const struct sg_module module = {.at = 1, .family = SG_SIGMOID_LINEAR, .terms = SG_H | SG_Y | SG_ONE, .mix = 1};
        const struct sg_arch arch = {.loss = SG_SOFTMAX_XENT, .inputs = data.d, .labels = data.m, .n_layers = 1, .layers = &layer, .n_modules = 1, .modules = &module};
        struct sg_net *net = sg_net_alloc(&arch);
        struct sg_net_work *work = sg_net_work_alloc(net, data.n);
        const struct sg_batch batch = sg_sim_batch(&data);
        const struct sg_opt opt = {.kind = SG_GD, .rate = 0.5};
        const size_t k = sg_net_sizes(net).phi;
        double *phi = SG_NEW(k, double), *dphi = SG_NEW(k, double);
        sg_net_start_phi(phi, net, rng);
        for (int t = 0; t < STEPS; t++) {
            sg_net_eval(NULL, dphi, NULL, net, optimum->w, phi, &batch, SG_WANT_PHI, work);
            sg_net_opt_step(phi, NULL, phi, dphi, &opt, SG_F64, k);
        }
        sg_net_eval(NULL, dphi, &metrics, net, optimum->w, phi, &batch, SG_WANT_PHI | SG_WANT_METRICS, work);
        free(phi);
        free(dphi);
        sg_net_work_free(work);
        sg_net_free(net);
    }
    sg_closed_log_point_free(optimum);
    sg_data_free(&data);
    return sqrt(2 * metrics.sg_loss);
}

static void check_three_classes(struct cp7 *c)
{
    struct sg_rng *rng = sg_claim_rng(c->trial, "three");
    double error = SG_NAN;
    for (int draw = 0; draw < 20 && !(error >= 0); draw++)
        error = three_class_error(rng);
    sg_claim_fact(c->ev, SG_SIMULATED, "three classes: the best pointwise sigmoid found stays 0.1 % of a unit off g, rms", error > 1e-3, "5000 steps of the SG alone");
    sg_base_rng_free(rng);
}

/* ---- the figure -------------------------------------------------------------------------------------------------------------------- */

struct curve { struct cp7 *c; double who; };

static void put(uint64_t step, double loss, void *context)
{
    const struct curve *curve = context;
    sg_claim_point(curve->c->ev, (const double[]){curve->who, (double)step, loss - curve->c->s->infimum});
}

/* Backprop (0), a linear SG (1) and the matching one (2), at the rates of this claim. */
static void draw(struct cp7 *c)
{
    struct sg_case linear = *c->trial->c;
    linear.module[0].family = SG_LINEAR;
    struct sg_trial trial = *c->trial;
    trial.c = &linear;
    struct sg_log_shallow *other = NULL;
    const enum sg_status status = sg_log_shallow_alloc(&other, &trial, c->ev);
    sg_claim_series(c->ev, "runs", "who step gap");
    for (int who = 0; who < 3 && status == SG_OK; who++) {
        struct curve curve = {c, who};
        struct sg_log_shallow *s = who == 1 ? other : c->s;
        double *phi = SG_NEW(s->n_phi, double);
        struct sg_log_run run = make_run(c, 20000);
        run.backprop = who == 0;
        if (who == 1)
            run.sg_opt.rate = 1 / (1 + c->z_max);                  /* its regressor is p itself */
        (void)sg_log_shallow_train(c->w, phi, s, &run, put, &curve);
        free(phi);
    }
    sg_claim_series(c->ev, "level", "gap");
    if (c->linear->finite)
        sg_claim_point(c->ev, (const double[]){c->linear->loss - c->s->infimum});
    sg_log_shallow_free(other);
}

/* ---- the claim -------------------------------------------------------------------------------------------------------------------- */

static enum sg_status prepare(struct cp7 *c)
{
    struct sg_log_shallow *s = c->s;
    const struct sg_module *module = &s->arch.arch.modules[0];
    c->matching = module->family == SG_SIGMOID_LINEAR;
    if ((module->family != SG_LINEAR && !c->matching) || module->terms != (SG_H | SG_Y | SG_ONE) || module->mix != 1 || s->m > 2) {
        snprintf(c->ev->note, sizeof c->ev->note, "the claim is on a sigmoid-linear SG in full (terms \"hy1\", mix 1) and two classes");
        return SG_HYPOTHESIS;
    }
    c->w = SG_NEW(s->n_w, double);
    c->phi = SG_NEW(s->n_phi, double);
    enum sg_status status = sg_closed_log_point_alloc(&c->linear, s->data, NULL);
    if (status == SG_OK)
        status = sg_base_norm2(&c->x_max, s->data->x, s->data->n, s->d);
    c->x_max *= c->x_max / (double)s->data->n;
    const struct sg_log_point *at = s->optimum->finite ? s->optimum : c->linear;
    double *h = SG_NEW(s->d * s->d, double), *lambda = SG_NEW(s->d, double);
    for (size_t i = 0; i < s->data->n && status == SG_OK; i++) {
        const double *x = s->data->x + i * s->d, q = at->probability[2 * i] * at->probability[2 * i + 1];
        c->z_max += at->score[i] * at->score[i] / (double)s->data->n;
        for (size_t a = 0; a < s->d; a++)
            for (size_t b = 0; b < s->d; b++)
                h[a * s->d + b] += q * x[a] * x[b] / (double)s->data->n;
    }
    if (status == SG_OK)
        status = sg_base_eigen_symmetric(lambda, NULL, h, s->d);
    c->hessian = lambda[s->d - 1];
    free(h);
    free(lambda);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct cp7 c = {.ev = ev, .trial = trial};
    enum sg_status status = sg_log_shallow_alloc(&c.s, trial, ev);
    if (status == SG_OK)
        status = prepare(&c);
    if (status == SG_OK) {
        check_contained(&c);
        if (c.s->optimum->finite) {
            check_optimum(&c);
            check_run(&c);
            if (c.s->m == 2 && c.matching && trial->replicate < 2)
                check_three_classes(&c);
        } else {
            check_fixed_time(&c);
        }
        if (trial->figure && c.matching)
            draw(&c);
    }
    free(c.w);
    free(c.phi);
    sg_closed_log_point_free(c.linear);
    sg_log_shallow_free(c.s);
    return status;
}

const struct sg_claim sg_claim_cp7 = {
    .id = "CP7", .name = "cp7_matching_module", .title = "an SG of the loss's own form has no gap", .needs_data = true,
    .measure = measure,
    .statement = "p = x W under a log loss, an SG s = sigma(pA + C) + yB + D at the output.  For logistic regression A = 1, B = -1, C = D = 0 gives s = g at every W, for two-class "
                 "softmax A = [[1, -1], [-1, 1]], B = -I, C = D = 0: the optimum is a joint critical point, and the gap of a linear SG (CP6) is gone.  For three and more classes no "
                 "pointwise sigmoid contains softmax(p) - y.  L_SG is not convex here: other resting points are not excluded.",
};
