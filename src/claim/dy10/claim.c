/* DY10: two linear layers on whitened inputs from a balanced aligned start: every mode is a logistic curve, under backprop and under an SG that
 * keeps up.
 *
 * Gradient steps obey a+ = a (1 + mu (sigma - a))^2 exactly, and follow a(t) = sigma e^{2 sigma t} / (e^{2 sigma t} - 1 + sigma/a_0) with a clock that
 * runs at 1 + (mu/2)(3a - sigma): the error is of order mu with a known constant.  The adiabatic SG makes the same steps.  Modes are read off as
 * diag(U^T W_1 W_2 V). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "claim/dy10/parts.h"

enum { LEVELS = 5 };
/* a_0 over sigma, and the largest mu sigma_1 that the clock's remainder is proved for. */
static const double FRACTION = 0.05, LARGEST = 0.125;

const char *const sg_mode_rule_name[RULES] = {"backprop", "adiabatic SG, phi*(W) in each step", "SG trained to its optimum in each step (dgelsd)"};

/* ---- the three rules' steps ------------------------------------------------------------------------------------------- */

/* phi* = (W_2 W_2^T; -W_2^T; 0). */
static void adiabatic_sg(struct sg_modes *s)
{
    const double *W_2 = s->w + s->d * s->k;
    sg_base_mul_nt(s->phi, W_2, W_2, s->k, s->m, s->k);
    for (size_t j = 0; j < s->m; j++)
        for (size_t o = 0; o < s->k; o++)
            s->phi[(s->k + j) * s->k + o] = -W_2[o * s->m + j];
}

/* The SG's optimum as its own training would find it: least squares of the true g on z, minimum norm. */
static enum sg_status trained_sg(struct sg_modes *s)
{
    struct sg_twin *t = s->pair.twin;
    const struct sg_data *rows = &t->rows;
    const size_t q = s->k + s->m + 1;
    sg_net_eval(s->dw, NULL, NULL, t->plain, s->w, NULL, &t->batch, SG_WANT_W, t->plain_work);
    const double *h = sg_net_view(t->plain_work, SG_VIEW_H, 1), *g = sg_net_view(t->plain_work, SG_VIEW_G, 1);
    for (size_t i = 0; i < rows->n; i++) {
        memcpy(s->z + i * q, h + i * s->k, s->k * sizeof *h);
        memcpy(s->z + i * q + s->k, rows->y + i * s->m, s->m * sizeof *h);
        s->z[i * q + s->k + s->m] = rows->one[i];
    }
    memcpy(s->g, g, rows->n * s->k * sizeof *g);
    return sg_base_solve_least_squares(s->phi, NULL, NULL, s->z, s->g, rows->n, q, s->k);
}

enum sg_status sg_modes_step(struct sg_modes *s, enum sg_mode_rule rule, double mu)
{
    struct sg_twin *t = s->pair.twin;
    enum sg_status status = SG_OK;
    if (rule == ADIABATIC)
        adiabatic_sg(s);
    if (rule == TRAINED)
        status = trained_sg(s);
    const bool plain = rule == BACKPROP;
    sg_net_eval(s->dw, NULL, NULL, plain ? t->plain : t->net, s->w, s->phi, &t->batch, SG_WANT_W, plain ? t->plain_work : t->work);
    sg_net_opt_step(s->w, NULL, s->w, s->dw, &(struct sg_opt){.rate = mu}, SG_F64, s->pair.n_w);
    return status;
}

/* core = U^T W_1 W_2 V, a its diagonal. */
void sg_modes_read(struct sg_modes *s, const double *w)
{
    const size_t r = s->saxe.modes;
    sg_base_mul(s->product, w, w + s->d * s->k, s->d, s->k, s->m);
    sg_base_mul_tn(s->half, s->saxe.u, s->product, r, s->d, s->m);
    sg_base_mul(s->core, s->half, s->saxe.v, r, s->m, r);
    for (size_t i = 0; i < r; i++)
        s->a[i] = s->core[i * r + i];
}

/* ---- every step against the recursion ------------------------------------------------------------------------------------ */

/* |P - U diag(a) V^T|_F. */
static double off_form(struct sg_modes *s, const double *a)
{
    const size_t r = s->saxe.modes;
    double squares = 0;
    sg_base_mul(s->product, s->w, s->w + s->d * s->k, s->d, s->k, s->m);
    for (size_t i = 0; i < s->d; i++)
        for (size_t j = 0; j < s->m; j++) {
            double entry = s->product[i * s->m + j];
            for (size_t l = 0; l < r; l++)
                entry -= a[l] * s->saxe.u[i * r + l] * s->saxe.v[j * r + l];
            squares += entry * entry;
        }
    return sqrt(squares);
}

/* The error of dw at the state stepped from: its own rounding; phi's (m + 2 roundings an entry, or dgelsd's backward error (n + 10 q) u |z| |phi| in
 * s) through |E[x^T .]| <= sqrt d; what data, singular vectors and S_x = I carry from their making, (n + d) u a factor 10 of it. */
