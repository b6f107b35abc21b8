/* A case's classification with an SG at the output, ready to step, and what the predicted point says about its runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/log_shallow.h"

static bool is_shallow(struct sg_log_shallow *s)
{
    const struct sg_case *c = s->trial->c;
    struct sg_error err;
    return sg_case_make_arch(&s->arch, c, s->data->d, s->data->m, &err) == SG_OK && s->arch.arch.n_layers == 1 && s->arch.arch.n_modules == 1 &&
           (s->arch.arch.loss == SG_LOGISTIC || s->arch.arch.loss == SG_SOFTMAX_XENT) && c->train.order == SG_SIMULTANEOUS &&
           c->train.delay == SG_DELAY_NONE;
}

enum sg_status sg_log_shallow_alloc(struct sg_log_shallow **out, const struct sg_trial *trial, struct sg_evidence *ev)
{
    struct sg_log_shallow *s = *out = SG_NEW(1, struct sg_log_shallow);
    *s = (struct sg_log_shallow){.trial = trial, .data = trial->data, .d = trial->data->d, .m = trial->data->m};
    if (!is_shallow(s)) {
        snprintf(ev->note, sizeof ev->note, "the claim is on p = x W under a log loss with one SG at the output: layers = (), loss = \"logistic\" or "
                                            "\"softmax\" with data of one or more columns of y, simultaneous steps without delay");
        return SG_HYPOTHESIS;
    }
    s->net = sg_net_alloc(&s->arch.arch);
    struct sg_arch plain = s->arch.arch;
    plain.n_modules = 0;
    s->plain = sg_net_alloc(&plain);
    s->work = sg_net_work_alloc(s->net, s->data->n);
    s->plain_work = sg_net_work_alloc(s->plain, s->data->n);
    s->field = sg_sim_net_field(s->net, s->data->n);
    s->batch = sg_sim_batch(s->data);
    s->n_w = s->field.sizes.w;
    s->n_phi = s->field.sizes.phi;
    s->size = s->n_w + s->n_phi;
    s->dw = SG_NEW(s->n_w, double);
    s->dphi = SG_NEW(s->n_phi, double);
    const enum sg_status status = sg_closed_log_optimum_alloc(&s->optimum, s->data, NULL);
    if (status != SG_OK)
        snprintf(ev->note, sizeof ev->note, "the infimum of the log loss: %s", sg_base_status_text(status));
    else
        s->infimum = s->optimum->loss;
    return status;
}

void sg_log_shallow_free(struct sg_log_shallow *s)
{
    if (!s)
        return;
    sg_closed_log_point_free(s->optimum);
    sg_net_work_free(s->work);
    sg_net_work_free(s->plain_work);
    sg_net_free(s->net);
    sg_net_free(s->plain);
    free(s->dw);
    free(s->dphi);
    free(s);
}

double sg_log_shallow_field(struct sg_log_shallow *s, const double *w, const double *phi)
{
    sg_net_eval(s->dw, s->dphi, NULL, s->net, w, phi, &s->batch, SG_WANT_W | SG_WANT_PHI, s->work);
    return hypot(sg_base_norm(s->dw, s->n_w), sg_base_norm(s->dphi, s->n_phi));
}

double sg_log_shallow_gradient(double *gradient, struct sg_log_shallow *s, const double *w)
{
    sg_net_eval(gradient, NULL, NULL, s->plain, w, NULL, &s->batch, SG_WANT_W, s->plain_work);
    return sg_base_norm(gradient, s->n_w);
}

double sg_log_shallow_loss(struct sg_log_shallow *s, const double *w)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, s->plain, w, NULL, &s->batch, SG_WANT_METRICS, s->plain_work);
    return metrics.loss;
}

/* ---- runs ---------------------------------------------------------------------------------------------------------------- */

