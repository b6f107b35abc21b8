/* The nets of NL3, NL4 and NL5: four rules from the same starts, and what each net has become. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/nl_trained.h"

static const char *const rule_name[SG_NL_RULES] = {"backprop", "one-sg", "all-sg", "direct"};
static const char shared_name[] = "nl_trained";

/* The claim's trial under the name that its nets share. */
struct studio {
    struct sg_nl_gallery *g;
    struct sg_case c;
    struct sg_trial trial, nothing_kept;
    struct sg_images seen, unseen;
};

static struct sg_nl_net net_of(const struct studio *s, enum sg_nl_rule rule, size_t seed)
{
    const struct sg_case *c = &s->c;
    struct sg_nl_net net = {.dtype = (enum sg_dtype)c->net.type, .depth = s->g->depth, .width = (size_t)c->net.layers.value[0],
                            .activation = c->net.activation == SG_SIGMOID_BLOCKS ? SG_SIGMOID : SG_RELU, .batch_norm = c->net.batch_norm,
                            .credit = rule == SG_NL_DIRECT ? SG_DIRECT : SG_TRUE, .target = (enum sg_target)c->module[0].target,
                            .mix = c->module[0].mix, .seed = s->trial.seed + seed};
    if (rule == SG_NL_ONE_SG)
        net.sg_after[net.n_sg++] = s->g->cut;
    for (size_t block = 1; rule == SG_NL_ALL_SG && block <= net.depth; block++)
        net.sg_after[net.n_sg++] = block;
    return net;
}

/* The start is that of no epochs at all. */
static enum sg_status paint(double *values, const struct studio *s, const struct sg_nl_run *run, struct sg_train *train, const struct sg_net *net,
                            struct sg_error *err)
{
    struct sg_nl_run none = *run;
    struct sg_nl_epoch unused;
    struct sg_train *start;
    struct sg_net *same;
    none.epochs = 0;
    enum sg_status status = sg_nl_train(&unused, &start, &same, &none, &s->nothing_kept, &s->seen, &s->unseen, err);
    if (status != SG_OK)
        return status;
    const struct sg_state state = {.w = sg_train_w(train), .phi = sg_train_phi(train), .aux = sg_train_aux(train)};
    struct sg_nl_portrait p = sg_nl_portrait_of(values, s->g->depth);
    status = sg_nl_paint(&p, &run->net, net, &state, sg_train_w(start), &s->seen, &s->unseen);
    sg_train_free(start);
    sg_net_free(same);
    return status;
}

static enum sg_status train_one(double *values, const struct studio *s, const char *name, const char *portrait, enum sg_nl_rule rule, size_t seed,
                                struct sg_error *err)
{
    const struct sg_case *c = &s->c;
    const size_t bytes = sg_nl_portrait_size(s->g->depth) * sizeof *values, epochs = (size_t)c->train.epochs;
    if (sg_claim_recall(values, bytes, &s->trial, portrait)) {
        sg_claim_forget(&s->trial, name);                        /* the process may have been killed before it came to that */
        return SG_OK;
    }
    struct sg_nl_run run = {.piece = name, .net = net_of(s, rule, seed), .net_opt = sg_case_opt(c, c->train.mu), .sg_opt = sg_case_opt(c, c->train.nu),
                            .batch = (size_t)c->train.batch, .epochs = epochs, .replicate = seed, .decay = c->train.decay, .keep_state = true};
    struct sg_nl_epoch *curve = SG_NEW(epochs, struct sg_nl_epoch);
    struct sg_train *train;
    struct sg_net *net;
    const bool large = sg_case_is_large(c);           /* a small run is sooner done again than its checkpoints written */
    enum sg_status status = sg_nl_train(curve, &train, &net, &run, large ? &s->trial : &s->nothing_kept, &s->seen, &s->unseen, err);
    if (status == SG_OK) {
        values[0] = curve[epochs - 1].test_accuracy;
        status = paint(values, s, &run, train, net, err);
        sg_train_free(train);
        sg_net_free(net);
    }
    /* The net itself is a thousand times as large, and told all that is asked. */
    if (status == SG_OK)
        status = sg_claim_keep(&s->trial, portrait, values, bytes, err);
    if (status == SG_OK && large)
        sg_claim_forget(&s->trial, name);
    free(curve);
    return status;
}

