/* AD1: where training with a linear SG ends up elsewhere than backprop, on the paper's six artificial sets: its table from CP6's theorem, and from training. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/ad1/parts.h"

const struct sg_ad1_set sg_ad1_sets[SG_AD1_SETS] = {
    {"linear2", SG_LABELS_LINEAR, 2, 100, 0.03842},    {"linear100", SG_LABELS_LINEAR, 100, 1000, 0.08554},
    {"noisy2", SG_LABELS_NOISY, 2, 100, 0.00036},      {"noisy100", SG_LABELS_NOISY, 100, 1000, 0.00442},
    {"random2", SG_LABELS_RANDOM, 2, 100, 0.00000},    {"random100", SG_LABELS_RANDOM, 100, 1000, 0.00003},
};
/* How many seeds of a set with k = 2 and with k = 100 are trained at most, and trained at depth; all are predicted. */
struct effort { size_t trained, deep; };
static const struct effort brief[2] = {{20, 2}, {2, 0}}, full[2] = {{SIZE_MAX, 20}, {SIZE_MAX, 3}};

struct table { const struct sg_trial *trial; size_t seeds; struct sg_ad1_seed *seed; };

static const struct effort *effort_of(const struct table *t, size_t set)
{
    return (t->trial->full ? full : brief) + (sg_ad1_sets[set].k > 2);
}

enum sg_status sg_ad1_make(struct sg_case *c, struct sg_data *data, const struct sg_trial *trial, size_t set, size_t seed)
{
    struct sg_error err;
    *c = *trial->c;
    c->data.n = (int)sg_ad1_sets[set].n;
    c->data.d = (int)sg_ad1_sets[set].k + 1;
    c->data.labels = (int)sg_ad1_sets[set].labels;
    return sg_case_make_data(data, c, trial->seed, seed, &err);
}

/* All that is asked for one seed; a control under another loss is about the shallow models alone. */
static void run_seed(struct sg_ad1_seed *out, const struct table *t, size_t set, size_t seed)
{
    const struct effort *effort = effort_of(t, set);
    const bool train = seed < effort->trained, all = t->trial->c->net.loss == SG_LOGISTIC;
    sg_ad1_shallow(out, t->trial, set, seed, train);
    if (out->status == SG_OK && train && all)
        sg_ad1_squares(out, t->trial, set, seed);
    if (out->status == SG_OK && train && all && out->theory.finite && sg_ad1_sets[set].k == 2)
        sg_ad1_softmax(out, t->trial, set, seed);
    if (out->status == SG_OK && seed < effort->deep && all)
        sg_ad1_deep(out, t->trial, set, seed);
}

