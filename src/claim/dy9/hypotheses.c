/* What DY9 supposes. */
#include <math.h>
#include <stdio.h>

#include "claim/dy9/parts.h"

static bool is_hidden(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it is at the output");
    return s->pair->deep.at < s->pair->deep.n_layers;
}

static bool is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    return sg_deep_pair_nonsingular(value, s->pair, s->s_z, trial->data->n);
}

/* A start beyond 2 that stays there is the claim's nearest violation. */
static bool stays_on_a_side(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "nu lambda_max(S_z) goes from %.3g to %.3g",
             s->nu * s->s_z[0].most, s->nu * s->s_z[1].most);
    return (s->nu * s->s_z[0].most < 2) == (s->nu * s->s_z[1].most < 2);
}

/* The second order is followed over the last decade of kappa. */
static bool is_fast(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    return sg_deep_pair_is_fast(value, s->s_z,
                                s->nu / s->mu * pow(10, 0.5 * (double)(s->levels - SG_DY9_DECADE)),
                                fmax(1 / s->span, s->curvature));
}

const struct sg_hypothesis sg_dy9_hidden = {
    .id = "hidden",
    .words = "the SG is at a hidden layer",
    .met = is_hidden,
    .mend = "take sg.at below the output; the output is looked at in any case"};
const struct sg_hypothesis sg_dy9_nonsingular = {
    .id = "S_z-nonsingular",
    .words = "S_z = E[z^T z], z = (h, y, 1), is nonsingular along the way",
    .met = is_nonsingular,
    .mend = "take more samples (data.n), noise, a layer that is no wider than x"};
const struct sg_hypothesis sg_dy9_one_side = {
    .id = "nu-limit",
    .words = "nu lambda_max(S_z) < 2 all along the way if it is at the start",
    .met = stays_on_a_side,
    .mend = "lower train.nu"};
const struct sg_hypothesis sg_dy9_fast = {
    .id = "fast",
    .words = "the SG is fast: kappa lambda_min(S_z) is three times 1/(mu t) and lambda_max(H)",
    .met = is_fast,
    .mend = "lower train.mu and raise train.steps, or raise train.nu"};
