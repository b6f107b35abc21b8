/* A case's classification with an SG at the output, ready to step, and what the predicted point
 * says about its runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/log_shallow.h"

static void end_log_shallow(void *thing)
{
    struct sg_log_shallow *s = thing;
    sg_closed_log_point_free(s->optimum);
    sg_net_work_free(s->work);
    sg_net_work_free(s->plain_work);
    sg_net_free(s->net);
    sg_net_free(s->plain);
    free(s);
}

/* Rank and conditioning of X, and whether 1 is in its column space: the residual of the projection
 * is at its rounding, 100 n u cond. */
static void look_at_x(struct sg_lab *lab, struct sg_log_shallow *s)
{
    const size_t n = s->data->n, d = s->d, least = n < d ? n : d;
    double *sigma = SG_TAKE(lab, d, double), *w = SG_TAKE(lab, d, double),
           *fit = SG_TAKE(lab, n, double);
    if (!sg_lab_try(lab, sg_base_singular_values(sigma, s->data->x, n, d)))
        return;
    while (s->rank < least && sigma[s->rank] > (double)(n + d) * SG_UNIT_ROUNDOFF * sigma[0])
        s->rank++;
    s->x_max = sigma[0] * sigma[0] / (double)n;
    s->cond = s->rank ? sigma[0] / sigma[s->rank - 1] : SG_NAN;
    if (!sg_lab_try(lab,
                    sg_base_solve_least_squares(w, NULL, NULL, s->data->x, s->data->one, n, d, 1)))
        return;
    sg_base_mul(fit, s->data->x, w, n, d, 1);
    s->ones =
        sg_base_max_abs_diff(fit, s->data->one, n) <= 100 * (double)n * SG_UNIT_ROUNDOFF * s->cond;
}

static bool has_classes(const struct sg_data *data)
{
    size_t *label, c;
    const bool fine = sg_closed_classes(&label, &c, data) == SG_OK;
    free(label);
    return fine;
}

struct sg_log_shallow *sg_log_shallow_make(struct sg_lab *lab, const struct sg_case *c)
{
    const struct sg_data *data = lab->trial->data;
    struct sg_log_shallow *s = SG_NEW(1, struct sg_log_shallow);
    struct sg_error err;
    *s = (struct sg_log_shallow){.trial = lab->trial, .data = data, .d = data->d, .m = data->m};
    sg_lab_own(lab, s, end_log_shallow);
    if (sg_case_make_arch(&s->arch, c, s->d, s->m, &err) != SG_OK) {
        sg_lab_stop(lab, SG_HYPOTHESIS, "%s", err.text);
        return NULL;
    }
    s->net = sg_net_alloc(&s->arch.arch);
    struct sg_arch plain = s->arch.arch;
    plain.n_modules = 0;
    s->plain = sg_net_alloc(&plain);
    s->work = sg_net_work_alloc(s->net, data->n);
    s->plain_work = sg_net_work_alloc(s->plain, data->n);
    s->field = sg_sim_net_field(s->net, data->n);
    s->batch = sg_sim_batch(data);
    s->n_w = s->field.sizes.w;
    s->n_phi = s->field.sizes.phi;
    s->dw = SG_TAKE(lab, s->n_w, double);
    s->dphi = SG_TAKE(lab, s->n_phi, double);
    s->classes = has_classes(data);
    look_at_x(lab, s);
    if (lab->status == SG_OK && s->classes && s->rank == s->d) {
        const enum sg_status status = sg_closed_log_optimum_alloc(&s->optimum, data, NULL);
        if (status != SG_OK)
            sg_lab_stop(lab, status, "the infimum of the log loss: %s",
                        sg_base_status_text(status));
        else
            s->infimum = s->optimum->loss;
    }
    return lab->status == SG_OK ? s : NULL;
}

static void *make(struct sg_lab *lab)
{
    return sg_log_shallow_make(lab, lab->trial->c);
}

const struct sg_instrument sg_on_log_shallow = {make};

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool classes_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                        const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "y has another number, or a class has no sample");
    return s->classes;
}

static bool rank_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "the rank is %zu, of %zu columns and n = %zu", s->rank,
             s->d, trial->data->n);
    return s->rank == s->d;
}

const struct sg_hypothesis sg_log_shallow_classes = {
    .id = "classes",
    .words = "y is 0 or 1, or one-hot, and every class has a sample",
    .met = classes_met,
    .mend = "take such a target (data.target, data.standardise) or more samples (data.n)"};
