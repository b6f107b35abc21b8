/* A case's linear regression with its SG, ready to step: what the claims on the shallow model
 * share. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/shallow.h"

static enum sg_status make_rows(struct sg_shallow *s, const struct sg_trial *trial)
{
    if (s->c->train.form != SG_FORM_SAMPLE)
        return sg_data_compress(&s->rows, trial->data);
    const struct sg_data *from = trial->data;
    s->rows = (struct sg_data){from->n,
                               from->d,
                               from->m,
                               sg_base_copy(from->x, from->n * from->d, sizeof(double)),
                               sg_base_copy(from->y, from->n * from->m, sizeof(double)),
                               sg_base_copy(from->one, from->n, sizeof(double))};
    return SG_OK;
}

static enum sg_status make_field(struct sg_shallow *s, struct sg_evidence *ev)
{
    struct sg_error err;
    if (sg_case_make_arch(&s->arch, s->c, s->rows.d, s->rows.m, &err) != SG_OK ||
        s->arch.arch.n_layers != 1 || s->arch.arch.loss != SG_MSE) {
        snprintf(ev->note, sizeof ev->note,
                 "the claim is on linear regression: layers = (), loss = \"mse\"");
        return SG_HYPOTHESIS;
    }
    s->net = sg_net_alloc(&s->arch.arch);
    s->field = sg_sim_net_field(s->net, s->rows.n);
    if (s->c->train.form != SG_FORM_SPECTRAL)
        return SG_OK;
    const struct sg_module *module = s->arch.arch.n_modules ? &s->arch.arch.modules[0] : NULL;
    enum sg_status status = sg_sim_spectral_alloc(
        &s->spectral, &s->rows, module ? module->terms : 0, module ? module->mix : 0.0);
    if (status == SG_OK)
        s->field = sg_sim_spectral_field(s->spectral);
    return status;
}

/* (W, Phi) of the net -> the form's coordinates, in place. */
static void to_form(double *state, const struct sg_shallow *s)
{
    if (!s->spectral)
        return;
    double *v = SG_NEW(s->n_w, double);
    sg_sim_spectral_from_w(v, s->spectral, state);
    memcpy(state, v, s->n_w * sizeof *v);
    free(v);
}

static enum sg_status alloc(struct sg_shallow **out, const struct sg_trial *trial,
                            struct sg_timing timing, struct sg_evidence *ev)
{
    struct sg_shallow *s = *out = SG_NEW(1, struct sg_shallow);
    s->c = trial->c;
    enum sg_status status = make_rows(s, trial);
    if (status == SG_OK)
        status = sg_closed_fit_alloc(&s->fit, &s->rows);
    if (status == SG_OK)
        status = make_field(s, ev);
    if (status != SG_OK)
        return status;
    s->batch = sg_sim_batch(&s->rows);
    s->rate_x = sg_closed_rates(s->fit->lambda_x, s->fit->d);
    s->rate_z = sg_closed_rates(s->fit->lambda_z, s->fit->q);
    s->mu = sg_lab_rate(s->c->train.mu, s->c->train.units, s->rate_x.critical, s->rate_x.optimal);
    s->nu = sg_lab_rate(s->c->train.nu, s->c->train.units, s->rate_z.critical, s->rate_z.optimal);
    s->n_w = s->field.sizes.w;
    s->n_phi = s->field.sizes.phi;
    s->size = s->n_w + s->n_phi;
    s->exact_sg = SG_NEW(s->fit->q * s->fit->m, double);
    sg_closed_exact_sg(s->exact_sg, s->fit->m);
    s->fixed = SG_NEW(s->n_w + s->fit->q * s->fit->m,
                      double); /* phi* in full; a module with fewer terms uses none of it */
    s->now = SG_NEW(s->size, double);
    memcpy(s->fixed, s->fit->w, s->n_w * sizeof *s->fixed);
    memcpy(s->fixed + s->n_w, s->exact_sg, s->fit->q * s->fit->m * sizeof *s->fixed);
    s->leaves = 100;
    s->w_norm = sg_base_norm(s->fit->w, s->n_w);
    if (s->w_norm == 0.0)
        s->w_norm = 1.0;
    to_form(s->fixed, s);
    sg_shallow_set_timing(s, timing);
    return SG_OK;
}

void sg_shallow_set_timing(struct sg_shallow *s, struct sg_timing timing)
{
    const struct sg_sim_spec spec = {.field = &s->field,
                                     .net_opt = sg_case_opt(s->c, s->mu),
                                     .sg_opt = sg_case_opt(s->c, s->nu),
                                     .timing = timing};
    sg_sim_free(s->sim);
    s->sim = sg_sim_alloc(&spec, s->fixed, s->fixed + s->n_w);
}

static void end_shallow(void *shallow)
{
    struct sg_shallow *s = shallow;
    sg_sim_free(s->sim);
    sg_sim_spectral_free(s->spectral);
    sg_net_free(s->net);
    sg_closed_fit_free(s->fit);
    sg_data_free(&s->rows);
    free(s->exact_sg);
    free(s->fixed);
    free(s->now);
    free(s);
}

