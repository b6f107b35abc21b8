/* What DY12 supposes. */
#include "claim/dy12/parts.h"

static const void *shallow_of(const void *on)
{
    const struct sg_dy12 *d = on;
    return d->shallow ? d->shallow->order[0].s : NULL;
}

/* Realizable data are the claim's nearest violation, and there S_z is singular. */
static const void *noisy_of(const void *on)
{
    const struct sg_shallow *s = shallow_of(on);
    return s && !s->fit->realizable ? s : NULL;
}

static const void *deep_of(const void *on)
{
    return ((const struct sg_dy12 *)on)->deep;
}

const struct sg_hypothesis sg_dy12_x_nonsingular = {SG_X_NONSINGULAR, .of = shallow_of};
const struct sg_hypothesis sg_dy12_z_nonsingular = {SG_Z_NONSINGULAR, .of = noisy_of};
const struct sg_hypothesis sg_dy12_inside = {
    .id = "rates",
    .words = "mu and nu are inside 2/lambda_max of S_x and of S_z",
    .met = sg_shallow_is_inside,
    .mend = "lower train.mu or train.nu",
    .of = shallow_of};
const struct sg_hypothesis sg_dy12_wide = {.id = "wide", SG_DEEP_WIDE, .of = deep_of};
const struct sg_hypothesis sg_dy12_conditioned = {
    .id = "condition", SG_DEEP_CONDITIONED, .of = deep_of};