static double error_of_dw(struct sg_modes *s, enum sg_mode_rule rule)
{
    struct sg_twin *t = s->pair.twin;
    const struct sg_data *rows = &t->rows;
    const double n = (double)rows->n, q = (double)(s->k + s->m + 1), size = (double)(s->trial->data->n + s->d + s->m);
    const double sigma = s->saxe.sigma[0], made = 10 * size * SG_UNIT_ROUNDOFF * 2 * sigma * sg_base_norm(s->w, s->pair.n_w);
    sg_sim_rounding(s->u_w, s->phi, rule == BACKPROP ? t->plain_rounding : t->rounding, s->w, s->phi);   /* phi is made anew in each step */
    const double rounding = sg_base_norm(s->u_w, s->pair.n_w);
    if (rule == BACKPROP)
        return made + rounding;
    const double h = sg_base_norm(s->w, s->d * s->k), y = sg_base_norm(rows->y, rows->n * s->m) / sqrt(n), one = sg_base_norm(rows->one, rows->n) / sqrt(n);
    const double z = sqrt(h * h + y * y + one * one), b = sg_base_norm(s->w + s->d * s->k, s->k * s->m), phi = hypot(b * b, b);
    return made + rounding + (rule == ADIABATIC ? (double)s->m + 2 : n + 10 * q) * SG_UNIT_ROUNDOFF * sqrt((double)s->d) * z * phi;
}

/* An error e in the weights grows by at most 1 + mu |E[x^T y] - P|_2 a step, for the Hessian is at least minus that (W_1, W_2 enter it through
 * |d(W_1 W_2)|^2 >= 0 and the cross term). */
double sg_modes_grown(double e, const struct sg_modes *s, const double *a, double mu)
{
    double top = s->saxe.next;
    for (size_t i = 0; i < s->saxe.modes; i++)
        top = fmax(top, s->saxe.sigma[i] - a[i]);
    return (1 + mu * top) * e;
}

double sg_modes_start_error(const struct sg_modes *s)
{
    return 10 * (double)(s->d + s->m) * SG_UNIT_ROUNDOFF * sg_base_norm(s->w_0, s->pair.n_w);
}

static enum sg_status check_steps(struct sg_evidence *ev, struct sg_modes *s, enum sg_mode_rule rule)
{
    const size_t r = s->saxe.modes, steps = (size_t)s->trial->c->train.steps;
    double *a = sg_base_copy(s->saxe.a_0, r, sizeof *a), worst = -1, worst_bound = 1, e = sg_modes_start_error(s);
    char what[120];
    enum sg_status status = SG_OK;
    memcpy(s->w, s->w_0, s->pair.n_w * sizeof *s->w);
    for (size_t t = 0; t < steps && status == SG_OK; t++) {
        const double dw = error_of_dw(s, rule), stored = 2 * SG_UNIT_ROUNDOFF * sg_base_norm(s->w, s->pair.n_w);
        s->rate_error = sg_base_max(s->rate_error, dw);
        s->step_error = sg_base_max(s->step_error, stored);
        e = sg_modes_grown(e, s, a, s->mu) + s->mu * dw + stored;
        status = sg_modes_step(s, rule, s->mu);
        for (size_t i = 0; i < r; i++)
            a[i] = sg_closed_saxe_step(a[i], s->saxe.sigma[i], s->mu);
        const double off = off_form(s, a), bound = sqrt(2 * s->saxe.sigma[0]) * e;
        if (!(off * worst_bound <= worst * bound)) {
            worst = off;
            worst_bound = bound;
        }
    }
    snprintf(what, sizeof what, "%s: W_1 W_2 against the exact discrete modes, every step", sg_mode_rule_name[rule]);
    sg_claim_bound(ev, SG_SIMULATED, what, worst, worst_bound, "rounding of each step, grown by 1 + mu |E[x^T y] - W_1 W_2|");
    free(a);
    return status;
}

/* ---- one replicate ------------------------------------------------------------------------------------------------------------ */

static enum sg_status refuse(struct sg_evidence *ev, const char *why)
{
    snprintf(ev->note, sizeof ev->note, "%s", why);
    return SG_HYPOTHESIS;
}

