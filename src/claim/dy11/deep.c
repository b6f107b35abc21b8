/* DY11, measured: one hidden layer with the SG on it, h = x W1, p = h W2, one output.  phi* moves with W2 now, so the delayed pairs' target
 * moves too, and nothing is proved but this: stale backprop near a minimum has the limit 2 sin(pi / (2 (2 tau + 1))) / lambda_max(H), H the
 * Hessian.  With delayed pairs the simulated limit is held to the spectrum of the delayed step's own Jacobian where that is small enough,
 * and drawn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy11/parts.h"

/* Aimed at in every bisected limit: its width, and what undecided fates leave open. */
static const double AIM = 8e-3;
/* A mode that grows has left, 100 times the start, after ln(OVERLAP) e-foldings if 100/OVERLAP of the start is in it: a random start, or its own. */
static const double OVERLAP_RANDOM = 1e6, OVERLAP_MODE = 1e3;
/* Eigenvalues this close to 1 belong to the fixed points beside this one (the gauge of W1 W2 and more). */
static const double NEUTRAL = 1e-4;
/* Where the state is too large for a Jacobian: the rise of the growth per relative excess is taken to be no smaller. */
static const double GAIN_ASSUMED = 0.2;
enum { SIZE_MOST = 100, STEPS_MOST = 1000000 };

struct deep {
    struct sg_data rows;
    struct sg_fit *fit;
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_sim *sim;
    size_t n_w, size;                 /* of w; of (w, phi), without phi for backprop */
    double *fixed, *offset, *state;   /* a global minimum and its exact SG; where runs start from it; scratch */
    double nu;
};

