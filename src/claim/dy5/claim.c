/* DY5: with the SG's rate by exact line search and the network's by backtracking, V = E|r|^2 - E|r*|^2 + E|s - g|^2 falls strictly
 * down to rounding, and the weights end at least squares. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"

/* V without cancellation: E|r|^2 - E|r*|^2 = tr(delta^T S_x delta), delta = W - W*; E|s - g|^2 = tr(psi^T E[z^T z] psi), psi = Phi - phi*, since
 * s - g = z psi for every W.  Computed sample by sample from X delta and z psi. */
struct energy {
    const struct sg_data *rows;
    const struct sg_fit *fit;
    double *delta, *x_delta, *psi, *z_psi, *z, *exact;
};

static double energy(const double *w, const double *phi, void *context)
{
    struct energy *v = context;
    const size_t n = v->rows->n, d = v->rows->d, m = v->rows->m, q = 2 * m + 1;
    for (size_t i = 0; i < d * m; i++)
        v->delta[i] = w[i] - v->fit->w[i];
    for (size_t i = 0; i < q * m; i++)
        v->psi[i] = phi[i] - v->exact[i];
    sg_base_mul(v->x_delta, v->rows->x, v->delta, n, d, m);
    for (size_t i = 0; i < n; i++)                       /* z = (p, y, 1), p = p* + x delta */
        for (size_t j = 0; j < q; j++)
            v->z[i * q + j] = v->fit->z[i * q + j] + (j < m ? v->x_delta[i * m + j] : 0);
    sg_base_mul(v->z_psi, v->z, v->psi, n, q, m);
    return (sg_base_dot(v->x_delta, v->x_delta, n * m) + sg_base_dot(v->z_psi, v->z_psi, n * m)) / (double)n;
}

static void energy_alloc(struct energy *v, const struct sg_data *rows, const struct sg_fit *fit)
{
    const size_t n = rows->n, q = fit->q, m = rows->m;
    *v = (struct energy){rows, fit, SG_NEW(rows->d * m, double), SG_NEW(n * m, double), SG_NEW(q * m, double), SG_NEW(n * m, double),
                         SG_NEW(n * q, double), SG_NEW(q * m, double)};
    sg_closed_exact_sg(v->exact, m);
}

