/* DY11, measured: one hidden layer with the SG on it, h = x W1, p = h W2, one output.  phi* moves
 * with W2 now, so the delayed pairs' target moves too, and nothing is proved but this: stale
 * backprop near a minimum has the limit 2 sin(pi / (2 (2 tau + 1))) / lambda_max(H), H the Hessian.
 * With delayed pairs the simulated limit is held to the spectrum of the delayed step's own Jacobian
 * where that is small enough, and drawn. */
#include <math.h>
#include <string.h>

#include "claim/dy11/parts.h"

/* Aimed at in every bisected limit: its width, and what undecided fates leave open. */
static const double AIM = 8e-3;
/* A mode that grows has left, 100 times the start, after ln(OVERLAP) e-foldings if 100/OVERLAP of
 * the start is in it: a random start, or its own. */
static const double OVERLAP_RANDOM = 1e6, OVERLAP_MODE = 1e3;
/* Eigenvalues this close to 1 belong to the fixed points beside this one (the gauge of W1 W2 and
 * more). */
static const double NEUTRAL = 1e-4;
/* Where the state is too large for a Jacobian: the rise of the growth per relative excess is taken
 * to be no smaller. */
static const double GAIN_ASSUMED = 0.2;
enum { SIZE_MOST = 100, STEPS_MOST = 1000000 };

/* One net at a global minimum: with its SG, or under backprop. */
struct net {
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_sim *sim;
    size_t n_w, size; /* of w; of (w, phi), without phi for backprop */
    double *fixed, *offset,
        *state; /* the minimum and its exact SG; where runs start from it; scratch */
    double nu;
};

struct sg_dy11_deep {
    struct sg_data rows;
    struct sg_fit *fit;
    struct sg_case bare; /* the case with no SG module */
    struct net sg, plain;
    double largest, trace, error; /* of the Hessian: lambda_max, trace, the error of the first */
};

/* ---- a net at a minimum --------------------------------------------------------------------- */

static void end_deep(void *deep)
{
    struct sg_dy11_deep *d = deep;
    sg_sim_free(d->sg.sim);
    sg_sim_free(d->plain.sim);
    sg_net_free(d->sg.net);
    sg_net_free(d->plain.net);
    sg_closed_fit_free(d->fit);
    sg_data_free(&d->rows);
}

/* W1 W2 = w*: W2 random, W1 = w* W2^T / |W2|^2 + N (I - W2 W2^T / |W2|^2);
 * phi* = (W2 W2^T; -W2^T; 0). */
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
static double half_nu(struct sg_lab *lab, const struct sg_data *rows, const double *w1, size_t k)
{
    const size_t q = k + 2, n = rows->n;
    double *z = SG_TAKE(lab, n * q, double), *h = SG_TAKE(lab, n * k, double), norm = SG_NAN;
    sg_base_mul(h, rows->x, w1, n, rows->d, k);
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, h + i * k, k * sizeof *z);
        z[i * q + k] = rows->y[i];
        z[i * q + k + 1] = rows->one[i];
    }
    sg_lab_try(lab, sg_base_norm2(&norm, z, n, q));
    return (double)n / (norm * norm);
}

static void set_timing(struct net *n, struct sg_timing timing)
{
    const struct sg_sim_spec spec = {
        .field = &n->field, .net_opt = {.rate = 1}, .sg_opt = {.rate = n->nu}, .timing = timing};
    sg_sim_free(n->sim);
    n->sim = sg_sim_alloc(&spec, n->fixed, n->fixed + n->n_w);
}

