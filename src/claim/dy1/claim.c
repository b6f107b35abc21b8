/* DY1: gradient descent on linear regression in closed form, every mode of every step.
 *
 * V^T (W_t - W*) = (I - mu Lambda)^t V^T (W_0 - W*) for S_x = V Lambda V^T, W* from dgelsd; so W_t tends to W* plus the part of W_0
 * in the null space of X iff mu < 2/lambda_max.
 *
 * Symbols: u unit roundoff, tr = trace S_x, W_oo the limit, e_t = W_t - W*, f_t = W_t - W_oo the part that moves, |.| Frobenius,
 * rms(r) = |r| / sqrt(n), noise = sqrt(tr) rms(r*).
 *
 * Rounding in one step, as mode i sees it.  p = X W errs by d u sqrt(tr) |W| a sample (rms), and X^T takes reach_i = |X v_i| / sqrt(n) =
 * sqrt(lambda_i) of it to mode i; E[x^T r] errs by (n + 1) u sqrt(tr) rms(r), where rms(r) <= rms(r*) + sqrt(tr) |f|; subtraction and scaling
 * by 2 u of the same; the update by u |W'|.  So n + d + 3 times u (noise + tr |f| + sqrt(tr) reach_i |W|), and u |W|.
 *
 * The formula is rounded too, and its errors act like errors of a step.  LAPACK's backward errors are taken as P u, P = n + 10 d: sums over
 * the rows and C = 10 for the iteration on d columns.  V^T S_x V = Lambda + E, |E| <= P u tr, pushes by mu E V^T f; a null vector v_j that is
 * not quite one, by mu reach_i reach_j times the part that rests; the gradient at dgelsd's W* is not 0 but dX^T r* + X^T dX W*,
 * |dX| <= P u |X|; 1 - mu lambda errs by 3 u.  Together, with K = (n + d + 3) + P,
 *
 *     step_{t,i} = u (|W_t| + 3 |f_t| + mu K (noise + tr |f_t| + sqrt(tr) reach_i |W_t|)) + mu reach_i reach_null |W_oo - W*|,
 *     bound_{t+1,i} = |1 - mu lambda_i| bound_{t,i} + step_{t,i},      bound_{0,i} = d u (|W_0| + |e_0|)   (into the eigenbasis),
 *
 * that is sum_k |1 - mu lambda_i|^k times the step's error.  The spectral form keeps moments, Lambda and V^T E[x^T y], instead of rows, and
 * both err by K u without the help of an X^T: 2 sqrt(tr) for reach_i.  The comparison itself, three products with V, adds
 * d u (|W_t| + 3 |e_t|) at its own step only.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "lab/old.h"

/* Beyond the critical rate a run ends when the distance to the limit has grown this much: it will not come back. */
static const double GONE = 1e6;

/* The largest error over tolerance so far; zeroed: none yet. */
struct worst { double error, tolerance; };

/* One run at one rate. */
struct run {
    struct sg_shallow *s;
    double mu, trace, noise, size;       /* size: K above */
    double *reach, null_reach;           /* d: above; of all null vectors together */
    uint64_t steps;
    double *w_0, *limit, *w, *closed, *mode;   /* d x m: start, W_oo, simulated, closed form, scratch */
    double *bound;                       /* d: above */
    struct worst moving, resting;        /* at the step and mode of largest error over tolerance: lambda > 0, lambda = 0 */
};

/* P above. */
static double backward_error(size_t n, size_t d)
{
    return (double)(n + 10 * d);
}

static void simulated_weights(double *w, const struct sg_shallow *s)
{
    if (s->spectral)
        sg_sim_spectral_to_w(w, s->spectral, sg_sim_w(s->sim));
    else
        memcpy(w, sg_sim_w(s->sim), s->n_w * sizeof *w);
}

/* V^T (a - b), mode i in row i. */
static void modes(double *mode, double *scratch, const struct sg_fit *fit, const double *a, const double *b)
{
    for (size_t i = 0; i < fit->d * fit->m; i++)
        scratch[i] = a[i] - b[i];
    sg_base_mul_tn(mode, fit->v_x, scratch, fit->d, fit->d, fit->m);
}

