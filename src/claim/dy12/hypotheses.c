/* What DY12 supposes. */
#include <stdio.h>

#include "claim/dy12/parts.h"

static const struct sg_shallow *shallow_of(const void *on)
{
    const struct sg_dy12 *d = on;
    return d->shallow ? d->shallow->order[0].s : NULL;
}

static bool x_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    const struct sg_shallow *s = shallow_of(on);
    return !s || sg_shallow_x_nonsingular.met(value, s, trial);
}

/* Realizable data are the claim's nearest violation, and there S_z is singular. */
static bool z_is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    const struct sg_shallow *s = shallow_of(on);
    return !s || s->fit->realizable || sg_shallow_z_nonsingular.met(value, s, trial);
}

static bool is_inside(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_shallow *s = shallow_of(on);
    (void)trial;
    if (!s)
        return true;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they are %.3g and %.3g of them",
             s->mu / s->rate_x.critical, s->nu / s->rate_z.critical);
    return s->mu < s->rate_x.critical && s->nu < s->rate_z.critical;
}

static bool is_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_dy12 *d = on;
    (void)trial;
    return !d->deep || sg_deep_step_is_wide(value, d->deep);
}

static bool is_conditioned(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    const struct sg_dy12 *d = on;
    (void)trial;
    return !d->deep || sg_deep_step_is_conditioned(value, d->deep);
}

const struct sg_hypothesis sg_dy12_x_nonsingular = {
    .id = "S_x-nonsingular",
    .words = SG_X_NONSINGULAR_WORDS,
    .met = x_is_nonsingular,
    .mend = SG_X_NONSINGULAR_MEND};
const struct sg_hypothesis sg_dy12_z_nonsingular = {
    .id = "S_z-nonsingular",
    .words = SG_Z_NONSINGULAR_WORDS,
    .met = z_is_nonsingular,
    .mend = SG_Z_NONSINGULAR_MEND};
const struct sg_hypothesis sg_dy12_inside = {
    .id = "rates",
    .words = "mu and nu are inside 2/lambda_max of S_x and of S_z",
    .met = is_inside,
    .mend = "lower train.mu or train.nu"};
const struct sg_hypothesis sg_dy12_wide = {
    .id = "wide", .words = SG_DEEP_WIDE_WORDS, .met = is_wide, .mend = SG_DEEP_WIDE_MEND};
const struct sg_hypothesis sg_dy12_conditioned = {.id = "condition",
                                                 .words = SG_DEEP_CONDITIONED_WORDS,
                                                 .met = is_conditioned,
                                                 .mend = SG_DEEP_CONDITIONED_MEND};
