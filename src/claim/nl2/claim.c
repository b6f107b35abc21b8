/* NL2: the loss that a linear SG sees, reconstructed from its field: MSE and log loss, near the loss and far from it, early and late. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "claim/nl2/parts.h"

/* ---- what the runs say --------------------------------------------------------------------------------------------------- */

/* MSE over log loss where the SG is right under the loss, at the end. */
static double effect_mse(const struct sg_nl2_experiment *x, size_t seed)
{
    const size_t top = x->places - 1;
    return sg_nl2_view_of(x, seed, SG_NL2_MSE, SG_NL2_LATE, top, SG_NL2_TRAINED)->correlation -
           sg_nl2_view_of(x, seed, SG_NL2_LOG, SG_NL2_LATE, top, SG_NL2_TRAINED)->correlation;
}

/* Mean over the hidden places from..to - 1 and both losses. */
static double hidden(const struct sg_nl2_experiment *x, size_t seed, size_t time, size_t from, size_t to)
{
    double mean = 0;
    for (size_t place = from; place < to; place++)
        for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
            mean += sg_nl2_view_of(x, seed, kind, time, place, SG_NL2_TRAINED)->correlation / (double)(SG_NL2_KINDS * (to - from));
    return mean;
}

static double effect_near(const struct sg_nl2_experiment *x, size_t seed)
{
    const size_t h = x->places - 1, half = h / 2;
    double effect = 0;
    for (size_t time = SG_NL2_EARLY; time < SG_NL2_TIMES; time++)
        effect += (hidden(x, seed, time, h - half, h) - hidden(x, seed, time, 0, half)) / (SG_NL2_TIMES - SG_NL2_EARLY);
    return effect;
}

static double effect_early(const struct sg_nl2_experiment *x, size_t seed)
{
    return hidden(x, seed, SG_NL2_EARLY, 0, x->places - 1) - hidden(x, seed, SG_NL2_LATE, 0, x->places - 1);
}

static double effect_trains(const struct sg_nl2_experiment *x, size_t seed)
{
    return x->gain[seed * SG_NL2_KINDS + SG_NL2_LOG];
}

/* Over the n seeds, or seed[0] .. seed[n - 1].  One or none says nothing of a difference of correlations but that it lies in [-2, 2]. */
static void add_effect(struct sg_evidence *ev, const struct sg_nl2_experiment *x, const char *what, const char *name, const size_t *seed, size_t n,
                       double (*effect)(const struct sg_nl2_experiment *, size_t))
{
    double *one = SG_NEW(n + 1, double), mean = 0, interval[2] = {-2, 2};
    size_t plus = 0, ties = 0;
    for (size_t i = 0; i < n; i++) {
        one[i] = effect(x, seed ? seed[i] : i);
        plus += one[i] > 0;
        ties += one[i] == 0;
    }
    if (n > 1)
        mean = sg_claim_effect_over_seeds(interval, ev, x->trial, what, one, n);
    else
        sg_claim_effect(ev, what, mean, interval[0], interval[1], "too few seeds");
    sg_claim_listing_row(ev, name, (const double[]){mean, interval[0], interval[1], (double)plus, (double)n, sg_claim_sign_test(plus, n - ties)});
    free(one);
}

enum field { CORRELATION, PLAIN, R2, WITHOUT, ERROR };

static double median(const struct sg_nl2_experiment *x, enum sg_nl2_kind kind, size_t time, size_t place, enum sg_nl2_who who, enum field field)
{
    double *all = SG_NEW(x->n_live + 1, double);
    for (size_t i = 0; i < x->n_live; i++) {
        const struct sg_nl2_view *v = sg_nl2_view_of(x, x->live[i], kind, time, place, who);
        const double of_field[] = {v->correlation, v->plain, 1 - v->off, v->without, v->error};
        all[i] = of_field[field];
    }
    const double value = x->n_live > 0 ? sg_claim_quantile(all, x->n_live, 0.5) : SG_NAN;
    free(all);
    return value;
}

static void name_place(char name[SG_LISTING_NAME_MAX], const struct sg_nl2_experiment *x, size_t place)
{
    const int at = x->c->module[place].at;
    if (place + 1 == x->places)
        snprintf(name, SG_LISTING_NAME_MAX, "under the loss");
    else
        snprintf(name, SG_LISTING_NAME_MAX, "after layer %d", at);
}

