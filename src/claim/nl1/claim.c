/* NL1: batch-norm nets of many depths learn with one linear SG in their middle; it is often faster at first; depth hurts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/nl.h"

/* frozen: nothing arrives below the middle, which is what an SG that learned nothing would amount to. */
enum rule { BACKPROP, SG, FROZEN, RULES };
static const char *const rule_name[RULES] = {"bp", "sg", "frozen"};
static const enum sg_layer_kind activations[] = {SG_RELU, SG_SIGMOID};
static const char *const activation_name[] = {"relu", "sigmoid"};

struct experiment {
    const struct sg_trial *trial;
    struct sg_images seen, unseen;
    size_t n_depths, n_activations, seeds, epochs;
    size_t activation[2];                    /* 0 relu, 1 sigmoid */
    struct sg_nl_epoch *curve;               /* runs x epochs; runs: depth, activation, rule, seed */
};

static size_t run_index(const struct experiment *x, size_t depth, size_t activation, enum rule rule, size_t seed)
{
    return ((depth * x->n_activations + activation) * RULES + rule) * x->seeds + seed;
}

static struct sg_nl_epoch *curve_of(const struct experiment *x, size_t depth, size_t activation, enum rule rule, size_t seed)
{
    return x->curve + run_index(x, depth, activation, rule, seed) * x->epochs;
}

/* Deep runs first: the last piece to finish should be a short one. */
static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const struct sg_case *c = x->trial->c;
    const size_t depth = x->n_depths - 1 - i / (x->n_activations * RULES * x->seeds), activation = i / (RULES * x->seeds) % x->n_activations, seed = i % x->seeds;
    const enum rule rule = (enum rule)(i / x->seeds % RULES);
    const size_t blocks = (size_t)c->net.depths.value[depth], middle = (blocks + 1) / 2;
    char *piece = sg_base_format("%s-%zu-%s-%zu", activation_name[x->activation[activation]], blocks, rule_name[rule], seed);
    const struct sg_nl_run run = {.piece = piece, .net_opt = sg_case_opt(c, c->train.mu), .sg_opt = sg_case_opt(c, c->train.nu), .batch = (size_t)c->train.batch, .epochs = x->epochs, .replicate = seed,
                            .decay = c->train.decay,
                            .net = {.dtype = (enum sg_dtype)c->net.type, .depth = blocks, .width = (size_t)c->net.layers.value[0], .activation = activations[x->activation[activation]],
                                    .batch_norm = c->net.batch_norm, .credit = rule == FROZEN ? SG_NOTHING : SG_TRUE, .cut = middle,
                                    .n_sg = rule == SG ? 1 : 0, .sg_after = {middle}, .target = SG_TARGET_TRUE, .mix = c->module[0].mix}};
    const enum sg_status status = sg_nl_train(curve_of(x, depth, activation, rule, seed), NULL, NULL, &run, x->trial, &x->seen, &x->unseen, err);
    free(piece);
    return status;
}

/* ---- what the runs say ------------------------------------------------------------------------------------------------ */

static double last_accuracy(const struct experiment *x, size_t depth, size_t activation, enum rule rule, size_t seed)
{
    return curve_of(x, depth, activation, rule, seed)[x->epochs - 1].test_accuracy;
}

static double effect_learns(const struct experiment *x, size_t depth, size_t activation, size_t seed)
{
    return last_accuracy(x, depth, activation, SG, seed) - last_accuracy(x, depth, activation, FROZEN, seed);
}

static double effect_faster(const struct experiment *x, size_t depth, size_t activation, size_t seed)
{
    return curve_of(x, depth, activation, BACKPROP, seed)[0].loss - curve_of(x, depth, activation, SG, seed)[0].loss;
}

/* Of the accuracy that an SG costs, how much more at this depth than at the smallest. */
static double effect_depth(const struct experiment *x, size_t depth, size_t activation, size_t seed)
{
    return last_accuracy(x, depth, activation, BACKPROP, seed) - last_accuracy(x, depth, activation, SG, seed) -
           (last_accuracy(x, 0, activation, BACKPROP, seed) - last_accuracy(x, 0, activation, SG, seed));
}

/* The effect over all depths from `first`, activations and seeds: its mean with a bootstrap interval over seeds, so that what one seed's runs share is
 * not counted twice, and in how many pairs it is positive. */
static void add_effect(struct sg_evidence *ev, const struct experiment *x, const char *what, const char *name, size_t first,
                       double (*effect)(const struct experiment *, size_t, size_t, size_t))
{
    double *mean = SG_NEW(x->seeds, double), interval[2];
    size_t plus = 0, ties = 0, n = 0;
    for (size_t seed = 0; seed < x->seeds; seed++)
        for (size_t depth = first; depth < x->n_depths; depth++)
            for (size_t activation = 0; activation < x->n_activations; activation++, n++) {
                const double one = effect(x, depth, activation, seed);
                mean[seed] += one / (double)((x->n_depths - first) * x->n_activations);
                plus += one > 0;
                ties += one == 0;
            }
    const double all = sg_claim_effect_over_seeds(interval, ev, x->trial, what, mean, x->seeds);
    sg_claim_listing_row(ev, name, (const double[]){all, interval[0], interval[1], (double)plus, (double)n, sg_claim_sign_test(plus, n - ties)});
    free(mean);
}

