/* DY12 at depth, measured: a random global minimum of a deep linear net, noisy data, one SG with layers above it.  phi* moves with those layers, so the
 * joint step is not block triangular, and the orders differ: simultaneous N + S - I, SG first N S, network first S N (deep.h, closed). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy12/parts.h"
#include "lab/deep_step.h"

enum { ORDERS = 3, ANGLES = 180, COURSE = 400, DRAWN = 400 };
static const struct sg_timing TIMING[ORDERS] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0}};   /* simultaneous, SG first, network first */
static const char *const step_row[ORDERS] = {"deep, simultaneous: closed step against finite differences of the step, worst entry",
                                             "deep, SG first: closed step against finite differences of the step, worst entry",
                                             "deep, network first: closed step against finite differences of the step, worst entry"};
static const char *const growth_row[ORDERS] = {"deep, simultaneous: simulated growth along the worst direction, over max_k |J^k|",
                                               "deep, SG first: simulated growth along the worst direction, over max_k |J^k|",
                                               "deep, network first: simulated growth along the worst direction, over max_k |J^k|"};

static const char *const step_id[ORDERS] = {"deep-step", "deep-step-sg-first", "deep-step-net-first"};
static const char *const growth_id[ORDERS] = {"deep-growth", "deep-growth-sg-first", "deep-growth-net-first"};

struct order { double *J, *worst, rho, norm, numerical, growth, tolerance; size_t k_max; double complex *lambda; };

/* The closed step and its numbers.  Bauer-Fike: dgeev's backward error of order size u |J| times the condition number of the eigenvectors. */
static enum sg_status order_fill(struct sg_lab *lab, struct order *o, const struct sg_deep_step *m, int order, double mu, double nu)
{
    const size_t n = m->n;
    double complex *left = SG_NEW(n * n, double complex);
    double condition = SG_NAN;
    *o = (struct order){.J = SG_NEW(n * n, double), .worst = SG_NEW(n, double), .lambda = SG_NEW(n, double complex)};
    if (order == 0)
        sg_deep_step_closed(o->J, m, mu, nu);
    else
        sg_closed_deep_normal_sequential(o->J, m->normal, mu, nu, order == 1);
    enum sg_status status = sg_base_eigen_general(o->lambda, left, o->J, n);
    if (status == SG_OK)
        status = sg_base_norm2(&o->norm, o->J, n, n);
    if (status == SG_OK)
        status = sg_approx_eigenvector_condition(&condition, left, n);
    if (status == SG_OK)
        status = sg_approx_numerical_radius(&o->numerical, o->J, n, ANGLES);
    o->rho = cabs(o->lambda[0]);
    o->tolerance = 10 * (double)n * SG_UNIT_ROUNDOFF * o->norm * condition;
    free(left);
    if (sg_lab_try(lab, status))
        o->growth = sg_deep_step_worst(lab, o->worst, &o->k_max, m, o->J);
    return lab->status;
}

static void order_free(struct order *o)
{
    free(o->J);
    free(o->worst);
    free(o->lambda);
}

/* ---- spectra ------------------------------------------------------------------------------------------------------------ */

/* The spectrum that a block triangular step would have: of its two diagonal blocks. */
static void check_spectra(struct sg_evidence *ev, const struct sg_deep_step *m, const struct order o[ORDERS], bool figure)
{
    const size_t n = m->n;
    double complex *blocks = SG_NEW(n, double complex);
    for (size_t i = 0; i < n; i++)
        blocks[i] = o[0].J[i * n + i];                   /* both are diagonal in these coordinates */
    const double both = o[1].tolerance + o[2].tolerance, off = o[0].tolerance + o[1].tolerance;
    sg_claim_bound(ev, SG_CLOSED_FORM, "deep: distance of the two sequential spectra", sg_claim_spectrum_distance(o[1].lambda, o[2].lambda, n), both,
                   "Bauer-Fike: 10 size u |J| cond(eigenvectors), both");
    sg_claim_fact(ev, SG_CLOSED_FORM, "deep: the simultaneous spectrum is another one",
                  sg_claim_spectrum_distance(o[0].lambda, o[1].lambda, n) > 100 * off, "a hundred tolerances");
    sg_claim_fact(ev, SG_CLOSED_FORM, "deep: not block triangular, the spectrum is not that of the diagonal blocks",
                  sg_claim_spectrum_distance(blocks, o[0].lambda, n) > 100 * o[0].tolerance, "a hundred tolerances");
    if (figure)
        sg_claim_series(ev, "spectra", "order re im");
    for (int k = -1; figure && k < ORDERS; k++)          /* -1: the diagonal blocks */
        for (size_t i = 0; i < n; i++) {
            const double complex z = k < 0 ? blocks[i] : o[k].lambda[i];
            sg_claim_point(ev, (const double[]){k, creal(z), cimag(z)});
        }
    free(blocks);
}

/* ---- transients ------------------------------------------------------------------------------------------------------------ */

