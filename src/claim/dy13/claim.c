/* DY13: with the SG's step normalised, or by exact line search, training converges from every
 * start.
 *
 * At the output g = z Phi* with one Phi* for every W, so the SG is a linear regression whose inputs
 * the weights choose: whatever they do, |Phi - Phi*| never grows, and the errors are square
 * summable.  What a step of the weights lacks of plain gradient descent is such an error. */
#include <stdio.h>

#include "claim/dy13/parts.h"

/* ---- hypotheses of single experiments -------------------------------------------------------- */

static bool batch_fits(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    (void)on;
    const size_t n = trial->data->n;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "train.batch = %d of n = %zu", trial->c->train.batch,
             n);
    return trial->c->experiment != SG_EXPERIMENT_MINIBATCHES || (size_t)trial->c->train.batch <= n;
}

/* Below the output Phi* = (V V^T; -V^T; 0) is a module's only where the net above is linear, and
 * only where it has the labels.  There the claim can be shown to fail. */
static bool has_phi_star(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                         const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const bool output = c->module[0].at < 0 || (size_t)c->module[0].at == c->net.layers.n + 1;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it is after layer %d", c->module[0].at);
    return output || (c->net.activation == SG_NO_ACTIVATION && (c->module[0].terms & SG_Y));
}

static const struct sg_hypothesis fits = {.id = "batch-fits",
                                          .words = "a batch is no larger than the data",
                                          .met = batch_fits,
                                          .mend = "take a smaller train.batch"};
static const struct sg_hypothesis at_output = {
    .id = "at-output",
    .words = "the SG is at the output, or in a linear net and with labels",
    .met = has_phi_star,
    .mend = "write at = \"output\""};

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    switch ((enum sg_experiment)lab->trial->c->experiment) {
    case SG_EXPERIMENT_DEEP: sg_dy13_deep(lab); break;
    case SG_EXPERIMENT_MINIBATCHES: sg_dy13_minibatches(lab); break;
    default: sg_dy13_regression(lab); break;
    }
}

const struct sg_claim sg_claim_dy13 = {
    .id = "DY13",
    .name = "dy13_global_convergence",
    .title = "convergence from every start",
    .needs_data = true,
    .reads = " experiment=main|deep|minibatches" SG_READS_TABLE
    " net.loss=mse net.layers@main=() net.layers@deep! net.layers@minibatches=()"
    " net.activation@deep=none|sigmoid|relu"
    " sg=one sg.at@main=output sg.at@deep sg.at@minibatches=output"
    " sg.family=linear sg.terms=hy1|hy|h1 sg.target=true sg.mix=1.0"
    " train.sg_step=normalised|line_search! train.mu train.nu train.steps"
    " train.form@main=sample|compressed train.form@deep=sample|compressed"
    " train.units@main=critical|absolute train.units@deep=absolute"
    " train.units@minibatches=critical|absolute"
    " train.delay@main=none|delayed_pairs train.tau@main train.batch@minibatches",
    .supposes = (const struct sg_hypothesis *const[]){&fits, &at_output, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement =
        "MSE, a linear SG with labels at the output of any net, its step normalised, "
        "nu = theta / E|z|^2 with 0 < theta < 2, or by exact line search.  (a) Along any path of "
        "the weights |Phi - Phi*| never grows, and the sum of E|s - g|^2 / E|z|^2 is at most "
        "|Phi_0 - Phi*|^2 / (theta (2 - theta)).  (b) Linear regression, any fixed mu below "
        "2/lambda_max(S_x), any data: from every start W converges to the least-squares solution "
        "that backprop has from there.  (c) Any net whose iterates stay where grad L is Lipschitz, "
        "mu at most one over the constant: grad L -> 0.  (d) The same as (b) with pairs that are "
        "tau steps late, for every tau.  (e) With minibatches Phi = Phi* is absorbing, and once "
        "it is reached the weights are those of SGD on the same draws.",
};