static void make_net(struct sg_lab *lab, struct net *n, const struct sg_dy11_deep *d,
                     const struct sg_case *c)
{
    const size_t k = (size_t)c->net.layers.value[0];
    struct sg_rng *rng = sg_lab_rng(lab, "deep");
    struct sg_error err;
    if (sg_case_make_arch(&n->arch, c, d->rows.d, d->rows.m, &err) != SG_OK) {
        sg_lab_stop(lab, SG_BAD_INPUT, "%s", err.text);
        return;
    }
    n->net = sg_net_alloc(&n->arch.arch);
    n->field = sg_sim_net_field(n->net, d->rows.n);
    n->batch = sg_sim_batch(&d->rows);
    n->n_w = n->field.sizes.w;
    n->size = n->n_w + n->field.sizes.phi;
    n->fixed = SG_TAKE(lab, n->n_w + (k + 2) * k, double);
    n->offset = SG_TAKE(lab, n->size, double);
    n->state = SG_TAKE(lab, n->size, double);
    put_minimum(n->fixed, d->fit, k, rng);
    sg_base_rng_direction(n->offset, n->size, rng);
    for (size_t i = 0; i < n->size; i++)
        n->offset[i] *= c->train.radius * sg_base_norm(n->fixed, n->n_w);
    n->nu = half_nu(lab, &d->rows, n->fixed, k);
}

/* The Hessian at the minimum: plain backprop at rate 1 has the Jacobian I - H.  From here on
 * backprop starts in the top eigenmode. */
static void look_at_hessian(struct sg_lab *lab, struct sg_dy11_deep *d)
{
    struct net *n = &d->plain;
    const size_t size = n->n_w;
    double *h = SG_TAKE(lab, size * size, double), *v = SG_TAKE(lab, size * size, double), bound;
    double *lambda = SG_TAKE(lab, size, double);
    const double radius = sg_base_norm(n->offset, size);
    set_timing(n, (struct sg_timing){0});
    sg_approx_step_jacobian(h, &bound, n->sim, n->fixed, &n->batch);
    for (size_t i = 0; i < size * size; i++)
        h[i] = (i % (size + 1) == 0 ? 1.0 : 0.0) - h[i];
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, v, h, size));
    for (size_t i = 0; i < size; i++) {
        d->trace += lambda[i];
        n->offset[i] = radius * v[i * size];
    }
    d->largest = lambda[0];
    d->error = (double)size * bound / lambda[0];
}

/* Whether the way of a start, up to 100 times its distance e, leaves the Hessian as it is.  With
 * J = dp/dw = (W2 x, h): |dJ| <= 2 e sqrt(lambda_max), |J| >= |W2| sqrt(lambda_max); and E[x^T r],
 * 0 at the minimum, comes to at most e lambda_max |W2| + e sqrt(lambda_max) rms(h).  So
 * H = J^T J + what E[x^T r] adds moves by at most the share (4 + 2) e / |W2|. */
static bool stays_local(struct sg_lab *lab, const struct net *n, const struct sg_dy11_deep *d)
{
    const size_t k = n->n_w / (d->rows.d + 1);
    const double w2 = sg_base_norm(n->fixed + d->rows.d * k, k);
    const double moved = 6 * 100 * sg_base_norm(n->offset, n->size) / w2;
    if (moved > AIM)
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "a start is local where its way changes the Hessian by less than %.2g of it; "
                    "here by up to %.2g; lower train.radius, or data.condition",
                    AIM, moved);
    return moved <= AIM;
}

struct sg_dy11_deep *sg_dy11_deep_make(struct sg_lab *lab)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_dy11_deep *d = SG_TAKE(lab, 1, struct sg_dy11_deep);
    sg_lab_own(lab, d, end_deep);
    if (trial->c->net.layers.n != 1 || trial->data->m != 1) {
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "experiment = \"deep\" is on one hidden layer and one output; here there are "
                    "%zu and %zu",
                    trial->c->net.layers.n, trial->data->m);
        return d;
    }
    if (trial->c->train.radius < 1e-11 || trial->c->train.radius > 1e-6) {
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "a start is local, and above rounding, at a radius from 1e-11 to 1e-6; here it "
                    "is %.2g; change train.radius",
                    trial->c->train.radius);
        return d;
    }
    d->bare = *trial->c;
    d->bare.n_modules = 0;
    if (!sg_lab_try(lab, sg_data_compress(&d->rows, trial->data)) ||
        !sg_lab_try(lab, sg_closed_fit_alloc(&d->fit, &d->rows)))
        return d;
    make_net(lab, &d->sg, d, trial->c);
    make_net(lab, &d->plain, d, &d->bare);
    if (lab->status == SG_OK && stays_local(lab, &d->sg, d))
        look_at_hessian(lab, d);
    return d;
}