/* The large sets first: the last piece to finish should be a short one.  With --full a seed is a piece that a later run finds. */
static void run_one(size_t i, void *context)
{
    const struct table *t = context;
    const size_t half = SG_AD1_SETS / 2, place = i / t->seeds, set = place < half ? 2 * place + 1 : 2 * (place - half), seed = i % t->seeds;
    struct sg_ad1_seed *out = &t->seed[set * t->seeds + seed];
    char *piece = sg_base_format("%s-%zu", sg_ad1_sets[set].name, seed);
    struct sg_error err;
    if (!t->trial->full || !sg_claim_recall(out, sizeof *out, t->trial, piece)) {
        run_seed(out, t, set, seed);
        if (t->trial->full && out->status == SG_OK)
            out->status = sg_claim_keep(t->trial, piece, out, sizeof *out, &err);
    }
    free(piece);
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

static void add_trained(struct sg_evidence *ev, const struct sg_ad1_seed *s)
{
    const char *left_open = "what the joint residual leaves open, by convexity";
    if (s->theory.finite) {
        if (isfinite(s->residual_bound) && s->residual_bound > 0)
            sg_claim_bound(ev, SG_CLOSED_FORM, "joint residual of the net at the predicted point", s->residual, s->residual_bound,
                           "rounding of the point and of the net");
        if (s->arrived)
            sg_claim_compare(ev, SG_SIMULATED, "gap where training with the SG stops, against the predicted one", s->gap, s->theory.gap, s->tolerance, left_open);
    } else {
        sg_claim_fact(ev, SG_SIMULATED, "scores that separate: no finite point reached, weights growing, loss falling",
                      s->end < s->half && s->growth > 1 && s->field > 0, "at half time and at the end of a run");
    }
    if (s->has_squares)
        sg_claim_bound(ev, SG_SIMULATED, "gap under MSE", fabs(s->squares), s->squares_tolerance, left_open);
    if (s->has_softmax && (s->equal_arrived || !s->theory.separable))
        sg_claim_compare(ev, SG_SIMULATED, "two-class softmax from equal class columns: gap less the predicted one", s->equal, 0, s->equal_tolerance, left_open);
    if (s->has_softmax && !s->theory.separable)
        sg_claim_bound(ev, SG_SIMULATED, "two-class softmax from unequal class columns, k = 2: gap", fabs(s->unequal), s->unequal_tolerance, left_open);
    if (s->has_deep) {
        sg_claim_bound(ev, SG_SIMULATED, "ten hidden layers: gap under MSE", fabs(s->deep[0]), s->deep_tolerance[0], left_open);
        if (!s->theory.separable)
            sg_claim_bound(ev, SG_SIMULATED, "ten hidden layers: gap under the log loss, data not separable", fabs(s->deep[1]), s->deep_tolerance[1], left_open);
    }
}

/* Runs that were to end, and did; of two-class softmax on separable data, from equal columns, and from unequal ones below the point where equal ones rest. */
struct ends { size_t runs, arrived, columns, rest, fell; };

static struct ends ends_of(const struct table *t, size_t set)
{
    struct ends e = {0};
    for (size_t seed = 0; seed < t->seeds; seed++) {
        const struct sg_ad1_seed *s = &t->seed[set * t->seeds + seed];
        e.runs += s->simulated && s->theory.finite;
        e.arrived += s->simulated && s->theory.finite && s->arrived;
        if (s->has_softmax && s->theory.separable) {
            e.columns++;
            e.rest += s->equal_arrived;
            e.fell += s->unequal < s->theory.gap;
        }
    }
    return e;
}

/* A point near infinity takes any number of steps, and a run that is under way is no evidence; but most must arrive. */
static enum sg_status check_ends(struct sg_evidence *ev, const struct table *t)
{
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        const struct ends e = ends_of(t, set);
        if (4 * e.arrived < 3 * e.runs || 4 * e.rest < 3 * e.columns || 4 * e.fell < 3 * e.columns) {
            snprintf(ev->note, sizeof ev->note, "%s: of %zu runs %zu have arrived, of %zu with two columns %zu and %zu: too few for a verdict; raise train.steps, or mu "
                     "towards 0.25", sg_ad1_sets[set].name, e.runs, e.arrived, e.columns, e.rest, e.fell);
            return SG_HYPOTHESIS;
        }
    }
    return SG_OK;
}

static void add_rows(struct sg_evidence *ev, const struct table *t)
{
    for (size_t i = 0; i < SG_AD1_SETS * t->seeds; i++)
        if (t->seed[i].simulated)
            add_trained(ev, &t->seed[i]);
}

/* ---- tables and figure ------------------------------------------------------------------------------------------------------------------- */

/* Values of a set's seeds that have one, into value; how many. */
typedef double pick(const struct sg_ad1_seed *s);
static double predicted_of(const struct sg_ad1_seed *s) { return s->theory.finite ? s->theory.gap : SG_NAN; }
static double trained_of(const struct sg_ad1_seed *s) { return s->simulated && s->theory.finite && s->arrived ? s->gap : SG_NAN; }
static double end_of(const struct sg_ad1_seed *s) { return s->simulated && !s->theory.finite ? s->end : SG_NAN; }
static double steps_of(const struct sg_ad1_seed *s) { return s->simulated && s->theory.finite ? (double)s->steps : SG_NAN; }
static double squares_of(const struct sg_ad1_seed *s) { return s->has_squares ? fabs(s->squares) : SG_NAN; }
static double equal_of(const struct sg_ad1_seed *s) { return s->has_softmax && s->equal_arrived ? s->equal + s->theory.gap : SG_NAN; }
static double unequal_of(const struct sg_ad1_seed *s) { return s->has_softmax ? s->unequal : SG_NAN; }
static double deep_squares_of(const struct sg_ad1_seed *s) { return s->has_deep ? fabs(s->deep[0]) : SG_NAN; }
static double deep_log_of(const struct sg_ad1_seed *s) { return s->has_deep ? fabs(s->deep[1]) : SG_NAN; }

