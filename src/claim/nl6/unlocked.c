/* NL6, unlocked in time: the SG between two halves learns from pairs (h, g) of tau steps ago.  What does the delay cost? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/nl6/parts.h"

/* Runs of one seed: backprop, a lower half under nothing, then a delay each. */
enum { BACKPROP, FROZEN, DELAYS };

struct experiment {
    const struct sg_trial *trial;
    const struct sg_images *seen, *unseen;
    size_t variants, seeds, epochs;
    struct sg_nl_epoch *curve;              /* variants x seeds x epochs */
};

static size_t tau_of(const struct experiment *x, size_t variant)
{
    return (size_t)x->trial->c->train.tau.value[variant - DELAYS];
}

static struct sg_nl_net net_of(const struct experiment *x, size_t variant, size_t seed)
{
    const struct sg_case *c = x->trial->c;
    struct sg_nl_net net = sg_nl6_net(&sg_nl6_rules[variant < DELAYS ? SG_NL6_BACKPROP : SG_NL6_SG], c, x->trial->seed + seed);
    net.cut = (net.depth + 1) / 2;
    if (variant == FROZEN)
        net.credit = SG_NOTHING;
    return net;
}

struct pair { struct sg_net *net; struct sg_train *train; struct sg_halves *halves; };

static struct pair pair_alloc(const struct experiment *x, size_t variant, size_t seed, size_t threads)
{
    const struct sg_case *c = x->trial->c;
    const struct sg_nl_net net = net_of(x, variant, seed);
    struct pair p = {.net = sg_nl_net_alloc(&net, x->seen->rows * x->seen->columns, x->seen->classes)};
    const struct sg_train_spec spec = {.net = p.net, .net_opt = sg_case_opt(c, c->train.mu), .sg_opt = sg_case_opt(c, c->train.nu), .init = SG_HE,
                                       .images = x->seen, .batch = (size_t)c->train.batch, .name = "case", .seed = x->trial->seed, .replicate = seed,
                                       .decay_steps = c->train.decay ? x->epochs * (x->seen->n / (size_t)c->train.batch) : 0};
    p.train = sg_train_alloc(&spec);
    p.halves = variant < DELAYS || threads == 0 ? NULL : sg_train_halves_alloc(p.train, tau_of(x, variant), threads);
    return p;
}

static void pair_free(struct pair *p)
{
    sg_train_halves_free(p->halves);
    sg_train_free(p->train);
    sg_net_free(p->net);
}

static enum sg_status advance(const struct pair *p, uint64_t steps)
{
    return p->halves ? sg_train_halves_advance(p->halves, steps) : sg_train_advance(p->train, steps);
}

static enum sg_status train_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const size_t variant = i / x->seeds, seed = i % x->seeds, bytes = x->epochs * sizeof(struct sg_nl_epoch);
    struct sg_nl_epoch *curve = x->curve + i * x->epochs;
    char *piece = variant == BACKPROP ? sg_base_format("bp-%zu", seed)
                : variant == FROZEN ? sg_base_format("frozen-%zu", seed) : sg_base_format("tau%zu-%zu", tau_of(x, variant), seed);
    enum sg_status status = SG_OK;
    if (!sg_claim_recall(curve, bytes, x->trial, piece)) {
        struct pair p = pair_alloc(x, variant, seed, 1);
        for (size_t e = 0; e < x->epochs && status == SG_OK; e++) {
            status = advance(&p, sg_train_epoch_steps(p.train));
            const struct sg_metrics seen = sg_train_seen(p.train);
            const struct sg_score score = sg_train_score(p.train, x->unseen);
            curve[e] = (struct sg_nl_epoch){seen.loss, seen.sg_loss, score.loss, score.accuracy};
        }
        if (status == SG_OK)
            status = sg_claim_keep(x->trial, piece, curve, bytes, err);
        pair_free(&p);
    }
    free(piece);
    return status;
}

/* ---- bits ------------------------------------------------------------------------------------------------------------------ */

