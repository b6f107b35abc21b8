/* CP3: where the loss is zero, g is zero, and an SG that can be silent leaves the point alone, whatever it is made of.
 *
 * All seven families s = [h A] [+ y B] [+ C] at interpolating weights, with phi = 0 and with a random phi in the null space of z: the updates, a
 * run, and the same to the bit on integer data.  And how much of it is left over all phi, which is what noise takes away from the families
 * that cannot produce g. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "lab/twin.h"

enum { FAMILIES = 7, EXACT_STEPS = 100 };

static const char *const family_name[FAMILIES + 1] = {"", "h", "y", "hy", "1", "h1", "y1", "hy1"};
static const char *const basis = "dgelsd's residual, at most 10 max(n, d) u |y|; rounding by the same walk over absolute values";

/* The case with all its modules reduced to these terms. */
static struct sg_case *with_terms(const struct sg_case *c, unsigned terms)
{
    struct sg_case *reduced = sg_base_copy(c, 1, sizeof *c);
    for (size_t j = 0; j < reduced->n_modules; j++)
        reduced->module[j].terms = terms;
    return reduced;
}

/* A bound on |E[z^T g]| at weights that interpolate.  |g| at the output: dgelsd's residual, as long as it is at rounding level (10 max(n, d) u |y|,
 * what fit->realizable allows: noise must not pass for rounding); 2 d u |X| |W_1| ... |W_N| for multiplying in another order; and n + 10 d more of it
 * where W has a part in the null space of X or comes from a splitting over layers.  Below, times the layers above. */
static double silent_target(const struct sg_twin *t, const double *w)
{
    const size_t n = t->rows.n, d = t->rows.d, m = t->rows.m, N = t->chain.n_layers;
    const double again = (double)(2 * d + (N > 1 || t->fit->rank < d ? n + 10 * d : 0));
    double product = sg_base_norm(t->rows.x, n * d), squares = 0;
    for (size_t l = 0; l < N; l++)
        product *= sg_base_norm(w + sg_net_layer_offset(t->net, l), t->width[l] * t->width[l + 1]);
    const double allowed = 10 * (double)(n > d ? n : d) * SG_UNIT_ROUNDOFF * sg_base_norm(t->rows.y, n * m);
    const double g = fmin(allowed, sg_base_norm(t->fit->residual, n * m)) + again * SG_UNIT_ROUNDOFF * product;
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
        double *z = SG_NEW(n * q, double), above = 1;
        (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
        for (size_t l = t->chained[j].at; l < N; l++)
            above *= sg_base_norm(w + sg_net_layer_offset(t->net, l), t->width[l] * t->width[l + 1]);
        squares += pow(sg_base_norm(z, n * q) * g * above / (double)n, 2);
        free(z);
    }
    return sqrt(squares);
}

/* A run of `steps` from (w, phi); the state's farthest distance from there.  A step's own error e, the updates and the rounding of the state,
 * is carried on by the linearised step: |drift| <= sum_k |J^k| e, Frobenius.  Second order is smaller by a factor |drift|. */
static void run(double *drift, double *bound, struct sg_twin *t, const double *start, double mu, double nu, double e, size_t steps)
{
    const struct sg_sim_spec spec = {.field = &t->field, .net_opt = {.rate = mu}, .sg_opt = {.rate = nu}};
    const size_t size = t->n_w + t->n_phi;
    struct sg_sim *sim = sg_sim_alloc(&spec, start, start + t->n_w);
    double *jacobian = SG_NEW(size * size, double), *power = SG_NEW(size * size, double), *next = SG_NEW(size * size, double);
    double *now = SG_NEW(size, double), fd_error;
    sg_approx_step_jacobian(jacobian, &fd_error, sim, start, &t->batch);
    for (size_t i = 0; i < size; i++)
        power[i * size + i] = 1;
    sg_sim_restart(sim, start, start + t->n_w, mu, nu);
    *drift = *bound = 0;
    for (size_t k = 0; k < steps; k++) {
        sg_sim_step(sim, &t->batch);
        sg_sim_get_state(now, sim);
        for (size_t i = 0; i < size; i++)
            now[i] -= start[i];
        *drift = sg_base_max(*drift, sg_base_norm(now, size));
        *bound += e * sg_base_norm(power, size * size);
        sg_base_mul(next, power, jacobian, size, size, size);
        double *swap = power;
        power = next;
        next = swap;
    }
    sg_sim_free(sim);
    free(jacobian);
    free(power);
    free(next);
    free(now);
}

