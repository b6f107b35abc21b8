/* DY3: the joint spectrum of linear regression and its SG on noisy data, and what follows from it.
 *
 * J at (w*, phi*) is [[I - mu S_x, -mu E[x z^T]], [0, I - nu S_z]]: eigenvalues {1 - mu lambda_i(S_x)} U {1 - nu lambda_j(S_z)}, each
 * m-fold; stable iff mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z); the asymptotic rate is the largest modulus. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "lab/old.h"

/* Local experiments start this far from the fixed point, relative to |w*|: what grows a hundredfold from here is still linear. */
static const double START = 1e-7;
/* The late contraction is read between these distances on the dominant left eigenvector, relative to |w*|. */
static const double EARLY = 5e-9, LATE = 5e-10;
/* Bisection stops at this relative width; a fate is undecided within ln(100) / (2 steps) of the limit. */
static const double WIDTH = 2e-4;
enum { FATE_STEPS = 10000, GRID = 27 };

static int by_real_part(const void *a, const void *b)
{
    const double complex x = *(const double complex *)a, y = *(const double complex *)b;
    return (creal(x) > creal(y)) - (creal(x) < creal(y));
}

/* Largest distance between the closed spectrum (real, ascending) and that of a matrix, both sorted by real part. */
static enum sg_status spectrum_error(double *error, double complex *lambda, const double *closed, const double *jacobian, size_t size)
{
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, jacobian, size);
    *error = status == SG_OK ? 0 : SG_NAN;
    if (status == SG_OK)
        qsort(lambda, size, sizeof *lambda, by_real_part);
    for (size_t i = 0; i < size && status == SG_OK; i++)
        *error = sg_base_max(*error, cabs(lambda[i] - closed[i]));
    return status;
}

/* Closed form, dgeev of the analytic Jacobian, dgeev of the finite-difference Jacobian of the step that the simulator runs.
 * Bauer-Fike: a matrix diagonalised by T moves its eigenvalues by at most cond(T) |E|; dgeev's |E| is of order size u |J|. */
static enum sg_status check_spectra(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial)
{
    const size_t size = s->size;
    double *closed = SG_NEW(size, double), *analytic = SG_NEW(size * size, double), *differences = SG_NEW(size * size, double);
    double complex *lambda = SG_NEW(size, double complex), *lambda_fd = SG_NEW(size, double complex);
    double error, error_fd, norm, fd_bound;
    const double condition = sg_closed_joint_condition(s->fit, s->mu, s->nu);
    sg_closed_joint_spectrum(closed, s->fit, s->mu, s->nu);
    sg_closed_joint_jacobian(analytic, &s->rows, s->fit->w, s->exact_sg, s->mu, s->nu);
    sg_shallow_to_form(analytic, s);
    sg_approx_step_jacobian(differences, &fd_bound, s->sim, s->fixed, &s->batch);
    enum sg_status status = sg_base_norm2(&norm, analytic, size, size);
    if (status == SG_OK)
        status = spectrum_error(&error, lambda, closed, analytic, size);
    if (status == SG_OK)
        status = spectrum_error(&error_fd, lambda_fd, closed, differences, size);
    if (status == SG_OK) {
        const double rounding = (double)size * SG_UNIT_ROUNDOFF * norm;
        sg_claim_bound(ev, SG_CLOSED_FORM, "spectrum: closed form against dgeev of the analytic Jacobian, largest distance", error,
                       10 * rounding * condition, "Bauer-Fike: 10 size u |J| cond(T)");
        sg_claim_bound(ev, SG_SIMULATED, "Jacobian: analytic against finite differences of the simulated step, largest entry",
                       sg_base_max_abs_diff(analytic, differences, size * size), fd_bound, "measured truncation and rounding");
        for (size_t i = 0; i < size * size; i++)
            analytic[i] -= differences[i];
        status = sg_base_norm2(&norm, analytic, size, size);
        sg_claim_bound(ev, SG_SIMULATED, "spectrum: closed form against dgeev of the finite-difference Jacobian, largest distance", error_fd,
                       condition * (10 * rounding + norm), "Bauer-Fike: cond(T) times the norm of the two Jacobians' difference");
        if (trial->figure) {
            sg_claim_series(ev, "spectrum", "closed analytic_re analytic_im difference_re difference_im");
            for (size_t i = 0; i < size; i++)
                sg_claim_point(ev, (const double[]){closed[i], creal(lambda[i]), cimag(lambda[i]), creal(lambda_fd[i]), cimag(lambda_fd[i])});
        }
    }
    free(closed);
    free(analytic);
    free(differences);
    free(lambda);
    free(lambda_fd);
    return status;
}

/* Steps that a start needs to shrink by `factor`, with room to spare; 0 where nothing shrinks. */
static double needed_to_shrink(const struct sg_shallow *s, double factor, double mu, double nu)
{
    const double rho = sg_closed_joint_radius(s->fit, mu, nu);
    return rho < 1 ? 2 * log(factor * sg_closed_joint_condition(s->fit, mu, nu)) / (1 - rho) : 0;
}

