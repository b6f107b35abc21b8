/* ad1.h - private: what the parts of AD1 share. */
#ifndef SG_CLAIM_AD1_H
#define SG_CLAIM_AD1_H

#include "lab/old.h"
#include "synthgrad/logloss.h"

enum { SG_AD1_SETS = 6 };
/* Training ends when the residual leaves this open, of the predicted gap and of the loss. */
#define SG_AD1_TIGHT 1e-3
#define SG_AD1_SMALL 1e-11
/* recalled: what the paper printed for the shallow log-loss model, from memory. */
struct sg_ad1_set { const char *name; enum sg_labels labels; size_t k, n; double recalled; };
extern const struct sg_ad1_set sg_ad1_sets[SG_AD1_SETS];

/* One seed of one set. */
struct sg_ad1_seed {
    enum sg_status status;
    struct sg_log_gap theory;
    bool simulated;
    uint64_t steps;
    double residual, residual_bound;          /* of the net at the predicted point */
    double gap, tolerance;                    /* where training ended, and what its joint residual leaves open; finite points only */
    double half, end, growth, field;          /* separating scores: loss at half time and at the end, |w| over that at half time, |F_w| */
    bool arrived, has_squares, has_softmax, equal_arrived;
    double squares, squares_tolerance;        /* gap under MSE */
    double equal, equal_tolerance;            /* two-class softmax from equal class columns: loss less the predicted one; k = 2 */
    double unequal, unequal_tolerance;        /* from unequal ones: gap, and what is left open; separable data: the loss so far */
    bool has_deep;
    double deep[2], deep_tolerance[2];        /* MSE, log loss: gaps, and what the residual leaves open; separable data under the log loss: none */
};

/* A set's case and data, one column of y; free the data. */
enum sg_status sg_ad1_make(struct sg_case *c, struct sg_data *data, const struct sg_trial *trial, size_t set, size_t seed) SG_MUST_CHECK;
/* Fill their part of *out; its status is not OK when something went wrong. */
void sg_ad1_shallow(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed, bool simulate);
void sg_ad1_squares(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed);
void sg_ad1_softmax(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed);
void sg_ad1_deep(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed);

/* Rates of gradient descent under a fitted SG, of the weights and of the intercept, from the curvatures of the moment. */
struct sg_ad1_rates { double weights, intercept; };
struct sg_ad1_rates sg_ad1_rates(const double *p, double w0, size_t n, double alpha, double middle, double mu);
/* (lambda_max + lambda_min) / 2 of S_x, or NaN. */
double sg_ad1_spectrum_middle(const struct sg_data *data);

#endif
