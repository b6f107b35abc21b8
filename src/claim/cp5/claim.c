/* CP5: an SG without labels at the output of linear regression rests on a sphere through least squares, and gets there, not to least squares.
 *
 * This file: what is and what is not SG-critical; the parts on where runs end are in cp5_optimal.c (S_x = I, alpha at its optimum), cp5_trained.c
 * (S_x = I, alpha trained) and cp5_unwhitened.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/cp5/parts.h"

static const double U = SG_UNIT_ROUNDOFF;

static double rows_of(const struct sg_cp5 *c)
{
    return (double)c->s->rows.n;
}

static double columns_of(const struct sg_cp5 *c)
{
    return (double)c->s->fit->d;
}

/* P u (rms(y) + sqrt(lambda) |w*|) sqrt(tr): the gradient that is left at W*. */
static double formula_error(const struct sg_cp5 *c)
{
    return (rows_of(c) + 10 * columns_of(c)) * U * sqrt(c->trace) * (c->y + c->top * c->s->w_norm);
}

double sg_cp5_mean_error(const struct sg_cp5 *c, double w)
{
    return U * ((rows_of(c) + 2) * (c->top * w + c->y) + columns_of(c) * sqrt(c->trace) * w) + formula_error(c) / sqrt(c->trace);
}

double sg_cp5_covariance_error(const struct sg_cp5 *c, double w)
{
    const double p = c->top * w, r = p + c->y;
    const double error = U * ((rows_of(c) + 2) * p * r + columns_of(c) * sqrt(c->trace) * w * (r + p)) + formula_error(c) * w;
    return c->constant ? error + p * sg_cp5_mean_error(c, w) : error;
}

double sg_cp5_variance_error(const struct sg_cp5 *c, double w)
{
    const double p = c->top * w, error = U * ((rows_of(c) + 2) * p * p + 2 * columns_of(c) * sqrt(c->trace) * w * p);
    return c->constant ? 2 * error : error;
}

double sg_cp5_s_error(const struct sg_cp5 *c, double w, double alpha, double sd)
{
    const double of_alpha = (sg_cp5_covariance_error(c, w) + fabs(alpha) * sg_cp5_variance_error(c, w)) / sd;
    return of_alpha + (c->constant ? sg_cp5_mean_error(c, w) : 0);
}

void sg_cp5_from_form(double *w, const struct sg_cp5 *c, const double *form)
{
    if (c->s->spectral)
        sg_sim_spectral_to_w(w, c->s->spectral, form);
    else
        memcpy(w, form, c->s->n_w * sizeof *w);
}

void sg_cp5_to_form(double *form, const struct sg_cp5 *c, const double *w)
{
    if (c->s->spectral)
        sg_sim_spectral_from_w(form, c->s->spectral, w);
    else
        memcpy(form, w, c->s->n_w * sizeof *w);
}

