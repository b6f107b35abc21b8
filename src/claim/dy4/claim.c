/* DY4: realizable data, Y = X W*: every (W*, phi* + (C, -C, 0)) is a fixed point of the joint step, and which of them attract.
 *
 * C = t C_0 runs along a ray, C_0 with real eigenvalues (the largest 1) or, with two and more outputs, a complex pair 1 +- i b.  Stability is judged
 * transversally: by the distance to the family, |dW|^2 + |psi_A + psi_B|^2 / 2 + |psi_C|^2, psi = Phi - phi*. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/dy4/ray.h"

static const double CEILING = 1e-3;       /* no limit is accepted further off than this, whatever the derived tolerance says */

/* ---- that it is a family, and its spectrum ------------------------------------------------------------------------------------ */

/* One step from (W*, phi) moves by what rounding leaves: p - y is at most N u of its terms (dgelsd's residual and the product), s = (p - y) (I + C) and
 * s - g the same to the rounding of their sums; N = rows + d + q, and the states are stored to u. */
static void check_fixed(struct sg_evidence *ev, struct sg_ray *r, double t)
{
    struct sg_shallow *s = r->s;
    const struct sg_fit *fit = s->fit;
    const double N = (double)(s->rows.n + fit->d + fit->q), n = (double)s->rows.n;
    double *zero = SG_NEW(s->size, double), trace_x = 0, trace_z = 0, moved = 0;
    for (size_t i = 0; i < fit->d; i++)
        trace_x += fit->lambda_x[i];
    for (size_t i = 0; i < fit->q; i++)
        trace_z += fit->lambda_z[i];
    sg_ray_place(r->offset, r, t, zero, 0);
    sg_shallow_start(s, r->offset, s->mu, s->nu);
    memcpy(zero, sg_sim_w(s->sim), s->n_w * sizeof *zero);
    memcpy(zero + s->n_w, sg_sim_phi(s->sim), s->n_phi * sizeof *zero);
    const double stored = sg_base_norm(zero, s->size);
    sg_sim_step(s->sim, &s->batch);
    for (size_t i = 0; i < s->size; i++) {
        const double now = i < s->n_w ? ((const double *)sg_sim_w(s->sim))[i] : ((const double *)sg_sim_phi(s->sim))[i - s->n_w];
        moved = hypot(moved, now - zero[i]);
    }
    const double y = sg_base_norm(s->rows.y, s->rows.n * fit->m) / sqrt(n), phi = sg_base_norm(r->phi, s->n_phi);
    const double residual = N * SG_UNIT_ROUNDOFF * (sqrt(trace_x) * s->w_norm + 2 * y) * (1 + phi);
    sg_claim_bound(ev, SG_SIMULATED, "a step from (W*, phi* + (C, -C, 0)) moves nothing, largest move", moved,
                   (s->mu * sqrt(trace_x) + s->nu * sqrt(trace_z)) * residual + SG_UNIT_ROUNDOFF * stored, "rounding of s and of s - g: N u of their terms");
    free(zero);
}

/* The family is all there is: J - I has a null space of exactly m^2 dimensions where C + I is nonsingular. */
static enum sg_status check_dimension(struct sg_evidence *ev, struct sg_ray *r)
{
    const struct sg_shallow *s = r->s;
    double *a = sg_base_copy(r->jacobian, s->size * s->size, sizeof *a), *sigma = SG_NEW(s->size, double);
    for (size_t i = 0; i < s->size; i++)
        a[i * s->size + i] -= 1;
    const enum sg_status status = sg_base_singular_values(sigma, a, s->size, s->size);
    const double zero = 10 * (double)(s->size + s->rows.n) * SG_UNIT_ROUNDOFF * sigma[0];
    size_t null = 0;
    for (size_t i = 0; i < s->size; i++)
        null += sigma[i] <= zero;
    sg_claim_compare(ev, SG_CLOSED_FORM, "dimension of the family, from the singular values of J - I, over m^2", (double)null / (double)(s->fit->m * s->fit->m), 1,
                     0, "exact count, zero below 10 N u sigma_max");
    free(a);
    free(sigma);
    return status;
}

