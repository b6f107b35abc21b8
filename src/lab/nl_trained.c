/* The nets of NL3, NL4 and NL5: four rules from the same starts, and what each net has become. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lab/nl_trained.h"

static const char *const rule_name[SG_NL_RULES] = {"backprop", "one-sg", "all-sg", "direct"};
static const char shared_name[] = "nl_trained";

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool equal_blocks(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                         const struct sg_trial *trial)
{
    const struct sg_int_list *layers = &trial->c->net.layers;
    bool equal = layers->n >= 3;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "net.layers has %zu", layers->n);
    for (size_t i = 1; i < layers->n && equal; i++)
        if (layers->value[i] != layers->value[0]) {
            equal = false;
            snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "layer %zu has %d units, the first %d", i + 1,
                     layers->value[i], layers->value[0]);
        }
    return equal;
}

/* The hidden layer that the case's SG sits after; layers + 1 for the output. */
static size_t cut_of(const struct sg_case *c)
{
    return c->module[0].at < 0 ? c->net.layers.n + 1 : (size_t)c->module[0].at;
}

static bool cut_inside(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const size_t layers = trial->c->net.layers.n, at = cut_of(trial->c);
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it is at boundary %zu of %zu layers", at, layers);
    return at < layers;
}

static bool enough_images(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "there are %d", trial->c->data.test);
    return trial->c->data.test >= SG_NL_TILES;
}

static bool rates_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_case_train *train = &trial->c->train;
    (void)on;
    return sg_nl_times_fit(value, "train.mu_times", &train->mu_times, SG_NL_RULES) &&
           sg_nl_times_fit(value, "train.nu_times", &train->nu_times, SG_NL_DIRECT - SG_NL_ONE_SG);
}

const struct sg_hypothesis sg_nl_equal_blocks = {
    .id = "equal-blocks",
    .words = "there are three hidden layers or more, of one width",
    .mend = "write net.layers = (32, 32, 32, 32)",
    .met = equal_blocks};
const struct sg_hypothesis sg_nl_cut_inside = {
    .id = "cut",
    .words = "the one SG sits after a hidden layer below the last",
    .mend = "lower sg.at",
    .met = cut_inside};
const struct sg_hypothesis sg_nl_test_images = {
    .id = "test-images",
    .words = "there are 40 images to test on, or more",
    .mend = "raise data.test",
    .met = enough_images};
const struct sg_hypothesis sg_nl_gallery_rates = {
    .id = "factors",
    .words = "factors of mu and nu, where there are any, are above 0, one a rule",
    .mend = "write train.mu_times for backprop, one SG, SG everywhere and direct feedback, "
            "train.nu_times for one SG and SG everywhere",
    .met = rates_fit};
const struct sg_hypothesis *const sg_nl_gallery_supposes[] = {
    &sg_nl_equal_blocks, &sg_nl_cut_inside,    &sg_nl_test_images,
    &sg_nl_batch_fits,   &sg_nl_gallery_rates, NULL};

/* ---- training ------------------------------------------------------------------------------- */

/* The claim's trial under the name that its nets share. */
struct studio {
    struct sg_nl_gallery *g;
    struct sg_case c;
    struct sg_trial trial, nothing_kept;
    struct sg_nl_images images;
};

static size_t size_of(const struct sg_nl_gallery *g)
{
    return sg_nl_portrait_size(g->depth, g->epochs);
}

double sg_nl_rule_mu(const struct sg_case *c, enum sg_nl_rule rule)
{
    return c->train.mu * sg_nl_times(&c->train.mu_times, rule);
}

double sg_nl_rule_nu(const struct sg_case *c, enum sg_nl_rule rule)
{
    return rule == SG_NL_ONE_SG || rule == SG_NL_ALL_SG
               ? c->train.nu * sg_nl_times(&c->train.nu_times, rule - SG_NL_ONE_SG)
               : SG_NAN;
}

void sg_nl_rule_rates(struct sg_nl_run *run, const struct sg_case *c, enum sg_nl_rule rule)
{
    run->net_opt.rate = sg_nl_rule_mu(c, rule);
    if (run->net.n_sg > 0)
        run->sg_opt.rate = sg_nl_rule_nu(c, rule);
}

