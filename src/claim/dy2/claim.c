/* DY2: weights trained by a frozen SG, s = p A + y B + C with nu = 0, in closed form: every step, the limit, and when there is one.
 *
 * Mode i of W_t - W_inf in the eigenbasis of S_x is multiplied from the right by M_i = I - mu lambda_i A each step.  So W_t converges from
 * every start iff |1 - mu lambda_i a_j| < 1 for all lambda_i > 0 and all eigenvalues a_j of A: iff mu lambda_max |a_j|^2 < 2 Re(a_j) for all j.
 *
 * Symbols: u unit roundoff, tr = trace S_x, e_t = W_t - W_inf, K the condition number of A's eigenvectors (known: A is built from them),
 * rho_i = max_j |1 - mu lambda_i a_j|, so |M_i^k| <= K rho_i^k; N = n + d + 2m + 4; |.| Frobenius; y rms over the samples;
 * S_t = sqrt(tr) |W_t| |A| + y |B| + |C|, a bound on s and on its terms, rms.
 *
 * One step errs in mode i by at most
 *
 *     step_{t,i} = u (|W_t| + 3 |e_t| + 3 mu N sqrt(tr) (S_t + sqrt(tr) |A| |e_t|) + 3 (m + 3) K E_{t,i}):
 *
 * storing W; the sums of p, s and E[x^T s]; the formula's own S_x = V Lambda V^T, an error of N u tr in mu S_x e_t A, and its limit, an error of
 * N u sqrt(tr) S in the gradient there; its power of M_i, m u of E_{t,i} = K rho_i^t |e_0| a step.  Errors travel with M_i^k:
 *
 *     bound_{t+1,i} = rho_i bound_{t,i} + K step_{t,i},      bound_{0,i} = d u (|W_0| + |e_0|)   (into the eigenbasis). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/dy2/frozen.h"

/* Eigenvalues in the right half plane: with several outputs the first two are a complex pair. */
static void draw_eigenvalues(double complex *a, size_t m, struct sg_rng *rng)
{
    for (size_t j = 0; j < m; j++)
        a[j] = 0.5 + sg_base_rng_uniform(rng);
    if (m > 1) {
        a[0] = SG_COMPLEX(creal(a[0]), creal(a[0]) * (0.5 + sg_base_rng_uniform(rng)));
        a[1] = conj(a[0]);
    }
}

static double spectral_radius(const struct sg_frozen *f, double mu, double lambda)
{
    double rho = 0;
    for (size_t j = 0; j < f->s->fit->m; j++)
        rho = fmax(rho, cabs(1 - mu * lambda * f->a[j]));
    return rho;
}

/* ---- every step ----------------------------------------------------------------------------------------------------- */

struct run {
    struct sg_frozen *f;
    double mu, trace, y, size;            /* size: N */
    uint64_t steps;
    double *w_0, *w, *closed, *mode;      /* d x m */
    double *bound;                        /* d */
    double error, tolerance;              /* at the mode and step of largest ratio */
};

static struct run run_alloc(struct sg_frozen *f, double mu)
{
    const struct sg_fit *fit = f->s->fit;
    const size_t n_w = f->s->n_w;
    struct run r = {.f = f, .mu = mu, .w_0 = SG_NEW(n_w, double), .w = SG_NEW(n_w, double), .closed = SG_NEW(n_w, double),
                    .mode = SG_NEW(n_w, double), .bound = SG_NEW(fit->d, double), .size = (double)(f->s->rows.n + fit->d + 2 * fit->m + 4)};
    for (size_t i = 0; i < fit->d; i++)
        r.trace += fit->lambda_x[i];
    r.y = sg_base_norm(f->s->rows.y, f->s->rows.n * fit->m) / sqrt((double)f->s->rows.n);
    return r;
}

static void run_free(struct run *r)
{
    free(r->w_0);
    free(r->w);
    free(r->closed);
    free(r->mode);
    free(r->bound);
}

/* S_t for weights of this length. */
static double signal(const struct run *r, double w)
{
    const size_t m = r->f->s->fit->m;
    const double *phi = r->f->phi;
    return sqrt(r->trace) * w * sg_base_norm(phi, m * m) + r->y * sg_base_norm(phi + m * m, m * m) + sg_base_norm(phi + 2 * m * m, m);
}

static void keep_worst(struct run *r, double error, double tolerance)
{
    if (isnan(r->error) || (r->tolerance != 0 && error * r->tolerance <= r->error * tolerance))   /* a NaN is worst, and stays */
        return;
    r->error = error;
    r->tolerance = tolerance;
}