static enum sg_status check_jacobian(struct sg_evidence *ev, struct sg_ray *r)
{
    struct sg_shallow *s = r->s;
    const size_t size = s->size;
    double *differences = SG_NEW(size * size, double), *form = sg_base_copy(r->jacobian, size * size, sizeof *form), bound, norm, condition;
    double *state = sg_base_copy(s->fixed, size, sizeof *state);
    double complex *closed = SG_NEW(size, double complex), *found = SG_NEW(size, double complex);
    memcpy(state + s->n_w, r->phi, s->n_phi * sizeof *state);
    sg_shallow_to_form(form, s);
    sg_sim_restart(s->sim, state, state + s->n_w, s->mu, s->nu);
    sg_approx_step_jacobian(differences, &bound, s->sim, state, &s->batch);
    sg_claim_bound(ev, SG_SIMULATED, "Jacobian on the family: analytic against finite differences of the simulated step, largest entry",
                   sg_base_max_abs_diff(form, differences, size * size), bound, "measured truncation and rounding");
    enum sg_status status = sg_base_norm2(&norm, r->jacobian, size, size);
    if (r->line) {
        if (status == SG_OK)
            status = sg_closed_line_spectrum(closed, r->line, r->c, s->mu, s->nu);
        if (status == SG_OK)
            status = sg_closed_line_condition(&condition, r->line, r->c, s->mu, s->nu);
        if (status == SG_OK)
            status = sg_base_eigen_general(found, NULL, r->jacobian, size);
        if (status == SG_OK)
            sg_claim_bound(ev, SG_CLOSED_FORM, "spectrum on the family, S_x = I: closed form against dgeev of the Jacobian, largest distance",
                           sg_claim_spectrum_distance(closed, found, size), 10 * (double)size * SG_UNIT_ROUNDOFF * norm * condition * r->skew,
                           "Bauer-Fike: 10 size u |J| cond(T)");
    }
    free(differences);
    free(form);
    free(state);
    free(closed);
    free(found);
    return status;
}

/* ---- where it changes stability ------------------------------------------------------------------------------------------------ */

static enum sg_status check_limit(struct sg_evidence *ev, struct sg_ray *r, double predicted, bool upper)
{
    const double steps = (double)r->s->c->train.steps;
    double *direction = SG_NEW(r->s->size, double), *scratch = SG_NEW(r->s->size, double);
    struct sg_edge edge;
    char what[120];
    enum sg_status status = sg_ray_look_beyond(&edge, direction, r, predicted);
    const double tolerance = status == SG_OK ? (SG_RAY_WIDTH + log(100 * edge.condition) / (steps * edge.growth)) * fabs(predicted) : SG_NAN;
    if (status == SG_OK)
        status = sg_shallow_can_tell(ev, tolerance);
    if (status == SG_OK)
        status = sg_shallow_can_wait(ev, r->s, sg_ray_steps_to_shrink(r, 0.98 * predicted), "take larger rates");
    if (status == SG_OK) {
        snprintf(what, sizeof what, "%s limit of c on the %s ray, bisected on returning to the family", upper ? "upper" : "lower", r->kind);
        sg_claim_compare(ev, SG_SIMULATED, what, sg_ray_bisect(r, upper ? 1 : -1, direction), predicted, fmin(CEILING, tolerance),
                         "bisection width + ln(100 cond T) / (steps d ln|lambda|/dc), at most 1e-3");
        snprintf(what, sizeof what, "%s limit on the %s ray: 2 %% inside a start returns, 2 %% beyond it leaves", upper ? "upper" : "lower", r->kind);
        sg_claim_fact(ev, SG_SIMULATED, what,
                      sg_ray_fate(r, 0.98 * predicted, direction, scratch, sg_ray_steps_to_shrink(r, 0.98 * predicted)) == SG_RETURNS &&
                      sg_ray_fate(r, 1.02 * predicted, direction, scratch, steps) == SG_LEAVES, "a hundredfold");
    }
    free(direction);
    free(scratch);
    return status;
}

/* The limits that the theory gives.  S_x = I: by the spectrum, and as the inequalities have it; 1 not in col X, or S_x not I: -1. */
static enum sg_status predict(struct sg_evidence *ev, double *low, double *high, struct sg_ray *r)
{
    const struct sg_shallow *s = r->s;
    double explicit[2] = {-1, SG_NAN}, condition = SG_NAN;
    *low = -1;
    *high = SG_NAN;
    if (!r->line)
        return SG_OK;
    *low = sg_closed_line_limit(r->line, r->c_0, s->mu, s->nu, -1, false);
    *high = sg_closed_line_limit(r->line, r->c_0, s->mu, s->nu, 1, false);
    const bool real = r->kind[0] == 'r', inside = sg_closed_line_inside(r->line);
    if (inside && real)
        sg_closed_line_interval(&explicit[0], &explicit[1], r->line, s->mu, s->nu);
    else if (inside)
        for (int side = 0; side < 2; side++)
            explicit[side] = sg_closed_line_limit(r->line, r->c_0, s->mu, s->nu, side ? 1 : -1, true);
    enum sg_status status = SG_OK;
    for (int side = 0; side < 2 && status == SG_OK; side++) {
        const double t = side ? *high : *low;
        if (!inside && (side || !real || sg_closed_line_free_modes(r->line) == 0))
            continue;
        double *direction = SG_NEW(s->size, double);
        struct sg_edge edge;
        status = sg_ray_look_beyond(&edge, direction, r, t);
        condition = edge.condition;
        free(direction);
        sg_claim_compare(ev, SG_CLOSED_FORM, side ? "upper limit of c: the closed spectrum's against the explicit inequalities"
                                                  : "lower limit of c: the closed spectrum's against the explicit inequalities", t, explicit[side],
                         10 * SG_UNIT_ROUNDOFF * (inside ? 2 * condition : 1) * fabs(t) / edge.growth,
                         "10 u, times 2 cond(T) where a pair may decide, / (d ln|lambda|/dc)");
    }
    return status;
}

