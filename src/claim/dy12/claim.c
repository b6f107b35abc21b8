/* DY12: update order and transients.  At a noisy fixed point all three orders have one spectrum; at a realizable one with c != 0 the two
 * sequential orders share one and the simultaneous order has another.  The joint step is not normal: a stable one may first amplify. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/dy12/parts.h"

enum { ORDERS = 3, POWERS = 100000, ANGLES = 180 };
static const struct sg_timing TIMING[ORDERS] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0}};   /* simultaneous, SG first, network first */
static const double C = 0.5;    /* the realizable fixed point phi* + c (1, -1, 0) */

/* One order's Jacobian at a fixed point: closed, and by finite differences of the simulated step. */
struct order { struct sg_shallow *s; double *closed, *differences, bound; double complex *lambda, *left; double *point; };

static void order_free(struct order *o)
{
    sg_shallow_free(o->s);
    free(o->closed);
    free(o->differences);
    free(o->lambda);
    free(o->left);
    free(o->point);
}

static enum sg_status order_alloc(struct order *o, const struct sg_trial *trial, int order, double c, struct sg_evidence *ev)
{
    enum sg_status status = sg_shallow_alloc(&o->s, trial, TIMING[order], ev);
    if (status != SG_OK)
        return status;
    struct sg_shallow *s = o->s;
    if (s->spectral || !sg_shallow_is_full(s, ev))
        return SG_HYPOTHESIS;
    const size_t size = s->size, m = s->fit->m;
    double *simultaneous = SG_NEW(size * size, double);
    o->closed = SG_NEW(size * size, double);
    o->differences = SG_NEW(size * size, double);
    o->lambda = SG_NEW(size, double complex);
    o->left = SG_NEW(size * size, double complex);
    o->point = sg_base_copy(s->fixed, size, sizeof *o->point);
    for (size_t j = 0; j < m; j++) {
        o->point[s->n_w + j * m + j] += c;
        o->point[s->n_w + (m + j) * m + j] -= c;
    }
    sg_closed_joint_jacobian(simultaneous, &s->rows, o->point, o->point + s->n_w, s->mu, s->nu);
    if (order == 0)
        memcpy(o->closed, simultaneous, size * size * sizeof *simultaneous);
    else
        sg_closed_sequential_jacobian(o->closed, simultaneous, s->n_w, s->n_phi, order == 1);
    sg_approx_step_jacobian(o->differences, &o->bound, s->sim, o->point, &s->batch);
    free(simultaneous);
    return sg_base_eigen_general(o->lambda, o->left, o->closed, size);
}

/* Bauer-Fike: dgeev's backward error of order size u |J| moves an eigenvalue by at most the condition number of the eigenvectors times it. */
static double spectrum_tolerance(const struct order *o)
{
    double norm, condition;
    if (sg_base_norm2(&norm, o->closed, o->s->size, o->s->size) != SG_OK ||
        sg_approx_eigenvector_condition(&condition, o->left, o->s->size) != SG_OK)
        return SG_NAN;
    return 10 * (double)o->s->size * SG_UNIT_ROUNDOFF * norm * condition;
}

static enum sg_status check_noisy(struct sg_evidence *ev, struct order o[ORDERS], const struct sg_trial *trial)
{
    const struct sg_shallow *s = o[0].s;
    const size_t size = s->size;
    double *closed = SG_NEW(size, double), worst_entry = 0, bound = 0, worst = 0, tolerance = 0;
    double complex *lambda = SG_NEW(size, double complex);
    sg_closed_joint_spectrum(closed, s->fit, s->mu, s->nu);
    for (size_t i = 0; i < size; i++)
        lambda[i] = closed[i];
    for (int k = 0; k < ORDERS; k++) {
        worst_entry = sg_base_max(worst_entry, sg_base_max_abs_diff(o[k].closed, o[k].differences, size * size));
        bound = sg_base_max(bound, o[k].bound);
        worst = sg_base_max(worst, sg_claim_spectrum_distance(lambda, o[k].lambda, size));
        tolerance = sg_base_max(tolerance, spectrum_tolerance(&o[k]));
        if (trial->figure && k == 0)
            sg_claim_series(ev, "spectra", "order re im");
        for (size_t i = 0; trial->figure && i < size; i++)
            sg_claim_point(ev, (const double[]){k, creal(o[k].lambda[i]), cimag(o[k].lambda[i])});
    }
    sg_claim_bound(ev, SG_SIMULATED, "Jacobians of the three orders: closed form against finite differences of the step, largest entry", worst_entry, bound,
                   "measured truncation and rounding");
    sg_claim_bound(ev, SG_CLOSED_FORM, "at the fixed point all three orders have DY3's spectrum, largest distance", worst, tolerance,
                   "Bauer-Fike: 10 size u |J| cond(eigenvectors)");
    free(closed);
    free(lambda);
    return SG_OK;
}

