/* DY8 on random nets: the closed Jacobian is that of the step, the reduced system has the full
 * spectrum, the spectral radius is the rate. */
#include <math.h>
#include <string.h>

#include "claim/dy8/parts.h"

/* The contraction is read between these distances on the slowest left vector. */
static const double EARLY = 1e-6, LATE = 1e-7;
enum { DRAWS = 400, SLOWEST_STEPS = 1000 };

static size_t least_width(const struct sg_deep *deep)
{
    size_t least = deep->width[0];
    for (size_t i = 1; i <= deep->n_layers; i++)
        least = deep->width[i] < least ? deep->width[i] : least;
    return least;
}

/* A critical point of a net on fresh data, all its triplets but `less` of the least. */
static struct sg_deep_run *draw_run(struct sg_lab *lab, const struct sg_deep *deep,
                                    const struct sg_gaussian *spec, size_t less, double mu,
                                    double nu, struct sg_rng *rng)
{
    static const size_t keep[] = {0, 1, 2};
    struct sg_data data = {0};
    double *w = SG_TAKE(lab, sg_closed_deep_n_w(deep), double);
    if (sg_lab_try(lab, sg_data_make_gaussian(&data, spec, rng)))
        sg_lab_try(lab, sg_closed_deep_critical_point(w, NULL, deep, &data, keep, least_width(deep)
                                                      - less, rng));
    struct sg_deep_run *s = NULL;
    if (lab->status == SG_OK)
        s = sg_deep_run_make(lab, &data, deep, w, mu, nu, 1.0);
    sg_data_free(&data);
    return s;
}

/* ---- Jacobians -------------------------------------------------------------------------- */

/* The Hessian by the backprop step, I - mu H. */
static void check_hessian(struct sg_lab *lab, const struct sg_deep_run *s)
{
    const size_t n = s->n_w, size = s->size;
    double *H = SG_TAKE(lab, n * n, double), *seen = SG_TAKE(lab, size * size, double), bound;
    double *closed = SG_TAKE(lab, n * n, double), *block = SG_TAKE(lab, n * n, double);
    sg_closed_deep_hessian(H, &s->deep, s->fixed, s->moments);
    sg_approx_step_jacobian(seen, &bound, s->backprop, s->fixed, &s->batch);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            closed[i * n + j] = s->mu * H[i * n + j];
            block[i * n + j] = (i == j) - seen[i * size + j];
        }
    sg_lab_same(lab, SG_SIMULATED, "hessian", "Hessian: closed form against finite differences of "
                "the backprop step, mu times the largest entry", block, closed, n * n,
                (struct sg_tol){bound, "measured truncation and rounding", 0});
}

/* Depth 2, 3, 4 by turns, any SG position, with and without an intercept; a global minimum, or a
 * saddle of one triplet less. */
static void check_jacobian(struct sg_lab *lab, bool saddle, struct sg_rng *rng)
{
    const size_t replicate = lab->trial->replicate, N = 2 + replicate % 3;
    struct sg_deep deep = {.n_layers = N, .at = 1 + sg_base_rng_index(rng, N), .width = {3}};
    for (size_t i = 1; i < N; i++)
        deep.width[i] = 2 + sg_base_rng_index(rng, 2);
    deep.width[N] = 2;
    const struct sg_gaussian spec = {.n = 24, .d = 3, .outputs = 2, .condition = 10, .noise = 0.5,
                                     .bias = replicate % 2};
    const struct sg_deep_run *s = draw_run(lab, &deep, &spec, saddle, 0.1, 0.2, rng);
    if (!s)
        return;
    double *closed = SG_TAKE(lab, s->size * s->size, double), bound;
    double *seen = SG_TAKE(lab, s->size * s->size, double);
    sg_closed_deep_step(closed, &deep, s->fixed, s->moments, s->mu, s->nu);
    sg_approx_step_jacobian(seen, &bound, s->sim, s->fixed, &s->batch);
    sg_lab_same(lab, SG_SIMULATED, saddle ? "jacobian-saddle" : "jacobian-minimum",
                saddle ? "saddle: joint Jacobian, closed form against finite differences of the "
                         "step, largest entry"
                       : "global minimum: joint Jacobian, closed form against finite differences "
                         "of the step, largest entry",
                seen, closed, s->size * s->size,
                (struct sg_tol){bound, "measured truncation and rounding", 0});
    check_hessian(lab, s);
}