static void energy_free(struct energy *v)
{
    double *owned[] = {v->delta, v->x_delta, v->psi, v->z_psi, v->z, v->exact};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

/* What rounding leaves of V: x delta is off by 10 q u |x| |w|, z psi by 10 q u |z| |phi*|, each a sample; both squared. */
static double floor_of_v(const struct sg_shallow *s)
{
    const double q = (double)s->rows.n;                  /* compressed: q rows */
    const double x = 10 * q * SG_UNIT_ROUNDOFF * sqrt(s->rate_x.largest) * s->w_norm;
    const double z = 10 * q * SG_UNIT_ROUNDOFF * sqrt(s->rate_z.largest) * sg_base_norm(s->exact_sg, s->n_phi);
    return x * x + z * z;
}

/* The smallest singular value of Z / sqrt(n) now: where it vanishes, nothing bounds mu below. */
static double smallest_singular_value(const struct energy *v)
{
    double *sigma = SG_NEW(v->fit->q, double);
    const size_t n = v->rows->n, q = v->fit->q;
    const enum sg_status status = sg_base_singular_values(sigma, v->z, n, q);
    const double least = status == SG_OK ? sigma[n < q ? n - 1 : q - 1] / sqrt((double)n) : SG_NAN;
    free(sigma);
    return least;
}

struct course { bool falls, arrived; double least_mu, least_sigma, gain_error, last; uint64_t steps; };

/* V is a square of something off by sqrt(bottom), so itself off by 2 sqrt(bottom V).  Rounding level: a tenth of the first-order decrease of
 * even the largest step is no more than twice that, and whether V falls can no longer be seen. */
static bool at_rounding_level(const struct sg_search_step *step, double mu_max, double bottom)
{
    return 0.1 * (mu_max * step->gradient2 + step->gain) <= 4 * sqrt(bottom * step->before);
}

/* Steps until V is at rounding level.  The line search is held to its closed form as it goes: at mu = 0 it lowers E|s - g|^2 by exactly D. */
static void follow(struct course *c, struct sg_evidence *ev, struct sg_searcher *searcher, struct energy *v, double bottom, double mu_max,
                   uint64_t limit, bool draw)
{
    const size_t n_w = v->rows->d * v->rows->m;
    struct sg_search_step step;
    double *w = SG_NEW(n_w, double);
    *c = (struct course){.falls = true, .least_mu = HUGE_VAL, .least_sigma = HUGE_VAL};
    c->last = energy(sg_sim_searcher_w(searcher), sg_sim_searcher_phi(searcher), v);
    while (c->falls && !c->arrived && c->steps < limit) {
        memcpy(w, sg_sim_searcher_w(searcher), n_w * sizeof *w);
        const enum sg_status status = sg_sim_searcher_step(&step, searcher);
        c->arrived = isfinite(mu_max) && at_rounding_level(&step, mu_max, bottom);
        if (c->arrived)
            break;
        c->falls = status == SG_OK && step.after < step.before;
        c->last = step.after;
        c->least_mu = fmin(c->least_mu, step.mu);
        const double at_zero = energy(w, sg_sim_searcher_phi(searcher), v);
        c->gain_error = sg_base_max(c->gain_error, fabs(step.before - at_zero - step.gain) / (4 * sqrt(bottom * step.before)));
        energy(sg_sim_searcher_w(searcher), sg_sim_searcher_phi(searcher), v);
        const double sigma = smallest_singular_value(v);
        c->least_sigma = fmin(c->least_sigma, sigma);
        if (draw)
            sg_claim_point(ev, (const double[]){(double)c->steps, step.after, step.mu, sigma});
        c->steps++;
    }
    free(w);
}

static struct sg_searcher *searcher_at(const struct sg_shallow *s, struct energy *v, const double *w, const double *phi)
{
    const struct sg_search_spec spec = {.net = s->net, .batch = &s->batch, .mu_max = s->mu,
                                        .fixed = s->c->train.search == SG_SEARCH_FIXED, .energy = energy, .context = v};
    return sg_sim_searcher_alloc(&spec, w, phi);
}

/* From w = 0, phi = 0. */
static void check_descent(struct sg_evidence *ev, const struct sg_trial *trial, struct sg_shallow *s)
{
    struct energy v;
    energy_alloc(&v, &s->rows, s->fit);
    double *zero = SG_NEW(s->size, double);
    struct sg_searcher *searcher = searcher_at(s, &v, zero, zero);
    const double bottom = floor_of_v(s);
    struct course c;
    if (trial->figure)
        sg_claim_series(ev, "descent", "step V mu sigma_min");
    /* A fixed mu is followed until V rises or the steps are over: rounding level is where a search may stop. */
    const double mu_max = trial->c->train.search == SG_SEARCH_FIXED ? HUGE_VAL : s->mu;
    follow(&c, ev, searcher, &v, bottom, mu_max, (uint64_t)trial->c->train.steps, trial->figure);
    for (size_t i = 0; i < s->n_w; i++)
        zero[i] = sg_sim_searcher_w(searcher)[i] - s->fit->w[i];
    sg_claim_fact(ev, SG_SIMULATED, "V falls strictly in every step down to rounding level", c.falls, "exact");
    sg_claim_fact(ev, SG_SIMULATED, "V comes down to rounding level", c.arrived, "a tenth of the first-order decrease against 4 sqrt(V floor)");
    sg_claim_bound(ev, SG_SIMULATED, "final |w - w*|, w* by dgelsd", sg_base_norm(zero, s->n_w), sqrt(c.last / s->rate_x.smallest),
                   "sqrt(V at rounding level / lambda_min(S_x))");
    sg_claim_bound(ev, SG_SIMULATED, "line search: what it gains of E|s - g|^2, off its closed form |G|^4/E|ZG|^2, over rounding", c.gain_error, 1.0,
                   "4 sqrt(V floor)");
    snprintf(ev->note, sizeof ev->note, "replicate %llu: %llu steps, smallest mu %.3g of its limit, smallest singular value of Z %.3g",
             (unsigned long long)trial->replicate, (unsigned long long)c.steps, c.least_mu / s->rate_x.critical, c.least_sigma);
    sg_sim_searcher_free(searcher);
    energy_free(&v);
    free(zero);
}

/* A unit direction delta with r = x delta uncorrelated with y and 1: for S_x = I, orthogonal to w* and to the ones column's coordinate. */
static void uncorrelated_direction(double *delta, const struct sg_fit *fit, struct sg_rng *rng)
{
    const size_t d = fit->d;
    double *span = SG_NEW(d * 3, double), *q = SG_NEW(d * 3, double);
    for (size_t i = 0; i < d; i++) {
        span[i * 3] = fit->w[i];
        span[i * 3 + 1] = i + 1 == d ? 1.0 : 0.0;
        span[i * 3 + 2] = sg_base_rng_gaussian(rng);
    }
    const enum sg_status status = sg_base_qr_q(q, span, d, 3);
    for (size_t i = 0; i < d; i++)
        delta[i] = status == SG_OK ? q[i * 3 + 2] : SG_NAN;
    free(span);
    free(q);
}

/* Where the hypothesis fails.  Realizable data, S_x = I, start at distance eps from w*, its r uncorrelated with y and 1, and phi = (1 + c)(1, -1, 0), c = -3: s = -2 r points
 * uphill, [p y 1] is all but singular, and mu has to be of order V for thousands of steps.  Means of ln mu and ln V over the second half of
 * STALL steps: mu wanders by the factor of 2 that backtracking tries it in. */
enum { STALL = 500, STARTS = 3, STALL_REPLICATES = 4 };

static enum sg_status stall(double *log_mu, double *log_v, double eps, struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_gaussian spec = {.n = 60, .d = 4, .outputs = 1, .condition = 1, .noise = 0, .bias = true};
    struct sg_rng *rng = sg_claim_rng(trial, "stall");
    struct sg_data data = {0}, rows = {0};
    struct sg_fit *fit = NULL;
    enum sg_status status = sg_data_make_gaussian(&data, &spec, rng);
    if (status == SG_OK)
        status = sg_data_compress(&rows, &data);
    if (status == SG_OK)
        status = sg_closed_fit_alloc(&fit, &rows);
    if (status == SG_OK) {
        const struct sg_layer layer = {SG_DENSE, 1, false};
        const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
        const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = spec.d, .labels = 1, .n_layers = 1, .layers = &layer,
                                     .n_modules = 1, .modules = &module};
        const struct sg_batch batch = sg_sim_batch(&rows);
        struct sg_net *net = sg_net_alloc(&arch);
        struct energy v;
        double w[4] = {0}, phi[3] = {-2, 2, 0};
        energy_alloc(&v, &rows, fit);
        uncorrelated_direction(w, fit, rng);
        for (size_t i = 0; i < spec.d; i++)
            w[i] = fit->w[i] + eps * w[i];
        const struct sg_search_spec search = {.net = net, .batch = &batch, .mu_max = 1, .energy = energy, .context = &v};
        struct sg_searcher *searcher = sg_sim_searcher_alloc(&search, w, phi);
        for (int t = 0; t < STALL && status == SG_OK; t++) {
            struct sg_search_step step;
            status = sg_sim_searcher_step(&step, searcher);
            *log_mu += t >= STALL / 2 ? 2 * log(step.mu) / STALL : 0;
            *log_v += t >= STALL / 2 ? 2 * log(step.after) / STALL : 0;
            if (trial->figure && status == SG_OK)
                sg_claim_point(ev, (const double[]){eps, t, step.after, step.mu});
        }
        sg_sim_searcher_free(searcher);
        energy_free(&v);
        sg_net_free(net);
    }
    sg_closed_fit_free(fit);
    sg_data_free(&rows);
    sg_data_free(&data);
    sg_base_rng_free(rng);
    return status;
}