static size_t collect(double *value, const struct table *t, size_t set, pick *of)
{
    size_t n = 0;
    for (size_t seed = 0; seed < t->seeds; seed++) {
        const double v = of(&t->seed[set * t->seeds + seed]);
        if (isfinite(v))
            value[n++] = v;
    }
    return n;
}

static double quantile_of(const struct table *t, size_t set, pick *of, double fraction)
{
    double *value = SG_NEW(t->seeds, double);
    const size_t n = collect(value, t, set, of);
    const double q = n ? sg_claim_quantile(value, n, fraction) : SG_NAN;
    free(value);
    return q;
}

static double count_of(const struct table *t, size_t set, pick *of)
{
    double *value = SG_NEW(t->seeds, double);
    const size_t n = collect(value, t, set, of);
    free(value);
    return (double)n;
}

/* As the paper lays it out: four models on six sets. */
static void add_paper_table(struct sg_evidence *ev, const struct table *t)
{
    sg_claim_listing(ev, "loss where training with an SG stops less the infimum: medians of trained seeds, the paper's recalled (<: bounds on a column)",
                     "set|MSE|paper <|MSE deep|paper <|log|paper|log deep|paper <");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(ev, sg_ad1_sets[set].name,
                             (const double[]){quantile_of(t, set, squares_of, 0.5), 4e-5, quantile_of(t, set, deep_squares_of, 0.5), 4e-5,
                                              quantile_of(t, set, trained_of, 0.5), sg_ad1_sets[set].recalled, quantile_of(t, set, deep_log_of, 0.5), 0.003});
}

static void add_quantiles(struct sg_evidence *ev, const struct table *t)
{
    sg_claim_listing(ev, "shallow, log loss: gaps predicted by CP6, quantiles over the seeds with a finite point", "set|paper|5 %|25 %|50 %|75 %|95 %|finite|seeds");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(ev, sg_ad1_sets[set].name,
                             (const double[]){sg_ad1_sets[set].recalled, quantile_of(t, set, predicted_of, 0.05), quantile_of(t, set, predicted_of, 0.25),
                                              quantile_of(t, set, predicted_of, 0.5), quantile_of(t, set, predicted_of, 0.75),
                                              quantile_of(t, set, predicted_of, 0.95), count_of(t, set, predicted_of), (double)t->seeds});
    sg_claim_listing(ev, "the same, trained until the residual leaves open a thousandth; where the score separates, the loss after 256 steps or below 1e-6",
                     "set|paper|5 %|25 %|50 %|75 %|95 %|finite|arrived|steps 50 %|most|separating|loss there");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(ev, sg_ad1_sets[set].name,
                             (const double[]){sg_ad1_sets[set].recalled, quantile_of(t, set, trained_of, 0.05), quantile_of(t, set, trained_of, 0.25),
                                              quantile_of(t, set, trained_of, 0.5), quantile_of(t, set, trained_of, 0.75), quantile_of(t, set, trained_of, 0.95),
                                              count_of(t, set, steps_of), count_of(t, set, trained_of), quantile_of(t, set, steps_of, 0.5),
                                              quantile_of(t, set, steps_of, 1), count_of(t, set, end_of), quantile_of(t, set, end_of, 0.5)});
}

