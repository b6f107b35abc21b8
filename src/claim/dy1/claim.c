/* DY1: gradient descent on linear regression in closed form, every mode of every step.
 *
 * V^T (W_t - W*) = (I - mu Lambda)^t V^T (W_0 - W*) for S_x = V Lambda V^T, W* from dgelsd; so W_t
 * tends to W* plus the part of W_0 in the null space of X iff mu < 2/lambda_max. */
#include "claim/dy1/parts.h"

static void says(struct sg_lab *lab, void *on)
{
    struct sg_shallow *s = on;
    struct sg_rng *rng = sg_lab_rng(lab, "start");
    const struct sg_dy1_rate rate[] = {{"case", "the case's rate", s->mu},
                                       {"fastest", "the fastest rate", s->rate_x.optimal},
                                       {"half", "half the critical rate", s->rate_x.critical / 2}};
    for (int k = 0; k < 3; k++)
        sg_dy1_check_rate(lab, s, rate[k], rng, k == 0 && lab->trial->figure);
    sg_dy1_certify(lab, s);
    if (s->mu >= s->rate_x.critical)
        sg_lab_note(lab, "mu is beyond its limit and W does not come to rest, as the statement "
                         "says; take less than 2/lambda_max (1 in critical units)");
}

const struct sg_claim sg_claim_dy1 = {
    .id = "DY1",
    .name = "dy1_backprop",
    .title = "backprop on linear regression in closed form, mode by mode",
    .from = SG_FROM_OTHERS,
    .source = "textbooks",
    .needs_data = true,
    .reads =
        SG_READS_TABLE SG_READS_REGRESSION " sg=()! train.form train.units train.mu train.steps",
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement =
        "Linear regression under MSE, full-batch gradient descent with rate mu, S_x = E[x x^T] = "
        "V diag(lambda) V^T.  Mode i of the error, row i of V^T (W_t - W*), is (1 - mu "
        "lambda_i)^t times what it was at the start.  For 0 < mu < 2/lambda_max, W_t tends to the "
        "least-squares solution of least norm plus the part of W_0 in the null space of X, which "
        "never moves; beyond 2/lambda_max it diverges.",
};