/* Do two threads, or the plain run (threads = 0), take the bits of the halves in turn? */
static enum sg_status same_bits(bool *same, const struct experiment *x, size_t variant, size_t threads)
{
    enum { STEPS = 20 };
    struct pair turn = pair_alloc(x, variant, 0, 1), other = pair_alloc(x, variant, 0, threads);
    const struct sg_sizes sizes = sg_net_sizes(turn.net);
    const size_t real = sg_net_arch(turn.net)->dtype == SG_F32 ? sizeof(float) : sizeof(double);
    enum sg_status status = advance(&turn, STEPS);
    if (status == SG_OK)
        status = advance(&other, STEPS);
    *same = memcmp(sg_train_w(turn.train), sg_train_w(other.train), sizes.w * real) == 0 &&
            memcmp(sg_train_phi(turn.train), sg_train_phi(other.train), sizes.phi * real) == 0;
    pair_free(&turn);
    pair_free(&other);
    return status;
}

static enum sg_status add_bits(struct sg_evidence *ev, const struct experiment *x)
{
    enum sg_status status = SG_OK;
    bool threads = true, plain = true;
    for (size_t v = DELAYS; v < x->variants && status == SG_OK; v++) {
        bool same = false;
        status = same_bits(&same, x, v, 2);
        threads = threads && same;
        if (status == SG_OK && tau_of(x, v) == 0) {
            status = same_bits(&same, x, v, 0);
            plain = plain && same;
        }
    }
    if (status != SG_OK)
        return status;
    sg_claim_fact(ev, SG_SIMULATED, "halves in two threads have the bits of halves in turn, at every delay", threads, "bit for bit");
    sg_claim_fact(ev, SG_SIMULATED, "halves without delay have the bits of the undivided run", plain, "bit for bit");
    return SG_OK;
}

/* ---- cost ------------------------------------------------------------------------------------------------------------------ */

static double accuracy(const struct experiment *x, size_t variant, size_t seed)
{
    return x->curve[(variant * x->seeds + seed + 1) * x->epochs - 1].test_accuracy;
}

static double still_trains(const struct experiment *x, size_t variant, size_t seed)
{
    return accuracy(x, variant, seed) - accuracy(x, FROZEN, seed);
}

/* A tenth of what the SG gains without a delay, less what the delay takes away. */
static double costs_little(const struct experiment *x, size_t variant, size_t seed)
{
    return still_trains(x, variant, seed) - 0.9 * still_trains(x, DELAYS, seed);
}

static void add_effect(struct sg_evidence *ev, const struct experiment *x, size_t variant, const char *what,
                       double (*effect)(const struct experiment *, size_t, size_t))
{
    double *each = SG_NEW(x->seeds, double), interval[2];
    char text[120];
    for (size_t seed = 0; seed < x->seeds; seed++)
        each[seed] = effect(x, variant, seed);
    snprintf(text, sizeof text, "tau = %zu: %s", tau_of(x, variant), what);
    (void)sg_claim_effect_over_seeds(interval, ev, x->trial, text, each, x->seeds);
    free(each);
}

static double mean_of(const struct experiment *x, size_t variant, size_t epoch, bool of_loss)
{
    double mean = 0;
    for (size_t seed = 0; seed < x->seeds; seed++) {
        const struct sg_nl_epoch *e = &x->curve[(variant * x->seeds + seed) * x->epochs + epoch];
        mean += (of_loss ? e->loss : e->test_accuracy) / (double)x->seeds;
    }
    return mean;
}

/* Test accuracy of tau = 0 when its SG had learned from as many pairs as this run's, between epochs on a line: what a late start alone would cost. */
static double late_start(const struct experiment *x, size_t variant)
{
    const size_t steps = x->seen->n / (size_t)x->trial->c->train.batch;      /* an epoch's: the rest is left out */
    const double epoch = (double)x->epochs - (double)tau_of(x, variant) / (double)steps;
    if (epoch < 1)
        return SG_NAN;
    const size_t before = (size_t)epoch;
    const double after = before < x->epochs ? mean_of(x, DELAYS, before, false) : 0;
    return mean_of(x, DELAYS, before - 1, false) + (epoch - (double)before) * (after - mean_of(x, DELAYS, before - 1, false));
}