static enum sg_status check_order(struct sg_lab *lab, struct sg_deep_step *m, const struct order *o, int k, double mu, double nu)
{
    sg_deep_run_set_timing(m->run, TIMING[k]);
    sg_deep_step_check(lab, m, step_id[k], step_row[k], o->J, mu, nu);
    /* |J|/2 <= numerical radius <= |J|; the scan may miss a factor cos(pi / (2 ANGLES)). */
    sg_claim_fact(lab->ev, SG_CLOSED_FORM, "deep: numerical radius between max(rho, |J|/2) and |J|, every order",
                  o->numerical >= fmax(o->rho, o->norm / 2) * cos(M_PI / (2.0 * ANGLES)) * (1 - 1e-12) && o->numerical <= o->norm * (1 + 1e-12),
                  "scan of 180 angles");
    sg_deep_step_check_transient(lab, m, growth_id[k], growth_row[k], o->J, mu, nu);
    return lab->status;
}

static void draw_transient(struct sg_evidence *ev, struct sg_deep_step *m, const struct order o[ORDERS], double mu, double nu)
{
    sg_claim_series(ev, "transient", "order step growth radius_to_the_step");
    double *x = SG_NEW(m->n, double);
    for (int k = 0; k < ORDERS; k++) {
        sg_deep_run_set_timing(m->run, TIMING[k]);
        for (size_t i = 0; i < m->n; i++)
            x[i] = m->start * o[k].worst[i];
        sg_deep_step_place(m, x, mu, nu);
        for (int t = 0; t < DRAWN; t++) {
            sg_claim_point(ev, (const double[]){k, t, sg_deep_step_distance(m) / m->start, pow(o[k].rho, t)});
            sg_sim_step(m->run->sim, &m->run->batch);
        }
    }
    free(x);
}

/* ---- a run from afar --------------------------------------------------------------------------------------------------------- */

/* From half the minimum's weights and phi = 0 at a quarter of the rates: how often L_SG rises while L falls, and what no SG can express. */
/* The part of y that neither the features nor a constant reach, r*: an SG without labels sees functions of these only. */
static enum sg_status out_of_reach(double *r, const struct sg_data *data)
{
    const size_t n = data->n, d = data->d, m = data->m;
    double *wide = SG_NEW(n * (d + 1), double), *w = SG_NEW((d + 1) * m, double);
    for (size_t i = 0; i < n; i++) {
        memcpy(wide + i * (d + 1), data->x + i * d, d * sizeof *wide);
        wide[i * (d + 1) + d] = data->one[i];
    }
    const enum sg_status status = sg_base_solve_least_squares(w, NULL, NULL, wide, data->y, n, d + 1, m);
    sg_base_mul(r, wide, w, n, d + 1, m);
    for (size_t i = 0; i < n * m; i++)
        r[i] = data->y[i] - r[i];
    free(wide);
    free(w);
    return status;
}

static enum sg_status check_course(struct sg_evidence *ev, struct sg_deep_step *m, double mu, double nu, bool figure)
{
    struct sg_deep_run *s = m->run;
    const size_t n = s->data.n, K = s->deep.width[s->deep.at], out = s->data.m;
    struct sg_fit *fit = NULL;
    double *start = SG_NEW(s->size, double), *V = SG_NEW(K * out, double), *r = SG_NEW(n * out, double), *rV = SG_NEW(n * K, double), with = 0, bound = 0, loss = HUGE_VAL, sg_loss = 0;
    const double rms_y = sg_base_norm(s->data.y, n * out) / sqrt((double)n);
    size_t rises = 0, falls = 0;
    bool above = true;
    enum sg_status status = sg_closed_fit_alloc(&fit, &s->data);
    const double least = status == SG_OK ? sg_base_dot(fit->residual, fit->residual, n * out) / (2 * (double)n) : SG_NAN;
    if (status == SG_OK)
        status = out_of_reach(r, &s->data);
    for (size_t i = 0; i < s->n_w; i++)
        start[i] = s->fixed[i] / 2;
    sg_deep_run_set_timing(s, TIMING[0]);
    sg_sim_restart(s->sim, start, start + s->n_w, mu / 4, nu / 4);
    if (figure)
        sg_claim_series(ev, "course", "step loss excess sg_loss without_labels rises");
    for (int t = 0; t < COURSE && status == SG_OK; t++) {
        const double *w = sg_sim_w(s->sim);
        struct sg_metrics now;
        double labelled = 0, without = 0;
        sg_net_eval(NULL, NULL, &now, s->net, w, sg_sim_phi(s->sim), &s->batch, SG_WANT_METRICS, s->work);
        const bool fell = t > 0 && now.loss < loss, rose = fell && now.sg_loss > sg_loss;
        falls += fell;
        rises += rose;
        loss = now.loss;
        sg_loss = now.sg_loss;
        status = sg_closed_deep_irreducible(&labelled, &s->deep, &s->data, w, true);
        if (status == SG_OK)
            status = sg_closed_deep_irreducible(&without, &s->deep, &s->data, w, false);
        sg_closed_deep_product(V, &s->deep, w, s->deep.at, s->deep.n_layers);
        sg_base_mul_nt(rV, r, V, n, out, K);
        const double floor = sg_base_dot(rV, rV, n * K) / (double)n, v = sg_base_norm(V, K * out);
        const double rms_h = sg_base_norm(sg_net_view(s->work, SG_VIEW_H, s->deep.at), n * K) / sqrt((double)n);
        /* dgelsd leaves n u |z| |Phi*| of a right-hand side in the range of z: |Phi*| <= |V|^2 + |V|. */
        const double rounding = 10 * (double)n * SG_UNIT_ROUNDOFF * (rms_h + rms_y + 1) * (v * v + v);
        if (!(sqrt(labelled) * bound <= with * rounding) || t == 0) {
            with = sqrt(labelled);
            bound = rounding;
        }
        above = above && without >= floor * (1 - 1e-9) - rounding * rounding && floor > 0;
        if (figure)
            sg_claim_point(ev, (const double[]){t, now.loss, now.loss - least, now.sg_loss, without / 2, rose});
        sg_sim_step(s->sim, &s->batch);
    }
    if (status == SG_OK) {
        sg_claim_bound(ev, SG_CLOSED_FORM, "deep, with labels: what of g no SG expresses, rms, worst step of a run", with, bound,
                       "10 n u (rms(h) + rms(y) + 1) (|V|^2 + |V|)");
        sg_claim_fact(ev, SG_CLOSED_FORM, "deep, without labels: at least E|r* V^T|^2 is beyond it, all the way", above, "projection; r*: y less its fit on (x, 1)");
    }
    sg_closed_fit_free(fit);
    const size_t used = strlen(ev->note);
    snprintf(ev->note + used, sizeof ev->note - used, "; L_SG rose in %zu of %zu steps in which L fell", rises, falls);
    free(start);
    free(V);
    free(r);
    free(rV);
    return status;
}