/* W1 W2 = w*: W2 random, W1 = w* W2^T / |W2|^2 + N (I - W2 W2^T / |W2|^2); phi* = (W2 W2^T; -W2^T; 0). */
static void put_minimum(double *state, const struct sg_fit *fit, size_t k, struct sg_rng *rng)
{
    double *w2 = state + fit->d * k, *phi = w2 + k;
    sg_base_rng_gaussians(state, fit->d * k + k, rng);
    const double norm2 = sg_base_dot(w2, w2, k);
    for (size_t i = 0; i < fit->d; i++) {
        const double missing = (fit->w[i] - sg_base_dot(state + i * k, w2, k)) / norm2;
        for (size_t j = 0; j < k; j++)
            state[i * k + j] += missing * w2[j];
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            phi[i * k + j] = w2[i] * w2[j];
    for (size_t j = 0; j < k; j++) {
        phi[k * k + j] = -w2[j];
        phi[k * k + k + j] = 0;
    }
}

/* Half of 2/lambda_max(S_z), z = (x W1, y, 1). */
static double half_nu(const struct deep *n, size_t k)
{
    const size_t q = k + 2, rows = n->rows.n;
    double *z = SG_NEW(rows * q, double), *h = SG_NEW(rows * k, double), norm;
    sg_base_mul(h, n->rows.x, n->fixed, rows, n->rows.d, k);
    for (size_t i = 0; i < rows; i++) {
        memcpy(z + i * q, h + i * k, k * sizeof *z);
        z[i * q + k] = n->rows.y[i];
        z[i * q + k + 1] = n->rows.one[i];
    }
    const enum sg_status status = sg_base_norm2(&norm, z, rows, q);
    free(z);
    free(h);
    return status == SG_OK ? (double)rows / (norm * norm) : SG_NAN;
}

static void deep_free(struct deep *n)
{
    sg_sim_free(n->sim);
    sg_net_free(n->net);
    sg_closed_fit_free(n->fit);
    sg_data_free(&n->rows);
    free(n->fixed);
    free(n->offset);
    free(n->state);
}

static enum sg_status deep_alloc(struct deep *n, const struct sg_case *c, const struct sg_trial *trial)
{
    struct sg_error err;
    *n = (struct deep){0};
    enum sg_status status = sg_data_compress(&n->rows, trial->data);
    if (status == SG_OK)
        status = sg_closed_fit_alloc(&n->fit, &n->rows);
    if (status != SG_OK || sg_case_make_arch(&n->arch, c, n->rows.d, n->rows.m, &err) != SG_OK)
        return status != SG_OK ? status : SG_HYPOTHESIS;
    const size_t k = (size_t)c->net.layers.value[0];
    struct sg_rng *rng = sg_claim_rng(trial, "deep");
    n->net = sg_net_alloc(&n->arch.arch);
    n->field = sg_sim_net_field(n->net, n->rows.n);
    n->batch = sg_sim_batch(&n->rows);
    n->n_w = n->field.sizes.w;
    n->size = n->n_w + n->field.sizes.phi;
    n->fixed = SG_NEW(n->n_w + (k + 2) * k, double);
    n->offset = SG_NEW(n->size, double);
    n->state = SG_NEW(n->size > SIZE_MOST ? n->size : SIZE_MOST, double);
    put_minimum(n->fixed, n->fit, k, rng);
    sg_base_rng_direction(n->offset, n->size, rng);
    for (size_t i = 0; i < n->size; i++)
        n->offset[i] *= c->train.radius * sg_base_norm(n->fixed, n->n_w);
    n->nu = half_nu(n, k);
    sg_base_rng_free(rng);
    return SG_OK;
}

static void deep_timing(struct deep *n, struct sg_timing timing)
{
    const struct sg_sim_spec spec = {.field = &n->field, .net_opt = {.rate = 1}, .sg_opt = {.rate = n->nu}, .timing = timing};
    sg_sim_free(n->sim);
    n->sim = sg_sim_alloc(&spec, n->fixed, n->fixed + n->n_w);
}

/* ---- limits ------------------------------------------------------------------------------------------------------------ */

static bool leaves(struct deep *n, double mu, uint64_t steps)
{
    enum { LOOK_EVERY = 16 };
    const double far = 100 * sg_base_norm(n->offset, n->size);
    for (size_t i = 0; i < n->size; i++)
        n->state[i] = n->fixed[i] + n->offset[i];
    sg_sim_restart(n->sim, n->state, n->state + n->n_w, mu, n->nu);
    for (uint64_t t = 0; t < steps; t += LOOK_EVERY) {
        if (sg_sim_advance(n->sim, &n->batch, LOOK_EVERY) != SG_OK)
            return true;
        memcpy(n->state, sg_sim_w(n->sim), n->n_w * sizeof *n->state);
        if (n->size > n->n_w)
            memcpy(n->state + n->n_w, sg_sim_phi(n->sim), (n->size - n->n_w) * sizeof *n->state);
        for (size_t i = 0; i < n->size; i++)
            n->state[i] -= n->fixed[i];
        if (!(sg_base_norm(n->state, n->size) <= far))
            return true;
    }
    return false;
}

/* Doubled until it leaves, halved until it does not, then bisection.  NaN where it leaves at every rate. */
static double bisected(struct deep *n, double from, uint64_t steps)
{
    double high = from, low;
    while (!leaves(n, high, steps))
        high *= 2;
    for (low = high / 2; leaves(n, low, steps); low /= 2) {
        high = low;
        if (low < 1e-6 * from)
            return SG_NAN;
    }
    while (high - low > AIM / 4 * high) {
        const double middle = (low + high) / 2;
        if (leaves(n, middle, steps))
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* ln of the largest modulus at rate mu among the eigenvalues of the delayed step, those at 1 left out. */
static struct sg_growth jacobian_growth(double mu, void *context)
{
    struct deep *n = context;
    const size_t size = sg_sim_state_size(n->sim);
    double *jacobian = SG_NEW(size * size, double), *state = SG_NEW(size, double), bound;
    double complex *lambda = SG_NEW(size, double complex);
    struct sg_growth growth = {.rate = SG_NAN, .whole = true};
    sg_sim_restart(n->sim, n->fixed, n->fixed + n->n_w, mu, n->nu);
    sg_sim_get_state(state, n->sim);
    sg_approx_step_jacobian(jacobian, &bound, n->sim, state, &n->batch);
    if (sg_base_eigen_general(lambda, NULL, jacobian, size) == SG_OK)
        for (size_t i = 0; i < size && isnan(growth.rate); i++)
            if (cabs(lambda[i] - 1) > NEUTRAL)
                growth.rate = log(cabs(lambda[i]));
    free(jacobian);
    free(state);
    free(lambda);
    return growth;
}

/* lambda_max(H) and trace(H): plain backprop at rate 1 has the Jacobian I - H.  From here on backprop starts in the top eigenmode. */
static enum sg_status hessian(double *largest, double *trace, double *error, struct deep *bp)
{
    const size_t size = bp->n_w;
    double *h = SG_NEW(size * size, double), *v = SG_NEW(size * size, double), *lambda = SG_NEW(size, double), bound;
    const double radius = sg_base_norm(bp->offset, size);
    deep_timing(bp, (struct sg_timing){0});
    sg_approx_step_jacobian(h, &bound, bp->sim, bp->fixed, &bp->batch);
    for (size_t i = 0; i < size * size; i++)
        h[i] = (i % (size + 1) == 0 ? 1.0 : 0.0) - h[i];
    const enum sg_status status = sg_base_eigen_symmetric(lambda, v, h, size);
    *trace = 0;
    for (size_t i = 0; i < size; i++) {
        *trace += lambda[i];
        bp->offset[i] = radius * v[i * size];
    }
    *largest = lambda[0];
    *error = (double)size * bound / lambda[0];
    free(h);
    free(v);
    free(lambda);
    return status;
}

/* Steps after which a rate AIM / 2 beyond the limit has left, if the growth rises by `gain` per relative excess. */
static uint64_t steps_for(double gain, double overlap)
{
    const double steps = 2 * log(overlap) / (AIM * gain);
    return steps < STEPS_MOST ? (uint64_t)steps : STEPS_MOST;
}

static double stale_backprop(struct sg_evidence *ev, struct deep *bp, size_t tau, double largest, double trace, double error)
{
    const double predicted = sg_closed_delay_limit(tau) / largest, gain = sg_delay_gain(tau);
    deep_timing(bp, (struct sg_timing){.net_w = (int)tau, .net_phi = (int)tau});
    const double found = bisected(bp, 1 / trace, steps_for(gain, OVERLAP_MODE));
    sg_claim_compare(ev, SG_SIMULATED, "deep, stale backprop: bisected mu over 2 sin(pi/(2(2 tau + 1)))/lambda_max(H), worst tau",
                     found / predicted, 1.0, AIM + error, "bisection width + ln(1e3)/(steps x d(growth)/d(ln mu)) + error of H");
    return found;
}

static double delayed_pairs(struct sg_evidence *ev, struct deep *n, struct sg_timing timing, double trace, double *from_jacobian)
{
    struct sg_growth at;
    deep_timing(n, timing);
    *from_jacobian = SG_NAN;
    if (sg_sim_state_size(n->sim) > SIZE_MOST)
        return bisected(n, 1 / trace, steps_for(GAIN_ASSUMED, OVERLAP_RANDOM));
    const double rough = bisected(n, 1 / trace, steps_for(1, OVERLAP_RANDOM));
    const double root = *from_jacobian = isnan(rough) ? SG_NAN : sg_delay_root(&at, jacobian_growth, n, rough / 1.2, rough * 1.05, AIM / 100);
    const double gain = isnan(root) ? SG_NAN
                                    : (jacobian_growth(root * (1 + AIM), n).rate - jacobian_growth(root * (1 - AIM), n).rate) / (2 * AIM);
    const double found = isnan(root) ? SG_NAN : bisected(n, 1 / trace, steps_for(gain, OVERLAP_RANDOM));
    sg_claim_compare(ev, SG_SIMULATED, "deep, delayed pairs: bisected mu over the limit by the step's Jacobian, worst of the short delays",
                     found / root, 1.0, AIM + AIM / 100 / gain, "bisection width + ln(1e6)/(steps x d(growth)/d(ln mu)), resolution of the root");
    return found;
}

enum sg_status sg_dy11_deep(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    struct sg_case without = *c;
    struct deep n = {0}, bp = {0};
    double largest = 0, trace = 0, error = 0;
    without.n_modules = 0;
    if (c->net.layers.n != 1 || c->n_modules != 1 || c->module[0].at != 1 || trial->data->m != 1 || c->train.form == SG_FORM_SPECTRAL ||
        c->module[0].terms != (SG_H | SG_Y | SG_ONE) || c->module[0].mix != 1) {
        snprintf(ev->note, sizeof ev->note, "deep: one hidden layer, one output, one SG, at = 1, with all its terms");
        return SG_HYPOTHESIS;
    }
    enum sg_status status = deep_alloc(&n, c, trial);
    if (status == SG_OK)
        status = deep_alloc(&bp, &without, trial);
    if (status == SG_OK)
        status = hessian(&largest, &trace, &error, &bp);
    if (trial->figure)
        sg_claim_series(ev, "deep", "tau formula stale_backprop pairs pairs_by_jacobian");
    for (size_t i = 0; i < c->train.tau.n && status == SG_OK; i++) {
        const size_t tau = (size_t)c->train.tau.value[i];
        double by_jacobian;
        const double stale = stale_backprop(ev, &bp, tau, largest, trace, error), unit = 2 / largest;
        const double pairs = delayed_pairs(ev, &n, sg_case_timing(c, (int)tau), trace, &by_jacobian);
        if (trial->figure)
            sg_claim_point(ev, (const double[]){(double)tau, sg_closed_delay_limit(tau) / 2, stale / unit, pairs / unit, by_jacobian / unit});
    }
    deep_free(&n);
    deep_free(&bp);
    return status;
}