static void compare_modes(struct run *r, double here)
{
    const struct sg_fit *fit = r->f->s->fit;
    sg_shallow_weights(r->w, r->f->s);
    for (size_t i = 0; i < r->f->s->n_w; i++)
        r->w[i] -= r->closed[i];
    sg_base_mul_tn(r->mode, fit->v_x, r->w, fit->d, fit->d, fit->m);
    for (size_t i = 0; i < fit->d; i++)
        keep_worst(r, sg_base_norm(r->mode + i * fit->m, fit->m), r->bound[i] + here);
}

static enum sg_status follow(struct run *r)
{
    const struct sg_frozen *f = r->f;
    const struct sg_fit *fit = f->s->fit;
    const double u = SG_UNIT_ROUNDOFF, d = (double)fit->d, a = sg_base_norm(f->phi, fit->m * fit->m);
    double e_0 = 0;
    for (uint64_t t = 0;; t++) {
        const enum sg_status status = sg_closed_frozen(r->closed, fit, r->w_0, f->phi, r->mu, t);
        if (status != SG_OK)
            return status;
        for (size_t i = 0; i < f->s->n_w; i++)
            r->mode[i] = r->closed[i] - f->limit[i];
        const double w = sg_base_norm(r->closed, f->s->n_w), e = sg_base_norm(r->mode, f->s->n_w);
        e_0 = t == 0 ? e : e_0;
        for (size_t i = 0; t == 0 && i < fit->d; i++)
            r->bound[i] = d * u * (w + e);
        compare_modes(r, d * u * (w + 3 * e));
        if (t == r->steps || !isfinite(e))
            return SG_OK;
        for (size_t i = 0; i < fit->d; i++) {
            const double rho = i < fit->rank ? spectral_radius(f, r->mu, fit->lambda_x[i]) : 1;
            const double sums = 3 * r->mu * r->size * sqrt(r->trace) * (signal(r, w) + sqrt(r->trace) * a * e);
            const double power = 3 * (double)(fit->m + 3) * f->K * fmin(e, f->K * pow(rho, (double)t) * e_0);
            r->bound[i] = rho * r->bound[i] + f->K * u * (w + 3 * e + sums + power);
        }
        sg_sim_step(f->s->sim, &f->s->batch);
    }
}

/* The run's end against dgelsd, -(W* B + w_1 C) A^{-1} with w_1 the least-squares fit of 1 by X, plus the start's null-space part.
 * By mode: the bound; K u |e_0|, what is left of the start; and what dgelsd leaves of the two gradients, dX^T r + X^T dX W with
 * |dX| <= N u |X|, over lambda_i and times |A^{-1}| <= K / min |a_j|; in the null space the angle between it and that of X + dX. */
static enum sg_status check_limit(struct sg_evidence *ev, struct run *r, const char *what)
{
    const struct sg_frozen *f = r->f;
    const struct sg_fit *fit = f->s->fit;
    const struct sg_data *rows = &f->s->rows;
    const size_t d = fit->d, m = fit->m, n = rows->n;
    const double *b = f->phi + m * m, *c = b + m * m;
    double *w_1 = SG_NEW(d, double), *fit_1 = SG_NEW(n, double), *null = SG_NEW(d * m, double), *a_t = SG_NEW(m * m, double);
    double *push_t = SG_NEW(d * m, double), *rest_t = SG_NEW(d * m, double), least = HUGE_VAL;
    enum sg_status status = sg_base_solve_least_squares(w_1, NULL, NULL, rows->x, rows->one, n, d, 1);
    sg_base_mul(fit_1, rows->x, w_1, n, d, 1);
    for (size_t i = 0; i < n; i++)
        fit_1[i] -= rows->one[i];
    sg_base_mul(r->closed, fit->w, b, d, m, m);
    for (size_t i = 0; i < d * m; i++)
        push_t[(i % m) * d + i / m] = -r->closed[i] - w_1[i / m] * c[i % m];
    for (size_t i = 0; i < m * m; i++)
        a_t[(i % m) * m + i / m] = f->phi[i];
    if (status == SG_OK)
        status = sg_base_solve(rest_t, a_t, push_t, m, d);
    sg_base_mul_tn(r->mode, fit->v_x, r->w_0, d, d, m);
    memset(r->mode, 0, fit->rank * m * sizeof *r->mode);
    sg_base_mul(null, fit->v_x, r->mode, d, d, m);
    sg_shallow_weights(r->w, f->s);
    for (size_t i = 0; i < d * m; i++) {
        const double rest = rest_t[(i % m) * d + i / m] + null[i];
        r->w[i] -= rest;
        r->mode[i] = r->w_0[i] - rest;
    }
    for (size_t j = 0; j < m; j++)
        least = fmin(least, cabs(f->a[j]));
    const double e_0 = sg_base_norm(r->mode, d * m), u = SG_UNIT_ROUNDOFF, root = sqrt((double)n);
    sg_base_mul_tn(r->mode, fit->v_x, r->w, d, d, m);
    r->tolerance = 0;
    for (size_t i = 0; i < d; i++) {
        const double reach = sqrt(fit->lambda_x[i]);
        const double of_y = (sg_base_norm(fit->residual, n * m) / root + reach * sg_base_norm(fit->w, d * m)) * sg_base_norm(b, m * m);
        const double of_1 = (sg_base_norm(fit_1, n) / root + reach * sg_base_norm(w_1, d)) * sg_base_norm(c, m);
        const double angle = sqrt(r->trace / f->s->rate_x.smallest) * (e_0 + sg_base_norm(rest_t, d * m));
        const double least_squares = i < fit->rank ? f->K / least * sqrt(r->trace) * (of_y + of_1) / fit->lambda_x[i] : angle;
        keep_worst(r, sg_base_norm(r->mode + i * m, m), r->bound[i] + u * (f->K * e_0 + r->size * least_squares));
    }
    sg_claim_bound(ev, SG_SIMULATED, what, status == SG_OK ? r->error : SG_NAN, r->tolerance,
                   "mode by mode: rounding over 1 - rho_i, and dgelsd's backward error over lambda_i");
    free(w_1);
    free(fit_1);
    free(null);
    free(a_t);
    free(push_t);
    free(rest_t);
    return status;
}