static void add_columns(struct sg_evidence *ev, const struct table *t)
{
    sg_claim_listing(ev, "two-class softmax, k = 2: medians of the seeds trained from equal class columns and from unequal ones (separable data: until half the loss)",
                     "set|equal|5 %|95 %|unequal|seeds|separable|at rest|fell");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        if (sg_ad1_sets[set].k == 2) {
            const struct ends e = ends_of(t, set);
            sg_claim_listing_row(ev, sg_ad1_sets[set].name,
                                 (const double[]){quantile_of(t, set, equal_of, 0.5), quantile_of(t, set, equal_of, 0.05), quantile_of(t, set, equal_of, 0.95),
                                                  quantile_of(t, set, unequal_of, 0.5), count_of(t, set, unequal_of), (double)e.columns, (double)e.rest, (double)e.fell});
        }
}

/* Seeds in ascending order of the predicted gap: place is the share of seeds below. */
static void add_series(struct sg_evidence *ev, const struct table *t)
{
    double *value = SG_NEW(t->seeds, double);
    sg_claim_series(ev, "gaps", "set place predicted trained");
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        const size_t n = collect(value, t, set, predicted_of);
        for (size_t seed = 0; seed < t->seeds; seed++) {
            const struct sg_ad1_seed *s = &t->seed[set * t->seeds + seed];
            double below = 0.5;
            for (size_t k = 0; k < n; k++)
                below += value[k] < s->theory.gap;
            if (s->theory.finite)
                sg_claim_point(ev, (const double[]){(double)set, below / (double)n, s->theory.gap, trained_of(s)});
        }
    }
    sg_claim_series(ev, "sets", "set recalled finite seeds");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_point(ev, (const double[]){(double)set, sg_ad1_sets[set].recalled, count_of(t, set, predicted_of), (double)t->seeds});
    free(value);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const bool sets = c->data.kind == SG_DATA_CLASSES && c->data.bias && !c->data.one_hot,
               model = c->net.layers.n == 0 && c->net.loss != SG_SOFTMAX_XENT && c->n_modules == 1 && c->module[0].mix == 1.0 &&
                       c->module[0].terms == (SG_H | SG_Y | SG_ONE) && c->train.order == SG_SIMULTANEOUS && c->train.delay == SG_DELAY_NONE;
    if (!sets || !model) {
        snprintf(ev->note, sizeof ev->note, "AD1 wants data of kind \"classes\" with a bias and one column of y (n, d and labels are those of its six "
                                            "sets), no hidden layers, one SG of terms \"hy1\" with mix 1, simultaneous steps without delay");
        return SG_HYPOTHESIS;
    }
    struct table t = {.trial = trial, .seeds = (size_t)c->train.seeds};
    t.seed = SG_NEW(SG_AD1_SETS * t.seeds, struct sg_ad1_seed);
    enum sg_status status = sg_base_parallel_for(SG_AD1_SETS * t.seeds, run_one, &t);
    for (size_t i = 0; i < SG_AD1_SETS * t.seeds && status == SG_OK; i++)
        if (t.seed[i].status != SG_OK) {
            status = t.seed[i].status;
            snprintf(ev->note, sizeof ev->note, "%s, seed %zu: %s", sg_ad1_sets[i / t.seeds].name, i % t.seeds, sg_base_status_text(status));
        }
    if (status == SG_OK)
        status = check_ends(ev, &t);
    if (status == SG_OK) {
        add_rows(ev, &t);
        add_paper_table(ev, &t);
        add_quantiles(ev, &t);
        if (t.trial->c->net.loss == SG_LOGISTIC)
            add_columns(ev, &t);
        if (trial->figure)
            add_series(ev, &t);
    }
    free(t.seed);
    return status;
}

const struct sg_claim sg_claim_ad1 = {
    .id = "AD1", .name = "ad1_artificial_data", .title = "the artificial-data table",
    .measure = measure,
    .statement = "Shallow and deep linear models, MSE and log loss, on six artificial sets of two classes: where training with a linear SG ends, less the "
                 "infimum of the loss.  Zero under MSE and, at depth, where the layers above the SG are enough; under the log loss a shallow model rests "
                 "at the two-parameter regression on the least-squares score (CP6), which gives the paper's log-loss column; where that score separates "
                 "the classes there is no finite point and the loss tends to 0.",
};