void sg_shallow_to_form(double *jacobian, const struct sg_shallow *s)
{
    if (!s->spectral)
        return;
    double *transposed = SG_NEW(s->size * s->size, double), *column = SG_NEW(s->size, double);
    for (int side = 0; side < 2;
         side++) { /* columns, then by transposing, rows: V^T J V on the weights */
        for (size_t j = 0; j < s->size; j++) {
            for (size_t i = 0; i < s->size; i++)
                column[i] = jacobian[i * s->size + j];
            to_form(column, s);
            memcpy(transposed + j * s->size, column, s->size * sizeof *column);
        }
        memcpy(jacobian, transposed, s->size * s->size * sizeof *jacobian);
    }
    free(transposed);
    free(column);
}

void sg_shallow_start(struct sg_shallow *s, const double *offset, double mu, double nu)
{
    memcpy(s->now, offset, s->size * sizeof *offset);
    to_form(s->now, s);
    for (size_t i = 0; i < s->size; i++)
        s->now[i] += s->fixed[i];
    sg_sim_restart(s->sim, s->now, s->now + s->n_w, mu, nu);
}

void sg_shallow_weights(double *w, const struct sg_shallow *s)
{
    if (s->spectral)
        sg_sim_spectral_to_w(w, s->spectral, sg_sim_w(s->sim));
    else
        memcpy(w, sg_sim_w(s->sim), s->n_w * sizeof *w);
}

void sg_shallow_modes(double *mode, const struct sg_shallow *s, const double *w)
{
    double *difference = SG_NEW(s->n_w, double);
    sg_shallow_weights(difference, s);
    for (size_t i = 0; i < s->n_w; i++)
        difference[i] -= w[i];
    sg_base_mul_tn(mode, s->fit->v_x, difference, s->fit->d, s->fit->d, s->fit->m);
    free(difference);
}

static void difference(struct sg_shallow *s)
{
    memcpy(s->now, sg_sim_w(s->sim), s->n_w * sizeof(double));
    if (s->n_phi)
        memcpy(s->now + s->n_w, sg_sim_phi(s->sim), s->n_phi * sizeof(double));
    for (size_t i = 0; i < s->size; i++)
        s->now[i] -= s->fixed[i];
}

double sg_shallow_distance(struct sg_shallow *s)
{
    difference(s);
    return sg_base_norm(s->now, s->size);
}

double sg_shallow_coordinate(struct sg_shallow *s, const double *l)
{
    difference(s);
    return sg_base_dot(l, s->now, s->size);
}

void sg_shallow_form_row(double *l, const struct sg_shallow *s)
{
    to_form(l, s);
}

void sg_shallow_offset(double *offset, const struct sg_shallow *s, double radius,
                       struct sg_rng *rng)
{
    sg_base_rng_direction(offset, s->size, rng);
    for (size_t i = 0; i < s->size; i++)
        offset[i] *= radius;
}

enum sg_fate sg_shallow_fate_from(struct sg_shallow *s, double (*distance_of)(struct sg_shallow *s),
                                  const double *offset, double mu, double nu, uint64_t limit)
{
    enum { FACTOR = 100, LOOK_EVERY = 16 };
    sg_shallow_start(s, offset, mu, nu);
    const double start = distance_of(s);
    for (uint64_t t = 0; t < limit; t += LOOK_EVERY) {
        if (sg_sim_advance(s->sim, &s->batch, LOOK_EVERY) != SG_OK)
            return SG_LEAVES;
        const double distance = distance_of(s);
        if (!(distance <= s->leaves * start))
            return SG_LEAVES;
        if (distance <= start / FACTOR)
            return SG_RETURNS;
    }
    return SG_STAYS;
}

enum sg_fate sg_shallow_fate(struct sg_shallow *s, const double *offset, double mu, double nu,
                             uint64_t limit)
{
    return sg_shallow_fate_from(s, sg_shallow_distance, offset, mu, nu, limit);
}

struct shallow_rate {
    struct sg_shallow *s;
    const double *offset;
    bool vary_mu;
    double other;
    uint64_t limit;
};

static enum sg_side side_of_rate(double rate, void *context)
{
    const struct shallow_rate *r = context;
    const double mu = r->vary_mu ? rate : r->other, nu = r->vary_mu ? r->other : rate;
    return sg_shallow_fate(r->s, r->offset, mu, nu, r->limit) == SG_LEAVES ? SG_SIDE_HIGH
                                                                           : SG_SIDE_LOW;
}

double sg_shallow_bisect(struct sg_shallow *s, const double *offset, bool vary_mu,
                         double other_rate, double from, double width, uint64_t limit)
{
    struct shallow_rate r = {s, offset, vary_mu, other_rate, limit};
    return sg_lab_bisect(side_of_rate, &r, from, width);
}

/* ---- the instrument ------------------------------------------------------------------------ */

