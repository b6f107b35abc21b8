/* CP5: what its data, its SG and its steps have to be. */
#include <stdio.h>

#include "claim/cp5/parts.h"

static bool has_one_output(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it has %zu", trial->data->m);
    return trial->data->m == 1;
}

static bool is_a_setting(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                         const struct sg_trial *trial)
{
    const struct sg_cp5 *c = on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             c->constant ? "s has the term 1, and data.bias is false"
                         : "data.bias is true, and s has no term 1");
    return c->constant == trial->c->data.bias;
}

static bool has_two_columns(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    const struct sg_cp5 *c = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "there is %s", c->k == 1 ? "one" : "none");
    return c->k >= 2;
}

static const void *shallow_of(const void *on)
{
    return ((const struct sg_cp5 *)on)->s;
}

/* The flow is followed by its Euler steps; 2/lambda is where these lose stability. */
#define STEP_MOST 0.1
static bool steps_are_small(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    const struct sg_cp5 *c = on;
    const double mu = c->s->mu * c->s->rate_x.largest, nu = c->s->nu * c->s->rate_z.largest;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "mu lambda_max = %.3g, nu lambda_max = %.3g", mu, nu);
    return mu <= STEP_MOST && nu > 0 && nu <= 1;
}

const struct sg_hypothesis sg_cp5_one_output = {
    .id = "m-one",
    .words = "y has one column",
    .met = has_one_output,
    .mend = "take one output (data.outputs = 1, or one name in data.target)"};
const struct sg_hypothesis sg_cp5_setting = {
    .id = "setting",
    .words = "X has a ones column exactly when s has the term 1",
    .met = is_a_setting,
    .mend = "take terms = \"h\" with bias = false, or \"h1\" with bias = true"};
const struct sg_hypothesis sg_cp5_two_columns = {
    .id = "two-columns",
    .words = "X has two or more columns besides the ones (with one, the sphere is two points)",
    .met = has_two_columns,
    .mend = "take more columns (data.d)"};
const struct sg_hypothesis sg_cp5_nonsingular = {SG_X_NONSINGULAR, .of = shallow_of};
const struct sg_hypothesis sg_cp5_noisy = {
    .id = "noisy",
    .words = "the data are noisy, y != X w*",
    .met = sg_shallow_is_noisy,
    .mend = "take data with noise (data.noise > 0)",
    .of = shallow_of};
const struct sg_hypothesis sg_cp5_small_steps = {
    .id = "small-steps",
    .words = "steps are small, mu lambda_max(S_x) <= 0.1 and 0 < nu lambda_max(S_z) <= 1",
    .met = steps_are_small,
    .mend = "take train.mu, train.nu smaller: in critical units at most 0.05 and 0.5"};
