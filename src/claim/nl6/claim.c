/* NL6: backprop, synthetic gradients and the feedback rules are one choice each of what stands in
 * for dl/dh: what each waits for and costs. */
#include <stdio.h>
#include <stdlib.h>

#include "claim/nl6/parts.h"

struct experiment {
    struct sg_lab *lab;
    const struct sg_case *c;
    const struct sg_nl_images *images;
    size_t depth, seeds, epochs;
    struct sg_nl6_locks *locks; /* rules */
    struct sg_nl_epoch *curve;  /* rules x seeds x epochs */
};

static const struct sg_nl_epoch *curve_of(const struct experiment *x, size_t rule, size_t seed)
{
    return x->curve + (rule * x->seeds + seed) * x->epochs;
}

static void look_at_one(size_t rule, void *context)
{
    const struct experiment *x = context;
    sg_nl6_locking(&x->locks[rule], &sg_nl6_rules[rule], x->lab->trial, &x->images->seen);
}

static double mu_of(const struct experiment *x, size_t rule)
{
    return x->c->train.mu * sg_nl_times(&x->c->train.mu_times, rule);
}

static double nu_of(const struct experiment *x, size_t rule)
{
    return x->c->train.nu * sg_nl_times(&x->c->train.nu_times, rule);
}

static enum sg_status train_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const size_t seed = i % x->seeds;
    const struct sg_nl6_rule *rule = &sg_nl6_rules[i / x->seeds];
    char *piece = sg_base_format("%s-%zu", rule->key, seed);
    const struct sg_nl_net net = sg_nl6_net(rule, x->c, x->lab->trial->seed + seed);
    struct sg_nl_run run = sg_nl_run_of(x->c, piece, &net, seed);
    run.net_opt.rate = mu_of(x, i / x->seeds);
    run.sg_opt.rate = nu_of(x, i / x->seeds);
    const enum sg_status status =
        sg_nl_train(x->curve + i * x->epochs, NULL, NULL, &run, x->lab->trial, x->images, err);
    free(piece);
    return status;
}

/* ---- locking -------------------------------------------------------------------------------- */

static double blocks_that_wait_at_most(const struct experiment *x, size_t rule,
                                       enum sg_nl6_wait most)
{
    size_t n = 0;
    for (size_t block = 0; block < x->depth; block++)
        n += x->locks[rule].wait[block] <= most;
    return (double)n;
}

static void add_locking(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    for (size_t r = 0; r < SG_NL6_RULES; r++) {
        const struct sg_nl6_rule *rule = &sg_nl6_rules[r];
        bool as_said = true;
        for (size_t block = 1; block <= x->depth; block++)
            as_said =
                as_said && x->locks[r].wait[block - 1] == sg_nl6_theory(rule, block, x->depth);
        sg_lab_fact(
            lab, SG_SIMULATED, sg_lab_format(lab, "waits-%s", rule->key),
            sg_lab_format(lab, "%s: each layer waits for what the theory says, no more and no less",
                          rule->name),
            as_said, "bit for bit");
        if (rule->place == SG_NL6_EVERYWHERE)
            sg_lab_count(lab, SG_SIMULATED, sg_lab_format(lab, "reach-%s", rule->key),
                         sg_lab_format(lab,
                                       "%s: blocks above that the lowest SG's own update reads",
                                       rule->name),
                         x->locks[r].reach, rule->target == SG_TARGET_ARRIVING ? 1 : x->depth,
                         "bit for bit");
    }
    /* Each entry but the label's is e_j / S, the label's minus the sum of the others over S: sums
     * of m and of m - 1 terms, of which the largest may be 1. */
    const double m = (double)x->images->seen.classes;
    sg_lab_zero(
        lab, SG_SIMULATED, "kickback-silence",
        "kickback under softmax cross entropy: what it sends down, sum_j dl/dp_j, is 0",
        x->locks[SG_NL6_KICKBACK].silence,
        (struct sg_tol){3 * m * SG_UNIT_ROUNDOFF,
                        "3 m u: entries sum to 0 within m u, adding them (m - 1) u of sum |g| <= 2",
                        1});
}

/* ---- accuracy ------------------------------------------------------------------------------- */

static double last_accuracy(const struct experiment *x, size_t rule, size_t seed)
{
    return curve_of(x, rule, seed)[x->epochs - 1].test_accuracy;
}

/* Kickback sends 0 down here, and no propagation is what the others are held against: the rest, of
 * which the SG in the middle is the one that the verdict is about. */
static void add_gains(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    struct sg_effect effect[SG_NL6_KICKBACK];
    for (size_t i = 0; i < SG_NL6_KICKBACK; i++) {
        const size_t rule = i == 0 ? SG_NL6_SG : i == SG_NL6_SG ? SG_NL6_BACKPROP : i;
        double *gain = SG_TAKE(lab, x->seeds, double);
        for (size_t seed = 0; seed < x->seeds; seed++)
            gain[seed] = last_accuracy(x, rule, seed) - last_accuracy(x, SG_NL6_NOTHING, seed);
        const char *name = sg_nl6_rules[rule].name;
        effect[i] = (struct sg_effect){
            sg_lab_format(lab, "gain-%s", sg_nl6_rules[rule].key),
            sg_lab_format(lab, "%s trains hidden layers: test accuracy over no propagation", name),
            name, gain, x->seeds};
    }
    sg_lab_effects(lab, effect, SG_NL6_KICKBACK);
}

