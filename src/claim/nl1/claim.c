/* NL1: batch-norm nets of many depths learn with one linear SG in their middle; it is often faster
 * at first; depth hurts. */
#include <stdio.h>

#include "claim/nl1/parts.h"

static const char *const rule_name[SG_NL1_RULES] = {"bp", "sg", "frozen"};

/* Deep runs first: the last piece to finish should be a short one. */
static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct sg_nl1 *x = context;
    const struct sg_case *c = x->trial->c;
    const size_t depth = x->n_depths - 1 - i / (x->n_activations * SG_NL1_RULES * x->seeds),
                 seed = i % x->seeds;
    const size_t activation = i / (SG_NL1_RULES * x->seeds) % x->n_activations;
    const enum sg_nl1_rule rule = (enum sg_nl1_rule)(i / x->seeds % SG_NL1_RULES);
    struct sg_nl_net net = sg_nl_net_of(c, (size_t)c->net.depths.value[depth]);
    net.activation = x->activation[activation];
    net.credit = rule == SG_NL1_FROZEN ? SG_NOTHING : SG_TRUE;
    net.cut = net.sg_after[0] = (net.depth + 1) / 2;
    net.n_sg = rule == SG_NL1_SG;
    struct sg_lab lab = sg_lab_begin(NULL, x->trial);
    const char *piece = sg_lab_format(&lab, "%s-%zu-%s-%zu", sg_net_layer_name((int)net.activation),
                                      net.depth, rule_name[rule], seed);
    struct sg_nl_run run = sg_nl_run_of(c, piece, &net, seed);
    run.net_opt.rate = sg_nl1_mu(x, depth, rule);
    run.sg_opt.rate = sg_nl1_nu(x, depth);
    sg_lab_try(&lab, sg_nl_train(sg_nl1_curve(x, depth, activation, rule, seed), NULL, NULL, &run,
                                 x->trial, &x->images, err));
    return sg_lab_end(&lab);
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    const struct sg_case *c = lab->trial->c;
    const bool both = c->net.activation == SG_NO_ACTIVATION;
    struct sg_nl1 *x = SG_TAKE(lab, 1, struct sg_nl1);
    *x = (struct sg_nl1){
        .trial = lab->trial,
        .n_depths = c->net.depths.n,
        .seeds = (size_t)c->train.seeds,
        .epochs = (size_t)c->train.epochs,
        .n_activations = both ? 2 : 1,
        .activation = {both ? SG_RELU : (enum sg_layer_kind)c->net.activation, SG_SIGMOID}};
    const size_t runs = x->n_depths * x->n_activations * SG_NL1_RULES * x->seeds;
    x->curve = SG_TAKE(lab, runs * x->epochs, struct sg_nl_epoch);
    if (!sg_nl_images_read(&x->images, lab, c) || !sg_nl_runs(lab, runs, run_one, x))
        return;
    sg_nl1_effects(lab, x);
    if (!lab->trial->figure)
        return;
    sg_nl1_table(lab, x);
    sg_nl1_series(lab, x);
}

static bool rates_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    (void)on;
    return sg_nl_times_fit(value, "train.mu_times", &c->train.mu_times, 2 * c->net.depths.n) &&
           sg_nl_times_fit(value, "train.nu_times", &c->train.nu_times, c->net.depths.n);
}

static const struct sg_hypothesis rates = {
    .id = "rates",
    .words = "factors of mu and nu, where there are any, are above 0, two and one a depth",
    .mend = "write train.mu_times with backprop's and the SG nets' factor for each depth",
    .met = rates_fit};

const struct sg_claim sg_claim_nl1 = {
    .id = "NL1",
    .name = "nl1_learning_curves",
    .title = "learning curves over depth and activation",
    .from = SG_FROM_PAPER,
    .source = "learning curves",
    .empirical = true,
    .reads = SG_READS_IMAGES
    " net.layers! net.depths! net.activation net.batch_norm net.type sg=one sg.mix train.mu_times"
    " train.nu_times" SG_READS_TRAINING SG_READS_EPOCHS,
    .supposes =
        (const struct sg_hypothesis *const[]){&sg_nl_one_width, &rates, &sg_nl_batch_fits, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement =
        "Batch-norm nets with one linear SG in their middle are faster at first than under "
        "backprop: lower training loss over the first tenth of the run, each rule at its own rates "
        "(the primary effect).  The SG trains what lies below it, and depth hurts an SG more than "
        "it hurts backprop (secondary).  Without net.activation relu and sigmoid are run.  Pairs "
        "of runs share start and order, all seeds of a case its images.  Effects are means over "
        "depths and activations, a value a seed, with Student t intervals over seeds; Holm's "
        "adjustment is made over the secondary ones.",
};
