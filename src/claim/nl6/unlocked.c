/* NL6, unlocked in time: the SG between two halves learns from pairs (h, g) of tau steps ago.  What
 * does the delay cost? */
#include <string.h>

#include "claim/nl6/parts.h"
#include "data/real.h"

/* Runs of one seed: backprop, a lower half under nothing, then a delay each. */
enum { BACKPROP, FROZEN, DELAYS };

struct experiment {
    struct sg_lab *lab;
    const struct sg_case *c;
    const struct sg_nl_images *images;
    size_t variants, seeds, epochs;
    struct sg_nl_epoch *curve; /* variants x seeds x epochs */
};

static size_t tau_of(const struct experiment *x, size_t variant)
{
    return (size_t)x->c->train.tau.value[variant - DELAYS];
}

static struct sg_nl_net net_of(const struct experiment *x, size_t variant, size_t seed)
{
    const struct sg_nl6_rule *rule = &sg_nl6_rules[variant < DELAYS ? SG_NL6_BACKPROP : SG_NL6_SG];
    struct sg_nl_net net = sg_nl6_net(rule, x->c, x->lab->trial->seed + seed);
    net.cut = (net.depth + 1) / 2;
    if (variant == FROZEN)
        net.credit = SG_NOTHING;
    return net;
}

struct pair {
    struct sg_net *net;
    struct sg_train *train;
    struct sg_halves *halves;
};

static void end_pair(void *pair)
{
    struct pair *p = pair;
    sg_train_halves_free(p->halves);
    sg_train_free(p->train);
    sg_net_free(p->net);
}

/* threads = 0: the undivided run. */
static struct pair *pair_make(struct sg_lab *lab, const struct experiment *x, size_t variant,
                              size_t seed, size_t threads)
{
    const struct sg_images *seen = &x->images->seen;
    const struct sg_nl_net net = net_of(x, variant, seed);
    const struct sg_nl_run run = sg_nl_run_of(x->c, NULL, &net, seed);
    struct pair *p = SG_TAKE(lab, 1, struct pair);
    sg_lab_own(lab, p, end_pair);
    p->net = sg_nl_net_alloc(&net, seen->rows * seen->columns, seen->classes);
    p->train = sg_nl_train_alloc(&run, p->net, lab->trial, seen);
    if (variant >= DELAYS && threads > 0)
        p->halves = sg_train_halves_alloc(p->train, tau_of(x, variant), threads);
    return p;
}

static bool advance(struct sg_lab *lab, const struct pair *p, uint64_t steps)
{
    return sg_lab_try(lab, p->halves ? sg_train_halves_advance(p->halves, steps)
                                     : sg_train_advance(p->train, steps));
}

static enum sg_status train_one(struct sg_error *err, size_t i, void *context)
{
    const struct experiment *x = context;
    const size_t variant = i / x->seeds, seed = i % x->seeds,
                 bytes = x->epochs * sizeof(struct sg_nl_epoch);
    struct sg_lab lab = sg_lab_begin(NULL, x->lab->trial);
    struct sg_nl_epoch *curve = x->curve + i * x->epochs;
    const char *piece = variant == BACKPROP ? sg_lab_format(&lab, "bp-%zu", seed)
                        : variant == FROZEN
                            ? sg_lab_format(&lab, "frozen-%zu", seed)
                            : sg_lab_format(&lab, "tau%zu-%zu", tau_of(x, variant), seed);
    if (!sg_claim_recall(curve, bytes, lab.trial, piece)) {
        const struct pair *p = pair_make(&lab, x, variant, seed, 1);
        for (size_t e = 0; e < x->epochs && advance(&lab, p, sg_train_epoch_steps(p->train)); e++)
            curve[e] = sg_nl_epoch_of(p->train, &x->images->unseen);
        if (lab.status == SG_OK)
            sg_lab_try(&lab, sg_claim_keep(lab.trial, piece, curve, bytes, err));
    }
    return sg_lab_end(&lab);
}

/* ---- bits ----------------------------------------------------------------------------------- */

/* Do two threads, or the plain run (threads = 0), take the bits of the halves in turn? */
static bool same_bits(const struct experiment *x, size_t variant, size_t threads)
{
    enum { STEPS = 20 };
    struct sg_lab lab = sg_lab_begin(x->lab->ev, x->lab->trial);
    const struct pair *turn = pair_make(&lab, x, variant, 0, 1);
    const struct pair *other = pair_make(&lab, x, variant, 0, threads);
    const struct sg_sizes sizes = sg_net_sizes(turn->net);
    const size_t real = sg_real_size(sg_net_arch(turn->net)->dtype);
    const bool same =
        advance(&lab, turn, STEPS) && advance(&lab, other, STEPS) &&
        memcmp(sg_train_w(turn->train), sg_train_w(other->train), sizes.w * real) == 0 &&
        memcmp(sg_train_phi(turn->train), sg_train_phi(other->train), sizes.phi * real) == 0;
    sg_lab_try(x->lab, sg_lab_end(&lab));
    return same;
}

static void add_bits(const struct experiment *x)
{
    bool threads = true, plain = true;
    for (size_t v = DELAYS; v < x->variants; v++) {
        threads = same_bits(x, v, 2) && threads;
        if (tau_of(x, v) == 0)
            plain = same_bits(x, v, 0) && plain;
    }
    sg_lab_fact(x->lab, SG_SIMULATED, "bits-threads",
                "halves in two threads have the bits of halves in turn, at every delay", threads,
                "bit for bit");
    sg_lab_fact(x->lab, SG_SIMULATED, "bits-undivided",
                "halves without delay have the bits of the undivided run", plain, "bit for bit");
}