struct sg_shallow *sg_shallow_make_other(struct sg_lab *lab, const struct sg_case *c,
                                         const struct sg_data *data, struct sg_timing timing)
{
    struct sg_trial trial = *lab->trial;
    struct sg_shallow *s;
    trial.c = c;
    trial.data = data;
    const enum sg_status status = alloc(&s, &trial, timing, lab->ev);
    sg_lab_own(lab, s, end_shallow);
    return sg_lab_try(lab, status) ? s : NULL;
}

struct sg_shallow *sg_shallow_make(struct sg_lab *lab, struct sg_timing timing)
{
    return sg_shallow_make_other(lab, lab->trial->c, lab->trial->data, timing);
}

static void *make_shallow(struct sg_lab *lab)
{
    return sg_shallow_make(lab, sg_case_timing(lab->trial->c, 0));
}

const struct sg_instrument sg_on_shallow = {make_shallow};

/* ---- hypotheses ---------------------------------------------------------------------------- */

/* Zero: below the rounding level q u lambda_max. */
static bool is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_rates *rate,
                           const char *S, size_t q, size_t n)
{
    if (q > n)
        snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%s is singular: %zu columns > n = %zu", S, q, n);
    else
        snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%s has %zu of %zu eigenvalues at zero", S,
                 rate->zeros, q);
    return rate->zeros == 0;
}

bool sg_shallow_x_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                                 const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    return is_nonsingular(value, &s->rate_x, "S_x", s->fit->d, trial->data->n);
}

bool sg_shallow_z_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                                 const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    return is_nonsingular(value, &s->rate_z, "S_z", s->fit->q, trial->data->n);
}

static double residual_share(const struct sg_shallow *s)
{
    const size_t count = s->rows.n * s->fit->m;
    const double y = sg_base_norm(s->rows.y, count);
    return y > 0 ? sg_base_norm(s->fit->residual, count) / y : 0;
}

bool sg_shallow_is_noisy(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                         const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "|y - X W*| is %.2g of |y|, which is rounding",
             residual_share(s));
    return !s->fit->realizable;
}

static bool is_realizable(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "|y - X W*| is %.2g of |y|", residual_share(s));
    return s->fit->realizable;
}

bool sg_shallow_is_inside(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    const double mu = s->mu / s->rate_x.critical, nu = s->nu / s->rate_z.critical;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they are %.3g and %.3g of them", mu, nu);
    return s->mu < s->rate_x.critical && s->nu < s->rate_z.critical;
}

const struct sg_hypothesis sg_shallow_x_nonsingular = {SG_X_NONSINGULAR};
const struct sg_hypothesis sg_shallow_z_nonsingular = {SG_Z_NONSINGULAR};
const struct sg_hypothesis sg_shallow_noisy = {
    .id = "noisy",
    .words = "the data are noisy, y != X W*",
    .met = sg_shallow_is_noisy,
    .mend = "take data with noise (data.noise > 0); DY4 is about data without"};
const struct sg_hypothesis sg_shallow_realizable = {
    .id = "realizable",
    .words = "the data are realizable, y = X W*",
    .met = is_realizable,
    .mend = "take data without noise (data.noise = 0); DY3 is about data with"};

struct sg_tol sg_shallow_jacobian_tolerance(const struct sg_shallow *s, double fd)
{
    const double P = (double)(s->rows.n + 10 * s->fit->d);
    double trace = 0;
    for (size_t i = 0; i < s->fit->d; i++)
        trace += s->fit->lambda_x[i];
    const double p = P * SG_UNIT_ROUNDOFF * sqrt(trace) * s->w_norm;
    return (struct sg_tol){
        fd + p * (s->mu * sqrt(s->rate_x.largest) + 2 * s->nu * sqrt(s->rate_z.largest)),
        "measured truncation and rounding; p* to (n + 10 d) u |X| |W*|", 0};
}

/* 1 - |1 - x| */
static double deficit(double x)
{
    return fmin(x, 2 - x);
}

double sg_shallow_deficit(const struct sg_shallow *s, double mu, double nu)
{
    const struct sg_rates *x = &s->rate_x, *z = &s->rate_z;
    return fmin(fmin(deficit(mu * x->largest), deficit(mu * x->smallest)),
                fmin(deficit(nu * z->largest), deficit(nu * z->smallest)));
}

bool sg_shallow_affords(struct sg_lab *lab, const struct sg_shallow *s, double steps,
                        const char *mend)
{
    return sg_lab_afford(lab, steps, fmax(SG_SHALLOW_STEPS_MOST, (double)s->c->train.steps),
                         "see a start shrink a hundredfold", mend);
}

bool sg_shallow_tells(struct sg_lab *lab, double tolerance)
{
    if (!(tolerance <= SG_SHALLOW_LIMIT_TOLERANCE))
        sg_lab_stop(lab, SG_BUDGET,
                    "in the step budget a bisected limit would be known to %.2g %% only; raise "
                    "train.steps",
                    100 * tolerance);
    return lab->status == SG_OK;
}
