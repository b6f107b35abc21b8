/* What DY11 supposes. */
#include <stdio.h>

#include "claim/dy11/parts.h"

static const void *noisy_of(const void *on)
{
    const struct sg_shallow *s = ((const struct sg_dy11 *)on)->s;
    return s && !s->fit->realizable ? s : NULL;
}

static const void *realizable_of(const void *on)
{
    const struct sg_shallow *s = ((const struct sg_dy11 *)on)->s;
    return s && s->fit->realizable ? s : NULL;
}

/* Then col X = span{y, 1}, and nothing but the pairs can be unstable. */
static bool is_a_line(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    (void)trial;
    const double *lambda = s->fit->lambda_x, last = lambda[s->fit->d - 1];
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%zu outputs, %zu columns, S_x from %.3g to %.3g",
             s->fit->m, s->fit->d, last, lambda[0]);
    return s->fit->m == 1 && s->fit->d == 2 &&
           sg_base_within(lambda[0] - last, 100 * SG_UNIT_ROUNDOFF);
}

static bool is_slow(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they are %.3g and %.3g", s->mu,
             s->nu * s->fit->lambda_z[0]);
    return s->mu <= 2 && s->nu * s->fit->lambda_z[0] <= 1;
}

const struct sg_hypothesis sg_dy11_x_nonsingular = {SG_X_NONSINGULAR, .of = noisy_of};
const struct sg_hypothesis sg_dy11_z_nonsingular = {SG_Z_NONSINGULAR, .of = noisy_of};
const struct sg_hypothesis sg_dy11_inside = {
    .id = "rates",
    .words = "on noisy data mu and nu are inside 2/lambda_max of S_x and of S_z",
    .met = sg_shallow_is_inside,
    .mend = "lower train.mu or train.nu",
    .of = noisy_of};
const struct sg_hypothesis sg_dy11_line = {
    .id = "realizable-line",
    .words = "realizable data have one output, two columns, 1 among them, and S_x = I",
    .met = is_a_line,
    .of = realizable_of,
    .mend = "take outputs = 1; d = 2; condition = 1.0; bias = true; or noise"};
const struct sg_hypothesis sg_dy11_slow = {
    .id = "realizable-rates",
    .words = "on realizable data mu <= 2 and nu lambda_max(S_z) <= 1",
    .met = is_slow,
    .of = realizable_of,
    .mend = "lower train.mu or train.nu"};
