/* DY10: two linear layers on whitened inputs from a balanced aligned start: every mode is a
 * logistic curve, under backprop and under an SG that keeps up.
 *
 * Gradient steps obey a+ = a (1 + mu (sigma - a))^2 exactly, and follow
 * a(t) = sigma e^{2 sigma t} / (e^{2 sigma t} - 1 + sigma/a_0) with a clock that runs at
 * 1 + (mu/2)(3a - sigma): the error is of order mu with a known constant.  The adiabatic SG makes
 * the same steps.  Modes are read off as diag(U^T W_1 W_2 V). */
#include <math.h>
#include <stdio.h>

#include "claim/dy10/parts.h"
#include "lab/shallow.h"

/* a_0 over sigma, and the largest mu sigma_1 that the clock's remainder is proved for. */
static const double FRACTION = 0.05, LARGEST = 0.125;

/* ---- the start ------------------------------------------------------------------------------ */

static void end_saxe(void *saxe)
{
    sg_closed_saxe_free(saxe);
}

static void take_numbers(struct sg_lab *lab, struct sg_modes *s)
{
    const size_t n = s->pair->n_w, rows = s->pair->twin->rows.n, widest = s->d > s->m ? s->d : s->m;
    double **numbers[] = {&s->w_0, &s->w,    &s->dw,   &s->u_w,     &s->phi_0, &s->phi,
                          &s->a,   &s->half, &s->core, &s->product, &s->z,     &s->g};
    const size_t sizes[] = {n,
                            n,
                            n,
                            n,
                            s->pair->n_phi,
                            s->pair->n_phi,
                            widest,
                            widest * s->m,
                            widest * widest,
                            s->d * s->m,
                            rows * (s->k + s->m + 1),
                            rows * s->k};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        *numbers[i] = SG_TAKE(lab, sizes[i], double);
}

/* Units "critical": mu over 1/sigma_1 = 2/lambda_max of the Hessian at the minimum, nu over
 * 2/lambda_max(S_z) there, where S_z is largest. */
static void make_start(struct sg_lab *lab, struct sg_modes *s)
{
    const struct sg_case_train *train = &lab->trial->c->train;
    const struct sg_data *rows = &s->pair->twin->rows;
    struct sg_saxe *end = SG_TAKE(lab, 1, struct sg_saxe);
    double *g = SG_TAKE(lab, s->k * s->k, double), *q = SG_TAKE(lab, s->k * s->k, double);
    sg_base_rng_gaussians(g, s->k * s->k, sg_lab_rng(lab, "start"));
    sg_lab_try(lab, sg_base_qr_q(q, g, s->k, s->k));
    sg_lab_own(lab, end, end_saxe);
    sg_lab_own(lab, &s->saxe, end_saxe);
    sg_lab_try(lab, sg_closed_saxe_start(s->w, end, rows, q, s->k, 1.0));
    s->s_z[1] = sg_deep_pair_s_z(lab, s->pair, s->w);
    sg_lab_try(lab, sg_closed_saxe_start(s->w_0, &s->saxe, rows, q, s->k, FRACTION));
    s->s_z[0] = sg_deep_pair_s_z(lab, s->pair, s->w_0);
    s->mu = sg_lab_rate(train->mu, train->units, 1 / s->saxe.sigma[0], SG_NAN);
    s->nu = sg_lab_rate(train->nu, train->units, 2 / s->s_z[1].most, SG_NAN);
    s->span = s->mu * (double)s->steps;
    sg_deep_pair_exact_sg(s->phi_0, s->pair, s->w_0);
}

static void *make(struct sg_lab *lab)
{
    struct sg_modes *s = SG_TAKE(lab, 1, struct sg_modes);
    s->levels = lab->trial->full ? SG_DY10_FULL_LEVELS : SG_DY10_LEVELS;
    s->steps = (size_t)lab->trial->c->train.steps;
    s->samples = lab->trial->data->n;
    s->pair = sg_deep_pair_make(lab, lab->trial->c);
    if (!s->pair || s->pair->deep.n_layers != 2)
        return s;
    s->d = s->pair->deep.width[0];
    s->k = s->pair->deep.width[1];
    s->m = s->pair->deep.width[2];
    take_numbers(lab, s);
    make_start(lab, s);
    return s;
}

static const struct sg_instrument start = {make};

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool has_two_layers(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    const struct sg_modes *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it has %zu", s->pair->deep.n_layers);
    return s->pair->deep.n_layers == 2;
}

static bool has_full_rank(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_modes *s = on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it has rank %zu of %zu (n = %zu)",
             s->pair->twin->fit->rank, s->d, trial->data->n);
    return s->pair->twin->fit->rank == s->d;
}