static double distance(double *scratch, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = a[i] - b[i];
    return sg_base_norm(scratch, n);
}

/* Largest |1 - mu lambda_i| over the modes that move. */
static double contraction(const struct sg_shallow *s, double mu)
{
    return fmax(fabs(1 - mu * s->rate_x.largest), fabs(1 - mu * s->rate_x.smallest));
}

/* Until rho^t < u: what is left of the start is below rounding.  0: never. */
static uint64_t steps_to_rest(const struct sg_shallow *s, double mu)
{
    const double rho = contraction(s, mu);
    if (!(rho < 1))
        return 0;
    const double steps = rho > SG_UNIT_ROUNDOFF ? ceil(log(SG_UNIT_ROUNDOFF) / log(rho)) : 1;
    return steps < 1e15 ? (uint64_t)steps + 1 : (uint64_t)1e15;
}

static void compare_modes(struct run *r, double here)
{
    const struct sg_fit *fit = r->s->fit;
    const size_t moving = fit->d - r->s->rate_x.zeros;
    modes(r->mode, r->w, fit, r->w, r->closed);
    for (size_t i = 0; i < fit->d; i++) {
        const double error = sg_base_norm(r->mode + i * fit->m, fit->m), tolerance = r->bound[i] + here;
        struct worst *worst = i < moving ? &r->moving : &r->resting;
        if (isnan(worst->error))                       /* stays: no later mode makes it good */
            continue;
        if (worst->tolerance == 0 || !(error * worst->tolerance <= worst->error * tolerance))
            *worst = (struct worst){error, tolerance};
    }
}

/* One line for each mode that is due: its length in the simulation, by the formula, and the bound, all relative to its start.  Every other of
 * the first 40 steps; about 30 points on the way down to rounding; about 30 over the whole run. */
static void draw(struct sg_evidence *ev, struct run *r, uint64_t t)
{
    const struct sg_fit *fit = r->s->fit;
    const size_t m = fit->m;
    double *start = SG_NEW(fit->d * m, double);
    modes(start, r->closed, fit, r->w_0, fit->w);
    simulated_weights(r->w, r->s);
    modes(r->mode, r->closed, fit, r->w, fit->w);
    for (size_t i = 0; i < fit->d; i++) {
        const double factor = fabs(1 - r->mu * fit->lambda_x[i]), from = sg_base_norm(start + i * m, m);
        const double down = factor < 1 && factor > 0 ? log(SG_UNIT_ROUNDOFF) / log(factor) : 1;
        const uint64_t stride = (uint64_t)(fmin(down, (double)r->steps) / 30) + 1, slow = r->steps / 30 + 1;
        if ((t <= 40 && t % 2 == 0) || ((double)t <= down && t % stride == 0) || t % slow == 0)
            sg_claim_point(ev, (const double[]){(double)i, (double)t, fit->lambda_x[i] / fit->lambda_x[0], 1 - r->mu * fit->lambda_x[i],
                                                sg_base_norm(r->mode + i * m, m) / from, pow(factor, (double)t), r->bound[i] / from});
    }
    free(start);
}

/* step_{t,i} above, from |W_t|, |f_t| and |W_oo - W*|. */
static double step_error(const struct run *r, size_t i, double w, double f, double rest)
{
    const double reach = r->s->spectral ? 2 * sqrt(r->trace) : r->reach[i];
    return SG_UNIT_ROUNDOFF * (w + 3 * f + r->mu * r->size * (r->noise + r->trace * f + sqrt(r->trace) * reach * w)) +
           r->mu * r->reach[i] * r->null_reach * rest;
}