static enum sg_status check_ray(struct sg_evidence *ev, struct sg_ray *r, const struct sg_trial *trial, struct sg_rng *rng)
{
    struct sg_shallow *s = r->s;
    double low, high;
    enum sg_status status = predict(ev, &low, &high, r);
    const double place_at[] = {1.3 * low, 0.6 * low, isnan(high) ? 0.7 : 0.6 * high};
    for (size_t i = 0; i < 3 && status == SG_OK; i++) {
        sg_ray_at(r, place_at[i]);
        check_fixed(ev, r, place_at[i]);
        status = check_dimension(ev, r);
        if (status == SG_OK)
            status = check_jacobian(ev, r);
    }
    if (status != SG_OK)
        return status;
    const double at = -s->c->train.line * low;
    status = sg_shallow_can_wait(ev, s, sg_ray_steps_to_shrink(r, at), "take a place further from the limit (train.line), or larger rates");
    if (status != SG_OK)
        return status;
    double *direction = SG_NEW(s->size, double), *scratch = SG_NEW(s->size, double);
    sg_base_rng_direction(direction, s->size, rng);
    sg_claim_fact(ev, SG_SIMULATED, "a start near the family at the case's place on it returns to it",
                  sg_ray_fate(r, at, direction, scratch, sg_ray_steps_to_shrink(r, at)) == SG_RETURNS, "a hundredfold");
    free(direction);
    free(scratch);
    status = check_limit(ev, r, low, false);
    if (status == SG_OK && r->kind[0] == 'r')
        status = sg_dy4_certify(ev, trial, s, r->C_0, at, low);
    return status == SG_OK && !isnan(high) ? check_limit(ev, r, high, true) : status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    struct sg_line *line = NULL;
    struct sg_rng *rng = sg_claim_rng(trial, "line");
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status == SG_OK && (s->n_phi != s->fit->q * s->fit->m || s->arch.arch.modules[0].mix != 1.0)) {
        snprintf(ev->note, sizeof ev->note, "the claim is on an SG alone at the output: terms = \"hy1\", mix = 1.0");
        status = SG_HYPOTHESIS;
    }
    /* S_x = I has a closed spectrum; any other only the limit -1, which needs a direction of x orthogonal to y and 1. */
    if (status == SG_OK && trial->data->m <= SG_RAY_OUTPUTS_MOST) {
        status = sg_closed_line_alloc(&line, s->fit);
        if (status == SG_HYPOTHESIS && !s->rate_x.zeros && s->fit->d > s->fit->m + 1)
            status = SG_OK;
    }
    for (int pair = 0; pair < (line && s->fit->m > 1 ? 2 : 1) && status == SG_OK; pair++) {
        struct sg_ray r;
        status = sg_ray_alloc(&r, s, line, pair == 1, rng);
        if (status == SG_OK)
            status = check_ray(ev, &r, trial, rng);
        if (status == SG_OK && trial->figure && line && sg_closed_line_inside(line) && s->fit->m == 1) {
            sg_ray_draw_trajectories(ev, &r, rng);
            sg_ray_draw_moduli(ev, &r, rng);
        }
        sg_ray_free(&r);
    }
    sg_closed_line_free(line);
    sg_shallow_free(s);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_dy4 = {
    .id = "DY4",
    .name = "dy4_fixed_line",
    .title = "realizable data: a line of fixed points and where it changes stability",
    .needs_data = true,
    .measure = measure,
    .statement = "Linear regression on realizable data (Y = X W* exactly, [Y 1] of full column rank) with a linear, label-conditioned SG at the output: every "
                 "(W*, phi* + (C, -C, 0)), C any m x m matrix, is a fixed point, and there are no others.  With small rates it attracts in all other directions "
                 "if every eigenvalue c of C has Re(c) > -1, and with real c only then when x has a direction orthogonal to y and 1.  With S_x = I the "
                 "spectrum is closed: 1 - mu (1 + c), and with 1 in col X the pairs of I - [[mu (1 + c), mu], [nu a c, nu a]] for the "
                 "positive eigenvalues a of S_z, so that without such a direction the limit is Re(c) > -1 - (nu/mu) a_min; at finite rates it is exact "
                 "inequalities.",
};
