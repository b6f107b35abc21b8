/* DY8 on random nets: the closed Jacobian is that of the step, the reduced system has the full spectrum, the spectral radius is the rate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/parts.h"

/* The contraction is read between these distances on the slowest left vector. */
static const double EARLY = 1e-6, LATE = 1e-7;
enum { DRAWS = 400 };

static size_t least_width(const struct sg_deep *deep)
{
    size_t least = deep->width[0];
    for (size_t i = 1; i <= deep->n_layers; i++)
        least = deep->width[i] < least ? deep->width[i] : least;
    return least;
}

/* ---- Jacobians ------------------------------------------------------------------------------------------------------------ */

/* Depth 2, 3, 4 by turns, any SG position, with and without an intercept; a global minimum, or a saddle of one triplet less. */
static enum sg_status check_jacobian(struct sg_evidence *ev, const struct sg_trial *trial, bool saddle, struct sg_rng *rng)
{
    const size_t N = 2 + trial->replicate % 3, keep[] = {0, 1, 2};
    struct sg_deep deep = {.n_layers = N, .at = 1 + sg_base_rng_index(rng, N), .width = {3}};
    for (size_t i = 1; i < N; i++)
        deep.width[i] = 2 + sg_base_rng_index(rng, 2);
    deep.width[N] = 2;
    struct sg_data data;
    const struct sg_gaussian spec = {.n = 24, .d = 3, .outputs = 2, .condition = 10, .noise = 0.5, .bias = trial->replicate % 2};
    enum sg_status status = sg_data_make_gaussian(&data, &spec, rng);
    if (status != SG_OK)
        return status;
    double *w = SG_NEW(sg_closed_deep_n_w(&deep), double), bound, bound_h;
    status = sg_closed_deep_critical_point(w, NULL, &deep, &data, keep, least_width(&deep) - saddle, rng);
    struct sg_dy8 *s = sg_dy8_alloc(&data, &deep, w, 0.1, 0.2, 1.0);
    const size_t size = s->size;
    double *closed = SG_NEW(size * size, double), *differences = SG_NEW(size * size, double), *H = SG_NEW(s->n_w * s->n_w, double);
    if (status == SG_OK) {
        sg_closed_deep_step(closed, &deep, w, s->moments, s->mu, s->nu);
        sg_approx_step_jacobian(differences, &bound, s->sim, s->fixed, &s->batch);
        sg_claim_bound(ev, SG_SIMULATED, saddle ? "saddle: joint Jacobian, closed form against finite differences of the step, largest entry"
                                                : "global minimum: joint Jacobian, closed form against finite differences of the step, largest entry",
                       sg_base_max_abs_diff(closed, differences, size * size), bound, "measured truncation and rounding");
        sg_closed_deep_hessian(H, &deep, w, s->moments);
        sg_approx_step_jacobian(differences, &bound_h, s->backprop, s->fixed, &s->batch);
        double worst = 0;
        for (size_t i = 0; i < s->n_w; i++)
            for (size_t j = 0; j < s->n_w; j++)
                worst = sg_base_max(worst, fabs((double)(i == j) - s->mu * H[i * s->n_w + j] - differences[i * size + j]));
        sg_claim_bound(ev, SG_SIMULATED, "Hessian: closed form against finite differences of the backprop step, mu times the largest entry", worst,
                       bound_h, "measured truncation and rounding");
    }
    free(w);
    free(closed);
    free(differences);
    free(H);
    sg_dy8_free(s);
    return status;
}

/* ---- spectra ----------------------------------------------------------------------------------------------------------------- */

