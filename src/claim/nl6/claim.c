/* NL6: backprop, synthetic gradients and the feedback rules are one choice each of what stands in for dl/dh: what each waits for and costs. */
#include <stdio.h>
#include <stdlib.h>

#include "claim/nl6/parts.h"

struct experiment {
    const struct sg_trial *trial;
    struct sg_images seen, unseen;
    size_t depth, seeds, epochs;
    struct sg_nl6_locks *locks;              /* rules */
    struct sg_nl_epoch *curve;               /* rules x seeds x epochs */
};

static const struct sg_nl_epoch *curve_of(const struct experiment *x, size_t rule, size_t seed)
{
    return x->curve + (rule * x->seeds + seed) * x->epochs;
}

static void look_at_one(size_t rule, void *context)
{
    const struct experiment *x = context;
    sg_nl6_locking(&x->locks[rule], &sg_nl6_rules[rule], x->trial, &x->seen);
}

static enum sg_status train_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const struct sg_case *c = x->trial->c;
    const size_t seed = i % x->seeds;
    const struct sg_nl6_rule *rule = &sg_nl6_rules[i / x->seeds];
    char *piece = sg_base_format("%s-%zu", rule->key, seed);
    const struct sg_nl_run run = {.piece = piece, .net = sg_nl6_net(rule, c, x->trial->seed + seed), .net_opt = sg_case_opt(c, c->train.mu),
                            .sg_opt = sg_case_opt(c, c->train.nu), .batch = (size_t)c->train.batch, .epochs = x->epochs, .replicate = seed,
                            .decay = c->train.decay};
    const enum sg_status status = sg_nl_train(x->curve + i * x->epochs, NULL, NULL, &run, x->trial, &x->seen, &x->unseen, err);
    free(piece);
    return status;
}

/* ---- locking ------------------------------------------------------------------------------------------------------------- */

static size_t blocks_that_wait_at_most(const struct experiment *x, size_t rule, enum sg_nl6_wait most)
{
    size_t n = 0;
    for (size_t block = 0; block < x->depth; block++)
        n += x->locks[rule].wait[block] <= most;
    return n;
}

static void add_locking(struct sg_evidence *ev, const struct experiment *x)
{
    char what[120];
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        bool as_said = true;
        for (size_t block = 1; block <= x->depth; block++)
            as_said = as_said && x->locks[rule].wait[block - 1] == sg_nl6_theory(&sg_nl6_rules[rule], block, x->depth);
        snprintf(what, sizeof what, "%s: each layer waits for what the theory says, no more and no less", sg_nl6_rules[rule].name);
        sg_claim_fact(ev, SG_SIMULATED, what, as_said, "bit for bit");
        if (sg_nl6_rules[rule].place == SG_NL6_EVERYWHERE) {
            const size_t reach = sg_nl6_rules[rule].target == SG_TARGET_ARRIVING ? 1 : x->depth;
            snprintf(what, sizeof what, "%s: blocks above that the lowest SG's own update reads", sg_nl6_rules[rule].name);
            sg_claim_compare(ev, SG_SIMULATED, what, (double)x->locks[rule].reach, (double)reach, 0, "bit for bit");
        }
    }
    /* Each entry but the label's is e_j / S, the label's minus the sum of the others over S: sums of m and of m - 1 terms. */
    const double m = (double)x->seen.classes;
    sg_claim_bound(ev, SG_SIMULATED, "kickback under softmax cross entropy: what it sends down, sum_j dl/dp_j, is 0",
                   x->locks[SG_NL6_KICKBACK].silence,
                   3 * m * SG_UNIT_ROUNDOFF, "3 m u: entries sum to 0 within m u, adding them (m - 1) u of sum |g| <= 2");
}

/* ---- accuracy ------------------------------------------------------------------------------------------------------------ */

static double last_accuracy(const struct experiment *x, size_t rule, size_t seed)
{
    return curve_of(x, rule, seed)[x->epochs - 1].test_accuracy;
}

static void add_gain(struct sg_evidence *ev, const struct experiment *x, size_t rule)
{
    double *gain = SG_NEW(x->seeds, double), interval[2];
    for (size_t seed = 0; seed < x->seeds; seed++)
        gain[seed] = last_accuracy(x, rule, seed) - last_accuracy(x, SG_NL6_NOTHING, seed);
    char what[120];
    snprintf(what, sizeof what, "%s trains hidden layers: test accuracy over no propagation", sg_nl6_rules[rule].name);
    (void)sg_claim_effect_over_seeds(interval, ev, x->trial, what, gain, x->seeds);
    free(gain);
}