/* The case's own number where that is more. */
static uint64_t steps_to_shrink(const struct sg_shallow *s, double factor, double mu, double nu)
{
    const double needed = needed_to_shrink(s, factor, mu, nu), least = (double)s->c->train.steps;
    return (uint64_t)(needed > least ? needed : least);
}

/* Per-step contraction on the dominant left eigenvector l, between EARLY and LATE.  l (state - fixed) shrinks by rho a step but for
 *
 *   second order: the step's is at most c2 |delta|^2, c2 = (mu lambda_x + 2 nu sqrt(lambda_x lambda_z)) / 2; with D = |delta| / |l delta|, which
 *     is measured, these sum to a relative c2 D^2 early / (rho (1 - rho)) over the window;
 *   rounding: 5 u |fixed| a step (the state stored, the product, three in the gradient), over all steps 1/(1 - rho) of that, relative to what is left at LATE;
 *
 * and the rate takes the K-th root, K = ln(EARLY/LATE) / -ln rho: both enter divided by ln(EARLY/LATE). */
struct contraction { double rho, tolerance; };

static struct contraction late_contraction(struct sg_shallow *s, const double *left, const double *offset, double rho, double mu, double nu)
{
    const uint64_t limit = steps_to_shrink(s, 100 * EARLY / LATE, mu, nu);
    const double early_at = EARLY * s->w_norm, late_at = LATE * s->w_norm, top_x = s->rate_x.largest, top_z = s->rate_z.largest;
    const double second_order = (mu * top_x + 2 * nu * sqrt(top_x * top_z)) / 2;
    double early = 0, last, spread = 0;
    uint64_t from = 0;
    sg_shallow_start(s, offset, mu, nu);
    for (;;) {
        last = fabs(sg_shallow_projection(s, left));
        if (early == 0 && last <= early_at) {
            early = last;
            from = sg_sim_time(s->sim);
            spread = sg_shallow_distance(s) / last;
        }
        if (!(last > late_at) || !(last <= 1e3 * early_at) || sg_sim_time(s->sim) >= limit)
            break;
        sg_sim_step(s->sim, &s->batch);
    }
    const uint64_t steps = sg_sim_time(s->sim) - from;
    if (!(early > 0 && steps > 0))
        return (struct contraction){SG_NAN, SG_NAN};
    const double share = -log(rho) / (1 - rho) / log(early_at / late_at);
    return (struct contraction){
        .rho = pow(last / early, 1.0 / (double)steps),
        .tolerance = share * (second_order * spread * spread * early + 5 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) / late_at),
    };
}

static void check_contraction(struct sg_evidence *ev, struct sg_shallow *s, const char *what, double mu, double nu, struct sg_rng *rng)
{
    double *offset = SG_NEW(s->size, double), *left = SG_NEW(s->size, double);
    const double rho = fabs(sg_closed_joint_left(left, s->fit, mu, nu));
    sg_shallow_offset(offset, s, 10 * EARLY * s->w_norm, rng);
    for (size_t i = 0; i < s->size; i++)                  /* l . offset is at least 10 EARLY |w*| whatever the random part */
        offset[i] += 20 * EARLY * s->w_norm * left[i];
    const struct contraction measured = late_contraction(s, left, offset, rho, mu, nu);
    sg_claim_compare(ev, SG_SIMULATED, what, measured.rho, rho, measured.tolerance,
                     "second order at the window's start, rounding at its end, over ln(EARLY/LATE)");
    free(offset);
    free(left);
}

/* The fastest rate of a block is where its two ends contract alike: |1 - mu lambda| is convex in lambda, so an end is slowest. */
static void check_fastest(struct sg_evidence *ev, const struct sg_shallow *s)
{
    const struct sg_rates *rate[] = {&s->rate_x, &s->rate_z};
    double apart = 0;
    for (int k = 0; k < 2; k++) {
        const double top = fabs(1 - rate[k]->optimal * rate[k]->largest), bottom = fabs(1 - rate[k]->optimal * rate[k]->smallest);
        apart = sg_base_max(apart, sg_base_max(fabs(top - bottom), fabs(top - rate[k]->contraction)));
    }
    sg_claim_bound(ev, SG_CLOSED_FORM, "fastest rates: both ends of a spectrum contract alike, and as stated", apart, 10 * SG_UNIT_ROUNDOFF, "10 u");
}