static void add_tables(struct sg_evidence *ev, const struct sg_nl2_experiment *x)
{
    static const struct { enum field field; enum sg_nl2_who who; const char *what; } tables[] = {
        {CORRELATION, SG_NL2_TRAINED, "correlation of the seen loss with the true one"},
        {CORRELATION, SG_NL2_BEST, "the same of the best linear SG at that moment"},
        {PLAIN, SG_NL2_TRAINED, "the same with 1/2 h A h^T + (y B + C) h^T"}, {R2, SG_NL2_TRAINED, "R^2 of the seen loss, scale and all"},
        {WITHOUT, SG_NL2_TRAINED, "share of E|s|^2 without a potential"},
        {ERROR, SG_NL2_TRAINED, "E|s - g|^2 / E|g|^2"}};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        char title[160];
        snprintf(title, sizeof title, "%s, medians of %zu seeds (T = %d steps)", tables[t].what, x->n_live, x->c->train.steps);
        _Static_assert(SG_NL2_KINDS * (SG_NL2_TIMES - SG_NL2_EARLY) == 8, "a value for each column");
        sg_claim_listing(ev, title, "SG|mse T/8|mse T/4|mse T/2|mse T|log T/8|log T/4|log T/2|log T");
        for (size_t place = x->places; place-- > 0;) {
            enum { SHOWN = SG_NL2_TIMES - SG_NL2_EARLY };
            double row[SG_NL2_KINDS * SHOWN];
            char name[SG_LISTING_NAME_MAX];
            for (size_t i = 0; i < SG_NL2_KINDS * SHOWN; i++)
                row[i] = median(x, (enum sg_nl2_kind)(i / SHOWN), SG_NL2_EARLY + i % SHOWN, place, tables[t].who, tables[t].field);
            name_place(name, x, place);
            sg_claim_listing_row(ev, name, row);
        }
    }
}

static void add_series(struct sg_evidence *ev, const struct sg_nl2_experiment *x)
{
    sg_claim_series(ev, "layers", "loss time place correlation best plain r2 without error");
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
        for (size_t time = 0; time < SG_NL2_TIMES; time++)
            for (size_t place = 0; place < x->places; place++)
            {
                double row[] = {kind, (double)x->time[time], (double)place + 1, 0, median(x, kind, time, place, SG_NL2_BEST, CORRELATION), 0, 0, 0, 0};
                row[3] = median(x, kind, time, place, SG_NL2_TRAINED, CORRELATION);
                for (enum field field = PLAIN; field <= ERROR; field++)
                    row[4 + field] = median(x, kind, time, place, SG_NL2_TRAINED, field);
                sg_claim_point(ev, row);
            }
    const size_t side = SG_NL2_FINE, shown[] = {0, x->places, (x->places + 1) / 2, 1};                  /* 0: the true loss */
    sg_claim_series(ev, "surfaces", "loss x1 x2 place value");
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
        for (size_t p = 0; p < sizeof shown / sizeof *shown; p++)
            for (size_t i = 0; i < side * side; i++) {
                const size_t row = i / side, column = i % side;
                sg_claim_point(ev, (const double[]){kind, -1 + 2 * (double)column / (double)(side - 1), -1 + 2 * (double)row / (double)(side - 1),
                                                    (double)shown[p], x->fine[(kind * side * side + i) * (1 + x->places) + shown[p]]});
            }
    struct sg_data data;
    struct sg_error err;
    if (sg_case_make_data(&data, x->c, x->trial->seed, 0, &err) != SG_OK)
        return;
    sg_claim_series(ev, "points", "x1 x2 label");
    for (size_t i = 0; i < data.n; i++)
        sg_claim_point(ev, (const double[]){data.x[i * data.d], data.x[i * data.d + 1], data.y[i * data.m + data.m - 1]});
    sg_data_free(&data);
}

/* Under MSE with nothing but dense layers above, the best SG sees the loss itself. */
static void add_exact(struct sg_evidence *ev, const struct sg_nl2_experiment *x)
{
    static const char *const what[] = {"after the last hidden layer, MSE: the best SG's loss is the true one, largest difference",
                                       "right under the loss, MSE: the same"};
    for (size_t seed = 0; seed < x->seeds; seed++)
        for (size_t time = 0; time < SG_NL2_TIMES; time++)
            for (size_t i = 0; i < 2; i++)
                sg_claim_bound(ev, SG_SIMULATED, what[i], sg_nl2_view_of(x, seed, SG_NL2_MSE, time, x->places - 2 + i, SG_NL2_BEST)->worst,
                               x->bound[(seed * SG_NL2_TIMES + time) * 2 + i], "10 q u |Z| |phi| |h - mean| + n u max l");
}

static void find_live(struct sg_nl2_experiment *x)
{
    for (size_t seed = 0; seed < x->seeds; seed++) {
        bool live = true;
        for (size_t i = 0; i < SG_NL2_KINDS * (SG_NL2_TIMES - SG_NL2_EARLY); i++)
            live = live && !sg_nl2_view_of(x, seed, (enum sg_nl2_kind)(i % SG_NL2_KINDS), SG_NL2_EARLY + i / SG_NL2_KINDS, 0, SG_NL2_TRAINED)->flat;
        if (live)
            x->live[x->n_live++] = seed;
    }
}

