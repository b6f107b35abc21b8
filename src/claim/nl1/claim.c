/* NL1: batch-norm nets of many depths learn with one linear SG in their middle; it is often faster
 * at first; depth hurts. */
#include <stdio.h>

#include "lab/nl.h"

/* frozen: nothing arrives below the middle, which is what an SG that learned nothing would amount
 * to. */
enum rule { BACKPROP, SG, FROZEN, RULES };
static const char *const rule_name[RULES] = {"bp", "sg", "frozen"};

struct experiment {
    const struct sg_trial *trial;
    struct sg_nl_images images;
    size_t n_depths, n_activations, seeds, epochs;
    enum sg_layer_kind activation[2];
    struct sg_nl_epoch *curve; /* runs x epochs; runs: depth, activation, rule, seed */
};

static struct sg_nl_epoch *curve_of(const struct experiment *x, size_t depth, size_t activation,
                                    enum rule rule, size_t seed)
{
    const size_t run = ((depth * x->n_activations + activation) * RULES + rule) * x->seeds + seed;
    return x->curve + run * x->epochs;
}

/* What arm of the case's factors a run has: the frozen nets are the SG's, without it. */
static double mu_of(const struct experiment *x, size_t depth, enum rule rule)
{
    const struct sg_case_train *train = &x->trial->c->train;
    return train->mu * sg_nl_times(&train->mu_times, 2 * depth + (rule != BACKPROP));
}

static double nu_of(const struct experiment *x, size_t depth)
{
    const struct sg_case_train *train = &x->trial->c->train;
    return train->nu * sg_nl_times(&train->nu_times, depth);
}

/* Deep runs first: the last piece to finish should be a short one. */
static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const struct sg_case *c = x->trial->c;
    const size_t depth = x->n_depths - 1 - i / (x->n_activations * RULES * x->seeds),
                 seed = i % x->seeds;
    const size_t activation = i / (RULES * x->seeds) % x->n_activations;
    const enum rule rule = (enum rule)(i / x->seeds % RULES);
    struct sg_nl_net net = sg_nl_net_of(c, (size_t)c->net.depths.value[depth]);
    net.activation = x->activation[activation];
    net.credit = rule == FROZEN ? SG_NOTHING : SG_TRUE;
    net.cut = net.sg_after[0] = (net.depth + 1) / 2;
    net.n_sg = rule == SG;
    struct sg_lab lab = sg_lab_begin(NULL, x->trial);
    const char *piece =
        sg_lab_format(&lab, "%s-%zu-%s-%zu", sg_net_layer_name((int)net.activation), net.depth,
                      rule_name[rule], seed);
    struct sg_nl_run run = sg_nl_run_of(c, piece, &net, seed);
    run.net_opt.rate = mu_of(x, depth, rule);
    run.sg_opt.rate = nu_of(x, depth);
    sg_lab_try(&lab, sg_nl_train(curve_of(x, depth, activation, rule, seed), NULL, NULL, &run,
                                 x->trial, &x->images, err));
    return sg_lab_end(&lab);
}

/* ---- what the runs say ---------------------------------------------------------------------- */

static double last_accuracy(const struct experiment *x, size_t depth, size_t activation,
                            enum rule rule, size_t seed)
{
    return curve_of(x, depth, activation, rule, seed)[x->epochs - 1].test_accuracy;
}

static double effect_learns(const struct experiment *x, size_t depth, size_t activation,
                            size_t seed)
{
    return last_accuracy(x, depth, activation, SG, seed) -
           last_accuracy(x, depth, activation, FROZEN, seed);
}

/* At first: over the first tenth of the run, an epoch or more. */
static double loss_at_first(const struct experiment *x, size_t depth, size_t activation,
                            enum rule rule, size_t seed)
{
    const size_t first = x->epochs < 20 ? 1 : x->epochs / 10;
    double mean = 0;
    for (size_t epoch = 0; epoch < first; epoch++)
        mean += curve_of(x, depth, activation, rule, seed)[epoch].loss / (double)first;
    return mean;
}

