/* DY11: what unlocking buys.  Three systems under a delay of tau steps, on noisy data, near the
 * fixed point:
 *
 *   stale backprop   w+ = w - mu grad L(w[tau])
 *                    stable iff mu lambda_max(S_x) < 2 sin(pi / (2 (2 tau + 1)))
 *   delayed pairs    phi+ = phi - nu grad L_SG(phi, w[tau])
 *                    stable iff mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z), whatever tau
 *   stale SG         phi+ = phi - nu grad L_SG(phi[tau], w[tau])
 *                    nu lambda_max(S_z) < 2 sin(pi / (2 (2 tau + 1))), mu as above
 *
 * On realizable data the line of fixed points has a limit of its own; with a hidden layer it is
 * measured. */
#include <math.h>
#include <stdio.h>

#include "claim/dy11/parts.h"

static void *make(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_dy11 *d = SG_TAKE(lab, 1, struct sg_dy11);
    for (size_t i = 0; i < c->train.tau.n; i++)
        if (!sg_delay_affords(lab, c->train.tau.value[i]))
            return d;
    if (c->experiment == SG_EXPERIMENT_DEEP)
        d->deep = sg_dy11_deep_make(lab);
    else
        d->s = sg_shallow_make(lab, (struct sg_timing){0});
    return d;
}

static const struct sg_instrument nets = {make};

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool is_noisy(const void *on)
{
    const struct sg_dy11 *d = on;
    return d->s && !d->s->fit->realizable;
}

static bool x_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    return !is_noisy(on) ||
           sg_shallow_x_nonsingular.met(value, ((const struct sg_dy11 *)on)->s, trial);
}

static bool z_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    return !is_noisy(on) ||
           sg_shallow_z_nonsingular.met(value, ((const struct sg_dy11 *)on)->s, trial);
}

static bool is_inside(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_shallow *s = ((const struct sg_dy11 *)on)->s;
    (void)trial;
    if (!is_noisy(on))
        return true;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they are %.3g and %.3g of them",
             s->mu / s->rate_x.critical, s->nu / s->rate_z.critical);
    return s->mu < s->rate_x.critical && s->nu < s->rate_z.critical;
}

/* Then col X = span{y, 1}, and nothing but the pairs can be unstable. */
static bool is_a_line(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_shallow *s = ((const struct sg_dy11 *)on)->s;
    (void)trial;
    if (!s || !s->fit->realizable)
        return true;
    const double *lambda = s->fit->lambda_x, last = lambda[s->fit->d - 1];
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%zu outputs, %zu columns, S_x from %.3g to %.3g",
             s->fit->m, s->fit->d, last, lambda[0]);
    return s->fit->m == 1 && s->fit->d == 2 &&
           sg_base_within(lambda[0] - last, 100 * SG_UNIT_ROUNDOFF);
}

static bool is_slow(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_shallow *s = ((const struct sg_dy11 *)on)->s;
    (void)trial;
    if (!s || !s->fit->realizable)
        return true;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they are %.3g and %.3g", s->mu,
             s->nu * s->fit->lambda_z[0]);
    return s->mu <= 2 && s->nu * s->fit->lambda_z[0] <= 1;
}

static const struct sg_hypothesis x_nonsingular = {
    .id = "S_x-nonsingular",
    .words = SG_X_NONSINGULAR_WORDS,
    .met = x_is_nonsingular,
    .mend = SG_X_NONSINGULAR_MEND};
static const struct sg_hypothesis z_nonsingular = {
    .id = "S_z-nonsingular",
    .words = SG_Z_NONSINGULAR_WORDS,
    .met = z_is_nonsingular,
    .mend = SG_Z_NONSINGULAR_MEND};
static const struct sg_hypothesis inside = {
    .id = "rates",
    .words = "on noisy data mu and nu are inside 2/lambda_max of S_x and of S_z",
    .met = is_inside,
    .mend = "lower train.mu or train.nu"};
static const struct sg_hypothesis line = {
    .id = "realizable-line",
    .words = "realizable data have one output, two columns, 1 among them, and S_x = I",
    .met = is_a_line,
    .mend = "take outputs = 1; d = 2; condition = 1.0; bias = true; or noise"};
static const struct sg_hypothesis slow = {
    .id = "realizable-rates",
    .words = "on realizable data mu <= 2 and nu lambda_max(S_z) <= 1",
    .met = is_slow,
    .mend = "lower train.mu or train.nu"};

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_dy11 *d = on;
    if (d->deep)
        sg_dy11_deep_says(lab, d->deep);
    else if (d->s->fit->realizable)
        sg_dy11_realizable(lab, d->s);
    else
        sg_dy11_noisy(lab, d->s);
}

const struct sg_claim sg_claim_dy11 = {
    .id = "DY11",
    .name = "dy11_delay",
    .title = "delay: what unlocking buys",
    .needs_data = true,
    .reads =
        "experiment=main|deep" SG_READS_TABLE " net.loss=mse sg=one sg.family=linear sg.terms=hy1"
        " sg.target=true sg.mix=1.0 train.delay=delayed_pairs|stale_sg! train.tau! train.radius"
        " net.layers@main=() sg.at@main=output train.form@main train.mu@main train.nu@main"
        " train.units@main net.layers@deep! sg.at@deep=1",
    .supposes = (const struct sg_hypothesis *const[]){&x_nonsingular, &z_nonsingular, &inside,
                                                      &line, &slow, NULL},
    .measure = sg_lab_measure,
    .on = &nets,
    .says = says,
    .statement =
        "Linear regression under MSE, a linear label-conditioned SG at the output, noisy data (S_x "
        "and S_z "
        "nonsingular), delay tau.  Near the fixed point: (1) stale backprop w+ = w - mu grad "
        "L(w[tau ago]) is "
        "stable iff mu lambda_max(S_x) < 2 sin(pi/(2(2 tau + 1))); (2) with an SG trained on "
        "delayed pairs, "
        "phi+ = phi - nu grad L_SG(phi, w[tau ago]), stability is DY3's for every tau: mu < "
        "2/lambda_max(S_x) and "
        "nu < 2/lambda_max(S_z); (3) when the SG reads its own parameters late too, it alone pays: "
        "nu lambda_max(S_z) < 2 sin(pi/(2(2 tau + 1))).  Realizable data with S_x = I, at "
        "(w*, phi* + c(1, -1, 0)), mu (1 + c) <= 1 and nu lambda_max(S_z) <= 1: stable for every "
        "tau iff "
        "c >= -1/2.  Measured only: the basin from w = 0, phi = 0, and one hidden layer.",
};