static double accuracy_at(const struct experiment *x, size_t rule, double fraction)
{
    double *all = SG_NEW(x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        all[seed] = last_accuracy(x, rule, seed);
    const double accuracy = sg_claim_quantile(all, x->seeds, fraction);
    free(all);
    return accuracy;
}

static void add_table(struct sg_evidence *ev, const struct experiment *x)
{
    const struct sg_case *c = x->trial->c;
    char *data = sg_case_describe_data(c, x->trial->seed), title[160];
    snprintf(title, sizeof title, "%zu hidden blocks, %zu seeds, %zu epochs, %.60s; work in units of a backprop step", x->depth, x->seeds, x->epochs,
             data);
    free(data);
    sg_claim_listing(ev, title, "rule|blocks update-unlocked|backward-unlocked|work a step|work before block 1 steps|test acc, median|least|most");
    const double unit = sg_nl6_count(&sg_nl6_rules[SG_NL6_BACKPROP], c, x->seen.rows * x->seen.columns, x->seen.classes).step;
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        const struct sg_nl6_cost cost = sg_nl6_count(&sg_nl6_rules[rule], c, x->seen.rows * x->seen.columns, x->seen.classes);
        const double unlocked = (double)blocks_that_wait_at_most(x, rule, SG_NL6_NOTHING_ABOVE);
        const double backward = (double)blocks_that_wait_at_most(x, rule, SG_NL6_LOSS);
        sg_claim_listing_row(ev, sg_nl6_rules[rule].name,
                             (const double[]){unlocked, backward, cost.step / unit, cost.first_block / unit, accuracy_at(x, rule, 0.5),
                                              accuracy_at(x, rule, 0), accuracy_at(x, rule, 1)});
    }
}

static void add_series(struct sg_evidence *ev, const struct experiment *x)
{
    sg_claim_series(ev, "curves", "rule epoch loss test_accuracy least most");
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++)
        for (size_t e = 0; e < x->epochs; e++) {
            double loss = 0, accuracy = 0, least = 1, most = 0;
            for (size_t seed = 0; seed < x->seeds; seed++) {
                const struct sg_nl_epoch *now = &curve_of(x, rule, seed)[e];
                loss += now->loss / (double)x->seeds;
                accuracy += now->test_accuracy / (double)x->seeds;
                least = now->test_accuracy < least ? now->test_accuracy : least;
                most = now->test_accuracy > most ? now->test_accuracy : most;
            }
            sg_claim_point(ev, (const double[]){(double)rule, (double)e + 1, loss, accuracy, least, most});
        }
    sg_claim_series(ev, "locks", "rule updated changed read");
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++)
        for (size_t block = 1; block <= x->depth; block++)
            for (size_t changed = block + 1; changed <= x->depth + 1; changed++)
                sg_claim_point(ev, (const double[]){(double)rule, (double)block, (double)changed,
                                                    (double)x->locks[rule].read[(block - 1) * (x->depth + 1) + changed - 1]});
}

/* ---- the claim ----------------------------------------------------------------------------------------------------------- */

static enum sg_status run_all(struct sg_evidence *ev, struct experiment *x)
{
    const size_t runs = SG_NL6_RULES * x->seeds;
    x->locks = SG_NEW(SG_NL6_RULES, struct sg_nl6_locks);
    x->curve = SG_NEW(runs * x->epochs, struct sg_nl_epoch);
    enum sg_status status = sg_base_parallel_for(SG_NL6_RULES, look_at_one, x);
    if (status == SG_OK)
        status = sg_claim_runs(ev, x->trial, runs, train_one, x);
    if (status == SG_OK) {
        add_locking(ev, x);
        for (size_t rule = 0; rule < SG_NL6_KICKBACK; rule++)
            add_gain(ev, x, rule);
        add_table(ev, x);
        if (x->trial->figure)
            add_series(ev, x);
    }
    free(x->locks);
    free(x->curve);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    if (c->net.depths.n != 1 || c->net.depths.value[0] < 2 || c->net.layers.n == 0 || c->n_modules != 1) {
        snprintf(ev->note, sizeof ev->note, "NL6 wants one depth of at least 2 in net.depths, one width in net.layers and one SG");
        return SG_HYPOTHESIS;
    }
    struct experiment x = {.trial = trial, .depth = (size_t)c->net.depths.value[0], .seeds = (size_t)c->train.seeds,
                           .epochs = (size_t)c->train.epochs};
    struct sg_error err;
    enum sg_status status = sg_case_make_images(&x.seen, &x.unseen, c, trial->seed, trial->replicate, &err);
    if (status != SG_OK) {
        snprintf(ev->note, sizeof ev->note, "%.399s", err.text);
        return status;
    }
    status = c->train.delay == SG_DELAY_PAIRS ? sg_nl6_unlocked(ev, trial, &x.seen, &x.unseen) : run_all(ev, &x);
    sg_data_images_free(&x.seen);
    sg_data_images_free(&x.unseen);
    return status;
}

const struct sg_claim sg_claim_nl6 = {
    .id = "NL6", .name = "nl6_one_framework", .title = "one framework: what each credit rule waits for, costs and reaches",
    .statement = "Backprop, synthetic gradients (one, or one above every layer), mixtures, SG + prop, feedback alignment, direct feedback, kickback "
                 "and no propagation are one choice each of what stands in for dl/dh. A layer's update is update-unlocked when it keeps its bits while "
                 "everything above changes, backward-unlocked when no layer between the loss and it is read. Layers right under an SG are unlocked "
                 "both ways; direct feedback and kickback wait for the loss only; backprop, feedback alignment below the last hidden layer, SG + prop "
                 "and any mixture wait for the layers above.",
    .empirical = true, .measure = measure,
};
