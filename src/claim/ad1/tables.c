/* AD1's tables, as the paper lays them out and in more detail, and its figure. */
#include <math.h>

#include "claim/ad1/parts.h"
#include "lab/statistics.h"

enum pick {
    PREDICTED, TRAINED, SEPARATING, STEPS, SQUARES, EQUAL, UNEQUAL, DEEP_SQUARES, DEEP_LOG
};

/* NaN: this seed has none. */
static double value_of(const struct sg_ad1_seed *s, enum pick pick)
{
    const bool finite = s->theory.finite, ran = s->simulated && finite;
    switch (pick) {
    case PREDICTED: return finite ? s->theory.gap : SG_NAN;
    case TRAINED: return ran && s->arrived ? s->gap : SG_NAN;
    case SEPARATING: return s->simulated && !finite ? s->end : SG_NAN;
    case STEPS: return ran ? (double)s->steps : SG_NAN;
    case SQUARES: return s->has_squares ? fabs(s->squares) : SG_NAN;
    case EQUAL: return s->has_softmax && s->equal_arrived ? s->equal + s->theory.gap : SG_NAN;
    case UNEQUAL: return s->has_softmax ? s->unequal : SG_NAN;
    case DEEP_SQUARES: return s->has_deep ? fabs(s->deep[0]) : SG_NAN;
    case DEEP_LOG: return s->has_deep ? fabs(s->deep[1]) : SG_NAN;
    }
    return SG_NAN;
}

/* A set of the table, and room for a value a seed. */
struct column { const struct sg_ad1_table *t; size_t set; double *value; };

static size_t collect(struct column c, enum pick pick)
{
    size_t n = 0;
    for (size_t seed = 0; seed < c.t->seeds; seed++) {
        const double v = value_of(&c.t->seed[c.set * c.t->seeds + seed], pick);
        if (isfinite(v))
            c.value[n++] = v;
    }
    return n;
}

static double quantile(struct column c, enum pick pick, double fraction)
{
    const size_t n = collect(c, pick);
    return n ? sg_claim_quantile(c.value, n, fraction) : SG_NAN;
}

static double median(struct column c, enum pick pick)
{
    return quantile(c, pick, 0.5);
}

static double count(struct column c, enum pick pick)
{
    return (double)collect(c, pick);
}

/* As the paper lays it out: four models on six sets. */
static void paper_row(double *v, struct column c)
{
    const double row[] = {median(c, SQUARES), 4e-5, median(c, DEEP_SQUARES), 4e-5,
                          median(c, TRAINED), sg_ad1_sets[c.set].recalled, median(c, DEEP_LOG),
                          0.003};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        v[i] = row[i];
}

static double *put_quantiles(double *v, struct column c, enum pick pick)
{
    static const double fraction[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    *v++ = sg_ad1_sets[c.set].recalled;
    for (size_t i = 0; i < sizeof fraction / sizeof *fraction; i++)
        *v++ = quantile(c, pick, fraction[i]);
    return v;
}

static void predicted_row(double *v, struct column c)
{
    v = put_quantiles(v, c, PREDICTED);
    *v++ = count(c, PREDICTED);
    *v++ = (double)c.t->seeds;
}

static void trained_row(double *v, struct column c)
{
    v = put_quantiles(v, c, TRAINED);
    *v++ = count(c, STEPS);
    *v++ = count(c, TRAINED);
    *v++ = median(c, STEPS);
    *v++ = quantile(c, STEPS, 1);
    *v++ = count(c, SEPARATING);
    *v++ = median(c, SEPARATING);
}

static void columns_row(double *v, struct column c)
{
    const struct sg_ad1_ends e = sg_ad1_ends(c.t, c.set);
    *v++ = median(c, EQUAL);
    *v++ = quantile(c, EQUAL, 0.05);
    *v++ = quantile(c, EQUAL, 0.95);
    *v++ = median(c, UNEQUAL);
    *v++ = count(c, UNEQUAL);
    *v++ = (double)e.columns;
    *v++ = (double)e.rest;
    *v++ = (double)e.fell;
}

static void add_listing(struct sg_lab *lab, const struct sg_ad1_table *t, const char *title,
                        const char *columns, void (*row)(double *v, struct column c), size_t most_k)
{
    double v[16], *value = SG_TAKE(lab, t->seeds, double);
    sg_claim_listing(lab->ev, title, columns);
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        if (sg_ad1_sets[set].k > most_k)
            continue;
        row(v, (struct column){t, set, value});
        sg_claim_listing_row(lab->ev, sg_ad1_sets[set].name, v);
    }
}

/* Seeds in ascending order of the predicted gap: place is the share of seeds below. */
static void add_series(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    double *value = SG_TAKE(lab, t->seeds, double);
    sg_lab_series(lab, "gaps", "set place predicted trained");
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        const size_t n = collect((struct column){t, set, value}, PREDICTED);
        for (size_t seed = 0; seed < t->seeds; seed++) {
            const struct sg_ad1_seed *s = &t->seed[set * t->seeds + seed];
            double below = 0.5;
            for (size_t k = 0; k < n; k++)
                below += value[k] < s->theory.gap;
            if (s->theory.finite)
                sg_lab_point(lab, (const double[]){(double)set, below / (double)n, s->theory.gap,
                                                   value_of(s, TRAINED)});
        }
    }
    sg_lab_series(lab, "sets", "set recalled finite seeds");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_lab_point(lab, (const double[]){(double)set, sg_ad1_sets[set].recalled,
                                           count((struct column){t, set, value}, PREDICTED),
                                           (double)t->seeds});
}

void sg_ad1_tables(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    add_listing(lab, t, "loss where training with an SG stops less the infimum: medians of trained "
                "seeds, the paper's recalled (<: bounds on a column)",
                "set|MSE|paper <|MSE deep|paper <|log|paper|log deep|paper <", paper_row, SIZE_MAX);
    add_listing(lab, t, "shallow, log loss: gaps predicted by CP6, quantiles over the seeds with a "
                "finite point", "set|paper|5 %|25 %|50 %|75 %|95 %|finite|seeds", predicted_row,
                SIZE_MAX);
    add_listing(lab, t, "the same, trained until the residual leaves open a thousandth; where the "
                "score separates, the loss after 256 steps or below 1e-6",
                "set|paper|5 %|25 %|50 %|75 %|95 %|finite|arrived|steps 50 %|most|separating|"
                "loss there", trained_row, SIZE_MAX);
    if (t->trial->c->net.loss == SG_LOGISTIC)
        add_listing(lab, t, "two-class softmax, k = 2: medians of the seeds trained from equal "
                    "class columns and from unequal ones (separable data: until half the loss)",
                    "set|equal|5 %|95 %|unequal|seeds|separable|at rest|fell", columns_row, 2);
    if (t->trial->figure)
        add_series(lab, t);
}