struct sg_log_end sg_log_shallow_train(double *w, double *phi, struct sg_log_shallow *s, const struct sg_log_run *run, sg_log_curve *curve, void *context)
{
    enum { LOOK = 64 };
    const struct sg_net *net = run->backprop ? s->plain : s->net;
    const struct sg_field field = sg_sim_net_field(net, s->data->n);
    struct sg_rng *rng = sg_claim_rng(s->trial, "phi");
    memset(w, 0, s->n_w * sizeof *w);
    sg_net_start_phi(phi, net, rng);
    sg_base_rng_free(rng);
    const struct sg_sim_spec spec = {.field = &field, .net_opt = run->net_opt, .sg_opt = run->sg_opt};
    struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
    struct sg_log_end end = {.field = HUGE_VAL};
    uint64_t next = curve ? 1 : LOOK;
    if (curve)
        curve(0, sg_log_shallow_loss(s, w), context);
    while (end.status == SG_OK && !(end.field <= run->enough) && end.steps < run->most) {
        const uint64_t to = next < run->most ? next : run->most;
        end.status = sg_sim_advance(sim, &s->batch, to - end.steps);
        end.steps = to;
        next = curve && to < LOOK ? 2 * to : to + (curve && to / 8 > LOOK ? to / 8 : LOOK);
        end.field = run->backprop ? sg_log_shallow_gradient(s->dw, s, sg_sim_w(sim)) : sg_log_shallow_field(s, sg_sim_w(sim), sg_sim_phi(sim));
        if (curve)
            curve(to, sg_log_shallow_loss(s, sg_sim_w(sim)), context);
    }
    memcpy(w, sg_sim_w(sim), s->n_w * sizeof *w);
    memcpy(phi, sg_sim_phi(sim), field.sizes.phi * sizeof *phi);
    end.loss = sg_log_shallow_loss(s, w);
    sg_sim_free(sim);
    return end;
}

struct sg_log_end sg_log_shallow_train_fitted(double *w, double *phi, struct sg_log_shallow *s, double mu, double enough, uint64_t most,
                                              sg_log_curve *curve, void *context)
{
    struct sg_fitted *fitted = sg_sim_fitted_alloc(&s->field, &s->batch, w, mu);
    struct sg_log_end end = {.field = HUGE_VAL};
    uint64_t next = 1;
    if (curve)
        curve(0, sg_log_shallow_loss(s, w), context);
    while (end.status == SG_OK && !(end.field <= enough) && end.steps < most) {
        end.status = sg_sim_fitted_step(fitted);
        end.steps++;
        end.field = sg_base_norm(sg_sim_fitted_dw(fitted), s->n_w);         /* of the state before; dphi is rounding */
        if (curve && end.steps >= next) {
            next = end.steps + 1 + end.steps / 8;
            curve(end.steps, sg_log_shallow_loss(s, sg_sim_fitted_w(fitted)), context);
        }
    }
    memcpy(w, sg_sim_fitted_w(fitted), s->n_w * sizeof *w);
    if (end.status == SG_OK)
        end.status = sg_sim_fitted_look(fitted);
    memcpy(phi, sg_sim_fitted_phi(fitted), s->n_phi * sizeof *phi);
    end.loss = sg_log_shallow_loss(s, w);
    end.field = sg_log_shallow_field(s, w, phi);
    sg_sim_fitted_free(fitted);
    return end;
}

/* ---- what J says --------------------------------------------------------------------------------------------------------------- */

static double *jacobian_at(const struct sg_log_shallow *s, const struct sg_log_point *point, size_t rows)
{
    const size_t size = sg_closed_log_joint_size(s->data);
    double *state = SG_NEW(size, double), *j = SG_NEW(rows * size, double);
    memcpy(state, point->w, s->n_w * sizeof *state);
    memcpy(state + s->n_w, point->phi, (size - s->n_w) * sizeof *state);
    sg_closed_log_joint_jacobian(j, s->data, state);
    free(state);
    return j;
}

static enum sg_status least_singular(double *sigma_min, const struct sg_log_shallow *s, const struct sg_log_point *point)
{
    const size_t size = sg_closed_log_joint_size(s->data), m = s->m, rows = size + (m > 1 ? size / m : 0);
    double *j = jacobian_at(s, point, rows), *sigma = SG_NEW(size, double);
    for (size_t r = 0; r < rows - size; r++)
        for (size_t o = 0; o < m; o++)
            j[(size + r) * size + r * m + o] = 1;
    const enum sg_status status = sg_base_singular_values(sigma, j, rows, size);
    *sigma_min = SG_NAN;
    for (size_t k = 0; k < size && status == SG_OK; k++)
        if (sigma[k] > 100 * (double)size * SG_UNIT_ROUNDOFF * sigma[0])
            *sigma_min = sigma[k];
    free(j);
    free(sigma);
    return status;
}

