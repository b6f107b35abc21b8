/* parts.h - private to AD1: its files. */
#ifndef SG_CLAIM_AD1_PARTS_H
#define SG_CLAIM_AD1_PARTS_H

#include "lab/lab.h"
#include "synthgrad/logloss.h"
#include "synthgrad/sim.h"

enum { SG_AD1_SETS = 6 };
/* Training ends when the residual leaves this open, of the predicted gap and of the loss. */
#define SG_AD1_TIGHT 1e-3
#define SG_AD1_SMALL 1e-11
/* The last digit of the paper's table: gaps are compared at this size, or their own. */
#define SG_AD1_DIGIT 1e-5
/* recalled: what the paper printed for the shallow log-loss model, from memory. */
struct sg_ad1_set { const char *name; enum sg_labels labels; size_t k, n; double recalled; };
extern const struct sg_ad1_set sg_ad1_sets[SG_AD1_SETS];

/* One seed of one set. */
struct sg_ad1_seed {
    enum sg_status status;
    struct sg_log_gap theory;
    bool simulated;
    uint64_t steps;
    double residual, residual_bound;     /* of the net at the predicted point */
    double gap, tolerance;               /* where training ended, and what its joint residual leaves
                                            open; finite points only */
    double half, end, growth, field;     /* separating scores: loss at half time and at the end, |w|
                                            over that at half time, |F_w| */
    bool arrived, has_squares, has_softmax, equal_arrived;
    double squares, squares_tolerance;   /* gap under MSE */
    double equal, equal_tolerance;       /* two-class softmax, k = 2, from equal class columns: loss
                                            less the predicted one */
    double unequal, unequal_tolerance;   /* from unequal ones: gap, and what is left open; separable
                                            data: the loss so far */
    bool has_deep;
    double deep[2], deep_tolerance[2];   /* MSE, log loss: gaps, and what the residual leaves open;
                                            separable data under the log loss: none */
};
struct sg_ad1_table { const struct sg_trial *trial; size_t seeds; struct sg_ad1_seed *seed; };

/* A seed in work: its lab and its data, with one column of y. */
struct sg_ad1_task {
    struct sg_lab *lab;
    const struct sg_ad1_set *set;
    uint64_t seed;
    const struct sg_data *data;
};
/* The trial's case with the set's n, d and labels, to be changed. */
struct sg_case *sg_ad1_case(const struct sg_ad1_task *task);
/* A stream of this seed's own. */
struct sg_rng *sg_ad1_rng(const struct sg_ad1_task *task, const char *purpose);

/* Fill their part of *out; the lab's status is not OK when something went wrong. */
void sg_ad1_shallow(struct sg_ad1_seed *out, const struct sg_ad1_task *task, bool simulate);
void sg_ad1_squares(struct sg_ad1_seed *out, const struct sg_ad1_task *task);
/* Of a seed whose logistic SG has a finite point, after sg_ad1_shallow. */
void sg_ad1_softmax(struct sg_ad1_seed *out, const struct sg_ad1_task *task);
/* After sg_ad1_shallow, whose infimum it takes. */
void sg_ad1_deep(struct sg_ad1_seed *out, const struct sg_ad1_task *task);

/* Rates of gradient descent under a fitted SG, of the weights and of the intercept, from the
 * curvatures of the moment.  p: the scores; w0: the intercept in them; alpha: the SG's factor of p.
 */
struct sg_ad1_rates { double weights, intercept; };
struct sg_ad1_rates sg_ad1_rates(const double *p, double w0, size_t n, double alpha, double middle,
                                 double mu);
/* (lambda_max + lambda_min) / 2 of S_x. */
double sg_ad1_spectrum_middle(const struct sg_ad1_task *task);
/* min E(x w - y)^2 / 2. */
double sg_ad1_least_squares(const struct sg_ad1_task *task);

/* Runs that were to end, and did; of two-class softmax on separable data, from equal columns, and
 * from unequal ones below the point where equal ones rest; and deep ones. */
struct sg_ad1_ends { size_t runs, arrived, columns, rest, fell, deep, deep_rest; };
struct sg_ad1_ends sg_ad1_ends(const struct sg_ad1_table *t, size_t set);
/* The listings and the figure's series. */
void sg_ad1_tables(struct sg_lab *lab, const struct sg_ad1_table *t);

#endif
