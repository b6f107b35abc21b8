/* CP3: where the loss is zero, g is zero, and an SG that can be silent leaves the point alone,
 * whatever it is made of.
 *
 * All seven families s = [h A] [+ y B] [+ C] at interpolating weights, with phi = 0 and with a
 * random phi in the null space of z: the updates, a run, and the same to the bit on integer data.
 * And how much of it is left over all phi, which is what noise takes away from the families that
 * cannot produce g. */
#include <math.h>
#include <stdio.h>

#include "claim/cp3/parts.h"
#include "lab/own.h"

static const char *const family_name[SG_CP3_FAMILIES + 1] = {"",  "h",  "y",  "hy",
                                                             "1", "h1", "y1", "hy1"};
static const char words[] =
    "dgelsd's residual, at most 10 max(n, d) u |y|; rounding by the same walk over absolute "
    "values; wide where rounding is no worst case";

struct sg_case *sg_cp3_with_terms(struct sg_lab *lab, unsigned terms)
{
    struct sg_case *reduced = SG_TAKE(lab, 1, struct sg_case);
    *reduced = *lab->trial->c;
    for (size_t j = 0; j < reduced->n_modules; j++)
        reduced->module[j].terms = terms;
    return reduced;
}

/* A bound on |E[z^T g]| at weights that interpolate.  |g| at the output is at most
 *   dgelsd's residual, as long as it is at rounding level: 10 max(n, d) u |y|, which is what
 *     fit->realizable allows (noise must not pass for rounding);
 *   2 d u |X| |W_1| ... |W_N| for multiplying in another order;
 *   n + 10 d more of it where W has a part in the null space of X or comes from a splitting over
 *     layers.
 * Below, times the layers above. */
static double silent_target(const struct sg_twin *t, const double *w)
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

/* The updates and a run from (w, phi).  length: of what phi was drawn from in the null space of z,
 * 0 for phi = 0. */
static void check_state(struct sg_lab *lab, struct sg_twin *t, const double *state, double gradient,
                        double length)
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
    const double u_phi = sg_base_norm(t->u_phi, t->n_phi) + silent_target(t, state) + hidden.phi;
    sg_lab_zero(lab, SG_CLOSED_FORM, row[null][0].id, row[null][0].what,
                sg_base_norm(t->dw, t->n_w), (struct sg_tol){u_w, words, size.w});
    sg_lab_zero(lab, SG_CLOSED_FORM, row[null][1].id, row[null][1].what,
                sg_base_norm(t->dphi, t->n_phi), (struct sg_tol){u_phi, words, size.phi});
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

struct family {
    unsigned terms;
    struct sg_rng *rng;
};

static void check_family(struct sg_lab *lab, void *context)
{
    const struct family *family = context;
    const char *name = family_name[family->terms];
    struct sg_twin *t = sg_twin_make(lab, sg_cp3_with_terms(lab, family->terms), lab->trial->data);
    if (!t)
        return;
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double), rounding;
    const double gradient = sg_twin_minimum(state, t, family->rng);
    const struct sg_twin_size size = sg_twin_size(t, state);
    check_state(lab, t, state, gradient, 0);
    const double least = sg_twin_least_update(&rounding, t, state);
    sg_lab_zero(
        lab, SG_CLOSED_FORM, sg_lab_format(lab, "least-update-%s", name),
        sg_lab_format(lab, "joint update at the best of all phi, family %s", name), least,
        (struct sg_tol){rounding + silent_target(t, state), words, hypot(size.w, size.phi)});
    if (sg_twin_null_sg(state + t->n_w, t, state, 1, family->rng))
        check_state(lab, t, state, gradient, 1);
}

static void check_exact(struct sg_lab *lab, void *context)
{
    const struct family *family = context;
    sg_cp3_exact(lab, family->terms, family->rng);
}

static void says(struct sg_lab *lab, void *on)
{
    struct family family = {.rng = sg_lab_rng(lab, "points")};
    (void)on;
    for (family.terms = 1; family.terms <= SG_CP3_FAMILIES; family.terms++)
        sg_lab_part(lab, check_family, &family);
    for (family.terms = 1; family.terms <= SG_CP3_FAMILIES; family.terms++)
        sg_lab_part(lab, check_exact, &family);
    if (lab->trial->figure)
        sg_cp3_draw(lab);
}

/* ---- hypotheses ------------------------------------------------------------------------------ */

/* That L = 0 is what the control takes away; then the families that lose the point are known for
 * d > m only. */
static bool has_more_columns(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    const struct sg_twin *t = on;
    const size_t count = t->rows.n * t->rows.m, d = trial->data->d, m = trial->data->m;
    const double y = sg_base_norm(t->rows.y, count);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "d = %zu <= m = %zu, and |y - X W*| is %.2g of |y|", d,
             m, y > 0 ? sg_base_norm(t->fit->residual, count) / y : 0);
    return t->fit->realizable || d > m;
}

static const struct sg_hypothesis more_columns = {
    .id = "d-above-m",
    .words = "L = 0, or X has more columns than y, d > m",
    .met = has_more_columns,
    .mend = "take data without noise (data.noise = 0), or more columns (data.d) than outputs"};

const struct sg_claim sg_claim_cp3 = {
    .id = "CP3",
    .name = "cp3_zero_loss",
    .title = "points of zero loss are kept by every SG that can be silent",
    .from = SG_FROM_PAPER,
    .source = "a remark",
    .needs_data = true,
    .reads = " data.kind=gaussian data.n data.d data.outputs data.rank data.condition data.noise! "
             "data.bias net.layers net.loss=mse sg=some sg.at sg.family=linear sg.target "
             "sg.mix=1.0 train.form=sample|compressed train.units train.mu! train.nu! train.steps!",
    .supposes = (const struct sg_hypothesis *const[]){&sg_twin_wide, &more_columns, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_twin,
    .says = says,
    .statement =
        "Let the per-sample loss be differentiable with minimum 0 (MSE is; the log loss, whose "
        "infimum is not attained, is not).  Where L = 0 every sample's gradient vanishes, g = 0; "
        "any SG family that contains s = 0, with labels or without, keeps the point: (W, phi) "
        "with s = 0 is a joint critical point.  At L > 0 (linear regression, d > m, no ones "
        "column) generic data leave only hA, hA + yB and hA + yB + C a phi whose updates vanish; "
        "with d <= m also hA + C.",
};