const struct sg_hypothesis sg_log_shallow_full_rank = {
    .id = "full-rank",
    .words = "X has full column rank",
    .met = rank_met,
    .mend =
        "take more samples (data.n) or fewer columns (data.d), none a combination of the others"};

/* ---- evaluation ----------------------------------------------------------------------------- */

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

static double loss_of(struct sg_log_shallow *s, const double *w)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, s->plain, w, NULL, &s->batch, SG_WANT_METRICS, s->plain_work);
    return metrics.loss;
}

double sg_log_shallow_curvature(struct sg_lab *lab, const struct sg_log_shallow *s,
                                const struct sg_log_point *point)
{
    const size_t n = s->data->n, d = s->d;
    double *h = SG_TAKE(lab, d * d, double), *lambda = SG_TAKE(lab, d, double);
    for (size_t i = 0; i < n; i++) {
        const double *x = s->data->x + i * d;
        const double q = point->probability[2 * i] * point->probability[2 * i + 1];
        for (size_t k = 0; k < d * d; k++)
            h[k] += q * x[k / d] * x[k % d] / (double)n;
    }
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, NULL, h, d));
    return lambda[d - 1];
}

/* ---- runs ----------------------------------------------------------------------------------- */

struct sg_log_end sg_log_shallow_train(double *w, double *phi, struct sg_log_shallow *s,
                                       const struct sg_log_run *run, sg_log_curve *curve,
                                       void *context)
{
    enum { LOOK = 64 };
    const struct sg_net *net = run->backprop ? s->plain : s->net;
    const struct sg_field field = sg_sim_net_field(net, s->data->n);
    struct sg_rng *rng = sg_claim_rng(s->trial, "phi");
    memset(w, 0, s->n_w * sizeof *w);
    sg_net_start_phi(phi, net, rng);
    sg_base_rng_free(rng);
    const struct sg_sim_spec spec = {
        .field = &field, .net_opt = run->net_opt, .sg_opt = run->sg_opt};
    struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
    struct sg_log_end end = {.field = HUGE_VAL};
    uint64_t next = curve ? 1 : LOOK;
    if (curve)
        curve(0, loss_of(s, w), context);
    while (end.status == SG_OK && !(end.field <= run->enough) && end.steps < run->most) {
        const uint64_t to = next < run->most ? next : run->most;
        end.status = sg_sim_advance(sim, &s->batch, to - end.steps);
        end.steps = to;
        next = curve && to < LOOK ? 2 * to : to + (curve && to / 8 > LOOK ? to / 8 : LOOK);
        end.field = run->backprop ? sg_log_shallow_gradient(s->dw, s, sg_sim_w(sim))
                                  : sg_log_shallow_field(s, sg_sim_w(sim), sg_sim_phi(sim));
        if (curve)
            curve(to, loss_of(s, sg_sim_w(sim)), context);
    }
    memcpy(w, sg_sim_w(sim), s->n_w * sizeof *w);
    memcpy(phi, sg_sim_phi(sim), field.sizes.phi * sizeof *phi);
    end.loss = loss_of(s, w);
    sg_sim_free(sim);
    return end;
}

struct sg_log_end sg_log_shallow_train_fitted(double *w, double *phi, struct sg_log_shallow *s,
                                              double mu, double enough, uint64_t most)
{
    struct sg_fitted *fitted = sg_sim_fitted_alloc(&s->field, &s->batch, w, mu);
    struct sg_log_end end = {.field = HUGE_VAL};
    while (end.status == SG_OK && !(end.field <= enough) && end.steps < most) {
        end.status = sg_sim_fitted_step(fitted);
        end.steps++;
        end.field = sg_base_norm(sg_sim_fitted_dw(fitted),
                                 s->n_w); /* of the state before; dphi is rounding */
    }
    memcpy(w, sg_sim_fitted_w(fitted), s->n_w * sizeof *w);
    if (end.status == SG_OK)
        end.status = sg_sim_fitted_look(fitted);
    memcpy(phi, sg_sim_fitted_phi(fitted), s->n_phi * sizeof *phi);
    end.loss = loss_of(s, w);
    end.field = sg_log_shallow_field(s, w, phi);
    sg_sim_fitted_free(fitted);
    return end;
}

/* ---- what J says ---------------------------------------------------------------------------- */

static double *jacobian_at(struct sg_lab *lab, const struct sg_log_shallow *s,
                           const struct sg_log_point *point, size_t rows)
{
    const size_t size = sg_closed_log_joint_size(s->data);
    double *state = SG_TAKE(lab, size, double), *j = SG_TAKE(lab, rows * size, double);
    memcpy(state, point->w, s->n_w * sizeof *state);
    memcpy(state + s->n_w, point->phi, (size - s->n_w) * sizeof *state);
    sg_closed_log_joint_jacobian(j, s->data, state);
    return j;
}

