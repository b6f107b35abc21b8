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
    return x->gain[seed * SG_NL2_KINDS + SG_NL2_LOG];
}

/* live: over the seeds whose nets are alive, which the correlations need.  The first is the primary
 * one: it is measured at every hidden layer and time and under both losses, that of the losses at
 * one place and time. */
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
        const size_t n = effects[e].live ? x->n_live : x->seeds;
        double *each = SG_TAKE(lab, n, double);
        for (size_t i = 0; i < n; i++)
            each[i] = effects[e].of(x, effects[e].live ? x->live[i] : i);
        said[e] = (struct sg_effect){effects[e].id, effects[e].what, effects[e].name, each, n};
    }
    sg_lab_effects(lab, said, EFFECTS);
}

enum field { CORRELATION, PLAIN, R2, WITHOUT, ERROR };

static double median(const struct sg_nl2_experiment *x, enum sg_nl2_kind kind, size_t time,
                     size_t place, enum sg_nl2_who who, enum field field)
{
    for (size_t i = 0; i < x->n_live; i++) {
        const struct sg_nl2_view *v = sg_nl2_view_of(x, x->live[i], kind, time, place, who);
        const double of_field[] = {v->correlation, v->plain, 1 - v->off, v->without, v->error};
        x->all[i] = of_field[field];
    }
    return x->n_live > 0 ? sg_claim_quantile(x->all, x->n_live, 0.5) : SG_NAN;
}

static void add_table(struct sg_lab *lab, const struct sg_nl2_experiment *x, enum field field,
                      enum sg_nl2_who who, const char *what)
{
    enum { SHOWN = SG_NL2_TIMES - SG_NL2_EARLY };
    _Static_assert(SG_NL2_KINDS * SHOWN == 8, "a value for each column");
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%s, medians of %zu seeds (T = %d steps)", what, x->n_live,
                                   x->c->train.steps),
                     "SG|mse T/8|mse T/4|mse T/2|mse T|log T/8|log T/4|log T/2|log T");
    for (size_t place = x->places; place-- > 0;) {
        double row[SG_NL2_KINDS * SHOWN];
        for (size_t i = 0; i < SG_NL2_KINDS * SHOWN; i++)
            row[i] = median(x, (enum sg_nl2_kind)(i / SHOWN), SG_NL2_EARLY + i % SHOWN, place, who,
                            field);
        sg_claim_listing_row(lab->ev,
                             place + 1 == x->places
                                 ? "under the loss"
                                 : sg_lab_format(lab, "after layer %d", x->c->module[place].at),
                             row);
    }
}

static void add_tables(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    static const struct {
        enum field field;
        enum sg_nl2_who who;
        const char *what;
    } tables[] = {{CORRELATION, SG_NL2_TRAINED, "correlation of the seen loss with the true one"},
                  {CORRELATION, SG_NL2_BEST, "the same of the best linear SG at that moment"},
                  {PLAIN, SG_NL2_TRAINED, "the same with 1/2 h A h^T + (y B + C) h^T"},
                  {R2, SG_NL2_TRAINED, "R^2 of the seen loss, scale and all"},
                  {WITHOUT, SG_NL2_TRAINED, "share of E|s|^2 without a potential"},
                  {ERROR, SG_NL2_TRAINED, "E|s - g|^2 / E|g|^2"}};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        add_table(lab, x, tables[t].field, tables[t].who, tables[t].what);
}

static void add_layers(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    sg_lab_series(lab, "layers", "loss time place correlation best plain r2 without error");
    for (size_t i = 0; i < SG_NL2_KINDS * SG_NL2_TIMES * x->places; i++) {
        const size_t place = i % x->places, time = i / x->places % SG_NL2_TIMES;
        const enum sg_nl2_kind kind = (enum sg_nl2_kind)(i / (x->places * SG_NL2_TIMES));
        double row[] = {kind,
                        (double)x->time[time],
                        (double)place + 1,
                        median(x, kind, time, place, SG_NL2_TRAINED, CORRELATION),
                        median(x, kind, time, place, SG_NL2_BEST, CORRELATION),
                        0,
                        0,
                        0,
                        0};
        for (enum field field = PLAIN; field <= ERROR; field++)
            row[4 + field] = median(x, kind, time, place, SG_NL2_TRAINED, field);
        sg_lab_point(lab, row);
    }
}