void sg_nl_rule_sgs(struct sg_nl_net *net, enum sg_nl_rule rule, size_t cut)
{
    if (rule == SG_NL_ONE_SG)
        net->sg_after[net->n_sg++] = cut;
    for (size_t block = 1; rule == SG_NL_ALL_SG && block <= net->depth; block++)
        net->sg_after[net->n_sg++] = block;
}

static struct sg_nl_net net_of(const struct studio *s, enum sg_nl_rule rule, size_t seed)
{
    struct sg_nl_net net = sg_nl_net_of(&s->c, s->g->depth);
    net.credit = rule == SG_NL_DIRECT ? SG_DIRECT : SG_TRUE;
    net.seed = s->trial.seed + seed;
    sg_nl_rule_sgs(&net, rule, s->g->cut);
    return net;
}

/* The start is that of no epochs at all. */
static enum sg_status paint(double *values, const struct studio *s, const struct sg_nl_run *run,
                            struct sg_train *train, const struct sg_net *net, struct sg_error *err)
{
    struct sg_nl_run none = *run;
    struct sg_nl_epoch unused;
    struct sg_train *start;
    struct sg_net *same;
    none.epochs = 0;
    enum sg_status status =
        sg_nl_train(&unused, &start, &same, &none, &s->nothing_kept, &s->images, err);
    if (status != SG_OK)
        return status;
    const struct sg_state state = {
        .w = sg_train_w(train), .phi = sg_train_phi(train), .aux = sg_train_aux(train)};
    struct sg_nl_portrait p = sg_nl_portrait_of(values, s->g->depth, s->g->epochs);
    status = sg_nl_paint(&p, &run->net, net, &state, sg_train_w(start), &s->images);
    sg_train_free(start);
    sg_net_free(same);
    return status;
}

static enum sg_status train_and_paint(double *values, const struct studio *s,
                                      const struct sg_nl_run *run, const struct sg_trial *kept,
                                      struct sg_error *err)
{
    const struct sg_nl_portrait p = sg_nl_portrait_of(values, s->g->depth, s->g->epochs);
    struct sg_train *train;
    struct sg_net *net;
    enum sg_status status = sg_nl_train(p.curve, &train, &net, run, kept, &s->images, err);
    if (status == SG_OK) {
        const struct sg_score seen = sg_train_score(train, &s->images.seen);
        p.accuracy[0] = p.curve[run->epochs - 1].test_accuracy;
        p.accuracy[1] = seen.accuracy;
        *p.loss = seen.loss;
        status = paint(values, s, run, train, net, err);
        sg_train_free(train);
        sg_net_free(net);
    }
    return status;
}

/* Of a finished run its portrait is kept: the net itself is a thousand times as large, and told all
 * that is asked. */
static enum sg_status train_one(double *values, const struct studio *s, const char *name,
                                const char *portrait, enum sg_nl_rule rule, size_t seed,
                                struct sg_error *err)
{
    const size_t bytes = size_of(s->g) * sizeof *values;
    const bool large =
        sg_case_is_large(&s->c); /* a small run is sooner done again than its checkpoints written */
    enum sg_status status = SG_OK;
    if (!sg_claim_recall(values, bytes, &s->trial, portrait)) {
        const struct sg_nl_net net = net_of(s, rule, seed);
        struct sg_nl_run run = sg_nl_run_of(&s->c, name, &net, seed);
        run.keep_state = true;
        sg_nl_rule_rates(&run, &s->c, rule);
        status = train_and_paint(values, s, &run, large ? &s->trial : &s->nothing_kept, err);
        if (status == SG_OK)
            status = sg_claim_keep(&s->trial, portrait, values, bytes, err);
    }
    if (status == SG_OK &&
        large) /* an earlier process may have been killed before it came to that */
        sg_claim_forget(&s->trial, name);
    return status;
}

static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct studio *s = context;
    const enum sg_nl_rule rule = (enum sg_nl_rule)(i % s->g->rules);
    const size_t seed = i / s->g->rules, slot = rule * s->g->seeds + seed;
    char *name = sg_base_format("%s-%zu", rule_name[rule], seed),
         *portrait = sg_base_format("%s-portrait", name);
    const enum sg_status status = train_one(s->g->values + slot * size_of(s->g),
                                            s, name, portrait, rule, seed, err);
    free(name);
    free(portrait);
    return status;
}