/* Transients: max_k |J^k| against its bound cond(T), and met by a simulation that starts along the worst direction. */
static enum sg_status check_transient(struct sg_evidence *ev, struct order *o, const struct sg_trial *trial)
{
    struct sg_shallow *s = o->s;
    const size_t size = s->size;
    const double rho = sg_closed_joint_radius(s->fit, s->mu, s->nu), condition = sg_closed_joint_condition(s->fit, s->mu, s->nu);
    double growth, norm, radius;
    size_t k_max;
    enum sg_status status = sg_approx_transient_growth(&growth, &k_max, o->closed, size, rho, condition, POWERS);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, o->closed, size, size);
    if (status == SG_OK)
        status = sg_approx_numerical_radius(&radius, o->closed, size, ANGLES);
    if (status != SG_OK)
        return status;
    double *power = SG_NEW(size * size, double), *next = SG_NEW(size * size, double), *gram = SG_NEW(size * size, double),
           *lambda = SG_NEW(size, double), *v = SG_NEW(size * size, double), *offset = SG_NEW(size, double);
    for (size_t i = 0; i < size; i++)
        power[i * size + i] = 1;
    for (size_t k = 0; k < k_max; k++) {
        sg_base_mul(next, o->closed, power, size, size, size);
        memcpy(power, next, size * size * sizeof *power);
    }
    sg_base_mul_tn(gram, power, power, size, size, size);
    status = sg_base_eigen_symmetric(lambda, v, gram, size);
    const double radius_of_start = 1e-8 * s->w_norm;
    for (size_t i = 0; i < size; i++)
        offset[i] = radius_of_start * v[i * size];
    if (trial->figure)
        sg_claim_series(ev, "transient", "step distance_over_start rho_to_the_step");
    sg_shallow_start(s, offset, s->mu, s->nu);
    double peak = 1;
    const size_t last = k_max * 20 < 4000 ? 4000 : k_max * 20;
    for (size_t t = 0; t <= last; t++) {
        const double ratio = sg_shallow_distance(s) / radius_of_start;
        if (t == k_max)
            peak = ratio;
        if (trial->figure && ratio > 1e-6)
            sg_claim_point(ev, (const double[]){(double)t, ratio, pow(rho, (double)t)});
        if (t == k_max && !trial->figure)
            break;
        sg_sim_step(s->sim, &s->batch);
    }
    /* A start of 1e-8 |w*| keeps second-order terms at growth 1e-8 |w*| relative, and rounding u |fixed| k against growth 1e-8 |w*|. */
    const double tolerance = growth * (10 * growth * radius_of_start * (double)(k_max + 1) +
                                       10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, size) * (double)(k_max + 1) / radius_of_start);
    sg_claim_compare(ev, SG_SIMULATED, "largest transient: a simulated start along the worst direction against max_k |J^k|", peak, growth, tolerance,
                     "second order and rounding over k_max steps");
    sg_claim_bound(ev, SG_CLOSED_FORM, "max_k |J^k| within cond(T)", growth, condition, "|J^k| <= cond(T) rho^k");
    /* |J|/2 <= numerical radius <= |J|, and the power inequality: |J^k| <= 2 (numerical radius)^k. */
    sg_claim_fact(ev, SG_CLOSED_FORM, "numerical radius between max(rho, |J|/2) and |J|",
                  radius >= fmax(rho, norm / 2) * cos(M_PI / (2.0 * ANGLES)) * (1 - 1e-12) && radius <= norm * (1 + 1e-12), "scan of 180 angles");
    snprintf(ev->note, sizeof ev->note, "spectral radius %.4g, numerical radius %.4g, |J| %.4g, max_k |J^k| %.4g at k = %zu", rho, radius, norm, growth,
             k_max);
    free(power); free(next); free(gram); free(lambda); free(v); free(offset);
    return status;
}