static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct studio *s = context;
    const enum sg_nl_rule rule = (enum sg_nl_rule)(i % s->g->rules);
    const size_t seed = i / s->g->rules, slot = rule * s->g->seeds + seed;
    char *name = sg_base_format("%s-%zu", rule_name[rule], seed), *portrait = sg_base_format("%s-portrait", name);
    const enum sg_status status = train_one(s->g->values + slot * sg_nl_portrait_size(s->g->depth), s, name, portrait, rule, seed, err);
    free(name);
    free(portrait);
    return status;
}

/* NULL, or what is missing. */
static const char *misfit(const struct sg_case *c)
{
    const struct sg_int_list *layers = &c->net.layers;
    for (size_t i = 1; i < layers->n; i++)
        if (layers->value[i] != layers->value[0])
            return "hidden layers of one width";
    if (layers->n < 3)
        return "three hidden layers or more";
    if (c->net.activation == SG_NO_ACTIVATION || c->net.credit != SG_TRUE || c->net.loss != SG_SOFTMAX_XENT)
        return "activation = \"relu\" or \"sigmoid\", credit = \"true\" and loss = \"softmax\"";
    if (c->n_modules != 1 || c->module[0].at < 1 || (size_t)c->module[0].at >= layers->n || c->module[0].terms != (SG_H | SG_Y | SG_ONE))
        return "one SG of the terms hy1 after a hidden layer below the last";
    if (c->train.units != SG_UNITS_ABSOLUTE || c->train.batch > c->data.n)
        return "units = \"absolute\" and a batch of at most n";
    return c->data.test < SG_NL_TILES ? "40 images to test on or more" : NULL;
}

enum sg_status sg_nl_gallery_alloc(struct sg_nl_gallery **out, struct sg_evidence *ev, const struct sg_trial *trial)
{
    const char *wanted = misfit(trial->c);
    *out = NULL;
    if (wanted) {
        snprintf(ev->note, sizeof ev->note, "%s wants %s", trial->c->claim, wanted);
        return SG_HYPOTHESIS;
    }
    struct sg_nl_gallery *g = SG_NEW(1, struct sg_nl_gallery);
    *g = (struct sg_nl_gallery){.trial = trial, .depth = trial->c->net.layers.n, .cut = (size_t)trial->c->module[0].at,
                                .seeds = (size_t)trial->c->train.seeds, .rules = trial->figure ? SG_NL_RULES : SG_NL_DIRECT};
    g->values = SG_NEW(SG_NL_RULES * g->seeds * sg_nl_portrait_size(g->depth), double);
    struct studio *s = SG_NEW(1, struct studio);
    struct sg_store *store = sg_claim_store_beside(trial->store, shared_name);
    struct sg_error err;
    s->g = g;
    s->c = *trial->c;
    snprintf(s->c.name, sizeof s->c.name, "%s", shared_name);
    s->c.digest = sg_case_digest(SG_CASE_DIGEST, &s->c.data, sizeof s->c.data);
    s->c.digest = sg_case_digest(s->c.digest, &s->c.net, sizeof s->c.net);
    s->c.digest = sg_case_digest(s->c.digest, s->c.module, s->c.n_modules * sizeof *s->c.module);
    s->c.digest = sg_case_digest(s->c.digest, &s->c.train, sizeof s->c.train);
    s->trial = *trial;
    s->trial.c = &s->c;
    s->nothing_kept = s->trial;
    s->trial.store = store;
    s->nothing_kept.store = NULL;
    enum sg_status status = sg_case_make_images(&s->seen, &s->unseen, &s->c, trial->seed, trial->replicate, &err);
    if (status != SG_OK)
        snprintf(ev->note, sizeof ev->note, "%.399s", err.text);
    else
        status = sg_claim_runs(ev, g->trial, g->rules * g->seeds, run_one, s);
    sg_data_images_free(&s->seen);
    sg_data_images_free(&s->unseen);
    sg_claim_store_free(store);
    free(s);
    if (status == SG_OK)
        *out = g;
    else
        sg_nl_gallery_free(g);
    return status;
}