double sg_cp5_distance(const struct sg_cp5 *c, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < c->s->n_w; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

struct sg_cp5_truth sg_cp5_truth(const struct sg_cp5 *c, const double *w)
{
    struct sg_metrics at, best;
    double *dw = SG_NEW(c->s->n_w, double);
    sg_net_eval(dw, NULL, &best, c->plain, c->s->fit->w, NULL, &c->s->batch, SG_WANT_METRICS, c->plain_work);
    sg_net_eval(dw, NULL, &at, c->plain, w, NULL, &c->s->batch, SG_WANT_W | SG_WANT_METRICS, c->plain_work);
    const struct sg_cp5_truth truth = {at.loss - best.loss, sg_base_norm(dw, c->s->n_w)};
    free(dw);
    return truth;
}

/* Either loss errs by (n + 2) u E[r^2] and E|r dp|; W*'s own by its gradient times its distance, of second order. */
double sg_cp5_loss_error(const struct sg_cp5 *c, double w)
{
    const double r = c->top * fmax(w, c->s->w_norm) + c->y;
    return 2 * U * r * ((rows_of(c) + 2) * r / 2 + columns_of(c) * sqrt(c->trace) * fmax(w, c->s->w_norm));
}

void sg_cp5_start(struct sg_cp5 *c, double cosine, double tau, double bias)
{
    const struct sg_fit *fit = c->s->fit;
    const double length = sg_base_norm(fit->w, c->k);
    double *across = SG_NEW(c->k, double);
    sg_base_rng_direction(across, c->k, c->rng);
    for (int twice = 0; twice < 2; twice++) {              /* Gram and Schmidt, once more for the digits */
        const double along = sg_base_dot(across, fit->w, c->k) / (length * length);
        for (size_t i = 0; i < c->k; i++)
            across[i] -= along * fit->w[i];
    }
    const double norm = sg_base_norm(across, c->k);
    sg_closed_no_labels_base(c->w_0, fit, c->constant);
    for (size_t i = 0; i < c->k; i++)
        c->w_0[i] = tau * (cosine * fit->w[i] / length + sqrt(1 - cosine * cosine) * across[i] / norm);
    if (c->constant)
        c->w_0[c->k] += bias;
    free(across);
}

/* ---- what is SG-critical: both ways ---------------------------------------------------------------------------------- */

/* The largest error over its tolerance so far. */
struct worst { double error, tolerance; };

static void keep_worst(struct worst *worst, double error, double tolerance)
{
    if (worst->tolerance == 0 || !(error * worst->tolerance <= worst->error * tolerance))
        *worst = (struct worst){error, tolerance};
}

/* Phi at its optimum by the field, and how far the weights then want to go, over the closed form where there is one.  The update is E[x^T s]; its error is
 * that of s, times sqrt(lambda_max), and its own, (n + 2) u sqrt(tr) rms(s) and 3 u sqrt(tr) (|alpha| rms(p) + |gamma|), both at most 2 |alpha| rms(p) + |E[r]|. */
static void look_at(struct worst *update, struct worst *fit_error, struct sg_cp5 *c, bool on_set)
{
    const struct sg_no_labels at = sg_closed_no_labels_state(c->s->fit, c->constant, c->w);
    const double alpha = on_set ? 0 : at.covariance / at.variance, mean = on_set ? 0 : fabs(at.residual), w = sg_base_norm(c->w, c->s->n_w);
    const double sd = sqrt(at.variance), s = hypot(alpha * sd, mean), parts = 2 * fabs(alpha) * c->top * w + mean;
    double *form = SG_NEW(c->s->n_w, double), *predicted = SG_NEW(c->s->n_w, double);
    sg_cp5_to_form(form, c, c->w);
    sg_sim_fitted_restart(c->fitted, form, c->s->mu);
    const bool fine = sg_sim_fitted_look(c->fitted) == SG_OK;
    sg_cp5_from_form(form, c, sg_sim_fitted_dw(c->fitted));
    sg_closed_no_labels_update(predicted, c->s->fit, c->constant, c->w);
    for (size_t i = 0; on_set && i < c->s->n_w; i++)
        predicted[i] = 0;
    const double size = fine ? sg_base_norm(predicted, c->s->n_w) : SG_NAN;
    const double tolerance = c->top * sg_cp5_s_error(c, w, alpha, sd) + U * sqrt(c->trace) * ((rows_of(c) + 2) * s + 3 * parts);
    keep_worst(update, fine ? sg_cp5_distance(c, form, predicted) / (on_set ? 1 : size) : SG_NAN, tolerance / (on_set ? 1 : size));
    /* G phi - b, sums of n products with phi's rounding: (n + 8) u (|G| |phi| + |b|), |b| <= |z| rms(r), |G| <= |z|^2; p errs alike in G and b. */
    const double z = hypot(c->top * w, 1), spread = c->constant ? 1 + parts + z * s / sd : 1 + fabs(alpha) * z;
    const double sum = U * (rows_of(c) + 8 + 2 * columns_of(c) * sqrt(c->trace) / c->top) * z * (z * spread + c->top * w + c->y);
    keep_worst(fit_error, fine ? sg_base_norm(sg_sim_fitted_dphi(c->fitted), c->s->n_phi) : SG_NAN, sum);
    free(form);
    free(predicted);
}

static void check_set(struct sg_cp5 *c)
{
    enum { POINTS = 40 };
    struct worst on = {0}, off = {0}, fitted = {0};
    double *direction = SG_NEW(c->s->n_w, double);
    for (int k = 0; k < POINTS; k++) {
        sg_base_rng_direction(direction, c->s->n_w, c->rng);
        sg_closed_no_labels_point(c->w, c->s->fit, c->constant, direction, 1);
        look_at(&on, &fitted, c, true);
        for (int way = 0; way < 2 + (int)c->constant; way++) {               /* 1 % inside, 1 % outside, E[r] 1 % of |w*| off 0 */
            sg_closed_no_labels_point(c->w, c->s->fit, c->constant, direction, way == 0 ? 0.99 : way == 1 ? 1.01 : 1);
            if (way == 2)
                c->w[c->k] += 0.01 * c->s->w_norm;
            look_at(&off, &fitted, c, false);
        }
    }
    const char *basis = "rounding of E[p r], E[p^2] and E[r], over sd(p)";
    sg_claim_bound(c->ev, SG_SIMULATED, "on the sphere, phi at its optimum: |E[x^T s]|", on.error, on.tolerance, basis);
    sg_claim_bound(c->ev, SG_SIMULATED, "on the sphere and off it, phi at its optimum: |grad L_SG|", fitted.error, fitted.tolerance,
                   "rounding of G phi - b");
    sg_claim_bound(c->ev, SG_SIMULATED, "one per cent off the sphere: E[x^T s] against its closed form, relative to its size", off.error,
                   off.tolerance, basis);
    free(direction);
}

/* ---- the claim ---------------------------------------------------------------------------------------------------------- */

static enum sg_status cp5_alloc(struct sg_cp5 *c)
{
    enum sg_status status = sg_shallow_alloc(&c->s, c->trial, sg_case_timing(c->trial->c, 0), c->ev);
    if (status != SG_OK)
        return status;
    const struct sg_fit *fit = c->s->fit;
    const struct sg_case_data *data = &c->trial->c->data;
    const unsigned terms = c->s->arch.arch.n_modules == 1 ? c->s->arch.module[0].terms : 0;
    c->constant = (terms & SG_ONE) != 0;
    c->k = fit->d - (c->constant ? 1 : 0);
    if (fit->m != 1 || !(terms & SG_H) || c->constant != data->bias || c->s->arch.module[0].mix != 1.0 || c->s->rate_x.zeros ||
        c->k < 2 || fit->realizable) {
        snprintf(c->ev->note, sizeof c->ev->note,
                 "the claim needs one output, noisy data, an SG in full with terms \"h\" and bias = false or \"h1\" and bias = true, and two "
                 "independent columns of X besides the ones: with one, the sphere is two points, the base and least squares");
        return SG_HYPOTHESIS;
    }
    for (size_t i = 0; i < fit->d; i++)
        c->trace += fit->s_x[i * fit->d + i];
    c->top = sqrt(fit->lambda_x[0]);
    c->y = sqrt(fit->s_z[1 * fit->q + 1]);
    c->identity = sg_base_max(fabs(fit->lambda_x[0] - 1), fabs(fit->lambda_x[fit->d - 1] - 1)) + 2 * (rows_of(c) + 10 * columns_of(c)) * U * fit->lambda_x[0];
    c->w_0 = SG_NEW(fit->d, double);
    c->w = SG_NEW(fit->d, double);
    c->closed = SG_NEW(fit->d, double);
    c->rng = sg_claim_rng(c->trial, "points");
    c->fitted = sg_sim_fitted_alloc(&c->s->field, &c->s->batch, c->w_0, c->s->mu);
    struct sg_arch plain = c->s->arch.arch;
    plain.n_modules = 0;
    c->plain = sg_net_alloc(&plain);
    c->plain_work = sg_net_work_alloc(c->plain, c->s->rows.n);
    return SG_OK;
}

static void cp5_free(struct sg_cp5 *c)
{
    sg_sim_fitted_free(c->fitted);
    sg_net_work_free(c->plain_work);
    sg_net_free(c->plain);
    sg_base_rng_free(c->rng);
    free(c->w_0);
    free(c->w);
    free(c->closed);
    sg_shallow_free(c->s);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_cp5 c = {.ev = ev, .trial = trial};
    enum sg_status status = cp5_alloc(&c);
    if (status == SG_OK) {
        check_set(&c);
        if (c.identity < 1e-10) {
            sg_cp5_optimal(&c);
            sg_cp5_trained(&c);
            if (trial->figure && !c.constant)
                sg_cp5_draw(&c);
        } else if (!c.constant) {
            sg_cp5_unwhitened(&c);
        }
        status = sg_cp5_certify(ev, trial, c.s->fit, c.constant);
    }
    cp5_free(&c);
    return status;
}

const struct sg_claim sg_claim_cp5 = {
    .id = "CP5",
    .name = "cp5_no_labels",
    .title = "no labels, no convergence",
    .needs_data = true,
    .measure = measure,
    .statement = "Linear regression (m = 1, S_x nonsingular) under MSE, r = p - y, an SG without labels at the output.  With s = alpha p the SG-critical weights are "
                 "{E[p r] = 0}; with a ones column and s = alpha p + gamma they are {E[p r] = 0 = E[r]}: in whitened coordinates the sphere whose diameter runs from 0, or "
                 "from the mean predictor, to least squares.  S_x = I, alpha at its optimum in every step, 0 < mu < 2: w stays on the line R w_0 and ends at w_0 (w_0.w*)/|w_0|^2, "
                 "at excess loss 1/2 |w*|^2 sin^2(w_0, w*).  With alpha trained from 0 by small steps it ends there if |w_0 - w*| <= |w*|, or if w_0.w* > 0 and kappa (w_0.w*)^2/|w_0|^2 "
                 ">= 16/27; at w = 0 if w_0.w* <= 0, and, when the SG is slow, from some far starts with w_0.w* > 0 too.",
};