static double effect_faster(const struct experiment *x, size_t depth, size_t activation,
                            size_t seed)
{
    return loss_at_first(x, depth, activation, BACKPROP, seed) -
           loss_at_first(x, depth, activation, SG, seed);
}

static double cost(const struct experiment *x, size_t depth, size_t activation, size_t seed)
{
    return last_accuracy(x, depth, activation, BACKPROP, seed) -
           last_accuracy(x, depth, activation, SG, seed);
}

/* Of the accuracy that an SG costs, how much more at this depth than at the smallest. */
static double effect_depth(const struct experiment *x, size_t depth, size_t activation, size_t seed)
{
    return cost(x, depth, activation, seed) - cost(x, 0, activation, seed);
}

static const struct {
    const char *id, *what, *name;
    size_t first; /* the first depth that it is about */
    double (*of)(const struct experiment *x, size_t depth, size_t activation, size_t seed);
} effects[] = {
    {"faster", "faster at first: training loss over a tenth of the run, backprop's less the SG's",
     "faster at first", 0, effect_faster},
    {"learns", "the SG trains what lies below it: test accuracy over a frozen lower half",
     "over a frozen lower half", 0, effect_learns},
    {"depth", "depth hurts: the SG's cost in accuracy, over that at the smallest depth",
     "depth hurts", 1, effect_depth},
};
enum { EFFECTS = sizeof effects / sizeof *effects };

/* Means over depths and activations, a value a seed: what one seed's runs share is not counted
 * twice. */
static void add_effects(struct sg_lab *lab, const struct experiment *x)
{
    struct sg_effect said[EFFECTS];
    const size_t n = x->n_depths > 1 ? EFFECTS : EFFECTS - 1;
    for (size_t e = 0; e < n; e++) {
        double *each = SG_TAKE(lab, x->seeds, double);
        const size_t pairs = (x->n_depths - effects[e].first) * x->n_activations;
        for (size_t seed = 0; seed < x->seeds; seed++)
            for (size_t i = 0; i < pairs; i++)
                each[seed] += effects[e].of(x, effects[e].first + i / x->n_activations,
                                            i % x->n_activations, seed) /
                              (double)pairs;
        said[e] =
            (struct sg_effect){effects[e].id, effects[e].what, effects[e].name, each, x->seeds};
    }
    sg_lab_effects(lab, said, n);
}

static struct sg_nl_epoch mean_of(const struct experiment *x, size_t depth, size_t activation,
                                  enum rule rule, size_t epoch)
{
    struct sg_nl_epoch mean = {0, 0, 0, 0};
    const double share = 1 / (double)x->seeds;
    for (size_t seed = 0; seed < x->seeds; seed++) {
        const struct sg_nl_epoch *e = &curve_of(x, depth, activation, rule, seed)[epoch];
        mean = (struct sg_nl_epoch){mean.loss + share * e->loss, mean.sg_loss + share * e->sg_loss,
                                    mean.test_loss + share * e->test_loss,
                                    mean.test_accuracy + share * e->test_accuracy};
    }
    return mean;
}