void sg_nl_gallery_free(struct sg_nl_gallery *g)
{
    if (!g)
        return;
    free(g->values);
    free(g);
}

struct sg_nl_portrait sg_nl_gallery_portrait(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed)
{
    return sg_nl_portrait_of(g->values + (rule * g->seeds + seed) * sg_nl_portrait_size(g->depth), g->depth);
}

/* ---- what is said of them -------------------------------------------------------------------------------------------------- */

void sg_nl_gallery_effects(struct sg_evidence *ev)
{
    sg_claim_listing(ev, "effects, over seeds", "effect|mean|from|to|positive|seeds|sign test p");
}

void sg_nl_gallery_effect(struct sg_evidence *ev, const struct sg_nl_gallery *g, const char *what, const char *name, sg_nl_of_seed *effect)
{
    double *value = SG_NEW(g->seeds, double), interval[2];
    size_t plus = 0, ties = 0;
    for (size_t seed = 0; seed < g->seeds; seed++) {
        value[seed] = effect(g, seed);
        plus += value[seed] > 0;
        ties += value[seed] == 0;
    }
    const double mean = sg_claim_effect_over_seeds(interval, ev, g->trial, what, value, g->seeds);
    sg_claim_listing_row(ev, name, (const double[]){mean, interval[0], interval[1], (double)plus, (double)g->seeds, sg_claim_sign_test(plus, g->seeds - ties)});
    free(value);
}

void sg_nl_gallery_blocks(struct sg_evidence *ev, const struct sg_nl_gallery *g, const char *title, const char *name, sg_nl_of_block *of)
{
    double *mean = SG_NEW(g->depth * SG_NL_RULES, double);
    sg_claim_series(ev, name, "rule block mean low high cut");
    for (enum sg_nl_rule rule = 0; rule < SG_NL_RULES; rule++)
        for (size_t block = 1; block <= g->depth; block++) {
            double low = HUGE_VAL, high = -HUGE_VAL, sum = 0;
            for (size_t seed = 0; seed < g->seeds; seed++) {
                const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
                const double value = of(g, &p, block);
                low = fmin(low, value);
                high = fmax(high, value);
                sum += value;
            }
            mean[(block - 1) * SG_NL_RULES + rule] = sum / (double)g->seeds;
            sg_claim_point(ev, (const double[]){rule, (double)block, sum / (double)g->seeds, low, high, (double)g->cut});
        }
    sg_claim_listing(ev, title, "after block|backprop|one SG|SG everywhere|direct feedback");
    for (size_t block = 1; block <= g->depth; block++) {
        char row[SG_LISTING_NAME_MAX];
        snprintf(row, sizeof row, block == g->cut ? "%zu, then the one SG" : "%zu", block);
        sg_claim_listing_row(ev, row, mean + (block - 1) * SG_NL_RULES);
    }
    free(mean);
}

void sg_nl_gallery_check(struct sg_evidence *ev, const struct sg_nl_gallery *g, size_t which, const char *what, const char *basis)
{
    double worst = 0;
    for (enum sg_nl_rule rule = 0; rule < g->rules; rule++)
        for (size_t seed = 0; seed < g->seeds; seed++)
            worst = sg_base_max(worst, sg_nl_gallery_portrait(g, rule, seed).off[which]);
    sg_claim_bound(ev, SG_SIMULATED, what, worst, 1, basis);
}

double sg_nl_slope(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed, sg_nl_of_block *of, size_t first)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
    const double middle = (double)(first + g->depth) / 2;
    double top = 0, bottom = 0;
    for (size_t block = first; block <= g->depth; block++) {
        top += ((double)block - middle) * of(g, &p, block);
        bottom += ((double)block - middle) * ((double)block - middle);
    }
    return top / bottom;
}