/* J_ww - J_wphi J_phiphi^+ J_phiw. */
static enum sg_status reduced_jacobian(double *reduced, const struct sg_log_shallow *s, const double *j, size_t size)
{
    const size_t n_w = s->n_w, n_phi = size - n_w;
    double *pp = SG_NEW(n_phi * n_phi, double), *pw = SG_NEW(n_phi * n_w, double), *solved = SG_NEW(n_phi * n_w, double);
    for (size_t r = 0; r < n_phi; r++) {
        memcpy(pw + r * n_w, j + (n_w + r) * size, n_w * sizeof *pw);
        memcpy(pp + r * n_phi, j + (n_w + r) * size + n_w, n_phi * sizeof *pp);
    }
    const enum sg_status status = sg_base_solve_least_squares(solved, NULL, NULL, pp, pw, n_phi, n_phi, n_w);
    for (size_t r = 0; r < n_w; r++)
        for (size_t k = 0; k < n_w; k++) {
            double sum = j[r * size + k];
            for (size_t l = 0; l < n_phi; l++)
                sum -= j[r * size + n_w + l] * solved[l * n_w + k];
            reduced[r * n_w + k] = sum;
        }
    free(pp);
    free(pw);
    free(solved);
    return status;
}

enum sg_status sg_log_shallow_local(struct sg_log_local *local, const struct sg_log_shallow *s, const struct sg_log_point *point)
{
    const size_t size = sg_closed_log_joint_size(s->data), n_w = s->n_w, zeros = s->m > 1 ? s->d : 0, q = 2 * s->m + 1;
    double *j = jacobian_at(s, point, size), *reduced = SG_NEW(n_w * n_w, double), *s_z = SG_NEW(q * q, double), *lambda_z = SG_NEW(q, double);
    double complex *lambda = SG_NEW(n_w, double complex);
    enum sg_status status = least_singular(&local->sigma, s, point);
    if (status == SG_OK)
        status = reduced_jacobian(reduced, s, j, size);
    if (status == SG_OK)
        status = sg_base_eigen_general(lambda, NULL, reduced, n_w);
    for (size_t r = 0; r < q; r++)
        for (size_t k = 0; k < q; k++)
            s_z[r * q + k] = j[(n_w + r * s->m) * size + n_w + k * s->m];
    if (status == SG_OK)
        status = sg_base_eigen_symmetric(lambda_z, NULL, s_z, q);
    local->reduced = cabs(lambda[0]);
    local->slowest = cabs(lambda[n_w - 1 - zeros]);
    local->z_max = lambda_z[0];
    free(j);
    free(reduced);
    free(s_z);
    free(lambda_z);
    free(lambda);
    return status;
}

enum sg_status sg_log_shallow_radius(double *radius, const struct sg_log_shallow *s, const struct sg_log_point *point, double mu, double nu)
{
    const size_t size = sg_closed_log_joint_size(s->data);
    double *j = jacobian_at(s, point, size);
    double complex *lambda = SG_NEW(size, double complex);
    for (size_t r = 0; r < size; r++)
        for (size_t k = 0; k < size; k++)
            j[r * size + k] = (r == k ? 1 : 0) - (r < s->n_w ? mu : nu) * j[r * size + k];
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, j, size);
    *radius = 0;
    for (size_t k = 0; k < size; k++)                 /* m > 1: those that conservation and one-hot labels leave at 1, known to sqrt(u) (not normal) */
        if (s->m == 1 || cabs(lambda[k] - 1) > 1e-6)
            *radius = fmax(*radius, cabs(lambda[k]));
    if (status != SG_OK)
        *radius = SG_NAN;
    free(j);
    free(lambda);
    return status;
}
