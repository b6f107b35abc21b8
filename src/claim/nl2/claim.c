/* NL2: the loss that a linear SG sees, reconstructed from its field: MSE and log loss, near the
 * loss and far from it, early and late. */
#include <math.h>
#include <stdio.h>

#include "claim/nl2/parts.h"
#include "lab/nl.h"

/* ---- what the runs say ---------------------------------------------------------------------- */

/* MSE over log loss where the SG is right under the loss, at the end. */
static double effect_mse(const struct sg_nl2_experiment *x, size_t seed)
{
    const size_t top = x->places - 1;
    return sg_nl2_view_of(x, seed, SG_NL2_MSE, SG_NL2_LATE, top, SG_NL2_TRAINED)->correlation -
           sg_nl2_view_of(x, seed, SG_NL2_LOG, SG_NL2_LATE, top, SG_NL2_TRAINED)->correlation;
}

/* Mean over the hidden places from..to - 1 and both losses. */
static double hidden(const struct sg_nl2_experiment *x, size_t seed, size_t time, size_t from,
                     size_t to)
{
    double mean = 0;
    for (size_t place = from; place < to; place++)
        for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
            mean += sg_nl2_view_of(x, seed, kind, time, place, SG_NL2_TRAINED)->correlation /
                    (double)(SG_NL2_KINDS * (to - from));
    return mean;
}

static double effect_near(const struct sg_nl2_experiment *x, size_t seed)
{
    const size_t h = x->places - 1, half = h / 2;
    double effect = 0;
    for (size_t time = SG_NL2_EARLY; time < SG_NL2_TIMES; time++)
        effect += (hidden(x, seed, time, h - half, h) - hidden(x, seed, time, 0, half)) /
                  (SG_NL2_TIMES - SG_NL2_EARLY);
    return effect;
}

static double effect_early(const struct sg_nl2_experiment *x, size_t seed)
{
    return hidden(x, seed, SG_NL2_EARLY, 0, x->places - 1) -
           hidden(x, seed, SG_NL2_LATE, 0, x->places - 1);
}

static double effect_trains(const struct sg_nl2_experiment *x, size_t seed)
{
    return x->end[seed * SG_NL2_KINDS + SG_NL2_LOG].gain;
}

/* live: over the seeds whose nets are alive, which the correlations need; else over the first that
 * were drawn, dead or not.  The first is the primary one: it is measured at every hidden layer and
 * time and under both losses, that of the losses at one place and time. */
static const struct {
    const char *id, *what, *name;
    bool live;
    double (*of)(const struct sg_nl2_experiment *x, size_t seed);
} effects[] = {
    {"nearer", "nearer the loss is better: correlation, upper less lower half of the hidden layers",
     "nearer is better", true, effect_near},
    {"mse-over-log",
     "MSE over log loss: correlation of seen and true loss right under the loss, at T",
     "MSE over log loss", true, effect_mse},
    {"earlier", "earlier is better: correlation over the hidden layers, at T/8 less at T",
     "earlier is better", true, effect_early},
    {"log-trains",
     "log loss trains all the same: of the best constant's loss, the share that is gone at T",
     "log loss trains", false, effect_trains},
};
enum { EFFECTS = sizeof effects / sizeof *effects };

static void add_effects(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    struct sg_effect said[EFFECTS];
    for (size_t e = 0; e < EFFECTS; e++) {
        const size_t n = effects[e].live ? x->n_live : x->wanted;
        double *each = SG_TAKE(lab, n, double);
        for (size_t i = 0; i < n; i++)
            each[i] = effects[e].of(x, effects[e].live ? x->live[i] : i);
        said[e] = (struct sg_effect){effects[e].id, effects[e].what, effects[e].name, each, n};
    }
    sg_lab_effects(lab, said, EFFECTS);
}

/* Under MSE with nothing but dense layers above, the best SG sees the loss itself. */
static void add_exact(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    static const struct {
        const char *id, *what;
    } row[] = {{"exact-hidden", "after the last hidden layer, MSE: the best SG's loss is the true "
                                "one, largest difference"},
               {"exact-output", "right under the loss, MSE: the same"}};
    for (size_t i = 0; i < x->seeds * SG_NL2_TIMES * 2; i++) {
        const size_t place = x->places - 2 + i % 2, time = i / 2 % SG_NL2_TIMES,
                     seed = i / (2 * SG_NL2_TIMES);
        sg_lab_zero(lab, SG_SIMULATED, row[i % 2].id, row[i % 2].what,
                    sg_nl2_view_of(x, seed, SG_NL2_MSE, time, place, SG_NL2_BEST)->worst,
                    (struct sg_tol){x->exact[i].tolerance,
                                    "10 q u |Z| |phi| |h - mean| + n u max l", x->exact[i].scale});
    }
}