/* ---- spectra ---------------------------------------------------------------------------- */

static size_t count_off_zero(const struct sg_deep_mode *mode, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += sg_deep_mode_off_zero(&mode[i]);
    return count;
}

/* Each eigenvalue off zero of the reduced system has one of the full flow within both errors. */
static void check_reduced(struct sg_lab *lab, struct sg_rng *rng)
{
    const size_t d = 1 + sg_base_rng_index(rng, 3), m = 1 + sg_base_rng_index(rng, 2);
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {d, 3, m}};
    const struct sg_gaussian spec = {.n = 20, .d = d, .outputs = m, .condition = d > 1 ? 10 : 1,
                                     .noise = 0.5, .bias = d > 1 && lab->trial->replicate % 2};
    const double kappa = exp(4 * sg_base_rng_uniform(rng) - 3);
    const struct sg_deep_run *s = draw_run(lab, &deep, &spec, 0, 1, kappa, rng);
    if (!s)
        return;
    size_t r;
    double *J = SG_TAKE(lab, s->size * s->size, double);
    struct sg_deep_mode *full = SG_TAKE(lab, s->size, struct sg_deep_mode);
    struct sg_worst worst = {0};
    sg_closed_deep_flow(J, &deep, s->fixed, s->moments, kappa);
    sg_deep_modes(lab, full, NULL, NULL, J, s->size);
    const struct sg_deep_mode *reduced = sg_dy8_reduced(lab, &r, &deep, s->fixed, NULL, s->moments,
                                                        kappa);
    for (size_t i = 0; i < r; i++) {
        size_t best = 0;
        for (size_t j = 1; j < s->size; j++)
            if (cabs(full[j].lambda - reduced[i].lambda) <
                cabs(full[best].lambda - reduced[i].lambda))
                best = j;
        if (sg_deep_mode_off_zero(&reduced[i]))
            sg_lab_keep_worst(&worst, cabs(full[best].lambda - reduced[i].lambda),
                              full[best].error + reduced[i].error);
    }
    const double largest = cabs(full[0].lambda);
    sg_lab_zero(lab, SG_CLOSED_FORM, "two-layers", "two layers: spectrum of the reduced system "
                "against the full flow's, off zero, relative", worst.error / largest,
                (struct sg_tol){worst.tolerance / largest, "10 size u |J| times the eigenvalue's "
                                "condition number, both", 1});
    sg_lab_count(lab, SG_CLOSED_FORM, "two-layers-count", "two layers: eigenvalues off zero, of "
                 "the reduced system and of the full flow", count_off_zero(reduced, r),
                 count_off_zero(full, s->size), "beyond ten of their errors");
}

/* ---- the rate --------------------------------------------------------------------------- */

/* Contraction a step of |l . (state - fixed)| between two distances, from factor EARLY along the
 * right vector. */
static double contraction(struct sg_lab *lab, struct sg_deep_run *s, const double complex *left,
                          const double complex *right, double factor)
{
    double *offset = SG_TAKE(lab, s->size, double);
    for (size_t i = 0; i < s->size; i++)
        offset[i] = factor * EARLY * creal(right[i]);
    sg_deep_run_start(s, offset);
    const double from = cabs(sg_deep_run_coordinate(s, left));
    double now = from;
    while (now > from * LATE / EARLY && sg_sim_time(s->sim) < 100 * SLOWEST_STEPS) {
        sg_sim_step(s->sim, &s->batch);
        now = cabs(sg_deep_run_coordinate(s, left));
    }
    return now <= from * LATE / EARLY ? pow(now / from, 1.0 / (double)sg_sim_time(s->sim)) : SG_NAN;
}

/* Random weights with data around them that make them a global minimum, at rates 1/|J|.  The
 * slowest mode off the gauge; `size` where it does not suit: not stable, or slower than
 * SLOWEST_STEPS steps a factor e. */