static void add_tables(struct sg_evidence *ev, const struct experiment *x)
{
    char *data = sg_case_describe_data(x->trial->c, x->trial->seed), title[160], name[SG_LISTING_NAME_MAX];
    snprintf(title, sizeof title, "%zu seeds, %zu epochs, %.60s: means; DY11 puts the price of delayed pairs at 0", x->seeds, x->epochs, data);
    free(data);
    sg_claim_listing(ev, title, "run|loss, 1st epoch|loss, last|test acc, 1st|test acc, last|price|tau = 0, tau steps earlier");
    sg_claim_series(ev, "prices", "tau test_accuracy least most late_start");
    for (size_t v = DELAYS; v < x->variants; v++) {
        double least = 1, most = 0;
        for (size_t seed = 0; seed < x->seeds; seed++) {
            least = accuracy(x, v, seed) < least ? accuracy(x, v, seed) : least;
            most = accuracy(x, v, seed) > most ? accuracy(x, v, seed) : most;
        }
        sg_claim_point(ev, (const double[]){(double)tau_of(x, v), mean_of(x, v, x->epochs - 1, false), least, most, late_start(x, v)});
    }
    sg_claim_series(ev, "curves", "variant tau epoch loss test_accuracy");
    for (size_t v = 0; v < x->variants; v++) {
        if (v < DELAYS)
            snprintf(name, sizeof name, "%s", v == BACKPROP ? "backprop" : "lower half frozen");
        else
            snprintf(name, sizeof name, "SG, tau = %zu", tau_of(x, v));
        const size_t last = x->epochs - 1;
        const double at_end = mean_of(x, v, last, false), price = v < DELAYS ? SG_NAN : mean_of(x, DELAYS, last, false) - at_end;
        sg_claim_listing_row(ev, name, (const double[]){mean_of(x, v, 0, true), mean_of(x, v, last, true), mean_of(x, v, 0, false), at_end, price,
                                                        v < DELAYS ? SG_NAN : late_start(x, v)});
        for (size_t e = 0; e < x->epochs; e++)
            sg_claim_point(ev, (const double[]){(double)v, v < DELAYS ? -1.0 : (double)tau_of(x, v), (double)e + 1, mean_of(x, v, e, true),
                                                mean_of(x, v, e, false)});
    }
}

static void add_all(struct sg_evidence *ev, const struct experiment *x)
{
    for (size_t v = DELAYS; v < x->variants; v++)
        add_effect(ev, x, v, "the SG trains the lower half, test accuracy over a frozen one", still_trains);
    add_effect(ev, x, DELAYS + 1, "nine tenths of that gain are kept", costs_little);
    if (x->trial->figure)
        add_tables(ev, x);
}

enum sg_status sg_nl6_unlocked(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_images *seen, const struct sg_images *unseen)
{
    const struct sg_case *c = trial->c;
    if (c->train.tau.n < 2 || c->train.tau.value[0] != 0 || c->module[0].mix != 1.0) {
        snprintf(ev->note, sizeof ev->note, "the unlocked runs of NL6 want train.tau = (0, ...) with another delay after it, and mix = 1");
        return SG_HYPOTHESIS;
    }
    struct experiment x = {.trial = trial, .seen = seen, .unseen = unseen, .variants = DELAYS + c->train.tau.n, .seeds = (size_t)c->train.seeds,
                           .epochs = (size_t)c->train.epochs};
    const size_t runs = x.variants * x.seeds;
    x.curve = SG_NEW(runs * x.epochs, struct sg_nl_epoch);
    enum sg_status status = add_bits(ev, &x);
    if (status == SG_OK)
        status = sg_claim_runs(ev, trial, runs, train_one, &x);
    if (status == SG_OK)
        add_all(ev, &x);
    free(x.curve);
    return status;
}