/* ---- limits --------------------------------------------------------------------------------- */

struct run {
    struct net *n;
    uint64_t steps;
};

/* LOW: after so many steps at rate mu it is within 100 times the start's distance. */
static enum sg_side side_of_mu(double mu, void *context)
{
    enum { LOOK_EVERY = 16 };
    const struct run *run = context;
    struct net *n = run->n;
    const double far = 100 * sg_base_norm(n->offset, n->size);
    for (size_t i = 0; i < n->size; i++)
        n->state[i] = n->fixed[i] + n->offset[i];
    sg_sim_restart(n->sim, n->state, n->state + n->n_w, mu, n->nu);
    for (uint64_t t = 0; t < run->steps; t += LOOK_EVERY) {
        if (sg_sim_advance(n->sim, &n->batch, LOOK_EVERY) != SG_OK)
            return SG_SIDE_HIGH;
        memcpy(n->state, sg_sim_w(n->sim), n->n_w * sizeof *n->state);
        if (n->size > n->n_w)
            memcpy(n->state + n->n_w, sg_sim_phi(n->sim), (n->size - n->n_w) * sizeof *n->state);
        for (size_t i = 0; i < n->size; i++)
            n->state[i] -= n->fixed[i];
        if (!(sg_base_norm(n->state, n->size) <= far))
            return SG_SIDE_HIGH;
    }
    return SG_SIDE_LOW;
}

/* From a rate halved until it stays.  NaN where it leaves at every rate. */
static double bisected(struct net *n, double from, uint64_t steps)
{
    enum { HALVINGS = 20 };
    struct run run = {n, steps};
    double low = from;
    for (int i = 0; i < HALVINGS && side_of_mu(low, &run) == SG_SIDE_HIGH; i++)
        low /= 2;
    return low > ldexp(from, -HALVINGS) ? sg_lab_bisect(side_of_mu, &run, low, AIM / 4) : SG_NAN;
}

struct jacobian {
    struct sg_lab *lab;
    struct net *n;
};

/* ln of the largest modulus at rate mu among the eigenvalues of the delayed step, those at 1 left
 * out. */
static struct sg_growth jacobian_growth(double mu, void *context)
{
    const struct jacobian *j = context;
    struct net *n = j->n;
    const size_t size = sg_sim_state_size(n->sim);
    double *jacobian = SG_TAKE(j->lab, size * size, double), *state = SG_TAKE(j->lab, size, double),
           bound;
    double complex *lambda = SG_TAKE(j->lab, size, double complex);
    struct sg_growth growth = {.rate = SG_NAN, .whole = true};
    sg_sim_restart(n->sim, n->fixed, n->fixed + n->n_w, mu, n->nu);
    sg_sim_get_state(state, n->sim);
    sg_approx_step_jacobian(jacobian, &bound, n->sim, state, &n->batch);
    if (sg_base_eigen_general(lambda, NULL, jacobian, size) == SG_OK)
        for (size_t i = 0; i < size && isnan(growth.rate); i++)
            if (cabs(lambda[i] - 1) > NEUTRAL)
                growth.rate = log(cabs(lambda[i]));
    return growth;
}

/* Steps after which a rate AIM / 2 beyond the limit has left, if the growth rises by `gain` per
 * relative excess. */
static uint64_t steps_for(double gain, double overlap)
{
    const double steps = 2 * log(overlap) / (AIM * gain);
    return steps < STEPS_MOST ? (uint64_t)steps : STEPS_MOST;
}