static enum sg_status check_limit(struct sg_evidence *ev, struct sg_shallow *s, bool mu, struct sg_rng *rng)
{
    const struct sg_rates *rate = mu ? &s->rate_x : &s->rate_z;
    /* Half its limit: the other block's eigenvalues lie in [0, 1), far from the -1 where this one's fate is decided, so that no
     * transient of a nearly defective J passes for leaving. */
    const double other = (mu ? s->rate_z.critical : s->rate_x.critical) / 2;
    const uint64_t steps = s->c->train.steps < FATE_STEPS ? (uint64_t)s->c->train.steps : FATE_STEPS;
    const double condition = sg_closed_joint_condition(s->fit, mu ? rate->critical : other, mu ? other : rate->critical);
    const double tolerance = WIDTH + log(100 * condition) / (2 * (double)steps);
    const enum sg_status status = sg_shallow_can_tell(ev, tolerance);
    if (status != SG_OK)
        return status;
    double *offset = SG_NEW(s->size, double), trace = 0;
    for (size_t i = 0; i < (mu ? s->fit->d : s->fit->q); i++)
        trace += mu ? s->fit->s_x[i * s->fit->d + i] : s->fit->s_z[i * s->fit->q + i];
    /* The top eigenmode, whose fate is asked, with a third of noise. */
    sg_shallow_offset(offset, s, START * s->w_norm / 3, rng);
    for (size_t i = 0; i < (mu ? s->fit->d : s->fit->q); i++)
        offset[(mu ? i : s->fit->d + i) * s->fit->m] += START * s->w_norm * (mu ? s->fit->v_x[i * s->fit->d] : s->fit->v_z[i * s->fit->q]);
    const double found = sg_shallow_bisect(s, offset, mu, other, 1 / trace, WIDTH, steps);
    sg_claim_compare(ev, SG_SIMULATED, mu ? "mu limit, bisected on returning, over 2/lambda_max(S_x)" : "nu limit, bisected on returning, over 2/lambda_max(S_z)",
                     found / rate->critical, 1.0, tolerance, "bisection width + ln(100 cond(T)) / (2 steps)");
    free(offset);
    return SG_OK;
}

static void draw_rectangle(struct sg_evidence *ev, struct sg_shallow *s, struct sg_rng *rng)
{
    double *offset = SG_NEW(s->size, double);
    sg_shallow_offset(offset, s, START * s->w_norm, rng);
    sg_claim_series(ev, "rectangle", "mu_over_critical nu_over_critical fate radius");
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            const double a = 1.3 * ((double)i + 0.5) / GRID, b = 1.3 * ((double)j + 0.5) / GRID;
            const double mu = a * s->rate_x.critical, nu = b * s->rate_z.critical;
            sg_claim_point(ev, (const double[]){a, b, (double)sg_shallow_fate(s, offset, mu, nu, FATE_STEPS),
                                                sg_closed_joint_radius(s->fit, mu, nu)});
        }
    free(offset);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    struct sg_rng *rng = sg_claim_rng(trial, "start");
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status == SG_OK && (!sg_shallow_is_full(s, ev) || s->rate_x.zeros || s->rate_z.zeros || s->fit->realizable))
        status = SG_HYPOTHESIS;
    if (status == SG_OK)
        status = check_spectra(ev, s, trial);
    if (status == SG_OK)
        status = sg_shallow_can_wait(ev, s, needed_to_shrink(s, 100 * EARLY / LATE, s->mu, s->nu), "take rates further from 0 and from the limits");
    if (status == SG_OK)
        status = sg_shallow_can_wait(ev, s, needed_to_shrink(s, 100 * EARLY / LATE, s->rate_x.optimal, s->rate_z.optimal),
                                     "take data of a smaller condition number");
    if (status == SG_OK) {
        double *offset = SG_NEW(s->size, double);
        sg_shallow_offset(offset, s, START * s->w_norm, rng);
        const enum sg_fate fate = sg_shallow_fate(s, offset, s->mu, s->nu, steps_to_shrink(s, 100, s->mu, s->nu));
        sg_claim_fact(ev, SG_SIMULATED, "at the case's rates a start near the fixed point returns", fate == SG_RETURNS, "a hundredfold");
        free(offset);
        check_contraction(ev, s, "late contraction at the case's rates, against the spectral radius", s->mu, s->nu, rng);
        check_contraction(ev, s, "late contraction at the fastest rates, against the spectral radius", s->rate_x.optimal,
                          s->rate_z.optimal, rng);
        check_fastest(ev, s);
        status = check_limit(ev, s, true, rng);
        if (status == SG_OK)
            status = check_limit(ev, s, false, rng);
        if (status == SG_OK)
            status = sg_dy3_certify(ev, trial, s);
        if (trial->figure)
            draw_rectangle(ev, s, rng);
    }
    sg_shallow_free(s);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_dy3 = {
    .id = "DY3", .name = "dy3_joint_spectrum", .title = "joint spectrum of linear regression and its SG", .needs_data = true,
    .measure = measure,
    .statement = "Linear regression under MSE with a linear, label-conditioned SG at the output; noisy data (r* != 0), S_x and S_z nonsingular.  The "
                 "Jacobian of one joint step at (w*, A = I, B = -I, C = 0) is block triangular with the eigenvalues {1 - mu lambda_i(S_x)} and "
                 "{1 - nu lambda_j(S_z)}, z = (p*, y, 1), each m-fold.  So the fixed point is stable iff mu < 2/lambda_max(S_x) and "
                 "nu < 2/lambda_max(S_z), training contracts asymptotically by the largest modulus, and the fastest rates are "
                 "2/(lambda_max + lambda_min).",
};