struct rates { double mu, nu; };

static struct rates rates_of(const struct sg_twin *t, const struct sg_case *c)
{
    const struct sg_rates x = sg_closed_rates(t->fit->lambda_x, t->fit->d), z = sg_closed_rates(t->fit->lambda_z, t->fit->q);
    const double of_x = c->train.units == SG_UNITS_CRITICAL ? x.critical : c->train.units == SG_UNITS_OPTIMAL ? x.optimal : 1;
    const double of_z = c->train.units == SG_UNITS_CRITICAL ? z.critical : c->train.units == SG_UNITS_OPTIMAL ? z.optimal : 1;
    return (struct rates){c->train.mu * of_x, c->train.nu * of_z};
}

/* The updates and a run from (w, phi); `length`, of what phi was drawn from in the null space of z, 0 for phi = 0. */
static void check_state(struct sg_evidence *ev, struct sg_twin *t, const struct sg_case *c, const double *state, double gradient, double length)
{
    const struct rates rate = rates_of(t, c);
    const struct sg_twin_hidden hidden = sg_twin_null_rounding(t, state, length);
    double drift, drift_bound;
    sg_twin_eval(t, state, state + t->n_w);
    const double above = t->n_lower < t->n_w ? gradient : 0;    /* layers above every SG get the true gradient, the others s */
    const double u_w = sg_base_norm(t->u_w, t->n_w) + above + hidden.w;
    const double u_phi = sg_base_norm(t->u_phi, t->n_phi) + silent_target(t, state) + hidden.phi;
    sg_claim_bound(ev, SG_CLOSED_FORM, length > 0 ? "network update, phi in the null space of z, worst family" : "network update, phi = 0, worst family",
                   sg_base_norm(t->dw, t->n_w), u_w, basis);
    sg_claim_bound(ev, SG_CLOSED_FORM, length > 0 ? "SG update, phi in the null space of z, worst family" : "SG update, phi = 0, worst family",
                   sg_base_norm(t->dphi, t->n_phi), u_phi, basis);
    const double e = hypot(rate.mu * u_w, rate.nu * u_phi) + SG_UNIT_ROUNDOFF * sg_base_norm(state, t->n_w + t->n_phi);
    run(&drift, &drift_bound, t, state, rate.mu, rate.nu, e, (size_t)c->train.steps);
    sg_claim_bound(ev, SG_SIMULATED, length > 0 ? "drift of a run, phi in the null space of z, worst family" : "drift of a run, phi = 0, worst family", drift,
                   drift_bound, "the error of a step, carried on by the powers of its Jacobian");
}

static enum sg_status check_family(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms, struct sg_rng *rng)
{
    struct sg_case *c = with_terms(trial->c, terms);
    struct sg_twin *t;
    enum sg_status status = sg_twin_alloc(&t, c, trial->data, ev);
    double *state = NULL, gradient, least, rounding;
    if (status == SG_OK) {
        state = SG_NEW(t->n_w + t->n_phi, double);
        status = sg_twin_minimum(state, &gradient, t, rng, ev);
    }
    if (status == SG_OK) {
        check_state(ev, t, c, state, gradient, 0);
        status = sg_twin_least_update(&least, &rounding, t, state);
    }
    if (status == SG_OK) {
        char what[100];
        snprintf(what, sizeof what, "joint update at the best of all phi, family %s", family_name[terms]);
        sg_claim_bound(ev, SG_CLOSED_FORM, what, least, rounding + silent_target(t, state), basis);
        status = sg_twin_null_sg(state + t->n_w, t, state, 1, rng);
        if (status == SG_OK && sg_base_norm(state + t->n_w, t->n_phi) > 1e-3)   /* else there is no null space, and phi is rounding */
            check_state(ev, t, c, state, gradient, 1);
    }
    free(state);
    sg_twin_free(t);
    free(c);
    return status;
}

/* ---- to the bit ----------------------------------------------------------------------------------------------------------- */