/* Each nonzero eigenvalue of the reduced system has one of the full flow within the sum of their errors: condition number times size u |J|. */
static enum sg_status check_reduced(struct sg_evidence *ev, const struct sg_trial *trial, struct sg_rng *rng)
{
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1 + sg_base_rng_index(rng, 3), 3, 1 + sg_base_rng_index(rng, 2)}};
    const size_t d = deep.width[0], m = deep.width[2], n_w = 3 * (d + m), keep[] = {0, 1};
    const struct sg_gaussian spec = {.n = 20, .d = d, .outputs = m, .condition = d > 1 ? 10 : 1, .noise = 0.5, .bias = d > 1 && trial->replicate % 2};
    struct sg_data data;
    enum sg_status status = sg_data_make_gaussian(&data, &spec, rng);
    if (status != SG_OK)
        return status;
    const size_t full = n_w + sg_closed_deep_n_phi(&deep), r = sg_closed_deep_reduced_size(&deep), q = d + m + 1;
    double *w = SG_NEW(n_w, double), *M = SG_NEW(q * q, double), *J = SG_NEW(full * full, double), *J_r = SG_NEW(r * r, double), norm, norm_r;
    struct sg_dy8_mode *mode = SG_NEW(full, struct sg_dy8_mode), *mode_r = SG_NEW(r, struct sg_dy8_mode);
    const double kappa = exp(4 * sg_base_rng_uniform(rng) - 3);
    sg_closed_deep_moments(M, &data);
    status = sg_closed_deep_critical_point(w, NULL, &deep, &data, keep, least_width(&deep), rng);
    if (status == SG_OK) {
        sg_closed_deep_flow(J, &deep, w, M, kappa);
        status = sg_closed_deep_reduced(J_r, &deep, w, NULL, M, kappa);
    }
    if (status == SG_OK)
        status = sg_dy8_modes(mode, NULL, NULL, J, full);
    if (status == SG_OK)
        status = sg_dy8_modes(mode_r, NULL, NULL, J_r, r);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, J, full, full);
    if (status == SG_OK)
        status = sg_base_norm2(&norm_r, J_r, r, r);
    double worst = -1, worst_tolerance = 1;
    size_t nonzero = 0, nonzero_r = 0;
    for (size_t i = 0; i < full && status == SG_OK; i++)
        nonzero += cabs(mode[i].lambda) > SG_DY8_ZERO * cabs(mode[0].lambda);
    for (size_t i = 0; i < r && status == SG_OK; i++) {
        if (!(cabs(mode_r[i].lambda) > SG_DY8_ZERO * cabs(mode_r[0].lambda)))
            continue;
        nonzero_r++;
        size_t best = 0;
        for (size_t j = 1; j < full; j++)
            if (cabs(mode[j].lambda - mode_r[i].lambda) < cabs(mode[best].lambda - mode_r[i].lambda))
                best = j;
        const double err = cabs(mode[best].lambda - mode_r[i].lambda) / cabs(mode[0].lambda);
        const double tol = 10 * SG_UNIT_ROUNDOFF * ((double)full * norm * mode[best].condition + (double)r * norm_r * mode_r[i].condition) /
                           cabs(mode[0].lambda);
        if (err / tol > worst / worst_tolerance) {
            worst = err;
            worst_tolerance = tol;
        }
    }
    if (status == SG_OK) {
        sg_claim_bound(ev, SG_CLOSED_FORM, "two layers: spectrum of the reduced system against the full flow's, off zero, relative", worst,
                       fmin(worst_tolerance, 1e-10), "10 size u |J| times the eigenvalue's condition number, both");
        sg_claim_compare(ev, SG_CLOSED_FORM, "two layers: eigenvalues off zero, reduced less full", (double)nonzero_r - (double)nonzero, 0.0, 0.0,
                         "integer");
    }
    void *owned[] = {w, M, J, J_r, mode, mode_r};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    sg_data_free(&data);
    return status;
}

/* ---- the rate ------------------------------------------------------------------------------------------------------------------ */

/* Contraction a step of |l . (state - fixed)| between two distances, from factor EARLY along the right vector. */
static double contraction(struct sg_dy8 *s, const double complex *left, const double complex *right, double factor)
{
    double *offset = SG_NEW(s->size, double);
    for (size_t i = 0; i < s->size; i++)
        offset[i] = factor * EARLY * creal(right[i]);
    sg_dy8_start(s, offset);
    free(offset);
    const double from = cabs(sg_dy8_coordinate(s, left));
    double now = from;
    while (now > from * LATE / EARLY && sg_sim_time(s->sim) < 100000 && isfinite(now)) {
        sg_sim_step(s->sim, &s->batch);
        now = cabs(sg_dy8_coordinate(s, left));
    }
    return now <= from * LATE / EARLY ? pow(now / from, 1.0 / (double)sg_sim_time(s->sim)) : SG_NAN;
}

