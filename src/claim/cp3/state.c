/* CP3: the updates at one state (w, phi) at interpolating weights, and a run from there. */
#include <math.h>

#include "claim/cp3/parts.h"
#include "lab/own.h"

const char sg_cp3_words[] =
    "dgelsd's residual, at most 10 max(n, d) u |y|; rounding by the same walk over absolute "
    "values; wide where rounding is no worst case";

/* A bound on |E[z^T g]| at weights that interpolate.  |g| at the output is at most
 *   dgelsd's residual, as long as it is at rounding level: 10 max(n, d) u |y|, which is what
 *     fit->realizable allows (noise must not pass for rounding);
 *   2 d u |X| |W_1| ... |W_N| for multiplying in another order;
 *   n + 10 d more of it where W has a part in the null space of X or comes from a splitting over
 *     layers.
 * Below, times the layers above. */
double sg_cp3_silent_target(const struct sg_twin *t, const double *w)
{
    const size_t n = t->rows.n, d = t->rows.d, m = t->rows.m, N = t->chain.n_layers;
    const double again = (double)(2 * d + (N > 1 || t->fit->rank < d ? n + 10 * d : 0));
    double product = sg_base_norm(t->rows.x, n * d), sum = 0;
    for (size_t l = 0; l < N; l++)
        product *= sg_base_norm(w + sg_net_layer_offset(t->net, l), t->width[l] * t->width[l + 1]);
    const double allowed =
        10 * (double)(n > d ? n : d) * SG_UNIT_ROUNDOFF * sg_base_norm(t->rows.y, n * m);
    const double g =
        fmin(allowed, sg_base_norm(t->fit->residual, n * m)) + again * SG_UNIT_ROUNDOFF * product;
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
        double *z = SG_TAKE(t->lab, n * q, double), above = 1;
        (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
        for (size_t l = t->chained[j].at; l < N; l++)
            above *=
                sg_base_norm(w + sg_net_layer_offset(t->net, l), t->width[l] * t->width[l + 1]);
        sum = hypot(sum, sg_base_norm(z, n * q) * g * above / (double)n);
    }
    return sum;
}

/* ---- a run ----------------------------------------------------------------------------------- */

struct rates {
    double mu, nu;
};

static struct rates rates_of(const struct sg_twin *t, const struct sg_case_train *train)
{
    const struct sg_rates x = sg_closed_rates(t->fit->lambda_x, t->fit->d);
    const struct sg_rates z = sg_closed_rates(t->fit->lambda_z, t->fit->q);
    return (struct rates){sg_lab_rate(train->mu, train->units, x.critical, x.optimal),
                          sg_lab_rate(train->nu, train->units, z.critical, z.optimal)};
}

/* A run from (w, phi); returns the state's farthest distance from there.  A step's own error e, the
 * updates and the rounding of the state, is carried on by the linearised step:
 * |drift| <= sum_k |J^k| e, Frobenius.  Second order is smaller by a factor |drift|. */
static double run(double *bound, struct sg_twin *t, const double *start, struct rates rate,
                  double e, int steps)
{
    const struct sg_sim_spec spec = {
        .field = &t->field, .net_opt = {.rate = rate.mu}, .sg_opt = {.rate = rate.nu}};
    const size_t size = t->n_w + t->n_phi;
    struct sg_sim *sim = sg_lab_own_sim(t->lab, sg_sim_alloc(&spec, start, start + t->n_w));
    double *J = SG_TAKE(t->lab, size * size, double), *power = SG_TAKE(t->lab, size * size, double);
    double *next = SG_TAKE(t->lab, size * size, double), *now = SG_TAKE(t->lab, size, double);
    double drift = 0, fd_error;
    sg_approx_step_jacobian(J, &fd_error, sim, start, &t->batch);
    for (size_t i = 0; i < size; i++)
        power[i * size + i] = 1;
    sg_sim_restart(sim, start, start + t->n_w, rate.mu, rate.nu);
    *bound = 0;
    for (int k = 0; k < steps; k++) {
        sg_sim_step(sim, &t->batch);
        sg_sim_get_state(now, sim);
        for (size_t i = 0; i < size; i++)
            now[i] -= start[i];
        drift = sg_base_max(drift, sg_base_norm(now, size));
        *bound += e * sg_base_norm(power, size * size);
        sg_base_mul(next, power, J, size, size, size);
        double *swap = power;
        power = next;
        next = swap;
    }
    return drift;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static const struct {
    const char *id, *what;
} row[2][3] = {{{"network-update", "network update, phi = 0, worst family"},
                {"sg-update", "SG update, phi = 0, worst family"},
                {"drift", "drift of a run, phi = 0, worst family"}},
               {{"network-update-null", "network update, phi in the null space of z, worst family"},
                {"sg-update-null", "SG update, phi in the null space of z, worst family"},
                {"drift-null", "drift of a run, phi in the null space of z, worst family"}}};

void sg_cp3_check_state(struct sg_lab *lab, struct sg_twin *t, const double *state,
                        double gradient, double length)
{
    const int null = length > 0;
    const struct rates rate = rates_of(t, &lab->trial->c->train);
    const struct sg_twin_hidden hidden = sg_twin_null_rounding(t, state, length);
    const struct sg_twin_size size = sg_twin_size(t, state);
    double bound;
    sg_twin_eval(t, state, state + t->n_w);
    /* Layers above every SG get the true gradient, the others s. */
    const double above = t->n_lower < t->n_w ? gradient : 0;
    const double u_w = sg_base_norm(t->u_w, t->n_w) + above + hidden.w;
    const double u_phi =
        sg_base_norm(t->u_phi, t->n_phi) + sg_cp3_silent_target(t, state) + hidden.phi;
    sg_lab_zero(lab, SG_CLOSED_FORM, row[null][0].id, row[null][0].what,
                sg_base_norm(t->dw, t->n_w), (struct sg_tol){u_w, sg_cp3_words, size.w});
    sg_lab_zero(lab, SG_CLOSED_FORM, row[null][1].id, row[null][1].what,
                sg_base_norm(t->dphi, t->n_phi), (struct sg_tol){u_phi, sg_cp3_words, size.phi});
    const double e = hypot(rate.mu * u_w, rate.nu * u_phi) +
                     SG_UNIT_ROUNDOFF * sg_base_norm(state, t->n_w + t->n_phi);
    const double drift = run(&bound, t, state, rate, e, lab->trial->c->train.steps);
    const double one = hypot(rate.mu * size.w, rate.nu * size.phi);
    if (!(bound <= SG_BLIND * one))
        sg_lab_stop(
            lab, SG_BUDGET,
            "at these rates rounding may grow to %.2g of an update in %d steps; take train.mu, "
            "train.nu or train.steps smaller",
            bound / one, lab->trial->c->train.steps);
    sg_lab_zero(lab, SG_SIMULATED, row[null][2].id, row[null][2].what, drift,
                (struct sg_tol){bound,
                                "the error of a step, carried on by the powers of its Jacobian; "
                                "wide where rounding is no worst case",
                                one});
}