/* Steps through the run; every mode of every step against the closed form. */
static void follow(struct sg_evidence *ev, struct run *r, bool figure)
{
    const struct sg_fit *fit = r->s->fit;
    const double du = (double)fit->d * SG_UNIT_ROUNDOFF, rest = distance(r->mode, r->limit, fit->w, r->s->n_w);
    const double f_0 = distance(r->mode, r->w_0, r->limit, r->s->n_w);
    for (uint64_t t = 0;; t++) {
        sg_closed_backprop(r->closed, fit, r->w_0, r->mu, t);
        const double w = sg_base_norm(r->closed, r->s->n_w), e = distance(r->mode, r->closed, fit->w, r->s->n_w);
        const double f = distance(r->mode, r->closed, r->limit, r->s->n_w);
        for (size_t i = 0; t == 0 && i < fit->d; i++)
            r->bound[i] = du * (w + e);
        simulated_weights(r->w, r->s);
        compare_modes(r, du * (w + 3 * e));
        if (figure)
            draw(ev, r, t);
        if (t == r->steps || !(f <= GONE * f_0))
            break;
        for (size_t i = 0; i < fit->d; i++)
            r->bound[i] = fabs(1 - r->mu * fit->lambda_x[i]) * r->bound[i] + step_error(r, i, w, f, rest);
        sg_sim_step(r->s->sim, &r->s->batch);
    }
}

/* W at the run's end against dgelsd of the samples.  By mode: the bound above; what is left of the start, u |e_0|; and, where the rows are
 * not the samples, a QR and another dgelsd, together X + dX with |dX| <= 2 P u |X|: the gradient of the one at the other's limit, as for
 * W* above, over lambda_i; in the null space the angle between the two null spaces, 2 P u sqrt(tr / smallest nonzero lambda), times |e_0|. */
static enum sg_status check_limit(struct sg_evidence *ev, struct run *r, const struct sg_data *samples, const char *what)
{
    struct sg_fit *fit = NULL;
    enum sg_status status = sg_closed_fit_alloc(&fit, samples);
    if (status != SG_OK)
        return status;
    const size_t moving = fit->d - r->s->rate_x.zeros;
    const double u = SG_UNIT_ROUNDOFF, e_0 = distance(r->mode, r->w_0, fit->w, r->s->n_w), w = sg_base_norm(fit->w, r->s->n_w);
    const double size = r->s->c->train.form == SG_FORM_SAMPLE ? 0 : 2 * backward_error(samples->n, fit->d);
    double sum = 0;
    for (size_t i = 0; i < fit->d; i++) {
        const double gradient = r->noise + sqrt(r->trace) * r->reach[i] * (w + e_0);
        const double rows = i < moving ? gradient / fit->lambda_x[i] : sqrt(r->trace / r->s->rate_x.smallest) * e_0;
        const double mode = r->bound[i] + u * e_0 + size * u * rows;
        sum += mode * mode;
    }
    sg_closed_backprop_limit(r->closed, fit, r->w_0);
    simulated_weights(r->w, r->s);
    sg_claim_bound(ev, SG_SIMULATED, what, distance(r->mode, r->w, r->closed, r->s->n_w), sqrt(sum),
                   "sum over modes of rounding / (1 - |1 - mu lambda|)");
    sg_closed_fit_free(fit);
    return SG_OK;
}

/* reach_i = |X v_i| / sqrt(n).  Of a null vector it is measured, with the product's own rounding, and held below what P u allows: turned by
 * P u tr / lambda_i towards every v_i, P u tr / sqrt(smallest nonzero lambda). */
static void find_reach(struct run *r)
{
    const struct sg_shallow *s = r->s;
    const size_t n = s->rows.n, d = s->fit->d, moving = d - s->rate_x.zeros;
    const double u = SG_UNIT_ROUNDOFF, allowed = backward_error(n, d) * u * r->trace / sqrt(s->rate_x.smallest);
    double *along = SG_NEW(n * d, double);
    sg_base_mul(along, s->rows.x, s->fit->v_x, n, d, d);
    for (size_t i = 0; i < d; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += along[k * d + i] * along[k * d + i];
        r->reach[i] = fmin(sqrt(sum / (double)n) + (double)d * u * sqrt(r->trace), i < moving ? HUGE_VAL : allowed);
        r->null_reach = i < moving ? 0 : hypot(r->null_reach, r->reach[i]);
    }
    free(along);
}