/* A net of random weights with data around it that make it a global minimum; its slowest mode off the gauge, NULL when it does not suit:
 * not stable, or slower than a thousand steps a factor e. */
static struct sg_dy8 *draw_stable(size_t *mode_at, struct sg_dy8_mode *mode, double complex *left, double complex *right, const struct sg_deep *deep,
                                  struct sg_rng *rng)
{
    const size_t d = deep->width[0], m = deep->width[deep->n_layers], n_w = sg_closed_deep_n_w(deep), size = n_w + sg_closed_deep_n_phi(deep);
    double S[4] = {1, 0.3, 0.3, 0.8}, R[4] = {0.7, 0.1, 0.1, 0.5}, P[4];
    double *w = SG_NEW(n_w, double), *J = SG_NEW(size * size, double), norm = 1;
    struct sg_data data;
    sg_base_rng_gaussians(w, n_w, rng);
    sg_closed_deep_product(P, deep, w, 0, deep->n_layers);
    struct sg_dy8 *s = NULL;
    if (sg_data_make_moments(&data, S, R, P, d, m) == SG_OK) {
        s = sg_dy8_alloc(&data, deep, w, 1.0, 2.0, 1.0);
        sg_closed_deep_flow(J, deep, w, s->moments, 2.0);
        enum sg_status status = sg_base_norm2(&norm, J, size, size);
        s->mu = 1 / norm;
        s->nu = 2 / norm;
        sg_closed_deep_step(J, deep, w, s->moments, s->mu, s->nu);
        if (status == SG_OK)
            status = sg_dy8_modes(mode, left, right, J, size);
        *mode_at = size;
        for (size_t i = 0; i < size && status == SG_OK && *mode_at == size; i++)   /* largest modulus first */
            if (cabs(mode[i].lambda - 1) > SG_DY8_ZERO)
                *mode_at = i;
        if (*mode_at == size || !(cabs(mode[*mode_at].lambda) < 1 - 1e-3)) {
            sg_dy8_free(s);
            s = NULL;
        }
    }
    free(w);
    free(J);
    return s;
}

static enum sg_status check_rate(struct sg_evidence *ev, const struct sg_trial *trial, struct sg_rng *rng)
{
    const size_t N = 2 + trial->replicate % 2;
    const struct sg_deep deep = {.n_layers = N, .at = 1 + sg_base_rng_index(rng, N), .width = {2, 2, 2, 2}};
    const size_t size = sg_closed_deep_n_w(&deep) + sg_closed_deep_n_phi(&deep);
    struct sg_dy8_mode *mode = SG_NEW(size, struct sg_dy8_mode);
    double complex *left = SG_NEW(size * size, double complex), *right = SG_NEW(size * size, double complex);
    struct sg_dy8 *s = NULL;
    size_t at = 0;
    for (size_t t = 0; t < DRAWS && !s; t++)
        s = draw_stable(&at, mode, left, right, &deep, rng);
    if (s) {
        const double rho = cabs(mode[at].lambda), whole = contraction(s, left + at * size, right + at * size, 1.0);
        const double half = contraction(s, left + at * size, right + at * size, 0.5);
        const double rounding = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, size) * mode[at].condition / (LATE / 2) / log(EARLY / LATE);
        sg_claim_compare(ev, SG_SIMULATED, "stable minimum: late contraction a step, against the spectral radius", whole, rho,
                         fmin(3 * fabs(whole - half) + rounding, 1e-6), "3 times what halving the amplitude changes, and rounding");
    } else
        snprintf(ev->note, sizeof ev->note, "no stable minimum in %d draws", DRAWS);
    free(mode);
    free(left);
    free(right);
    const bool found = s != NULL;
    sg_dy8_free(s);
    return found ? SG_OK : SG_NO_CONVERGENCE;
}

enum sg_status sg_dy8_random(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_rng *rng = sg_claim_rng(trial, "random nets");
    enum sg_status status = check_jacobian(ev, trial, false, rng);
    if (status == SG_OK)
        status = check_jacobian(ev, trial, true, rng);
    if (status == SG_OK)
        status = check_reduced(ev, trial, rng);
    if (status == SG_OK)
        status = check_rate(ev, trial, rng);
    sg_base_rng_free(rng);
    return status;
}
