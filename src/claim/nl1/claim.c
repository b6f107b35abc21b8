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
    const struct sg_nl_run run = sg_nl_run_of(c, piece, &net, seed);
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

static double effect_faster(const struct experiment *x, size_t depth, size_t activation,
                            size_t seed)
{
    return curve_of(x, depth, activation, BACKPROP, seed)[0].loss -
           curve_of(x, depth, activation, SG, seed)[0].loss;
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
    {"learns", "the SG trains what lies below it: test accuracy over a frozen lower half",
     "over a frozen lower half", 0, effect_learns},
    {"faster", "faster at first: training loss of epoch 1, backprop's less the SG's",
     "faster at first", 0, effect_faster},
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

static double median_accuracy(struct sg_lab *lab, const struct experiment *x, size_t depth,
                              size_t activation, enum rule rule)
{
    double *all = SG_TAKE(lab, x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        all[seed] = last_accuracy(x, depth, activation, rule, seed);
    return sg_claim_quantile(all, x->seeds, 0.5);
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

static void add_table(struct sg_lab *lab, const struct experiment *x)
{
    const struct sg_case *c = x->trial->c;
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%zu seeds, %zu epochs, %.60s: median accuracy, mean loss",
                                   x->seeds, x->epochs, sg_nl_describe_data(lab)),
                     "hidden layers|test acc bp|test acc SG|frozen|loss bp, 1st|loss SG, 1st|loss "
                     "bp, last|loss SG, last");
    for (size_t a = 0; a < x->n_activations; a++)
        for (size_t d = 0; d < x->n_depths; d++) {
            const size_t last = x->epochs - 1;
            const double row[] = {median_accuracy(lab, x, d, a, BACKPROP),
                                  median_accuracy(lab, x, d, a, SG),
                                  median_accuracy(lab, x, d, a, FROZEN),
                                  mean_of(x, d, a, BACKPROP, 0).loss,
                                  mean_of(x, d, a, SG, 0).loss,
                                  mean_of(x, d, a, BACKPROP, last).loss,
                                  mean_of(x, d, a, SG, last).loss};
            sg_claim_listing_row(lab->ev,
                                 sg_lab_format(lab, "%d %s", c->net.depths.value[d],
                                               sg_net_layer_name((int)x->activation[a])),
                                 row);
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

const struct sg_claim sg_claim_nl1 = {
    .id = "NL1",
    .name = "nl1_learning_curves",
    .title = "learning curves over depth and activation",
    .from = SG_FROM_PAPER,
    .source = "learning curves",
    .empirical = true,
    .reads = SG_READS_IMAGES " net.layers! net.depths! net.activation net.batch_norm net.type "
                             "sg=one sg.mix" SG_READS_TRAINING SG_READS_EPOCHS,
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl_one_width, &sg_nl_batch_fits, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement = "Batch-norm relu and sigmoid nets learn with one linear SG in their middle: it "
                 "trains what lies below it "
                 "(the primary effect).  It is often faster at first than backprop, and depth "
                 "hurts an SG more than it hurts "
                 "backprop.  Without net.activation both are run.  Pairs of runs share start and "
                 "order.  Effects are means "
                 "over depths and activations, a value a seed, with Student t intervals over "
                 "seeds; Holm's adjustment is made "
                 "over the secondary ones.",
};