/* Units "critical": mu over 1/sigma_1 = 2/lambda_max of the Hessian at the minimum, nu over 2/lambda_max(S_z) there, where S_z is largest. */
static enum sg_status make_start(struct sg_modes *s, struct sg_evidence *ev)
{
    const struct sg_case_train *train = &s->trial->c->train;
    struct sg_twin *t = s->pair.twin;
    struct sg_rng *rng = sg_claim_rng(s->trial, "start");
    struct sg_saxe end = {0};
    double *g = SG_NEW(s->k * s->k, double), *q = SG_NEW(s->k * s->k, double);
    sg_base_rng_gaussians(g, s->k * s->k, rng);
    enum sg_status status = sg_base_qr_q(q, g, s->k, s->k);
    if (status == SG_OK)
        status = sg_closed_saxe_start(s->w, &end, &t->rows, q, s->k, 1.0);
    if (status == SG_OK)
        status = sg_deep_pair_rates(&s->pair, s->trial->c, s->w, ev);
    sg_closed_saxe_free(&end);
    if (status == SG_OK)
        status = sg_closed_saxe_start(s->w_0, &s->saxe, &t->rows, q, s->k, FRACTION);
    if (status == SG_OK) {
        s->mu = train->units == SG_UNITS_CRITICAL ? train->mu / s->saxe.sigma[0] : train->mu;
        s->nu = s->pair.nu;
        s->span = s->mu * train->steps;
        sg_deep_pair_exact_sg(s->phi_0, &s->pair, s->w_0);
        if (!(s->mu * s->saxe.sigma[0] <= LARGEST))
            status = refuse(ev, "the clock's remainder is proved for mu sigma_1 <= 1/8; lower mu");
    }
    free(g);
    free(q);
    sg_base_rng_free(rng);
    return status;
}

static enum sg_status alloc(struct sg_modes *s, struct sg_evidence *ev)
{
    const enum sg_status status = sg_deep_pair_alloc(&s->pair, s->trial->c, s->trial->data, ev);
    if (status != SG_OK)
        return status;
    if (s->pair.deep.n_layers != 2 || s->pair.deep.at != 1 || s->pair.n_phi != sg_closed_deep_n_phi(&s->pair.deep))
        return refuse(ev, "the claim is on two layers, layers = (k), with an SG of terms \"hy1\" between them");
    if (s->trial->c->train.steps < SG_DY10_LOOKS)
        return refuse(ev, "the modes are looked at 16 times: steps of at least 16");
    s->d = s->pair.deep.width[0];
    s->k = s->pair.deep.width[1];
    s->m = s->pair.deep.width[2];
    const size_t n = s->pair.n_w, rows = s->pair.twin->rows.n, widest = s->d > s->m ? s->d : s->m;
    double **numbers[] = {&s->w_0, &s->w, &s->dw, &s->u_w, &s->phi_0, &s->phi, &s->a, &s->half, &s->core, &s->product, &s->z, &s->g};
    const size_t sizes[] = {n, n, n, n, s->pair.n_phi, s->pair.n_phi, widest, widest * s->m, widest * widest, s->d * s->m,
                            rows * (s->k + s->m + 1), rows * s->k};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        *numbers[i] = SG_NEW(sizes[i], double);
    return SG_OK;
}

static void release(struct sg_modes *s)
{
    double *numbers[] = {s->w_0, s->w, s->dw, s->u_w, s->phi_0, s->phi, s->a, s->half, s->core, s->product, s->z, s->g};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        free(numbers[i]);
    sg_closed_saxe_free(&s->saxe);
    sg_deep_pair_free(&s->pair);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_modes s = {.trial = trial, .levels = trial->full ? SG_DY10_FULL_LEVELS : LEVELS};
    struct sg_mode_sweep sweep[2];
    double fast_error[SG_DY10_FULL_LEVELS] = {0};
    enum sg_status status = alloc(&s, ev);
    if (status == SG_OK)
        status = make_start(&s, ev);
    for (int rule = 0; rule < RULES && status == SG_OK; rule++)
        status = check_steps(ev, &s, (enum sg_mode_rule)rule);
    for (int rule = 0; rule <= ADIABATIC && status == SG_OK; rule++)
        status = sg_modes_check_curve(ev, &s, (enum sg_mode_rule)rule, &sweep[rule]);
    if (status == SG_OK)
        status = sg_modes_check_fast(ev, &s, fast_error);
    if (status == SG_OK && trial->figure) {
        sg_modes_draw(ev, &s);
        sg_modes_draw_errors(ev, &s, sweep, fast_error);
    }
    release(&s);
    return status;
}

const struct sg_claim sg_claim_dy10 = {
    .id = "DY10", .name = "dy10_mode_trajectories", .title = "two linear layers learn each mode along a logistic curve, with an SG too",
    .needs_data = true, .measure = measure,
    .statement = "p = x W_1 W_2 under MSE, E[x^T x] = I, E[x^T y] = U diag(sigma) V^T, start W_1 = U diag(sqrt a_0) Q^T, W_2 = Q diag(sqrt a_0) V^T with "
                 "0 < a_0 < sigma.  Backprop, and an SG at the hidden layer that is exact in each step, keep W_1 W_2 = U diag(a) V^T with "
                 "a+ = a (1 + mu (sigma - a))^2 exactly, and a is sigma e^{2 sigma t}/(e^{2 sigma t} - 1 + sigma/a_0) at t = mu step up to an error of order mu: "
                 "the clock is ahead by (mu/2)(2 sigma t - (3/2) ln(a(t)/a_0)) + O(mu^2).",
};