static void *make(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_nl_gallery *g = SG_TAKE(lab, 1, struct sg_nl_gallery);
    *g = (struct sg_nl_gallery){.trial = lab->trial,
                                .depth = c->net.layers.n,
                                .cut = cut_of(c),
                                .seeds = (size_t)c->train.seeds,
                                .epochs = (size_t)c->train.epochs,
                                .rules = lab->trial->figure ? SG_NL_RULES : SG_NL_DIRECT};
    g->values = SG_TAKE(lab, SG_NL_RULES * g->seeds * size_of(g), double);
    return g;
}

const struct sg_instrument sg_on_gallery = {make};

static void free_store(void *store)
{
    sg_claim_store_free(store);
}

bool sg_nl_gallery_train(struct sg_lab *lab, struct sg_nl_gallery *g)
{
    struct studio *s = SG_TAKE(lab, 1, struct studio);
    struct sg_store *store = sg_claim_store_beside(lab->trial->store, shared_name);
    sg_lab_own(lab, store, free_store);
    s->g = g;
    s->c = *lab->trial->c;
    snprintf(s->c.name, sizeof s->c.name, "%s", shared_name);
    s->c.digest = sg_base_digest(SG_BASE_DIGEST, &s->c.data, sizeof s->c.data);
    s->c.digest = sg_base_digest(s->c.digest, &s->c.net, sizeof s->c.net);
    s->c.digest = sg_base_digest(s->c.digest, s->c.module, s->c.n_modules * sizeof *s->c.module);
    s->c.digest = sg_base_digest(s->c.digest, &s->c.train, sizeof s->c.train);
    s->trial = s->nothing_kept = *lab->trial;
    s->trial.c = s->nothing_kept.c = &s->c;
    s->trial.store = store;
    s->nothing_kept.store = NULL;
    return sg_nl_images_read(&s->images, lab, &s->c) &&
           sg_nl_runs(lab, g->rules * g->seeds, run_one, s);
}

struct sg_nl_portrait sg_nl_gallery_portrait(const struct sg_nl_gallery *g, enum sg_nl_rule rule,
                                             size_t seed)
{
    return sg_nl_portrait_of(g->values + (rule * g->seeds + seed) * size_of(g), g->depth,
                             g->epochs);
}

/* ---- what is said of them ------------------------------------------------------------------- */

static void range_of(double range[3], double *all, size_t n)
{
    for (size_t i = 0; i < 3; i++)
        range[i] = sg_claim_quantile(all, n, (i == 0) ? 0.5 : (i == 1) ? 0 : 1);
}

static struct sg_nl_epoch mean_epoch(const struct sg_nl_gallery *g, enum sg_nl_rule rule,
                                     size_t epoch)
{
    const double share = 1 / (double)g->seeds;
    struct sg_nl_epoch mean = {0, 0, 0, 0};
    for (size_t seed = 0; seed < g->seeds; seed++) {
        const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
        sg_nl_epoch_add(&mean, &p.curve[epoch], share);
    }
    return mean;
}

static void draw_learning(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    sg_lab_series(lab, "learning", "rule epoch loss sg_loss test_loss test_accuracy");
    for (size_t i = 0; i < SG_NL_RULES * g->epochs; i++) {
        const enum sg_nl_rule rule = (enum sg_nl_rule)(i / g->epochs);
        const struct sg_nl_epoch e = mean_epoch(g, rule, i % g->epochs);
        sg_lab_point(lab, (const double[]){rule, (double)(i % g->epochs) + 1, e.loss, e.sg_loss,
                                           e.test_loss, e.test_accuracy});
    }
}

/* The drop in the last tenth of the run says whether a rule has come to rest. */
void sg_nl_gallery_accuracies(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    enum { READ = 3, COLUMNS = 3 + 3 * READ };
    double *all = SG_TAKE(lab, READ * g->seeds, double), row[COLUMNS];
    const size_t last = g->epochs - 1, before = sg_nl_tenth_before_last(g->epochs);
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "the nets over %zu seeds, which share their images: %.70s",
                                   g->seeds, sg_nl_describe_data(lab)),
                     "rule|mu|nu|test accuracy|least|most|training accuracy|least|most|"
                     "training loss|least|most|its drop, last tenth");
    for (enum sg_nl_rule rule = 0; rule < SG_NL_RULES; rule++) {
        for (size_t seed = 0; seed < g->seeds; seed++) {
            const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
            all[seed] = p.accuracy[0];
            all[g->seeds + seed] = p.accuracy[1];
            all[2 * g->seeds + seed] = *p.loss;
        }
        row[0] = sg_nl_rule_mu(lab->trial->c, rule);
        row[1] = sg_nl_rule_nu(lab->trial->c, rule);
        for (size_t i = 0; i < READ; i++)
            range_of(row + 2 + 3 * i, all + i * g->seeds, g->seeds);
        row[COLUMNS - 1] = mean_epoch(g, rule, before).loss - mean_epoch(g, rule, last).loss;
        sg_claim_listing_row(lab->ev, rule_name[rule], row);
    }
    draw_learning(lab, g);
}

