/* AD1: where training with a linear SG ends up elsewhere than backprop, on the paper's six
 * artificial sets: its table from CP6's theorem, and from training. */
#include <math.h>

#include "claim/ad1/parts.h"
#include "lab/shallow.h"

const struct sg_ad1_set sg_ad1_sets[SG_AD1_SETS] = {
    {"linear2", SG_LABELS_LINEAR, 2, 100, 0.03842},
    {"linear100", SG_LABELS_LINEAR, 100, 1000, 0.08554},
    {"noisy2", SG_LABELS_NOISY, 2, 100, 0.00036},
    {"noisy100", SG_LABELS_NOISY, 100, 1000, 0.00442},
    {"random2", SG_LABELS_RANDOM, 2, 100, 0.00000},
    {"random100", SG_LABELS_RANDOM, 100, 1000, 0.00003},
};
/* How many seeds of a set with k = 2 and with k = 100 are trained at most, and trained at depth;
 * all are predicted. */
struct effort { size_t trained, deep; };
static const struct effort brief[2] = {{20, 2}, {2, 0}}, full[2] = {{SIZE_MAX, 20}, {SIZE_MAX, 3}};

/* All that is asked for one seed; a control under another loss is about the shallow models alone.
 */
static void run_seed(struct sg_ad1_seed *out, struct sg_lab *lab, size_t set, size_t seed)
{
    const struct sg_trial *trial = lab->trial;
    const bool small = sg_ad1_sets[set].k == 2, all = trial->c->net.loss == SG_LOGISTIC;
    const struct effort *effort = (trial->full ? full : brief) + !small;
    const bool train = seed < effort->trained;
    struct sg_ad1_task task = {.lab = lab, .set = &sg_ad1_sets[set], .seed = seed};
    task.data = sg_lab_data(lab, sg_ad1_case(&task), seed);
    if (lab->status != SG_OK)
        return;
    sg_ad1_shallow(out, &task, train);
    if (train && all)
        sg_ad1_squares(out, &task);
    if (train && all && out->theory.finite && small)
        sg_ad1_softmax(out, &task);
    if (seed < effort->deep && all)
        sg_ad1_deep(out, &task);
}

/* The large sets first: the last piece to finish should be a short one.  With --full a seed is a
 * piece that a later run finds. */
static void run_one(size_t i, void *context)
{
    const struct sg_ad1_table *t = context;
    const size_t half = SG_AD1_SETS / 2, place = i / t->seeds, seed = i % t->seeds;
    const size_t set = place < half ? 2 * place + 1 : 2 * (place - half);
    struct sg_ad1_seed *out = &t->seed[set * t->seeds + seed];
    struct sg_lab lab = sg_lab_begin(NULL, t->trial);
    const char *piece = sg_lab_format(&lab, "%s-%zu", sg_ad1_sets[set].name, seed);
    struct sg_error err;
    if (!t->trial->full || !sg_claim_recall(out, sizeof *out, t->trial, piece)) {
        run_seed(out, &lab, set, seed);
        if (t->trial->full && lab.status == SG_OK)
            sg_lab_try(&lab, sg_claim_keep(t->trial, piece, out, sizeof *out, &err));
    }
    out->status = sg_lab_end(&lab);
}

/* A gap that is known to `open`, at the size of the paper's last digit or of its own. */
static void add_gap(struct sg_lab *lab, const char *id, const char *what, double gap,
                    double predicted, double open)
{
    sg_lab_equal(lab, SG_SIMULATED, id, what, gap, predicted,
                 (struct sg_tol){open, "what the joint residual leaves open, by convexity",
                                 fmax(SG_AD1_DIGIT, predicted)});
}

static bool deep_arrived(const struct sg_ad1_seed *s, int log)
{
    return s->deep_tolerance[log] <= SG_BLIND * SG_AD1_DIGIT;
}