static double stale_backprop(struct sg_lab *lab, struct sg_dy11_deep *d, size_t tau)
{
    const double predicted = sg_closed_delay_limit(tau) / d->largest, gain = sg_delay_gain(tau);
    set_timing(&d->plain, (struct sg_timing){.net_w = (int)tau, .net_phi = (int)tau});
    const double found = bisected(&d->plain, 1 / d->trace, steps_for(gain, OVERLAP_MODE));
    sg_lab_equal(
        lab, SG_SIMULATED, "deep-stale-backprop",
        "deep, stale backprop: bisected mu over "
        "2 sin(pi/(2(2 tau + 1)))/lambda_max(H), worst tau",
        found / predicted, 1.0,
        (struct sg_tol){AIM + d->error,
                        "bisection width + ln(1e3)/(steps x d(growth)/d(ln mu)) + error of H", 0});
    return found;
}

/* The largest tau of the case whose state has a Jacobian of at most SIZE_MOST. */
static int longest_with_jacobian(struct sg_dy11_deep *d, const struct sg_case *c)
{
    int longest = 0;
    for (size_t i = 0; i < c->train.tau.n; i++) {
        set_timing(&d->sg, sg_case_timing(c, c->train.tau.value[i]));
        if (sg_sim_state_size(d->sg.sim) <= SIZE_MOST && c->train.tau.value[i] > longest)
            longest = c->train.tau.value[i];
    }
    return longest;
}

/* Returns the bisected limit.  from_jacobian: the same by the spectrum, NaN where it was not asked.
 */
static double delayed_pairs(struct sg_lab *lab, struct sg_dy11_deep *d, const struct sg_case *c,
                            int tau, double *from_jacobian)
{
    struct net *n = &d->sg;
    struct jacobian jacobian = {lab, n};
    struct sg_growth at;
    const double from = 1 / d->trace;
    set_timing(n, sg_case_timing(c, tau));
    *from_jacobian = SG_NAN;
    const bool small = sg_sim_state_size(n->sim) <= SIZE_MOST;
    const double rough = bisected(
        n, from, small ? steps_for(1, OVERLAP_RANDOM) : steps_for(GAIN_ASSUMED, OVERLAP_RANDOM));
    sg_lab_fact(lab, SG_SIMULATED, "deep-pairs-stay",
                "deep, delayed pairs: at some small mu the start stays, every tau", !isnan(rough),
                "1/trace(H) halved 20 times");
    if (!small || isnan(rough))
        return rough;
    const double root =
        sg_delay_root(&at, jacobian_growth, &jacobian, rough / 1.2, rough * 1.05, AIM / 100);
    const double above = jacobian_growth(root * (1 + AIM), &jacobian).rate;
    const double gain = (above - jacobian_growth(root * (1 - AIM), &jacobian).rate) / (2 * AIM);
    const double found = isnan(root) ? SG_NAN : bisected(n, from, steps_for(gain, OVERLAP_RANDOM));
    *from_jacobian = root;
    sg_lab_equal(lab, SG_SIMULATED, "deep-pairs",
                 sg_lab_format(lab,
                               "deep, delayed pairs: bisected mu over the limit by "
                               "the step's Jacobian, every tau of the case up to %d",
                               longest_with_jacobian(d, c)),
                 found / root, 1.0,
                 (struct sg_tol){AIM + AIM / 100 / gain,
                                 "bisection width + ln(1e6)/(steps x d(growth)/d(ln mu)), "
                                 "resolution of the root",
                                 0});
    return found;
}

void sg_dy11_deep_says(struct sg_lab *lab, struct sg_dy11_deep *d)
{
    const struct sg_case *c = lab->trial->c;
    const double unit = 2 / d->largest;
    if (lab->trial->figure)
        sg_lab_series(lab, "deep", "tau formula stale_backprop pairs pairs_by_jacobian");
    for (size_t i = 0; i < c->train.tau.n && lab->status == SG_OK; i++) {
        const int tau = c->train.tau.value[i];
        double by_jacobian;
        const double stale = stale_backprop(lab, d, (size_t)tau);
        const double pairs = delayed_pairs(lab, d, c, tau, &by_jacobian);
        if (lab->trial->figure)
            sg_lab_point(lab, (const double[]){tau, sg_closed_delay_limit((size_t)tau) / 2,
                                               stale / unit, pairs / unit, by_jacobian / unit});
    }
}