static double median_accuracy(const struct experiment *x, size_t depth, size_t activation, enum rule rule)
{
    double *all = SG_NEW(x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        all[seed] = last_accuracy(x, depth, activation, rule, seed);
    const double median = sg_claim_quantile(all, x->seeds, 0.5);
    free(all);
    return median;
}

static double mean_over_seeds(const struct experiment *x, size_t depth, size_t activation, enum rule rule, size_t epoch, size_t field)
{
    double mean = 0;
    for (size_t seed = 0; seed < x->seeds; seed++) {
        const struct sg_nl_epoch *e = &curve_of(x, depth, activation, rule, seed)[epoch];
        mean += (field == 0 ? e->loss : field == 1 ? e->sg_loss : field == 2 ? e->test_loss : e->test_accuracy) / (double)x->seeds;
    }
    return mean;
}

static void add_tables(struct sg_evidence *ev, const struct experiment *x)
{
    const struct sg_int_list *depths = &x->trial->c->net.depths;
    char *data = sg_case_describe_data(x->trial->c, x->trial->seed), title[160];
    snprintf(title, sizeof title, "%zu seeds, %zu epochs, %.60s: median accuracy, mean loss", x->seeds, x->epochs, data);
    free(data);
    sg_claim_listing(ev, title, "hidden layers|test acc bp|test acc SG|frozen|loss bp, 1st|loss SG, 1st|loss bp, last|loss SG, last");
    for (size_t a = 0; a < x->n_activations; a++)
        for (size_t d = 0; d < x->n_depths; d++) {
            char name[SG_LISTING_NAME_MAX];
            snprintf(name, sizeof name, "%d %s", depths->value[d], activation_name[x->activation[a]]);
            sg_claim_listing_row(ev, name, (const double[]){median_accuracy(x, d, a, BACKPROP), median_accuracy(x, d, a, SG),
                                 median_accuracy(x, d, a, FROZEN), mean_over_seeds(x, d, a, BACKPROP, 0, 0), mean_over_seeds(x, d, a, SG, 0, 0),
                                 mean_over_seeds(x, d, a, BACKPROP, x->epochs - 1, 0), mean_over_seeds(x, d, a, SG, x->epochs - 1, 0)});
        }
    sg_claim_series(ev, "curves", "activation depth rule epoch loss sg_loss test_loss test_accuracy");
    for (size_t a = 0; a < x->n_activations; a++)
        for (size_t d = 0; d < x->n_depths; d++)
            for (enum rule rule = BACKPROP; rule < RULES; rule++)
                for (size_t e = 0; e < x->epochs; e++)
                    sg_claim_point(ev, (const double[]){(double)x->activation[a], depths->value[d], rule, (double)e + 1, mean_over_seeds(x, d, a, rule, e, 0),
                                                        mean_over_seeds(x, d, a, rule, e, 1), mean_over_seeds(x, d, a, rule, e, 2),
                                                        mean_over_seeds(x, d, a, rule, e, 3)});
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    if (c->net.depths.n == 0 || c->net.layers.n == 0 || c->n_modules != 1) {
        snprintf(ev->note, sizeof ev->note, "NL1 wants net.depths, one width in net.layers and one SG");
        return SG_HYPOTHESIS;
    }
    struct experiment x = {.trial = trial, .n_depths = c->net.depths.n, .seeds = (size_t)c->train.seeds, .epochs = (size_t)c->train.epochs};
    /* No activation named: both. */
    x.n_activations = c->net.activation == SG_NO_ACTIVATION ? 2 : 1;
    x.activation[0] = c->net.activation == SG_SIGMOID_BLOCKS;
    x.activation[1] = 1;
    struct sg_error err;
    enum sg_status status = sg_case_make_images(&x.seen, &x.unseen, c, trial->seed, trial->replicate, &err);
    if (status != SG_OK) {
        snprintf(ev->note, sizeof ev->note, "%.399s", err.text);
        return status;
    }
    const size_t runs = x.n_depths * x.n_activations * RULES * x.seeds;
    x.curve = SG_NEW(runs * x.epochs, struct sg_nl_epoch);
    status = sg_claim_runs(ev, trial, runs, run_one, &x);
    if (status == SG_OK) {
        sg_claim_listing(ev, "paired runs, one pair a depth, activation and seed", "effect|mean|from|to|positive|pairs|sign test p");
        add_effect(ev, &x, "the SG trains what lies below it: test accuracy over a frozen lower half", "over a frozen lower half", 0, effect_learns);
        add_effect(ev, &x, "faster at first: training loss of epoch 1, backprop's less the SG's", "faster at first", 0, effect_faster);
        if (x.n_depths > 1)
            add_effect(ev, &x, "depth hurts: the SG's cost in accuracy, over that at the smallest depth", "depth hurts", 1, effect_depth);
        if (trial->figure)
            add_tables(ev, &x);
    }
    free(x.curve);
    sg_data_images_free(&x.seen);
    sg_data_images_free(&x.unseen);
    return status;
}

const struct sg_claim sg_claim_nl1 = {
    .id = "NL1", .name = "nl1_learning_curves", .title = "learning curves over depth and activation",
    .statement = "Batch-norm relu and sigmoid nets learn with one linear SG in their middle (it trains what lies below it), often faster at first than "
                 "under backprop; depth hurts an SG more than it hurts backprop. Pairs of runs share start and order; effects are means over depths and "
                 "activations with bootstrap intervals over seeds, and exact sign tests over the pairs.",
    .empirical = true, .measure = measure,
};