/* Mean and 95 % interval over seeds. */
static double accuracy(struct sg_t_interval *interval, struct sg_lab *lab,
                       const struct experiment *x, size_t depth, size_t activation, enum rule rule)
{
    double *all = SG_TAKE(lab, x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        all[seed] = last_accuracy(x, depth, activation, rule, seed);
    return sg_lab_t_interval(interval, all, x->seeds, 0.95);
}

/* The drop in the last tenth says whether a run has come to rest. */
static void add_table(struct sg_lab *lab, const struct experiment *x)
{
    static const char *const words[RULES] = {"backprop", "one SG", "frozen"};
    const size_t last = x->epochs - 1, before = last - x->epochs / 10;
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%zu seeds (same images), %zu epochs, %.60s: means, 95 %%",
                                   x->seeds, x->epochs, sg_nl_describe_data(lab)),
                     "hidden layers, rule|mu|nu|loss, first tenth|loss, last|its drop, last tenth|"
                     "test loss|test accuracy|from|to");
    for (size_t i = 0; i < x->n_activations * x->n_depths * RULES; i++) {
        const size_t d = i / RULES % x->n_depths, a = i / (RULES * x->n_depths);
        const enum rule rule = (enum rule)(i % RULES);
        const struct sg_nl_epoch end = mean_of(x, d, a, rule, last);
        struct sg_t_interval interval;
        double first = 0;
        for (size_t seed = 0; seed < x->seeds; seed++)
            first += loss_at_first(x, d, a, rule, seed) / (double)x->seeds;
        const double mean = accuracy(&interval, lab, x, d, a, rule);
        sg_claim_listing_row(
            lab->ev,
            sg_lab_format(lab, "%d %s, %s", x->trial->c->net.depths.value[d],
                          sg_net_layer_name((int)x->activation[a]), words[rule]),
            (const double[]){mu_of(x, d, rule), rule == SG ? nu_of(x, d) : SG_NAN, first, end.loss,
                             mean_of(x, d, a, rule, before).loss - end.loss, end.test_loss, mean,
                             interval.low, interval.high});
    }
}

static void add_series(struct sg_lab *lab, const struct experiment *x)
{
    sg_lab_series(lab, "curves",
                  "activation depth rule epoch loss sg_loss test_loss test_accuracy");
    const size_t nets = x->n_activations * x->n_depths;
    for (size_t i = 0; i < nets * RULES * x->epochs; i++) {
        const size_t epoch = i % x->epochs, d = i / (RULES * x->epochs) % x->n_depths;
        const size_t a = i / (RULES * x->epochs * x->n_depths);
        const enum rule rule = (enum rule)(i / x->epochs % RULES);
        const struct sg_nl_epoch e = mean_of(x, d, a, rule, epoch);
        sg_lab_point(lab,
                     (const double[]){x->activation[a] == SG_SIGMOID,
                                      x->trial->c->net.depths.value[d], rule, (double)epoch + 1,
                                      e.loss, e.sg_loss, e.test_loss, e.test_accuracy});
    }
    sg_lab_series(lab, "ends", "activation depth rule test_accuracy low high");
    for (size_t i = 0; i < nets * RULES; i++) {
        const size_t d = i / RULES % x->n_depths, a = i / (RULES * x->n_depths);
        struct sg_t_interval interval;
        const double mean = accuracy(&interval, lab, x, d, a, (enum rule)(i % RULES));
        sg_lab_point(lab, (const double[]){x->activation[a] == SG_SIGMOID,
                                           x->trial->c->net.depths.value[d], (double)(i % RULES),
                                           mean, interval.low, interval.high});
    }
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    const struct sg_case *c = lab->trial->c;
    const bool both = c->net.activation == SG_NO_ACTIVATION;
    struct experiment *x = SG_TAKE(lab, 1, struct experiment);
    *x = (struct experiment){
        .trial = lab->trial,
        .n_depths = c->net.depths.n,
        .seeds = (size_t)c->train.seeds,
        .epochs = (size_t)c->train.epochs,
        .n_activations = both ? 2 : 1,
        .activation = {both ? SG_RELU : (enum sg_layer_kind)c->net.activation, SG_SIGMOID}};
    const size_t runs = x->n_depths * x->n_activations * RULES * x->seeds;
    x->curve = SG_TAKE(lab, runs * x->epochs, struct sg_nl_epoch);
    if (!sg_nl_images_read(&x->images, lab, c) || !sg_nl_runs(lab, runs, run_one, x))
        return;
    add_effects(lab, x);
    if (!lab->trial->figure)
        return;
    add_table(lab, x);
    add_series(lab, x);
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
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl_one_width, &rates, &sg_nl_batch_fits,
                                                      NULL},
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