static struct run run_alloc(struct sg_shallow *s, double mu)
{
    struct run r = {.s = s, .mu = mu, .w_0 = SG_NEW(s->n_w, double), .limit = SG_NEW(s->n_w, double), .w = SG_NEW(s->n_w, double),
                    .closed = SG_NEW(s->n_w, double), .mode = SG_NEW(s->n_w, double), .reach = SG_NEW(s->fit->d, double),
                    .bound = SG_NEW(s->fit->d, double)};
    const size_t n = s->rows.n, d = s->fit->d;
    for (size_t i = 0; i < d; i++)
        r.trace += s->fit->s_x[i * d + i];
    r.noise = sqrt(r.trace / (double)n) * sg_base_norm(s->fit->residual, n * s->fit->m);
    r.size = (double)(n + d + 3) + backward_error(n, d);
    find_reach(&r);
    return r;
}

static void run_free(struct run *r)
{
    double *owned[] = {r->w_0, r->limit, r->w, r->closed, r->mode, r->reach, r->bound};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

/* One rate, from a random start as far from W* as W* is from 0. */
static enum sg_status check_rate(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial, double mu, const char *rate,
                                 struct sg_rng *rng, bool figure)
{
    const uint64_t rest = steps_to_rest(s, mu), limit = (uint64_t)s->c->train.steps;
    if (rest > limit) {
        snprintf(ev->note, sizeof ev->note, "at rest only after %llu steps; raise train.steps", (unsigned long long)rest);
        return SG_HYPOTHESIS;
    }
    struct run r = run_alloc(s, mu);
    r.steps = rest ? rest : limit;                         /* no rest beyond the critical rate */
    double *offset = SG_NEW(s->size, double);
    sg_shallow_offset(offset, s, s->w_norm, rng);
    sg_shallow_start(s, offset, mu, s->nu);
    simulated_weights(r.w_0, s);
    sg_closed_backprop_limit(r.limit, s->fit, r.w_0);
    if (figure)
        sg_claim_series(ev, "modes", "mode step lambda_over_largest factor measured predicted bound");
    follow(ev, &r, figure);
    const char *basis = "rounding of a step, summed over the steps with |1 - mu lambda|^k";
    char what[sizeof ev->row->what];
    snprintf(what, sizeof what, "every mode of every step at %s, against (1 - mu lambda)^t", rate);
    sg_claim_bound(ev, SG_SIMULATED, what, r.moving.error, r.moving.tolerance, basis);
    snprintf(what, sizeof what, "null-space part of W_t at %s, against W_0's", rate);
    if (s->rate_x.zeros)
        sg_claim_bound(ev, SG_SIMULATED, what, r.resting.error, r.resting.tolerance, basis);
    snprintf(what, sizeof what, "W at rest at %s, against dgelsd plus W_0's null-space part", rate);
    const enum sg_status status = check_limit(ev, &r, trial->data, what);
    free(offset);
    run_free(&r);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    struct sg_rng *rng = sg_claim_rng(trial, "start");
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status == SG_OK)
        status = check_rate(ev, s, trial, s->mu, "the case's rate", rng, trial->figure);
    if (status == SG_OK)
        status = check_rate(ev, s, trial, s->rate_x.optimal, "the fastest rate", rng, false);
    if (status == SG_OK)
        status = check_rate(ev, s, trial, s->rate_x.critical / 2, "half the critical rate", rng, false);
    if (status == SG_OK)
        status = sg_dy1_certify(ev, trial, s);
    sg_base_rng_free(rng);
    sg_shallow_free(s);
    return status;
}

const struct sg_claim sg_claim_dy1 = {
    .id = "DY1",
    .name = "dy1_backprop",
    .title = "backprop on linear regression in closed form, mode by mode",
    .needs_data = true,
    .measure = measure,
    .statement = "Linear regression under MSE, full-batch gradient descent with rate mu, S_x = E[x x^T] = V diag(lambda) V^T.  Mode i of the "
                 "error, row i of V^T (W_t - W*), is (1 - mu lambda_i)^t times what it was at the start.  For 0 < mu < 2/lambda_max, W_t "
                 "tends to the least-squares solution of least norm plus the part of W_0 in the null space of X, which never moves; beyond "
                 "2/lambda_max it diverges.",
};