static void add_surfaces(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    const size_t side = SG_NL2_FINE, columns = 1 + x->places;
    const size_t shown[] = {0, x->places, (x->places + 1) / 2, 1}; /* 0: the true loss */
    sg_lab_series(lab, "surfaces", "loss x1 x2 place value");
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
        for (size_t p = 0; p < sizeof shown / sizeof *shown; p++)
            for (size_t i = 0; i < side * side; i++) {
                const size_t row = i / side, column = i % side;
                const double unit = 2 / (double)(side - 1);
                sg_lab_point(
                    lab, (const double[]){kind, -1 + unit * (double)column,
                                          -1 + unit * (double)row, (double)shown[p],
                                          x->fine[(kind * side * side + i) * columns + shown[p]]});
            }
    const struct sg_data *data = sg_lab_data(lab, x->c, 0);
    sg_lab_series(lab, "points", "x1 x2 label");
    for (size_t i = 0; i < data->n; i++)
        sg_lab_point(lab, (const double[]){data->x[i * data->d], data->x[i * data->d + 1],
                                           data->y[i * data->m + data->m - 1]});
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

static void find_live(struct sg_nl2_experiment *x)
{
    enum { LOOKS = SG_NL2_TIMES - SG_NL2_EARLY };
    for (size_t seed = 0; seed < x->seeds; seed++) {
        bool live = true;
        for (size_t i = 0; i < SG_NL2_KINDS * LOOKS; i++)
            live = live && !sg_nl2_view_of(x, seed, (enum sg_nl2_kind)(i / LOOKS),
                                           SG_NL2_EARLY + i % LOOKS, 0, SG_NL2_TRAINED)
                                ->flat;
        if (live)
            x->live[x->n_live++] = seed;
    }
}

/* ---- the claim ------------------------------------------------------------------------------ */

static struct sg_nl2_experiment *make_experiment(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_nl2_experiment *x = SG_TAKE(lab, 1, struct sg_nl2_experiment);
    *x = (struct sg_nl2_experiment){
        .trial = lab->trial, .c = c, .seeds = (size_t)c->train.seeds, .places = c->n_modules};
    for (size_t t = 0; t < SG_NL2_TIMES; t++)
        x->time[t] = (uint64_t)c->train.steps >> (SG_NL2_LATE - t);
    x->view = SG_TAKE(lab, x->seeds * SG_NL2_KINDS * SG_NL2_TIMES * x->places * SG_NL2_WHO,
                      struct sg_nl2_view);
    x->exact = SG_TAKE(lab, x->seeds * SG_NL2_TIMES * 2, struct sg_nl2_bound);
    x->gain = SG_TAKE(lab, x->seeds * SG_NL2_KINDS, double);
    x->live = SG_TAKE(lab, x->seeds, size_t);
    x->all = SG_TAKE(lab, x->seeds, double);
    if (lab->trial->figure)
        x->fine = SG_TAKE(lab, SG_NL2_KINDS * SG_NL2_FINE * SG_NL2_FINE * (1 + x->places), double);
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
    if (!sg_nl_runs(lab, x->seeds * SG_NL2_KINDS, sg_nl2_run, x))
        return;
    find_live(x);
    if (x->n_live < x->seeds)
        sg_lab_note(lab, "%zu of %zu seeds are left out of correlations: a net of theirs has died",
                    x->seeds - x->n_live, x->seeds);
    add_exact(lab, x);
    add_effects(lab, x);
    if (!x->fine)
        return;
    add_tables(lab, x);
    add_layers(lab, x);
    add_surfaces(lab, x);
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
        "nearest "
        "one is, and what is left has no potential.  Under MSE with nothing nonlinear above it the "
        "best SG sees the loss itself.  Elsewhere the seen loss is measured against the true one "
        "over "
        "the grid: it is seen better near the loss than far from it (the primary effect), early "
        "better than late, and log loss more distorted than MSE, yet it trains.  Student t "
        "intervals "
        "over seeds.",
};