static size_t draw_stable(struct sg_lab *lab, double *w, double *M, double *rate,
                          struct sg_deep_mode *mode, double complex *left, double complex *right,
                          const struct sg_deep *deep, struct sg_rng *rng)
{
    static const double S[4] = {1, 0.3, 0.3, 0.8}, R[4] = {0.7, 0.1, 0.1, 0.5};
    const size_t n_w = sg_closed_deep_n_w(deep), size = n_w + sg_closed_deep_n_phi(deep);
    double P[4], *J = SG_TAKE(lab, size * size, double), norm = SG_NAN;
    sg_base_rng_gaussians(w, n_w, rng);
    sg_closed_deep_product(P, deep, w, 0, deep->n_layers);
    sg_closed_deep_centred_moments(M, S, R, P, 2, 2);
    sg_closed_deep_flow(J, deep, w, M, 2.0);
    sg_lab_try(lab, sg_base_norm2(&norm, J, size, size));
    *rate = 1 / norm;
    sg_closed_deep_step(J, deep, w, M, *rate, 2 * *rate);
    sg_deep_modes(lab, mode, left, right, J, size);
    size_t at = 0;                                       /* largest modulus first */
    while (at < size && cabs(mode[at].lambda - 1) <= mode[at].error)
        at++;
    return at < size && cabs(mode[at].lambda) < 1 - 1.0 / SLOWEST_STEPS ? at : size;
}

/* 3 times what halving shows, and 10 u |state| on the left vector at the end, over ln(EARLY/LATE).
 * Scale: what a step takes off. */
static void check_rate(struct sg_lab *lab, struct sg_rng *rng)
{
    static const double S[4] = {1, 0.3, 0.3, 0.8}, R[4] = {0.7, 0.1, 0.1, 0.5};
    const size_t N = 2 + lab->trial->replicate % 2;
    const struct sg_deep deep = {.n_layers = N, .at = 1 + sg_base_rng_index(rng, N),
                                 .width = {2, 2, 2, 2}};
    const size_t n_w = sg_closed_deep_n_w(&deep), size = n_w + sg_closed_deep_n_phi(&deep);
    struct sg_deep_mode *mode = SG_TAKE(lab, size, struct sg_deep_mode);
    double complex *left = SG_TAKE(lab, size * size, double complex);
    double complex *right = SG_TAKE(lab, size * size, double complex);
    double *w = SG_TAKE(lab, n_w, double), M[25], P[4], rate = SG_NAN;
    struct sg_data data;
    size_t at = size;
    for (size_t t = 0; t < DRAWS && at == size && lab->status == SG_OK; t++)
        at = draw_stable(lab, w, M, &rate, mode, left, right, &deep, rng);
    if (at == size)
        sg_lab_stop(lab, SG_NO_CONVERGENCE, "no stable minimum in %d draws", DRAWS);
    sg_closed_deep_product(P, &deep, w, 0, N);
    if (lab->status != SG_OK || !sg_lab_try(lab, sg_data_make_moments(&data, S, R, P, 2, 2)))
        return;
    struct sg_deep_run *s = sg_deep_run_make(lab, &data, &deep, w, rate, 2 * rate, 1.0);
    const double complex *l = left + at * size, *r = right + at * size;
    const double whole = contraction(lab, s, l, r, 1.0), half = contraction(lab, s, l, r, 0.5);
    const double rounding = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, size) *
                            mode[at].condition / (LATE / 2) / log(EARLY / LATE);
    const double rho = cabs(mode[at].lambda);
    sg_lab_equal(lab, SG_SIMULATED, "contraction", "stable minimum: late contraction a step, "
                 "against the spectral radius", whole, rho,
                 (struct sg_tol){3 * fabs(whole - half) + rounding, "3 times what halving the "
                                 "amplitude changes, and rounding", 1 - rho});
}

void sg_dy8_random(struct sg_lab *lab)
{
    struct sg_rng *rng = sg_lab_rng(lab, "random nets");
    check_jacobian(lab, false, rng);
    check_jacobian(lab, true, rng);
    check_reduced(lab, rng);
    check_rate(lab, rng);
}