/* What the nets are that an effect was seen in: "relu, batch norm, adam". */
static const char *scope_of(struct sg_lab *lab)
{
    static const char *const optimiser[] = {
        [SG_GD] = "SGD", [SG_MOMENTUM] = "momentum", [SG_RMSPROP] = "RMSProp", [SG_ADAM] = "Adam"};
    const struct sg_case *c = lab->trial->c;
    return sg_lab_format(lab, "%s, %sbatch norm, %s", sg_net_layer_name(c->net.activation),
                         c->net.batch_norm ? "" : "no ", optimiser[c->train.optimiser]);
}

void sg_nl_gallery_effects(struct sg_lab *lab, const struct sg_nl_gallery *g,
                           const struct sg_nl_said *said, size_t n)
{
    struct sg_effect *effect = SG_TAKE(lab, n, struct sg_effect);
    for (size_t e = 0; e < n; e++) {
        double *each = SG_TAKE(lab, g->seeds, double);
        for (size_t seed = 0; seed < g->seeds; seed++)
            each[seed] = said[e].effect(g, seed);
        const char *what = sg_lab_format(lab, "%s (%s)", said[e].what, scope_of(lab));
        effect[e] = (struct sg_effect){said[e].id, what, said[e].name, each, g->seeds};
    }
    sg_lab_effects(lab, effect, n);
    if (lab->trial->figure)
        sg_nl_gallery_accuracies(lab, g);
}

void sg_nl_gallery_observe(struct sg_lab *lab, const struct sg_nl_gallery *g, const char *title,
                           const struct sg_nl_observed *observed, size_t n)
{
    double *each = SG_TAKE(lab, g->seeds, double);
    sg_claim_listing(lab->ev, title, "effect|mean|low|high");
    for (size_t e = 0; e < n; e++) {
        struct sg_t_interval interval;
        for (size_t seed = 0; seed < g->seeds; seed++)
            each[seed] = observed[e].effect(g, seed);
        const double mean = sg_lab_t_interval(&interval, each, g->seeds, 0.95);
        sg_claim_listing_row(lab->ev, observed[e].name,
                             (const double[]){mean, interval.low, interval.high});
    }
}

void sg_nl_gallery_blocks(struct sg_lab *lab, const struct sg_nl_gallery *g, const char *title,
                          const char *name, sg_nl_of_block *of)
{
    if (!lab->trial->figure)
        return;
    double *mean = SG_TAKE(lab, g->depth * SG_NL_RULES, double);
    sg_lab_series(lab, name, "rule block mean low high cut");
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
            sg_lab_point(lab, (const double[]){rule, (double)block, sum / (double)g->seeds, low,
                                               high, (double)g->cut});
        }
    sg_claim_listing(lab->ev, title, "after block|backprop|one SG|SG everywhere|direct feedback");
    for (size_t block = 1; block <= g->depth; block++)
        sg_claim_listing_row(
            lab->ev, sg_lab_format(lab, block == g->cut ? "%zu, then the one SG" : "%zu", block),
            mean + (block - 1) * SG_NL_RULES);
}

void sg_nl_gallery_check(struct sg_lab *lab, const struct sg_nl_gallery *g, size_t which,
                         const char *id, const char *what, const char *words)
{
    for (enum sg_nl_rule rule = 0; rule < g->rules; rule++)
        for (size_t seed = 0; seed < g->seeds; seed++) {
            const struct sg_nl_off off = sg_nl_gallery_portrait(g, rule, seed).off[which];
            sg_lab_zero(lab, SG_SIMULATED, id, what, off.error,
                        (struct sg_tol){off.tolerance, words, off.scale});
        }
}

double sg_nl_slope(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed,
                   sg_nl_of_block *of, size_t first)
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