/* ---- cost ----------------------------------------------------------------------------------- */

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

static double *over_seeds(const struct experiment *x, size_t variant,
                          double (*effect)(const struct experiment *, size_t, size_t))
{
    double *each = SG_TAKE(x->lab, x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        each[seed] = effect(x, variant, seed);
    return each;
}

/* The verdict is about the price of the first delay. */
static void add_effects(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    struct sg_effect *effect = SG_TAKE(lab, x->variants - DELAYS + 1, struct sg_effect);
    size_t n = 0;
    effect[n++] = (struct sg_effect){
        "kept",
        sg_lab_format(lab, "tau = %zu: nine tenths of what the SG gains without delay are kept",
                      tau_of(x, DELAYS + 1)),
        "nine tenths kept", over_seeds(x, DELAYS + 1, costs_little), x->seeds};
    for (size_t v = DELAYS; v < x->variants; v++)
        effect[n++] = (struct sg_effect){sg_lab_format(lab, "trains-%zu", tau_of(x, v)),
                                         sg_lab_format(lab,
                                                       "tau = %zu: the SG trains the lower half, "
                                                       "test accuracy over a frozen one",
                                                       tau_of(x, v)),
                                         sg_lab_format(lab, "trains, tau = %zu", tau_of(x, v)),
                                         over_seeds(x, v, still_trains), x->seeds};
    sg_lab_effects(lab, effect, n);
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

/* Test accuracy of tau = 0 when its SG had learned from as many pairs as this run's, between epochs
 * on a line: what a late start alone would cost. */
static double late_start(const struct experiment *x, size_t variant)
{
    const size_t steps =
        x->images->seen.n / (size_t)x->c->train.batch; /* an epoch's: the rest is left out */
    const double epoch = (double)x->epochs - (double)tau_of(x, variant) / (double)steps;
    if (epoch < 1)
        return SG_NAN;
    const size_t before = (size_t)epoch;
    const double after = before < x->epochs ? mean_of(x, DELAYS, before, false) : 0;
    return mean_of(x, DELAYS, before - 1, false) +
           (epoch - (double)before) * (after - mean_of(x, DELAYS, before - 1, false));
}

static void add_prices(const struct experiment *x)
{
    sg_lab_series(x->lab, "prices", "tau test_accuracy least most late_start");
    for (size_t v = DELAYS; v < x->variants; v++) {
        double least = 1, most = 0;
        for (size_t seed = 0; seed < x->seeds; seed++) {
            least = accuracy(x, v, seed) < least ? accuracy(x, v, seed) : least;
            most = accuracy(x, v, seed) > most ? accuracy(x, v, seed) : most;
        }
        sg_lab_point(x->lab,
                     (const double[]){(double)tau_of(x, v), mean_of(x, v, x->epochs - 1, false),
                                      least, most, late_start(x, v)});
    }
}

static void add_tables(const struct experiment *x)
{
    struct sg_lab *lab = x->lab;
    const size_t last = x->epochs - 1;
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab,
                                   "%zu seeds, %zu epochs, %.60s: means; DY11 puts the price of "
                                   "delayed pairs at 0",
                                   x->seeds, x->epochs, sg_nl_describe_data(lab)),
                     "run|loss, 1st epoch|loss, last|test acc, 1st|test acc, last|price|tau = 0, "
                     "tau steps earlier");
    add_prices(x);
    sg_lab_series(lab, "curves", "variant tau epoch loss test_accuracy");
    for (size_t v = 0; v < x->variants; v++) {
        const bool delayed = v >= DELAYS;
        const char *name = delayed       ? sg_lab_format(lab, "SG, tau = %zu", tau_of(x, v))
                           : v == FROZEN ? "lower half frozen"
                                         : "backprop";
        const double at_end = mean_of(x, v, last, false),
                     price = mean_of(x, DELAYS, last, false) - at_end;
        const double row[] = {mean_of(x, v, 0, true),   mean_of(x, v, last, true),
                              mean_of(x, v, 0, false),  at_end,
                              delayed ? price : SG_NAN, delayed ? late_start(x, v) : SG_NAN};
        sg_claim_listing_row(lab->ev, name, row);
        for (size_t e = 0; e < x->epochs; e++)
            sg_lab_point(lab, (const double[]){(double)v, delayed ? (double)tau_of(x, v) : -1.0,
                                               (double)e + 1, mean_of(x, v, e, true),
                                               mean_of(x, v, e, false)});
    }
}

void sg_nl6_unlocked(struct sg_lab *lab, const struct sg_nl_images *images)
{
    const struct sg_case *c = lab->trial->c;
    struct experiment x = {.lab = lab,
                           .c = c,
                           .images = images,
                           .variants = DELAYS + c->train.tau.n,
                           .seeds = (size_t)c->train.seeds,
                           .epochs = (size_t)c->train.epochs};
    const size_t runs = x.variants * x.seeds;
    x.curve = SG_TAKE(lab, runs * x.epochs, struct sg_nl_epoch);
    add_bits(&x);
    if (!sg_nl_runs(lab, runs, train_one, &x))
        return;
    add_effects(&x);
    if (lab->trial->figure)
        add_tables(&x);
}