enum sg_status sg_dy12_deep(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_lab lab = sg_lab_begin(ev, trial);
    struct sg_deep_step *m = sg_deep_step_make(&lab);
    char value[SG_HYPOTHESIS_VALUE_MAX];
    struct order o[ORDERS] = {0};
    double mu = 0, nu = 0, abscissa = SG_NAN;
    if (m && !sg_deep_step_is_wide(value, m))
        sg_lab_stop(&lab, SG_HYPOTHESIS, "the statement supposes that %s; here %s; " SG_DEEP_WIDE_MEND, SG_DEEP_WIDE_WORDS, value);
    if (m && !sg_deep_step_is_conditioned(value, m))
        sg_lab_stop(&lab, SG_HYPOTHESIS, "the statement supposes that %s; here %s; " SG_DEEP_CONDITIONED_MEND, SG_DEEP_CONDITIONED_WORDS, value);
    enum sg_status status = lab.status;
    if (status == SG_OK) {
        mu = trial->c->train.mu * m->mu_unit;
        nu = trial->c->train.nu * m->nu_unit;
    }
    for (int k = 0; k < ORDERS && status == SG_OK; k++)
        status = order_fill(&lab, &o[k], m, k, mu, nu);
    if (status == SG_OK)
        check_spectra(ev, m, o, trial->figure);
    for (int k = 0; k < ORDERS && status == SG_OK; k++)
        status = check_order(&lab, m, &o[k], k, mu, nu);
    if (status == SG_OK) {                               /* numerical abscissa of the flow: d/dt |e^{tJ}| at 0 */
        double *half = SG_NEW(m->n * m->n, double), *lambda = SG_NEW(m->n, double);
        for (size_t i = 0; i < m->n; i++)
            for (size_t j = 0; j < m->n; j++)
                half[i * m->n + j] = ((o[0].J[i * m->n + j] + o[0].J[j * m->n + i]) / 2 - (i == j)) / trial->c->train.mu;
        status = sg_base_eigen_symmetric(lambda, NULL, half, m->n);
        abscissa = lambda[0];
        free(half);
        free(lambda);
    }
    if (status == SG_OK)
        snprintf(ev->note, sizeof ev->note,
                 "simultaneous, SG first, network first: spectral radius %.4g %.4g %.4g, numerical radius %.4g %.4g %.4g, |J| %.4g %.4g %.4g, max_k |J^k| "
                 "%.4g %.4g %.4g; numerical abscissa of the flow %.4g", o[0].rho, o[1].rho, o[2].rho, o[0].numerical, o[1].numerical, o[2].numerical,
                 o[0].norm, o[1].norm, o[2].norm, o[0].growth, o[1].growth, o[2].growth, abscissa);
    if (status == SG_OK && trial->figure)
        draw_transient(ev, m, o, mu, nu);
    if (status == SG_OK)
        status = check_course(ev, m, mu, nu, trial->figure);
    for (int k = 0; k < ORDERS; k++)
        order_free(&o[k]);
    sg_lab_try(&lab, status);
    return sg_lab_end(&lab);
}
