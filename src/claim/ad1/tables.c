/* AD1's tables, as the paper lays them out and in more detail, and its figure. */
#include <math.h>
#include <stdlib.h>

#include "claim/ad1/parts.h"
#include "lab/statistics.h"

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

static size_t collect(double *value, const struct sg_ad1_table *t, size_t set, pick *of)
{
    size_t n = 0;
    for (size_t seed = 0; seed < t->seeds; seed++) {
        const double v = of(&t->seed[set * t->seeds + seed]);
        if (isfinite(v))
            value[n++] = v;
    }
    return n;
}

static double quantile_of(const struct sg_ad1_table *t, size_t set, pick *of, double fraction)
{
    double *value = SG_NEW(t->seeds, double);
    const size_t n = collect(value, t, set, of);
    const double q = n ? sg_claim_quantile(value, n, fraction) : SG_NAN;
    free(value);
    return q;
}

static double count_of(const struct sg_ad1_table *t, size_t set, pick *of)
{
    double *value = SG_NEW(t->seeds, double);
    const size_t n = collect(value, t, set, of);
    free(value);
    return (double)n;
}

/* As the paper lays it out: four models on six sets. */
static void add_paper_table(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    sg_claim_listing(lab->ev, "loss where training with an SG stops less the infimum: medians of trained seeds, the paper's recalled (<: bounds on a column)",
                     "set|MSE|paper <|MSE deep|paper <|log|paper|log deep|paper <");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(lab->ev, sg_ad1_sets[set].name,
                             (const double[]){quantile_of(t, set, squares_of, 0.5), 4e-5, quantile_of(t, set, deep_squares_of, 0.5), 4e-5,
                                              quantile_of(t, set, trained_of, 0.5), sg_ad1_sets[set].recalled, quantile_of(t, set, deep_log_of, 0.5), 0.003});
}

static void add_quantiles(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    sg_claim_listing(lab->ev, "shallow, log loss: gaps predicted by CP6, quantiles over the seeds with a finite point", "set|paper|5 %|25 %|50 %|75 %|95 %|finite|seeds");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(lab->ev, sg_ad1_sets[set].name,
                             (const double[]){sg_ad1_sets[set].recalled, quantile_of(t, set, predicted_of, 0.05), quantile_of(t, set, predicted_of, 0.25),
                                              quantile_of(t, set, predicted_of, 0.5), quantile_of(t, set, predicted_of, 0.75),
                                              quantile_of(t, set, predicted_of, 0.95), count_of(t, set, predicted_of), (double)t->seeds});
    sg_claim_listing(lab->ev, "the same, trained until the residual leaves open a thousandth; where the score separates, the loss after 256 steps or below 1e-6",
                     "set|paper|5 %|25 %|50 %|75 %|95 %|finite|arrived|steps 50 %|most|separating|loss there");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_claim_listing_row(lab->ev, sg_ad1_sets[set].name,
                             (const double[]){sg_ad1_sets[set].recalled, quantile_of(t, set, trained_of, 0.05), quantile_of(t, set, trained_of, 0.25),
                                              quantile_of(t, set, trained_of, 0.5), quantile_of(t, set, trained_of, 0.75), quantile_of(t, set, trained_of, 0.95),
                                              count_of(t, set, steps_of), count_of(t, set, trained_of), quantile_of(t, set, steps_of, 0.5),
                                              quantile_of(t, set, steps_of, 1), count_of(t, set, end_of), quantile_of(t, set, end_of, 0.5)});
}

static void add_columns(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    sg_claim_listing(lab->ev, "two-class softmax, k = 2: medians of the seeds trained from equal class columns and from unequal ones (separable data: until half the loss)",
                     "set|equal|5 %|95 %|unequal|seeds|separable|at rest|fell");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        if (sg_ad1_sets[set].k == 2) {
            const struct sg_ad1_ends e = sg_ad1_ends(t, set);
            sg_claim_listing_row(lab->ev, sg_ad1_sets[set].name,
                                 (const double[]){quantile_of(t, set, equal_of, 0.5), quantile_of(t, set, equal_of, 0.05), quantile_of(t, set, equal_of, 0.95),
                                                  quantile_of(t, set, unequal_of, 0.5), count_of(t, set, unequal_of), (double)e.columns, (double)e.rest, (double)e.fell});
        }
}

/* Seeds in ascending order of the predicted gap: place is the share of seeds below. */
static void add_series(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    double *value = SG_NEW(t->seeds, double);
    sg_lab_series(lab, "gaps", "set place predicted trained");
    for (size_t set = 0; set < SG_AD1_SETS; set++) {
        const size_t n = collect(value, t, set, predicted_of);
        for (size_t seed = 0; seed < t->seeds; seed++) {
            const struct sg_ad1_seed *s = &t->seed[set * t->seeds + seed];
            double below = 0.5;
            for (size_t k = 0; k < n; k++)
                below += value[k] < s->theory.gap;
            if (s->theory.finite)
                sg_lab_point(lab, (const double[]){(double)set, below / (double)n, s->theory.gap, trained_of(s)});
        }
    }
    sg_lab_series(lab, "sets", "set recalled finite seeds");
    for (size_t set = 0; set < SG_AD1_SETS; set++)
        sg_lab_point(lab, (const double[]){(double)set, sg_ad1_sets[set].recalled, count_of(t, set, predicted_of), (double)t->seeds});
    free(value);
}

void sg_ad1_tables(struct sg_lab *lab, const struct sg_ad1_table *t)
{
    add_paper_table(lab, t);
    add_quantiles(lab, t);
    if (t->trial->c->net.loss == SG_LOGISTIC)
        add_columns(lab, t);
    if (t->trial->figure)
        add_series(lab, t);
}