/* From a random start as far from W_inf as |w*|.  Inside until at rest, K rho^t < u; beyond, until the top mode has grown a hundredfold. */
static enum sg_status check_rate(struct sg_evidence *ev, struct sg_frozen *f, double mu, bool inside,
                                 const char *steps, const char *limit, struct sg_rng *rng)
{
    struct run r = run_alloc(f, mu);
    const struct sg_shallow *s = f->s;
    double *offset = SG_NEW(s->size, double), rho = 0;
    for (size_t i = 0; i < s->fit->rank; i++)
        rho = fmax(rho, spectral_radius(f, mu, s->fit->lambda_x[i]));
    const double most = (double)s->c->train.steps, wanted = inside ? log(f->K / SG_UNIT_ROUNDOFF) / -log(rho) : log(100 * f->K) / log(rho);
    r.steps = wanted > 0 && wanted < most ? (uint64_t)wanted + 1 : (uint64_t)most;
    sg_base_rng_direction(offset, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        offset[i] *= s->w_norm;
    sg_shallow_start(f->s, offset, mu, s->nu);
    sg_shallow_weights(r.w_0, s);
    enum sg_status status = follow(&r);
    if (status == SG_OK)
        sg_claim_bound(ev, SG_SIMULATED, steps, r.error, r.tolerance, "rounding of a step, summed over the steps with K rho^k");
    if (status == SG_OK && inside)
        status = check_limit(ev, &r, limit);
    free(offset);
    run_free(&r);
    return status;
}

/* ---- when it converges --------------------------------------------------------------------------------------------------- */

/* One eigenvalue (a pair) of A turned into the left half plane: no rate at all will do. */
static enum sg_status check_left_half_plane(struct sg_evidence *ev, const struct sg_frozen *f, struct sg_rng *rng)
{
    struct sg_shallow *s = f->s;
    double complex a[SG_FROZEN_OUTPUTS_MOST];
    struct sg_frozen left;
    size_t leaves = 0, tried = 0;
    memcpy(a, f->a, s->fit->m * sizeof *a);
    for (size_t j = 0; j < s->fit->m && j < 2; j++)      /* the reflection: -conj(a) */
        a[j] = -conj(f->a[j]);
    enum sg_status status = sg_frozen_start(&left, s, a, rng);
    double *offset = SG_NEW(s->size, double);
    if (status == SG_OK)
        status = sg_frozen_critical_offset(offset, &left, rng);
    for (int k = -4; k <= 4 && status == SG_OK; k++, tried++)
        leaves += sg_shallow_fate(s, offset, pow(10, k / 2.0) * f->critical, s->nu, (uint64_t)s->c->train.steps) == SG_LEAVES;
    sg_claim_compare(ev, SG_SIMULATED, "one eigenvalue of A with Re(a) < 0: rates out of nine, over four decades, at which the start leaves",
                     (double)leaves, (double)tried, 0, "exact count");
    free(offset);
    sg_frozen_end(&left);
    return status;
}

/* {1 - mu lambda_i a_j} against dgeev of the weights' block of the joint Jacobian: that is similar to them by V and A's eigenvectors. */
static enum sg_status check_spectrum(struct sg_evidence *ev, const struct sg_frozen *f)
{
    const struct sg_shallow *s = f->s;
    const size_t d = s->fit->d, m = s->fit->m, n_w = d * m;
    double *joint = SG_NEW(s->size * s->size, double), *block = SG_NEW(n_w * n_w, double), norm = SG_NAN;
    double complex *closed = SG_NEW(n_w, double complex), *found = SG_NEW(n_w, double complex);
    sg_closed_joint_jacobian(joint, &s->rows, f->limit, f->phi, f->critical, 0);
    for (size_t i = 0; i < n_w; i++) {
        memcpy(block + i * n_w, joint + i * s->size, n_w * sizeof *block);
        closed[i] = 1 - f->critical * s->fit->lambda_x[i / m] * f->a[i % m];
    }
    enum sg_status status = sg_base_norm2(&norm, block, n_w, n_w);
    if (status == SG_OK)
        status = sg_base_eigen_general(found, NULL, block, n_w);
    sg_claim_bound(ev, SG_CLOSED_FORM, "spectrum at the limit: 1 - mu lambda_i a_j against dgeev of the step's Jacobian, largest distance",
                   sg_claim_spectrum_distance(closed, found, n_w), 10 * (double)n_w * SG_UNIT_ROUNDOFF * norm * f->K, "Bauer-Fike: 10 d m u |J| K");
    free(joint);
    free(block);
    free(closed);
    free(found);
    return status;
}

static enum sg_status check(struct sg_evidence *ev, struct sg_frozen *f, struct sg_rng *rng)
{
    const struct sg_shallow *s = f->s;
    const double relative = s->c->train.units == SG_UNITS_ABSOLUTE ? s->mu / f->critical : s->c->train.mu;
    double found, tolerance;
    enum sg_status status = check_rate(ev, f, relative * f->critical, true, "every mode of every step at the case's rate, against powers of I - mu lambda_i A",
                                       "W at rest at the case's rate, against -(W* B + w_1 C) A^{-1} from dgelsd", rng);
    if (status == SG_OK)
        status = check_rate(ev, f, f->critical / 2, true, "every mode of every step at half the limit, against powers of I - mu lambda_i A",
                            "W at rest at half the limit, against -(W* B + w_1 C) A^{-1} from dgelsd", rng);
    if (status == SG_OK)
        status = check_rate(ev, f, 1.01 * f->critical, false, "every mode of every step 1 % beyond the limit, against powers of I - mu lambda_i A",
                            "", rng);
    if (status == SG_OK)
        status = check_spectrum(ev, f);
    if (status == SG_OK)
        status = sg_frozen_find_limit(&found, &tolerance, f, (uint64_t)s->c->train.steps, rng);
    if (status == SG_OK) {
        sg_claim_compare(ev, SG_SIMULATED, "mu limit, bisected on returning, over min_j 2 Re(a_j) / (lambda_max |a_j|^2)", found / f->critical, 1.0,
                         tolerance, "bisection width + ln(400 K) / (steps 2 cos^2 arg(a))");
        status = sg_shallow_can_tell(ev, tolerance);
    }
    if (status == SG_OK)
        status = check_left_half_plane(ev, f, rng);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    struct sg_frozen f = {0};
    double complex a[SG_FROZEN_OUTPUTS_MOST];
    struct sg_rng *rng = sg_claim_rng(trial, "frozen");
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status == SG_OK && (s->n_phi != s->fit->q * s->fit->m || s->arch.arch.modules[0].mix != 1.0)) {
        snprintf(ev->note, sizeof ev->note, "the claim is on an SG alone at the output: terms = \"hy1\", mix = 1.0");
        status = SG_HYPOTHESIS;
    }
    if (status == SG_OK) {
        draw_eigenvalues(a, s->fit->m, rng);
        status = sg_frozen_start(&f, s, a, rng);
        const bool figure = trial->figure && s->fit->m == 2;
        if (status == SG_OK && figure)
            status = sg_frozen_draw_spirals(ev, &f, rng);
        if (status == SG_OK)
            status = check(ev, &f, rng);
        if (status == SG_OK)
            status = sg_dy2_certify(ev, trial, s, f.phi, f.critical);
        if (status == SG_OK && figure)
            status = sg_frozen_draw_disc(ev, s, rng);
        sg_frozen_end(&f);
    }
    sg_shallow_free(s);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_dy2 = {
    .id = "DY2",
    .name = "dy2_frozen_sg",
    .title = "a frozen SG in closed form: when it trains, and towards what",
    .needs_data = true,
    .measure = measure,
    .statement = "Linear regression trained by a synthetic gradient s = p A + y B + C that does not learn (nu = 0), A nonsingular.  Row i of V^T (W_t - W_inf) in the "
                 "eigenbasis of S_x = E[x^T x] is what it was at the start times (I - mu lambda_i A)^t, W_inf = -S_x^+ (E[x^T y] B + E[x^T 1] C) A^{-1} plus the "
                 "part of W_0 in the null space of X.  So it converges from every start iff 0 < mu < 2 Re(a_j) / (lambda_max |a_j|^2) for every "
                 "eigenvalue a_j of A; with one output iff 0 < mu alpha lambda_max < 2.  With Re(a_j) <= 0 for some j no rate will do.",
};