static void add_work(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    const size_t inputs = x->images->seen.rows * x->images->seen.columns,
                 classes = x->images->seen.classes;
    const double unit = sg_nl6_count(&sg_nl6_rules[SG_NL6_BACKPROP], x->c, inputs, classes).step;
    sg_claim_listing(
        lab->ev,
        sg_lab_format(lab, "%zu hidden blocks; work in units of a backprop step", x->depth),
        "rule|blocks update-unlocked|backward-unlocked|work a step|work before block 1 steps");
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        const struct sg_nl6_cost cost = sg_nl6_count(&sg_nl6_rules[rule], x->c, inputs, classes);
        const double row[] = {blocks_that_wait_at_most(x, rule, SG_NL6_NOTHING_ABOVE),
                              blocks_that_wait_at_most(x, rule, SG_NL6_LOSS),
                              cost.step / unit,
                              cost.first_block / unit};
        sg_claim_listing_row(lab->ev, sg_nl6_rules[rule].name, row);
    }
}

/* The mean over seeds of a rule's entry of an epoch. */
static struct sg_nl_epoch mean_of(const struct experiment *x, size_t rule, size_t epoch)
{
    struct sg_nl_epoch mean = {0, 0, 0, 0};
    for (size_t seed = 0; seed < x->seeds; seed++)
        sg_nl_epoch_add(&mean, &curve_of(x, rule, seed)[epoch], 1 / (double)x->seeds);
    return mean;
}

/* What every rule comes to, and how far that is from backprop, whose runs are its pairs.  The drop
 * in the last tenth says whether a run has come to rest. */
static void add_accuracies(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    double *own = SG_TAKE(lab, x->seeds, double), *more = SG_TAKE(lab, x->seeds, double);
    const size_t last = x->epochs - 1;
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%zu seeds (same images), %zu epochs, %.60s: means, 95 %%",
                                   x->seeds, x->epochs, sg_nl_describe_data(lab)),
                     "rule|mu|nu|loss, last|its drop, last tenth|test loss|test accuracy|from|to"
                     "|over backprop's|from|to");
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        for (size_t seed = 0; seed < x->seeds; seed++) {
            own[seed] = last_accuracy(x, rule, seed);
            more[seed] = own[seed] - last_accuracy(x, SG_NL6_BACKPROP, seed);
        }
        const struct sg_nl_epoch end = mean_of(x, rule, last);
        const double drop = mean_of(x, rule, sg_nl_tenth_before_last(x->epochs)).loss - end.loss;
        struct sg_t_interval of_own, of_more;
        const double mean = sg_lab_t_interval(&of_own, own, x->seeds, 0.95);
        const double over = sg_lab_t_interval(&of_more, more, x->seeds, 0.95);
        const bool has_sg = sg_nl6_rules[rule].place != SG_NL6_NO_SG;
        sg_claim_listing_row(lab->ev, sg_nl6_rules[rule].name,
                             (const double[]){mu_of(x, rule), has_sg ? nu_of(x, rule) : SG_NAN,
                                              end.loss, drop, end.test_loss, mean, of_own.low,
                                              of_own.high, over, of_more.low, of_more.high});
    }
}

static void add_series(const struct experiment *x)
{
    sg_lab_series(x->lab, "curves", "rule epoch loss test_accuracy least most");
    for (size_t i = 0; i < SG_NL6_RULES * x->epochs; i++) {
        const size_t rule = i / x->epochs, epoch = i % x->epochs;
        const struct sg_nl_epoch mean = mean_of(x, rule, epoch);
        double least = 1, most = 0;
        for (size_t seed = 0; seed < x->seeds; seed++) {
            const struct sg_nl_epoch *now = &curve_of(x, rule, seed)[epoch];
            least = now->test_accuracy < least ? now->test_accuracy : least;
            most = now->test_accuracy > most ? now->test_accuracy : most;
        }
        sg_lab_point(x->lab, (const double[]){(double)rule, (double)epoch + 1, mean.loss,
                                              mean.test_accuracy, least, most});
    }
    sg_lab_series(x->lab, "locks", "rule updated changed read");
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++)
        for (size_t block = 1; block <= x->depth; block++)
            for (size_t changed = block + 1; changed <= x->depth + 1; changed++)
                sg_lab_point(
                    x->lab,
                    (const double[]){
                        (double)rule, (double)block, (double)changed,
                        (double)x->locks[rule].read[(block - 1) * (x->depth + 1) + changed - 1]});
}

/* ---- the claim ------------------------------------------------------------------------------ */

