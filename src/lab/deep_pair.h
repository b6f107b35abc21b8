/* deep_pair.h - private: a deep linear net with one SG beside plain backprop, stepped together (DY9, DY10). */
#ifndef SG_LAB_DEEP_PAIR_H
#define SG_LAB_DEEP_PAIR_H

#include "lab/twin.h"
#include "synthgrad/deep.h"

struct sg_deep_pair {
    struct sg_twin *twin;
    struct sg_deep deep;
    struct sg_fast *first;            /* first-order corrections; NULL where the SG lacks a term */
    struct sg_field plain_field;
    struct sg_sim *sg, *plain;
    size_t n_w, n_phi;
    double top_z;                     /* lambda_max(S_z) at the start, from sg_deep_pair_rates */
    double mu, nu;                    /* the case's rates in absolute units, likewise */
};

/* SG_HYPOTHESIS with ev->note unless the case is a deep linear net under MSE with one linear SG that no state's numbers are hidden from:
 * simultaneous, no delay, sample or compressed form. */
enum sg_status sg_deep_pair_alloc(struct sg_deep_pair *p, const struct sg_case *c, const struct sg_data *data, struct sg_evidence *ev) SG_MUST_CHECK;
void sg_deep_pair_free(struct sg_deep_pair *p);
/* The case's rates; units "critical": multiples of 2 / lambda_max(S_z) at weights w, mu and nu alike, so kappa = nu / mu as written. */
enum sg_status sg_deep_pair_rates(struct sg_deep_pair *p, const struct sg_case *c, const double *w, struct sg_evidence *ev) SG_MUST_CHECK;
/* phi*(w), entries of missing terms left out. */
void sg_deep_pair_exact_sg(double *phi, const struct sg_deep_pair *p, const double *w);

/* |a - b|. */
double sg_deep_distance(const double *a, const double *b, size_t n);
/* Slope of the least-squares line through (x_i, y_i). */
double sg_fit_slope(const double *x, const double *y, size_t n);
/* How much it can be off when each y_i is off by at most off_i. */
double sg_fit_slope_error(const double *x, const double *off, size_t n);

#endif