static void look_for_dead(struct sg_nl2_experiment *x, size_t seed)
{
    bool live = true;
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++) {
        bool dead = false;
        for (size_t time = SG_NL2_EARLY; time < SG_NL2_TIMES; time++)
            dead = dead || sg_nl2_view_of(x, seed, kind, time, 0, SG_NL2_TRAINED)->silent > 0.5;
        x->dead[kind] += dead;
        live = live && !dead;
    }
    if (live)
        x->live[x->n_live++] = seed;
}

/* As many more as there are dead, until enough are alive. */
static bool draw_until_alive(struct sg_lab *lab, struct sg_nl2_experiment *x)
{
    while (x->n_live < x->wanted && x->seeds < SG_NL2_DRAWS * x->wanted) {
        size_t more = x->wanted - x->n_live;
        if (x->seeds + more > SG_NL2_DRAWS * x->wanted)
            more = SG_NL2_DRAWS * x->wanted - x->seeds;
        x->first = x->seeds;
        if (!sg_nl_runs(lab, more * SG_NL2_KINDS, sg_nl2_run, x))
            return false;
        for (x->seeds += more; x->first < x->seeds; x->first++)
            look_for_dead(x, x->first);
    }
    return true;
}

/* ---- the claim ------------------------------------------------------------------------------ */

static struct sg_nl2_experiment *make_experiment(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_nl2_experiment *x = SG_TAKE(lab, 1, struct sg_nl2_experiment);
    *x = (struct sg_nl2_experiment){
        .trial = lab->trial, .c = c, .wanted = (size_t)c->train.seeds, .places = c->n_modules};
    const size_t most = SG_NL2_DRAWS * x->wanted;
    for (size_t t = 0; t < SG_NL2_TIMES; t++)
        x->time[t] = (uint64_t)c->train.steps >> (SG_NL2_LATE - t);
    x->view = SG_TAKE(lab, most * SG_NL2_KINDS * SG_NL2_TIMES * x->places * SG_NL2_WHO,
                      struct sg_nl2_view);
    x->exact = SG_TAKE(lab, most * SG_NL2_TIMES * 2, struct sg_nl2_bound);
    x->end = SG_TAKE(lab, most * SG_NL2_KINDS, struct sg_nl2_end);
    x->live = SG_TAKE(lab, most, size_t);
    x->all = SG_TAKE(lab, most, double);
    if (lab->trial->figure)
        x->fine = SG_TAKE(
            lab, most * SG_NL2_KINDS * SG_NL2_FINE * SG_NL2_FINE * (1 + x->places), double);
    return x;
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    struct sg_nl2_experiment *x = make_experiment(lab);
    if (!sg_lab_afford(lab, 1 << SG_NL2_LATE, lab->trial->c->train.steps, "look after T/32 steps",
                       "raise train.steps"))
        return;
    sg_nl2_fields(lab);
    if (!draw_until_alive(lab, x))
        return;
    if (x->n_live < x->seeds)
        sg_lab_note(lab, "%zu seeds drawn, %zu left out of correlations: %zu nets died under MSE, "
                    "%zu under log loss", x->seeds, x->seeds - x->n_live, x->dead[SG_NL2_MSE],
                    x->dead[SG_NL2_LOG]);
    add_exact(lab, x);
    add_effects(lab, x);
    if (x->fine)
        sg_nl2_draw(lab, x);
}

static bool places_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const size_t places = c->n_modules, layers = c->net.layers.n;
    const bool output =
        c->module[places - 1].at < 0 || (size_t)c->module[places - 1].at == layers + 1;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "there are %zu, %s at the output", places,
             output ? "one" : "none");
    return places >= 3 && output && c->module[places - 2].at == (int)layers;
}

static const struct sg_hypothesis places = {
    .id = "places",
    .words = "SGs sit at the output, after the last hidden layer and below that",
    .mend = "add them to sg",
    .met = places_fit};

const struct sg_claim sg_claim_nl2 = {
    .id = "NL2",
    .name = "nl2_seen_loss",
    .title = "the loss that an SG sees",
    .from = SG_FROM_PAPER,
    .source = "the loss an SG sees; its potentials: this project",
    .empirical = true,
    .reads =
        "data.kind=grid data.side data.labels data.one_hot data.bias net.layers! net.activation"
        " net.loss=softmax|logistic sg=some sg.at sg.family=linear sg.terms sg.target=true sg.mix "
        "train.steps" SG_READS_TRAINING,
    .supposes = (const struct sg_hypothesis *const[]){&places, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement =
        "A linear SG's field hA + yB + C is the gradient of a loss iff A is symmetric; else a "
        "nearest one is, and what is left has no potential.  Under MSE with nothing nonlinear "
        "above it the best SG sees the loss itself.  Elsewhere the seen loss is measured against "
        "the true one over the grid: it is seen better near the loss than far from it (the primary "
        "effect), early better than late, and log loss more distorted than MSE, yet it trains.  "
        "Student t intervals over seeds, which are drawn until their nets are alive.",
};
