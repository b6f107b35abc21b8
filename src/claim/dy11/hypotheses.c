/* What DY11 supposes. */
#include <stdio.h>

#include "claim/dy11/parts.h"

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

const struct sg_hypothesis sg_dy11_x_nonsingular = {
    .id = "S_x-nonsingular",
    .words = SG_X_NONSINGULAR_WORDS,
    .met = x_is_nonsingular,
    .mend = SG_X_NONSINGULAR_MEND};
const struct sg_hypothesis sg_dy11_z_nonsingular = {
    .id = "S_z-nonsingular",
    .words = SG_Z_NONSINGULAR_WORDS,
    .met = z_is_nonsingular,
    .mend = SG_Z_NONSINGULAR_MEND};
const struct sg_hypothesis sg_dy11_inside = {
    .id = "rates",
    .words = "on noisy data mu and nu are inside 2/lambda_max of S_x and of S_z",
    .met = is_inside,
    .mend = "lower train.mu or train.nu"};
const struct sg_hypothesis sg_dy11_line = {
    .id = "realizable-line",
    .words = "realizable data have one output, two columns, 1 among them, and S_x = I",
    .met = is_a_line,
    .mend = "take outputs = 1; d = 2; condition = 1.0; bias = true; or noise"};
const struct sg_hypothesis sg_dy11_slow = {
    .id = "realizable-rates",
    .words = "on realizable data mu <= 2 and nu lambda_max(S_z) <= 1",
    .met = is_slow,
    .mend = "lower train.mu or train.nu"};