static void integers(double *out, size_t n, size_t size, struct sg_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (double)sg_base_rng_index(rng, 2 * size + 1) - (double)size;
}

/* A = V C, B = -C, 0: s = (h V - y) C, exactly 0; with fewer terms than h and y, phi = 0. */
static void integer_null(double *phi, const struct sg_twin *t, const double *w, struct sg_rng *rng)
{
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const struct sg_chain_module *module = &t->chained[j];
        const size_t k = t->width[module->at], m = t->rows.m;
        double *v = SG_NEW(k * m, double), *map = SG_NEW(m * k, double), *at = phi + sg_net_module_offset(t->net, j);
        if (module->h && module->y) {
            sg_closed_chain_product(v, &t->chain, w, module->at, t->chain.n_layers);
            integers(map, m * k, 2, rng);
            sg_base_mul(at, v, map, k, m, k);
            for (size_t i = 0; i < m * k; i++)
                at[k * k + i] = -map[i];
        }
        free(v);
        free(map);
    }
}

/* Does a run from (w, phi) leave every bit where it was? */
static bool keeps_bits(const struct sg_twin *t, const double *state)
{
    const struct sg_sim_spec spec = {.field = &t->field, .net_opt = {.rate = 0.3}, .sg_opt = {.rate = 0.7}};
    struct sg_sim *sim = sg_sim_alloc(&spec, state, state + t->n_w);
    const bool finite = sg_sim_advance(sim, &t->batch, EXACT_STEPS) == SG_OK;
    const bool same = finite && memcmp(sg_sim_w(sim), state, t->n_w * sizeof *state) == 0 &&
                      memcmp(sg_sim_phi(sim), state + t->n_w, t->n_phi * sizeof *state) == 0;
    sg_sim_free(sim);
    return same;
}

/* Integer x, W and phi, y = x W_1 ... W_N: every sum is exact, in any order, and p = y. */
static enum sg_status check_exact(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms, struct sg_rng *rng)
{
    struct sg_case *c = with_terms(trial->c, terms);
    struct sg_data data;
    struct sg_twin *t;
    sg_data_alloc(&data, trial->data->n, trial->data->d, trial->data->m);
    integers(data.x, data.n * data.d, 3, rng);
    integers(data.y, data.n * data.m, 3, rng);           /* any y will do to learn the shapes */
    c->train.form = SG_FORM_SAMPLE;
    enum sg_status status = sg_twin_alloc(&t, c, &data, ev);
    if (status == SG_OK) {
        double *state = SG_NEW(t->n_w + t->n_phi, double), *product = SG_NEW(data.d * data.m, double);
        integers(state, t->n_w, 2, rng);
        sg_closed_chain_product(product, &t->chain, state, 0, t->chain.n_layers);
        sg_base_mul(t->rows.y, data.x, product, data.n, data.d, data.m);
        bool same = keeps_bits(t, state);
        integer_null(state + t->n_w, t, state, rng);
        same = same && keeps_bits(t, state);
        sg_claim_fact(ev, SG_SIMULATED, "integer data, every family: a run of 100 steps leaves every bit", same, "all sums are exact");
        free(state);
        free(product);
    }
    sg_twin_free(t);
    sg_data_free(&data);
    free(c);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_rng *rng = sg_claim_rng(trial, "points");
    enum sg_status status = SG_OK;
    for (unsigned terms = 1; terms <= FAMILIES && status == SG_OK; terms++)
        status = check_family(ev, trial, terms, rng);
    for (unsigned terms = 1; terms <= FAMILIES && status == SG_OK; terms++)
        status = check_exact(ev, trial, terms, rng);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_cp3 = {
    .id = "CP3", .name = "cp3_zero_loss", .title = "points of zero loss are kept by every SG that can be silent", .needs_data = true,
    .measure = measure,
    .statement = "Let the per-sample loss be differentiable with minimum 0 (MSE is; the log loss, whose infimum is not attained, is not).  Where L = 0 "
                 "every sample's gradient vanishes, g = 0; any SG family that contains s = 0, with labels or without, keeps the point: (W, phi) with "
                 "s = 0 is a joint critical point.  At L > 0 this is lost for families that cannot produce g.",
};