static bool is_small(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    const struct sg_modes *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "mu sigma_1 = %.3g", s->mu * s->saxe.sigma[0]);
    return s->mu * s->saxe.sigma[0] <= LARGEST;
}

static const struct sg_hypothesis two_layers = {.id = "two-layers",
                                                .words = "the net has two layers of weights",
                                                .met = has_two_layers,
                                                .mend = "take net.layers = (k)"};
static const struct sg_hypothesis full_rank = {
    .id = "full-rank",
    .words = "x has full rank, as E[x^T x] = I says",
    .met = has_full_rank,
    .mend = "take more samples (data.n) than columns (data.d)"};
static const struct sg_hypothesis small = {
    .id = "small-step",
    .words = "mu sigma_1 <= 1/8, for which the clock's remainder is proved",
    .met = is_small,
    .mend = "lower train.mu"};
/* ---- what is said --------------------------------------------------------------------------- */

/* What the SG in its own time needs besides: a closed limit, a stable SG and one that is fast.
 * Richardson's estimate takes the two smallest mu. */
static bool has_fast_sg(struct sg_lab *lab, const struct sg_modes *s)
{
    char value[SG_HYPOTHESIS_VALUE_MAX];
    const double kappa = s->nu / sg_modes_level(s, s->levels - 1).mu;
    const double moves = fmax(1 / s->span, s->saxe.sigma[0]);
    const bool nonsingular = sg_deep_pair_nonsingular(value, s->pair, s->s_z, lab->trial->data->n);
    if (!nonsingular)
        sg_lab_note(lab, "the SG in its own time was not looked at: S_z is singular, %s", value);
    else if (!(s->nu * s->s_z[1].most < 2))
        sg_lab_note(lab,
                    "the SG in its own time was not looked at: nu lambda_max(S_z) = %.3g at the "
                    "minimum, not below 2",
                    s->nu * s->s_z[1].most);
    else if (sg_deep_pair_is_fast(value, s->s_z, kappa, moves))
        return true;
    else
        sg_lab_note(lab,
                    "the SG in its own time was not looked at: it is too slow, %s as sigma_1 or "
                    "1/(mu t)",
                    value);
    return false;
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_modes *s = on;
    struct sg_mode_sweep sweep[2];
    double fast_error[SG_DY10_FULL_LEVELS + 1] = {0};
    if (!sg_lab_afford(lab, SG_DY10_LOOKS, (double)s->steps, "look at the modes 16 times",
                       "raise train.steps"))
        return;
    for (int rule = 0; rule < RULES; rule++)
        sg_modes_check_steps(lab, s, (enum sg_mode_rule)rule);
    for (int rule = 0; rule <= ADIABATIC; rule++)
        sg_modes_check_curve(lab, s, (enum sg_mode_rule)rule, &sweep[rule]);
    sg_modes_certify(lab, s);
    if (has_fast_sg(lab, s))
        sg_modes_check_fast(lab, s, fast_error);
    sg_modes_draw(lab, s, sweep, fast_error);
}

const struct sg_claim sg_claim_dy10 = {
    .id = "DY10",
    .name = "dy10_mode_trajectories",
    .title = "two linear layers learn each mode along a logistic curve, with an SG too",
    .from = SG_FROM_OTHERS,
    .source = "Saxe et al. 2014; discrete steps and SGs: this project",
    .needs_data = true,
    .reads = " data.kind=gaussian data.n data.d data.outputs data.rank data.condition data.noise "
             "data.bias" SG_READS_DEEP_PAIR " sg.at=1! sg.terms=hy1",
    .supposes = (const struct sg_hypothesis *const[]){&two_layers, &full_rank, &small, NULL},
    .measure = sg_lab_measure,
    .on = &start,
    .says = says,
    .statement = "p = x W_1 W_2 under MSE, E[x^T x] = I, E[x^T y] = U diag(sigma) V^T, start W_1 = "
                 "U diag(sqrt a_0) Q^T, "
                 "W_2 = Q diag(sqrt a_0) V^T with 0 < a_0 < sigma.  Backprop, and an SG at the "
                 "hidden layer that is exact in "
                 "each step, keep W_1 W_2 = U diag(a) V^T with a+ = a (1 + mu (sigma - a))^2 "
                 "exactly, and a is "
                 "sigma e^{2 sigma t}/(e^{2 sigma t} - 1 + sigma/a_0) at t = mu step up to an "
                 "error of order mu: the clock is "
                 "ahead by (mu/2)(2 sigma t - (3/2) ln(a(t)/a_0)) + O(mu^2).",
};