/* mu is of order V: the slope of ln mu against ln V between starts a hundredfold apart. */
static enum sg_status check_stall(struct sg_evidence *ev, const struct sg_trial *trial)
{
    double log_mu[STARTS] = {0}, log_v[STARTS] = {0};
    enum sg_status status = SG_OK;
    if (trial->figure)
        sg_claim_series(ev, "stall", "eps step V mu");
    for (int k = 0; k < STARTS && status == SG_OK; k++)
        status = stall(&log_mu[k], &log_v[k], pow(10, -2 - k), ev, trial);
    if (status == SG_OK) {
        const double span = log_v[0] - log_v[STARTS - 1];
        sg_claim_compare(ev, SG_SIMULATED, "hypothesis not met (realizable, c = -3): d ln mu / d ln V over 500 steps",
                         (log_mu[0] - log_mu[STARTS - 1]) / span, 1.0, log(4) / span, "mu is found by halving: a factor of 2 at either end");
    }
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status == SG_OK && (s->spectral || s->rate_x.zeros || !sg_shallow_is_full(s, ev)))
        status = SG_HYPOTHESIS;
    if (status == SG_OK)
        check_descent(ev, trial, s);
    sg_shallow_free(s);
    if (status == SG_OK && trial->replicate < STALL_REPLICATES)
        status = check_stall(ev, trial);
    return status;
}

const struct sg_claim sg_claim_dy5 = {
    .id = "DY5", .name = "dy5_line_search", .title = "convergence with line search", .needs_data = true, .measure = measure,
    .statement = "Linear regression with a linear SG at the output, the SG's step by exact line search nu = |G|^2/E|ZG|^2.  Unless the state is a solution, every "
                 "small enough network step lowers V = E|r|^2 - E|r*|^2 + E|s - g|^2 strictly.  With mu by backtracking on a sufficient decrease "
                 "V' <= V - c (mu |grad L|^2 + D), D = |G|^4/E|ZG|^2, the weights converge to least squares whenever mu stays bounded below; it does while "
                 "Z = [p y 1] stays uniformly conditioned.  The unconditional statement is open.",
};