/* Runs under way are no evidence. */
static void add_rows(struct sg_lab *lab, const struct sg_ad1_seed *s)
{
    const bool separable = s->theory.separable;
    if (!s->theory.finite)
        sg_lab_fact(lab, SG_SIMULATED, "separating",
                    "scores that separate: no finite point reached, weights growing, loss falling",
                    s->end < s->half && s->growth > 1 && s->field > 0,
                    "at half time and at the end of a run");
    if (s->theory.finite && s->residual_bound > 0)
        sg_lab_zero(lab, SG_CLOSED_FORM, "field",
                    "joint residual of the net at the predicted point", s->residual,
                    (struct sg_tol){s->residual_bound, "rounding of the point and of the net, of "
                                    "numbers of order 1", 1});
    if (s->theory.finite && s->arrived)
        add_gap(lab, "gap", "gap where training with the SG stops, against the predicted one",
                s->gap, s->theory.gap, s->tolerance);
    if (s->has_squares)
        add_gap(lab, "gap-mse", "gap under MSE", fabs(s->squares), 0, s->squares_tolerance);
    if (s->has_softmax && (s->equal_arrived || !separable))
        add_gap(lab, "softmax-equal",
                "two-class softmax from equal class columns: gap, against the predicted one",
                s->equal + s->theory.gap, s->theory.gap, s->equal_tolerance);
    if (s->has_softmax && !separable)
        add_gap(lab, "softmax-unequal", "two-class softmax from unequal class columns, k = 2: gap",
                fabs(s->unequal), 0, s->unequal_tolerance);
    if (s->has_deep && deep_arrived(s, 0))
        add_gap(lab, "deep-mse", "ten hidden layers: gap under MSE", fabs(s->deep[0]), 0,
                s->deep_tolerance[0]);
    if (s->has_deep && !separable && deep_arrived(s, 1))
        add_gap(lab, "deep-log", "ten hidden layers: gap under the log loss, data not separable",
                fabs(s->deep[1]), 0, s->deep_tolerance[1]);
}

struct sg_ad1_ends sg_ad1_ends(const struct sg_ad1_table *t, size_t set)
{
    struct sg_ad1_ends e = {0};
    for (size_t seed = 0; seed < t->seeds; seed++) {
        const struct sg_ad1_seed *s = &t->seed[set * t->seeds + seed];
        e.runs += s->simulated && s->theory.finite;
        e.arrived += s->simulated && s->theory.finite && s->arrived;
        if (s->has_softmax && s->theory.separable) {
            e.columns++;
            e.rest += s->equal_arrived;
            e.fell += s->unequal < s->theory.gap;
        }
        if (s->has_deep) {
            e.deep += s->theory.separable ? 1 : 2;
            e.deep_rest += deep_arrived(s, 0);
            e.deep_rest += !s->theory.separable && deep_arrived(s, 1);
        }
    }
    return e;
}

/* A point near infinity takes any number of steps; but most runs must arrive. */
static void check_ends(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        const struct sg_ad1_ends e = sg_ad1_ends(t, set);
        const size_t columns = e.rest < e.fell ? e.rest : e.fell;
        if (4 * e.arrived < 3 * e.runs || 4 * columns < 3 * e.columns || 2 * e.deep_rest < e.deep)
            sg_lab_stop(lab, SG_BUDGET,
                        "%s: of %zu runs %zu have arrived, of %zu with two columns "
                        "%zu and %zu, of %zu at depth %zu: too few for a verdict; raise "
                        "train.steps, or mu towards 0.25",
                        sg_ad1_sets[set].name, e.runs, e.arrived, e.columns, e.rest, e.fell, e.deep,
                        e.deep_rest);
    }
}

static void says(struct sg_lab *lab, void *on)
{
    const size_t seeds = (size_t)lab->trial->c->train.seeds;
    const struct sg_ad1_table t = {lab->trial, seeds,
                                   SG_TAKE(lab, SG_AD1_SETS * seeds, struct sg_ad1_seed)};
    (void)on;
    sg_lab_try(lab, sg_base_parallel_for(SG_AD1_SETS * seeds, run_one, (void *)&t));
    for (size_t i = 0; i < SG_AD1_SETS * seeds; i++)
        if (t.seed[i].status != SG_OK)
            sg_lab_stop(lab, t.seed[i].status, "%s, seed %zu: %s", sg_ad1_sets[i / seeds].name,
                        i % seeds, sg_base_status_text(t.seed[i].status));
    check_ends(lab, &t);
    if (lab->status != SG_OK)
        return;
    for (size_t i = 0; i < SG_AD1_SETS * seeds; i++)
        if (t.seed[i].simulated)
            add_rows(lab, &t.seed[i]);
    sg_ad1_tables(lab, &t);
}

const struct sg_claim sg_claim_ad1 = {
    .id = "AD1",
    .name = "ad1_artificial_data",
    .title = "the artificial-data table",
    .from = SG_FROM_PAPER,
    .source = "a table of the appendix",
    .reads = " data.kind=classes data.bias=true data.one_hot=false net.layers=()"
             " net.loss=logistic|mse!" SG_READS_FULL_SG
             " train.units=absolute train.mu train.steps train.seeds",
    .measure = sg_lab_measure,
    .says = says,
    .statement =
        "Shallow and deep linear models, MSE and log loss, on six artificial sets of two classes: "
        "where training with a linear SG ends, less the infimum of the loss.  Zero under MSE and, "
        "at depth, where the layers above the SG are enough; under the log loss a shallow model "
        "rests "
        "at the two-parameter regression on the least-squares score (CP6), which gives the paper's "
        "log-loss column; where that score separates the classes there is no finite point and the "
        "loss tends to 0.",
};