/* From w = 0, phi = 0: L_SG may rise while L falls (users of SG code ask), and what no SG can express is the residual on (p, 1). */
static enum sg_status check_course(struct sg_evidence *ev, struct order *o, const struct sg_trial *trial)
{
    struct sg_shallow *s = o->s;
    struct sg_net_work *work = sg_net_work_alloc(s->net, s->rows.n);
    double *zero = SG_NEW(s->size, double), *dw = SG_NEW(s->n_w, double), *dphi = SG_NEW(s->n_phi, double);
    double with = 0, without, least = HUGE_VAL, scale = 0, loss = HUGE_VAL, sg_loss = 0;
    const double rms_y = sg_base_norm(s->rows.y, s->rows.n * s->fit->m) / sqrt((double)s->rows.n);
    size_t rises = 0;
    enum sg_status status = SG_OK;
    sg_sim_restart(s->sim, zero, zero, s->mu / 4, s->nu / 4);
    if (trial->figure)
        sg_claim_series(ev, "course", "step loss sg_loss irreducible_without_labels");
    for (int t = 0; t < 400 && status == SG_OK; t++) {
        struct sg_metrics now;
        sg_net_eval(dw, dphi, &now, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch, SG_WANT_METRICS, work);
        rises += t > 0 && now.loss < loss && now.sg_loss > sg_loss;
        loss = now.loss;
        sg_loss = now.sg_loss;
        status = sg_closed_irreducible_error(&without, &s->rows, sg_sim_w(s->sim), false);
        double labelled = 0;
        if (status == SG_OK)
            status = sg_closed_irreducible_error(&labelled, &s->rows, sg_sim_w(s->sim), true);
        with = sg_base_max(with, sqrt(labelled));
        least = fmin(least, without);
        scale = sg_base_max(scale, sqrt(2 * now.loss) + 2 * rms_y);     /* rms of z phi* summed by terms: |p| + |y| <= |g| + 2 |y| */
        if (trial->figure)
            sg_claim_point(ev, (const double[]){t, loss, sg_loss, without});
        sg_sim_step(s->sim, &s->batch);
    }
    /* dgelsd's residual of a right-hand side in the range of z. */
    sg_claim_bound(ev, SG_CLOSED_FORM, "with labels no part of g is beyond the SG: largest irreducible rms error of a run", with,
                   10 * (double)s->rows.n * SG_UNIT_ROUNDOFF * scale, "10 n u (rms(p) + rms(y))");
    /* (p, 1) is in span X where X has the ones column, so its residual is at least that of X. */
    const double floor = 2 * 0.5 * sg_base_dot(s->fit->residual, s->fit->residual, s->rows.n * s->fit->m) / (double)s->rows.n;
    sg_claim_fact(ev, SG_CLOSED_FORM, "without labels at least E|r*|^2 is beyond it, all the way", least >= floor * (1 - 1e-9) && floor > 0, "projection");
    const size_t used = strlen(ev->note);
    snprintf(ev->note + used, sizeof ev->note - used, "; L_SG rose in %zu of 400 steps in which L fell", rises);
    sg_net_work_free(work);
    free(zero); free(dw); free(dphi);
    return status;
}

/* Realizable data, c = 1/2: the sequential orders agree and the simultaneous one differs. */
static enum sg_status check_realizable(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_case c = *trial->c;
    struct sg_data data = {0};
    struct sg_trial realizable = *trial;
    struct order o[ORDERS] = {0};
    c.data.noise = 0;
    realizable.c = &c;
    realizable.data = &data;
    enum sg_status status = sg_claim_make_data(&data, ev, &c, trial->seed, trial->replicate);
    for (int k = 0; k < ORDERS && status == SG_OK; k++)
        status = order_alloc(&o[k], &realizable, k, C, ev);
    if (status == SG_OK) {
        const size_t size = o[0].s->size;
        const double tolerance = spectrum_tolerance(&o[1]) + spectrum_tolerance(&o[2]);
        sg_claim_bound(ev, SG_CLOSED_FORM, "realizable, c = 1/2: distance of the two sequential spectra", sg_claim_spectrum_distance(o[1].lambda, o[2].lambda, size),
                       tolerance, "Bauer-Fike: 10 size u |J| cond(eigenvectors), both");
        const double apart = sg_claim_spectrum_distance(o[0].lambda, o[1].lambda, size);
        sg_claim_fact(ev, SG_CLOSED_FORM, "realizable, c = 1/2: the simultaneous spectrum is another one", apart > 100 * tolerance, "a hundred tolerances");
    }
    for (int k = 0; k < ORDERS; k++)
        order_free(&o[k]);
    sg_data_free(&data);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (trial->c->net.layers.n > 0)
        return sg_dy12_deep(ev, trial);
    struct order o[ORDERS] = {0};
    struct sg_fit *fit;
    enum sg_status status = sg_closed_fit_alloc(&fit, trial->data);
    /* On realizable data every c is fixed; on noisy data only c = 0 is. */
    const double c = status == SG_OK && fit->realizable ? C : 0;
    if (status == SG_OK)
        sg_closed_fit_free(fit);
    for (int k = 0; k < ORDERS && status == SG_OK; k++)
        status = order_alloc(&o[k], trial, k, c, ev);
    if (status == SG_OK)
        status = check_noisy(ev, o, trial);
    if (status == SG_OK && c == 0)
        status = check_transient(ev, &o[0], trial);
    if (status == SG_OK && c == 0)
        status = check_course(ev, &o[0], trial);
    if (status == SG_OK && c == 0)
        status = sg_dy12_certify(ev, trial, o[0].s);
    for (int k = 0; k < ORDERS; k++)
        order_free(&o[k]);
    if (status == SG_OK && c == 0 && trial->c->data.kind == SG_DATA_GAUSSIAN)
        status = check_realizable(ev, trial);
    return status;
}

const struct sg_claim sg_claim_dy12 = {
    .id = "DY12", .name = "dy12_order", .title = "update order and transients", .needs_data = true, .measure = measure,
    .statement = "Linear regression with a linear SG at the output.  At a noisy fixed point the simultaneous, SG-first and network-first updates have the "
                 "same spectrum, DY3's, because the Jacobian stays block triangular.  At a realizable fixed point phi* + c(1,-1,0), c != 0, the two sequential "
                 "orders share one spectrum (NS and SN) and the simultaneous order has another.  The joint step is not normal: an error may grow first, by at "
                 "most cond(T).  With labels the SG can express all of the true gradient; without, at least E|r*|^2 stays beyond it.",
};