static void report(struct sg_evidence *ev, struct sg_nl2_experiment *x)
{
    find_live(x);
    if (x->n_live < x->seeds)
        snprintf(ev->note, sizeof ev->note, "%zu of %zu seeds are left out of correlations: a net of theirs has died", x->seeds - x->n_live, x->seeds);
    add_exact(ev, x);
    sg_claim_listing(ev, "effects, one value a seed", "effect|mean|from|to|positive|seeds|sign test p");
    add_effect(ev, x, "MSE over log loss: correlation of seen and true loss right under the loss, at T", "MSE over log loss", x->live,
               x->n_live, effect_mse);
    add_effect(ev, x, "nearer the loss is better: correlation, upper less lower half of the hidden layers", "nearer is better", x->live,
               x->n_live, effect_near);
    add_effect(ev, x, "earlier is better: correlation over the hidden layers, at T/8 less at T", "earlier is better", x->live,
               x->n_live, effect_early);
    add_effect(ev, x, "log loss trains all the same: of the best constant's loss, the share that is gone at T", "log loss trains", NULL,
               x->seeds, effect_trains);
    if (x->fine) {
        add_tables(ev, x);
        add_series(ev, x);
    }
}

/* ---- the claim ----------------------------------------------------------------------------------------------------------- */

static const char *what_is_missing(const struct sg_case *c)
{
    const size_t places = c->n_modules, layers = c->net.layers.n;
    if (c->data.kind != SG_DATA_GRID)
        return "NL2 is about the grid: write kind = \"grid\" in data";
    if (c->net.loss != SG_SOFTMAX_XENT && c->net.loss != SG_LOGISTIC)
        return "NL2 compares a log loss with MSE: write loss = \"softmax\" or \"logistic\" in net";
    if (c->net.batch_norm)
        return "under batch norm the loss of a sample is no function of its own h: write batch_norm = false in net";
    const bool output = places > 0 && (c->module[places - 1].at < 0 || (size_t)c->module[places - 1].at == layers + 1);
    if (places < 3 || !output || c->module[places - 2].at != (int)layers)
        return "NL2 wants SGs at the output, after the last hidden layer and below that";
    return c->train.steps < 1 << SG_NL2_LATE ? "NL2 looks after T/32 steps: write steps = 32 or more" : NULL;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const char *missing = what_is_missing(c);
    if (missing) {
        snprintf(ev->note, sizeof ev->note, "%s", missing);
        return SG_HYPOTHESIS;
    }
    struct sg_nl2_experiment x = {.trial = trial, .c = c, .seeds = (size_t)c->train.seeds, .places = c->n_modules};
    for (size_t t = 0; t < SG_NL2_TIMES; t++)
        x.time[t] = (uint64_t)c->train.steps >> (SG_NL2_LATE - t);
    x.view = SG_NEW(x.seeds * SG_NL2_KINDS * SG_NL2_TIMES * x.places * SG_NL2_WHO, struct sg_nl2_view);
    x.bound = SG_NEW(x.seeds * SG_NL2_TIMES * 2, double);
    x.gain = SG_NEW(x.seeds * SG_NL2_KINDS, double);
    x.live = SG_NEW(x.seeds, size_t);
    x.fine = trial->figure ? SG_NEW(SG_NL2_KINDS * SG_NL2_FINE * SG_NL2_FINE * (1 + x.places), double) : NULL;
    enum sg_status status = sg_nl2_fields(ev, trial);
    if (status == SG_OK)
        status = sg_claim_runs(ev, trial, x.seeds * SG_NL2_KINDS, sg_nl2_run, &x);
    if (status == SG_OK)
        report(ev, &x);
    free(x.view);
    free(x.bound);
    free(x.gain);
    free(x.live);
    free(x.fine);
    return status;
}

const struct sg_claim sg_claim_nl2 = {
    .id = "NL2", .name = "nl2_seen_loss", .title = "the loss that an SG sees",
    .statement = "A linear SG's field hA + yB + C is the gradient of a loss iff A is symmetric; else a nearest one is, and what is left has no "
                 "potential. Under MSE with nothing nonlinear above it the best SG sees the loss itself. Elsewhere the seen loss is measured against the "
                 "true one over the grid: log loss is seen distorted yet trains, nearer the loss is better than far from it, early better than late. "
                 "Effects with bootstrap intervals over seeds.",
    .empirical = true, .measure = measure,
};