static void compare_rules(struct sg_lab *lab, const struct sg_nl_images *images)
{
    const struct sg_case *c = lab->trial->c;
    struct experiment x = {.lab = lab,
                           .c = c,
                           .images = images,
                           .depth = (size_t)c->net.depths.value[0],
                           .seeds = (size_t)c->train.seeds,
                           .epochs = (size_t)c->train.epochs};
    const size_t runs = SG_NL6_RULES * x.seeds;
    x.locks = SG_TAKE(lab, SG_NL6_RULES, struct sg_nl6_locks);
    x.curve = SG_TAKE(lab, runs * x.epochs, struct sg_nl_epoch);
    if (!sg_lab_try(lab, sg_base_parallel_for(SG_NL6_RULES, look_at_one, &x)) ||
        !sg_nl_runs(lab, runs, train_one, &x))
        return;
    add_locking(&x);
    sg_nl6_ledgers(lab);
    add_gains(&x);
    add_work(&x);
    add_accuracies(&x);
    if (lab->trial->figure)
        add_series(&x);
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    struct sg_nl_images *images = SG_TAKE(lab, 1, struct sg_nl_images);
    if (sg_nl_images_read(images, lab, lab->trial->c))
        (lab->trial->c->experiment == SG_EXPERIMENT_UNLOCKED ? sg_nl6_unlocked
                                                             : compare_rules)(lab, images);
}

static bool one_depth(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_int_list *depths = &trial->c->net.depths;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "net.depths has %zu numbers, the first is %d",
             depths->n, depths->value[0]);
    return depths->n == 1 && depths->value[0] >= 2;
}

static bool delays_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const struct sg_int_list *tau = &c->train.tau;
    const bool given = c->given[sg_case_key_find("train.tau")];
    (void)on;
    if (c->experiment == SG_EXPERIMENT_MAIN) {
        snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "experiment = \"main\" and train.tau is given");
        return !given;
    }
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "train.tau has %zu numbers, the first is %d, and sg.mix = %g", tau->n, tau->value[0],
             c->module[0].mix);
    return tau->n >= 2 && tau->value[0] == 0 && c->module[0].mix == 1.0;
}

static bool rates_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_case_train *train = &trial->c->train;
    (void)on;
    return sg_nl_times_fit(value, "train.mu_times", &train->mu_times, SG_NL6_RULES) &&
           sg_nl_times_fit(value, "train.nu_times", &train->nu_times, SG_NL6_RULES);
}

static const struct sg_hypothesis rates = {
    .id = "rates",
    .words = "factors of mu and nu, where there are any, are above 0, one for each of ten rules",
    .mend = "write train.mu_times in the order of the table's rules",
    .met = rates_fit};
static const struct sg_hypothesis depth = {
    .id = "one-depth",
    .words = "there is one depth, of two hidden layers or more",
    .mend = "write net.depths = (4)",
    .met = one_depth};
static const struct sg_hypothesis delays = {
    .id = "delays",
    .words = "delays are for halves that are unlocked: 0, others "
             "after it, and an SG that is applied in full",
    .mend = "with experiment = \"unlocked\" write train.tau = (0, "
             "1, 10) and sg.mix = 1.0, else take train.tau out",
    .met = delays_fit};

const struct sg_claim sg_claim_nl6 = {
    .id = "NL6",
    .name = "nl6_one_framework",
    .title = "one framework: what each credit rule waits for, costs and reaches",
    .from = SG_FROM_PAPER,
    .source = "a comparison of credit rules",
    .empirical = true,
    .reads = SG_READS_IMAGES SG_READS_TRAINING SG_READS_EPOCHS
    " experiment=main|unlocked net.layers! net.depths! net.activation=relu|sigmoid net.batch_norm "
    "net.type"
    " sg=one sg.mix train.tau train.mu_times@main train.nu_times@main",
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl_one_width, &depth, &delays,
                                                      &rates, &sg_nl_batch_fits, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement = "Backprop, synthetic gradients (one, or one above every layer), mixtures, SG + "
                 "prop, feedback alignment, direct "
                 "feedback, kickback and no propagation are one choice each of what stands in for "
                 "dl/dh.  A layer's update is "
                 "update-unlocked when it keeps its bits while everything above changes, "
                 "backward-unlocked when no layer "
                 "between the loss and it is read.  Layers right under an SG are unlocked both "
                 "ways; direct feedback and "
                 "kickback wait for the loss only; backprop, feedback alignment below the last "
                 "hidden layer, SG + prop and any "
                 "mixture wait for the layers above.  Each rule with an M_i in place of W_{i+1}^T "
                 "keeps a balance of weights of its own, up to the steps' squares (DY14).  The SG "
                 "in the middle trains hidden layers "
                 "(the primary effect).  With "
                 "experiment = \"unlocked\" the halves run apart, on pairs (h, g) of tau steps "
                 "ago, and the first delay keeps "
                 "nine tenths of what the SG gains (the primary effect).",
};