static double least_singular(struct sg_lab *lab, const struct sg_log_shallow *s,
                             const struct sg_log_point *point)
{
    const size_t size = sg_closed_log_joint_size(s->data), m = s->m;
    const size_t rows = size + (m > 1 ? size / m : 0);
    double *j = jacobian_at(lab, s, point, rows), *sigma = SG_TAKE(lab, size, double),
           least = SG_NAN;
    for (size_t r = 0; r < rows - size; r++)
        for (size_t o = 0; o < m; o++)
            j[(size + r) * size + r * m + o] = 1;
    if (sg_lab_try(lab, sg_base_singular_values(sigma, j, rows, size)))
        for (size_t k = 0; k < size; k++)
            if (sigma[k] > 100 * (double)size * SG_UNIT_ROUNDOFF * sigma[0])
                least = sigma[k];
    return least;
}

/* J_ww - J_wphi J_phiphi^+ J_phiw. */
static double *reduced_jacobian(struct sg_lab *lab, const struct sg_log_shallow *s, const double *j,
                                size_t size)
{
    const size_t n_w = s->n_w, n_phi = size - n_w;
    double *pp = SG_TAKE(lab, n_phi * n_phi, double), *pw = SG_TAKE(lab, n_phi * n_w, double);
    double *solved = SG_TAKE(lab, n_phi * n_w, double), *reduced = SG_TAKE(lab, n_w * n_w, double);
    for (size_t r = 0; r < n_phi; r++) {
        memcpy(pw + r * n_w, j + (n_w + r) * size, n_w * sizeof *pw);
        memcpy(pp + r * n_phi, j + (n_w + r) * size + n_w, n_phi * sizeof *pp);
    }
    sg_lab_try(lab, sg_base_solve_least_squares(solved, NULL, NULL, pp, pw, n_phi, n_phi, n_w));
    for (size_t r = 0; r < n_w; r++)
        for (size_t k = 0; k < n_w; k++) {
            double sum = j[r * size + k];
            for (size_t l = 0; l < n_phi; l++)
                sum -= j[r * size + n_w + l] * solved[l * n_w + k];
            reduced[r * n_w + k] = sum;
        }
    return reduced;
}

struct sg_log_local sg_log_shallow_local(struct sg_lab *lab, const struct sg_log_shallow *s,
                                         const struct sg_log_point *point)
{
    const size_t size = sg_closed_log_joint_size(s->data), n_w = s->n_w, q = 2 * s->m + 1;
    const size_t conserved = s->m > 1 ? s->d : 0;
    const double *j = jacobian_at(lab, s, point, size),
                 *reduced = reduced_jacobian(lab, s, j, size);
    double *s_z = SG_TAKE(lab, q * q, double), *lambda_z = SG_TAKE(lab, q, double);
    double complex *lambda = SG_TAKE(lab, n_w, double complex);
    for (size_t r = 0; r < q; r++)
        for (size_t k = 0; k < q; k++)
            s_z[r * q + k] = j[(n_w + r * s->m) * size + n_w + k * s->m];
    sg_lab_try(lab, sg_base_eigen_general(lambda, NULL, reduced, n_w));
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda_z, NULL, s_z, q));
    return (struct sg_log_local){.sigma = least_singular(lab, s, point),
                                 .reduced = cabs(lambda[0]),
                                 .slowest = cabs(lambda[n_w - 1 - conserved]),
                                 .z_max = lambda_z[0]};
}

double sg_log_shallow_radius(struct sg_lab *lab, const struct sg_log_shallow *s,
                             const struct sg_log_point *point, double mu, double nu)
{
    const size_t size = sg_closed_log_joint_size(s->data);
    double *j = jacobian_at(lab, s, point, size), radius = 0;
    double complex *lambda = SG_TAKE(lab, size, double complex);
    for (size_t r = 0; r < size; r++)
        for (size_t k = 0; k < size; k++)
            j[r * size + k] = (r == k ? 1 : 0) - (r < s->n_w ? mu : nu) * j[r * size + k];
    sg_lab_try(lab, sg_base_eigen_general(lambda, NULL, j, size));
    /* m > 1: those that conservation and one-hot labels leave at 1, known to sqrt(u) (not normal)
     */
    for (size_t k = 0; k < size; k++)
        if (s->m == 1 || cabs(lambda[k] - 1) > 1e-6)
            radius = fmax(radius, cabs(lambda[k]));
    return radius;
}
